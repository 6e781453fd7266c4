"""Every property of every resource is one that Azure publishes for it, required ones are there, and types agree.

The published types are a table, `azure-types.json`, which `write_azure_types.py` writes from Azure/bicep-types-az; its
date and commit stand in it. They are what the Bicep compiler knows, which cannot be had here. Not run in Azure.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.infra.bicep_values import Unknown, body_of, possible
from tests.infra.templates import ROOT, Templates, Tree

TABLE: dict[str, Any] = json.loads((ROOT / "tests" / "infra" / "azure-types.json").read_text())
TYPES: dict[str, Any] = TABLE["types"]
UNPUBLISHED = {
    "infra/app/api.bicep app: properties.functionsRuntimeAdminIsolationEnabled is not published": (
        "documented by Azure, and in no published type up to 2025-03-01"
    )
}
PLAIN = {"string": str, "int": int, "bool": bool, "array": list, "object": dict}
SAMPLE = {
    "names": {
        "name": "string",
        "kind": ["blob", "file"],
        "size": "int",
        "rules": {"items": {"names": {"id": "int"}, "required": ["id"]}},
        "target": {
            "by": "type",
            "all": ["hook", "queue"],
            "cases": {"hook": {"names": {"type": ["hook"], "url": "any"}}},
        },
    },
    "required": ["name"],
}
EMPTY: Tree = {"variables": {"there": {"value": "blob"}}, "parameters": {"many": {"type": "array"}}}


def test_every_property_is_a_published_one(templates: Templates) -> None:
    """A name that Azure does not know is passed over by some services, and stops the deployment in others."""
    actual = {
        f"{resource.file} {resource.name}: {fault}"
        for resource in templates.resources()
        for fault in faults(
            TYPES[f"{resource.type}@{resource.version}"], templates.trees[resource.file], body_of(resource)
        )
    }

    assert actual == UNPUBLISHED.keys()


def test_the_table_is_of_the_types_that_are_used(templates: Templates) -> None:
    """Another version of an API, or a resource that is gone, wants the table written anew."""
    assert TYPES.keys() == {f"{resource.type}@{resource.version}" for resource in templates.resources()}


def test_resources_are_looked_up_in_the_versions_that_make_them(templates: Templates) -> None:
    """One version of each type: what a lookup gives is what was checked."""
    assert {f"{resource.type}@{resource.version}" for resource in templates.existing()} <= TYPES.keys()


def test_the_table_says_where_it_is_from() -> None:
    """Whoever doubts it can look."""
    assert re.fullmatch(r"[0-9a-f]{40}", TABLE["commit"])
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", TABLE["date"])
    assert TABLE["source"] == "https://github.com/Azure/bicep-types-az"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"name": "a", "kind": "there", "rules": "many", "size": 1, "target": {"type": "hook", "url": "u"}}, []),
        ({"name": "a", "sice": 1}, ["sice is not published"]),
        ({"kind": "blob"}, ["name is required"]),
        ({"name": 1}, ["name is no string"]),
        ({"name": "many"}, ["name is no string"]),
        ({"name": "a", "size": True}, ["size is no int"]),
        ({"name": "a", "kind": "disk"}, ["kind is none of blob, file"]),
        ({"name": "a", "rules": [{"id": 1}, {}]}, ["rules[].id is required"]),
        ({"name": "a", "rules": {"id": 1}}, ["rules is no array"]),
        ({"name": "a", "target": {"type": "bus"}}, ["target.type is none of hook, queue"]),
        ({"name": "a", "target": {"type": "queue"}}, ["target.type queue is not in the table: write it anew"]),
    ],
)
def test_a_fault_is_found(value: Tree, expected: list[str]) -> None:
    """The check sees unknown and missing names, wrong types and words, in lists and in objects of several kinds."""
    assert list(faults(SAMPLE, EMPTY, value)) == expected


def faults(shape: Any, tree: Tree, value: Any, path: str = "") -> Iterator[str]:
    """Say what is wrong with a value, or with what it may be."""
    for actual in possible(tree, value):
        match shape, actual:
            case {"names": _}, dict():
                yield from faults_of_object(shape, tree, actual, path)
            case {"by": _}, dict():
                yield from faults_of_case(shape, tree, actual, path)
            case {"items": items}, list():
                for item in actual:
                    yield from faults(items, tree, item, f"{path}[]")
            case _, Unknown(kind):
                yield from fault_of_type(shape, kind, path)
            case _:
                yield from fault_of_constant(shape, actual, path)


def faults_of_object(shape: dict[str, Any], tree: Tree, actual: Tree, path: str) -> Iterator[str]:
    """Say which names are unknown or missing, and what is wrong below the others."""
    for name in shape.get("required", []):
        if name not in actual:
            yield f"{below(path, name)} is required"
    for name, value in actual.items():
        if name in shape["names"]:
            yield from faults(shape["names"][name], tree, value, below(path, name))
        elif not shape.get("others"):
            yield f"{below(path, name)} is not published"


def faults_of_case(shape: dict[str, Any], tree: Tree, actual: Tree, path: str) -> Iterator[str]:
    """Check an object whose kind is told by one of its names."""
    kind = actual.get(shape["by"])
    if kind in shape["cases"]:
        yield from faults_of_object(shape["cases"][kind], tree, actual, path)
    elif kind in shape["all"]:
        yield f"{below(path, shape['by'])} {kind} is not in the table: write it anew"
    else:
        yield f"{below(path, shape['by'])} is none of {', '.join(shape['all'])}"


def fault_of_type(shape: Any, kind: str, path: str) -> Iterator[str]:
    """Check the type of a value that only a deployment knows."""
    if kind and plain_of(shape) not in {kind, "any"}:
        yield f"{path} is no {plain_of(shape)}"


def fault_of_constant(shape: Any, actual: Any, path: str) -> Iterator[str]:
    """Check a constant's type, and its word where there are only some; nothing at all may stand anywhere."""
    plain = plain_of(shape)
    if actual is None or plain == "any":
        return
    if not isinstance(actual, PLAIN[plain]) or (isinstance(actual, bool) and plain != "bool"):
        yield f"{path} is no {plain}"
    elif isinstance(shape, list) and actual not in shape and "${" not in actual:
        yield f"{path} is none of {', '.join(shape)}"


def plain_of(shape: Any) -> str:
    """Give Bicep's word for a type."""
    match shape:
        case str():
            return shape
        case list():
            return "string"
        case {"items": _}:
            return "array"
        case _:
            return "object"


def below(path: str, name: str) -> str:
    """Extend a path."""
    return f"{path}.{name}" if path else name
