"""JSON Schema of responses follows from their dataclasses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from quantum.contract.schema import collect_schemas


@dataclass
class Part:
    """A part of it.

    More about it.
    """

    size: float


@dataclass
class Whole:
    """All kinds of fields."""

    long_name: str
    counts: Annotated[Mapping[str, int], "by outcome"]
    parts: tuple[Part, ...]
    choice: Annotated[Part | str, "one or the other"]
    anything: Any
    owner: str | None
    note: Any = None
    is_done: bool | None = None
    inner: Annotated["Whole | None", "of the same kind"] = None


def test_a_document_and_its_parts_have_schemas() -> None:
    """Names are camelCase, a field with None as its default is optional, and a document may refer to itself."""
    schemas: dict[str, dict[str, Any]] = {}

    reference = collect_schemas(Whole, schemas)

    part, whole = {"$ref": "#/components/schemas/Part"}, {"$ref": "#/components/schemas/Whole"}
    assert reference == whole
    assert schemas["Part"] == {
        "type": "object",
        "description": "A part of it.",
        "properties": {"size": {"type": "number"}},
        "required": ["size"],
    }
    properties = schemas["Whole"]["properties"]
    assert properties["longName"] == {"type": "string"}
    assert properties["counts"] == {
        "type": "object",
        "additionalProperties": {"type": "integer"},
        "description": "by outcome",
    }
    assert properties["parts"] == {"type": "array", "items": part}
    assert properties["anything"] == properties["note"] == {}
    assert properties["owner"] == {"type": ["string", "null"]}
    assert properties["isDone"] == {"type": "boolean"}
    assert properties["inner"] == whole | {"description": "of the same kind"}
    assert schemas["Whole"]["required"] == ["longName", "counts", "parts", "choice", "anything", "owner"]


def test_a_field_of_several_kinds_allows_each() -> None:
    """The alternatives stand side by side."""
    schemas: dict[str, dict[str, Any]] = {}
    collect_schemas(Whole, schemas)

    choice = schemas["Whole"]["properties"]["choice"]

    assert choice["description"] == "one or the other"
    assert {"$ref": "#/components/schemas/Part"} in choice["anyOf"]
    assert {"type": "string"} in choice["anyOf"]
