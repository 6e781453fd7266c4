"""Compares documents with the contract's schemas, more strictly than JSON Schema: nothing undescribed may be there."""

import re
from collections.abc import Callable, Iterator, Mapping
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


def _matches(value: Any, pattern: str) -> bool:
    spelt = pattern.replace("(?<", "(?P<").replace(r"\p{L}\p{N}_", r"\w")  # as Python spells them
    return not isinstance(value, str) or re.search(spelt, value) is not None


RULES: Mapping[str, Callable[[Any, Any], bool]] = {
    "pattern": _matches,
    "minLength": lambda value, rule: not isinstance(value, str) or len(value) >= rule,
    "maxLength": lambda value, rule: not isinstance(value, str) or len(value) <= rule,
    "minimum": lambda value, rule: not isinstance(value, int | float) or value >= rule,
    "maximum": lambda value, rule: not isinstance(value, int | float) or value <= rule,
    "maxItems": lambda value, rule: not isinstance(value, list) or len(value) <= rule,
    "maxProperties": lambda value, rule: not isinstance(value, dict) or len(value) <= rule,
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
    elif broken := list(_broken(value, schema)):
        yield from (f"{at} is {value!r} against {rule}" for rule in broken)
    elif isinstance(value, dict):
        yield from _of_object(value, schema, at)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from differences(item, schema.get("items", {}), f"{at}[{place}]")


def _broken(value: Any, schema: Mapping[str, Any]) -> Iterator[str]:
    if "type" in schema and not _is_of(value, schema["type"]):
        yield f"type {schema['type']}"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"enum {schema['enum']}"
    else:
        yield from (
            f"{rule} {schema[rule]}" for rule in RULES if rule in schema and not RULES[rule](value, schema[rule])
        )


def _of_object(value: dict[str, Any], schema: Mapping[str, Any], at: str) -> Iterator[str]:
    properties = schema.get("properties", {})
    yield from (f"{at}.{name} is missing" for name in schema.get("required", ()) if name not in value)
    for name, item in value.items():
        if name in properties:
            yield from differences(item, properties[name], f"{at}.{name}")
        elif isinstance(others := schema.get("additionalProperties", not properties and {}), dict):
            yield from differences(item, others, f"{at}.{name}")
        else:
            yield f"{at}.{name} is not described"


def _is_of(value: Any, types: str | list[str]) -> bool:
    allowed = [types] if isinstance(types, str) else types
    return any(
        isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool)) for name in allowed
    )
