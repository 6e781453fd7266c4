"""What crosses a boundary: JSON read strictly, dataclasses written as camelCase JSON, texts in their encodings."""
