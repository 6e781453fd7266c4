"""`python -m tests.pages.api_page`: writes `docs/api.md` from the contract that the app itself goes by."""

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from quantum.contract.kinds import Limits
from quantum.contract.openapi import openapi
from quantum.programs.formats import FORMATS

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
COMMAND = ".venv/bin/python -m tests.pages.api_page"

BEGIN = f"""\
# The HTTP API

`GET /api/openapi.json` gives the same as OpenAPI 3.1, for tools. This page is written from the app's contract
(`quantum/contract`) by `{COMMAND}`.

Every request carries a key in the header `x-functions-key`. Errors are problems (RFC 9457, `application/problem+json`)
and name everything that is wrong at once, as `errors: [{{field, reason, line, column}}]`. An unknown path is a 404, a
wrong method a 405 with `Allow`; parameters that a route does not take are refused. Times are RFC 3339; in a query they
are `2026-11-21` or `2026-11-21T09:00:00Z`. A route answers 503 with `Retry-After` while a service that it needs is not
available.

| route | |
|---|---|
"""

FIELD_HEAD = ("field", "", "")
DOCUMENTS = """
## Documents

What comes back, by name. A field that is not marked *always* is left out where there is nothing to say.
"""
EXAMPLE = "\n```json\n{}\n```\n"


def page() -> str:
    """The whole page."""
    described = openapi(tuple(FORMATS), Limits())
    operations = [
        (f"{method.upper()} {path}", operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]
    schemas = described["components"]["schemas"]
    contents = "".join(f"| [`{name}`](#{_anchor(name)}) | {operation['summary']} |\n" for name, operation in operations)
    routes = "".join(_route(name, operation, schemas) for name, operation in operations)
    requests = {_name_in(operation["requestBody"]) for _, operation in operations if "requestBody" in operation}
    documents = "".join(_document(name, schemas[name]) for name in schemas if name not in requests | {"ProgramInput"})
    return BEGIN + contents + routes + DOCUMENTS + documents


def _anchor(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum() or letter in " -_").replace(" ", "-")


def _route(name: str, operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    text = f"\n## {name}\n\n{operation['summary']}\n"
    if operation["parameters"]:
        rows = [(f"`{each['name']}`", each["in"], _parameter(each)) for each in operation["parameters"]]
        text += "\n" + _table(("parameter", "in", ""), rows)
    if body := operation.get("requestBody"):
        schema = schemas[_name_in(body)]
        text += "\n" + _table(FIELD_HEAD, _fields(schema))
        if "input" in schema["properties"]:
            text += "\nThe fields of `input`:\n\n" + _table(FIELD_HEAD, _fields(schemas["ProgramInput"]))
        text += EXAMPLE.format(json.dumps(body["content"]["application/json"]["example"], indent=2))
    replies = sorted(operation["responses"].items())
    rows = [(status, _what(reply), reply["description"]) for status, reply in replies]
    return text + "\n" + _table(("answer", "", ""), rows)


def _parameter(parameter: Mapping[str, Any]) -> str:
    words = parameter["schema"].get("enum")
    choice = f"; one of {', '.join(f'`{word}`' for word in words)}" if words else ""
    most = parameter["schema"].get("maximum")
    return parameter["description"] + choice + (f"; 1 to {most:,}" if most else "")


def _what(reply: Mapping[str, Any]) -> str:
    content = reply.get("content", {})
    documents = [_name_in(reply) or media_type for media_type in content]
    shown = [_linked(name) if name[0].isupper() else name for name in documents]
    return ", ".join([*shown, *(f"`{header}`" for header in reply.get("headers", ()))])


def _name_in(holder: Mapping[str, Any]) -> str:
    (content,) = holder["content"].values()
    return str(content["schema"].get("$ref", "")).rpartition("/")[2]


def _linked(name: str) -> str:
    return f"[{name}](#{name.lower()})"


def _document(name: str, schema: Mapping[str, Any]) -> str:
    return f"\n### {name}\n\n{schema['description'].replace('\n', ' ')}\n\n" + _table(FIELD_HEAD, _fields(schema))


def _fields(schema: Mapping[str, Any]) -> Iterable[tuple[str, str, str]]:
    required = schema.get("required", ())
    mark = "*required*" if "additionalProperties" in schema else "*always*"
    for name, field in schema["properties"].items():
        notes = [mark] if name in required else []
        notes += [field["description"]] if "description" in field else []
        yield f"`{name}`", _type(field), "; ".join(notes)


def _type(field: Mapping[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(_type(choice) for choice in field["anyOf"])
    if "enum" in field:
        return " ".join(f"`{json.dumps(word).strip('"')}`" for word in field["enum"])
    match field:
        case {"$ref": reference}:
            name = reference.rpartition("/")[2]
            shown = "the program" if name == "ProgramInput" else _linked(name)
        case {"type": "array", "items": {} as items}:
            shown = f"list of {_type(items)}" if items else "list"
        case {"type": "object", "additionalProperties": {} as values}:
            shown = f"{_type(values)} by name" if values else "object"
        case {"type": [one, _]}:
            shown = f"{one} or null"
        case _:
            shown = {"array": "list"}.get(field.get("type", ""), field.get("type", "anything"))
    return shown


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '\\|') for cell in line)} |\n" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE}\n")
