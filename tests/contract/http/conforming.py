"""Compares documents with the contract's schemas, more strictly than JSON Schema: nothing undescribed may be there."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from quantum.contract.kinds import Limits
from quantum.contract.openapi import openapi
from quantum.programs.formats import FORMATS

TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}


@cache
def described() -> dict[str, Any]:
    """The API's description."""
    return openapi(tuple(FORMATS), Limits())


def differences(value: Any, schema: Mapping[str, Any], at: str = "") -> Iterator[str]:
    """Name every place in which a value is not as its schema describes it."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield from differences(value, described()["components"]["schemas"][name], at)
    elif "anyOf" in schema:
        choices = [list(differences(value, choice, at)) for choice in schema["anyOf"]]
        yield from [] if [] in choices else min(choices, key=len)
    elif "type" in schema and not _is_of(value, schema["type"]):
        yield f"{at} is {value!r} and not {schema['type']}"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{at} is {value!r} and not one of {schema['enum']}"
    elif isinstance(value, dict):
        yield from _of_object(value, schema, at)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from differences(item, schema.get("items", {}), f"{at}[{place}]")


def _of_object(value: dict[str, Any], schema: Mapping[str, Any], at: str) -> Iterator[str]:
    known = schema.get("properties", {})
    yield from (f"{at}.{name} is missing" for name in schema.get("required", ()) if name not in value)
    for name, item in value.items():
        if name in known:
            yield from differences(item, known[name], f"{at}.{name}")
        elif isinstance(others := schema.get("additionalProperties", not known and {}), dict):
            yield from differences(item, others, f"{at}.{name}")
        else:
            yield f"{at}.{name} is not described"


def _is_of(value: Any, types: str | list[str]) -> bool:
    allowed = [types] if isinstance(types, str) else types
    return any(
        isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool)) for name in allowed
    )
