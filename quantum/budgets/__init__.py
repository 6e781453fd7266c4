"""Budgets: what may be spent, by whom and for how long, and the rules of the ledger that records it."""
