"""How an order is read from a stranger's JSON: every fault at once, by field."""
