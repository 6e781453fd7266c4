"""Names of spans, metrics and log events, and how activities are observed."""
