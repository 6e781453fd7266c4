"""Data formats at the boundaries: strict JSON, dataclasses as camelCase JSON, text encodings."""
