"""The responses: one dataclass per document, from which its JSON Schema is made.

Without a value, a field with a default is omitted, and one that is `… | None` without a default is null.
"""
