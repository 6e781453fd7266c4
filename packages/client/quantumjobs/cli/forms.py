"""The forms in which an answer is written: JSON as it came, YAML of the same, or CSV of what a table shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quantumjobs.cli.tables import Table

FORMS = ("table", "json", "csv", "yaml")


def as_json(document: object) -> str:
    """Write JSON for people and programs."""
    return json.dumps(document, indent=2)


def one_line(document: object) -> str:
    """Write JSON on one line, for programs that read line by line."""
    return json.dumps(document)


def as_csv(table: Table) -> str:
    """Write all columns of a table, in the form that spreadsheets read (RFC 4180); no text becomes a formula."""
    import csv  # noqa: PLC0415 only this form needs it
    import io  # noqa: PLC0415 as above

    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(column.field or column.title for column in table.columns)
    for row in table.rows:
        writer.writerow(_harmless(cell.text if cell.value is None else cell.value) for cell in row)
    return stream.getvalue().rstrip("\n")


def _harmless(value: object) -> object:
    """Keep a spreadsheet from calculating with a name that somebody chose."""
    return f"'{value}" if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") else value


def as_yaml(document: object) -> str:
    """Write YAML: objects and lists as blocks, and every text as JSON writes it, which YAML reads as well."""
    return "\n".join(_block(document, ""))


def _block(value: object, indent: str) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for name, part in value.items():
            yield from _entry(f"{indent}{json.dumps(name) if not _is_plain(name) else name}:", part, f"{indent}  ")
    elif isinstance(value, list) and value:
        for part in value:
            yield from _entry(f"{indent}-", part, f"{indent}  ")
    else:
        yield f"{indent}{json.dumps(value)}"


def _entry(head: str, part: object, indent: str) -> Iterator[str]:
    if isinstance(part, dict | list) and part:
        yield head
        yield from _block(part, indent)
    else:
        yield f"{head} {json.dumps(part)}"


def _is_plain(name: str) -> bool:
    return (
        name.isascii()
        and name.isidentifier()
        and name.lower() not in {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
    )
