"""Names of spans, metrics and log events."""
