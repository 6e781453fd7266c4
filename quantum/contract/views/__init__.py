"""What goes out: one dataclass for each document, from which its JSON Schema is made.

A field with a default is left out where there is nothing to say; one that is `… | None` without a default is null then.
"""
