"""The Durable Functions extension's half of the out-of-process protocol, for one machine."""
