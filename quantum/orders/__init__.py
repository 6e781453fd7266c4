"""Parses orders from untrusted JSON and reports all faults at once, by field."""
