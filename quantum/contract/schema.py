"""Makes JSON Schema from the dataclasses of responses."""

from collections.abc import Mapping
from dataclasses import Field, fields, is_dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from quantum.contract.kinds import Limits, Schema
from quantum.wire import codec

SCALARS: Mapping[Any, Schema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    Any: {},
    object: {},
}


def collect_schemas(document: type, schemas: dict[str, Schema]) -> Schema:
    """Add a document's schema, and those that it refers to, to `schemas`, and return a reference to it."""
    name = document.__name__
    if name not in schemas:
        schemas[name] = {}  # so that a document may refer to itself
        schemas[name] = _of_document(document, schemas)
    return {"$ref": f"#/components/schemas/{name}"}


def _of_document(document: type, schemas: dict[str, Schema]) -> Schema:
    hints = get_type_hints(document, include_extras=True)
    all_fields = fields(document)
    schema: Schema = {"type": "object", "description": (document.__doc__ or "").partition("\n\n")[0]}
    schema["properties"] = {
        codec.camel(field.name): _of_field(hints[field.name], schemas, is_optional=_is_optional(field))
        for field in all_fields
    }
    required = [codec.camel(field.name) for field in all_fields if not _is_optional(field)]
    return schema | ({"required": required} if required else {})


def _is_optional(field: Field[Any]) -> bool:
    return field.default is None


def _of_field(hint: Any, schemas: dict[str, Schema], *, is_optional: bool) -> Schema:
    of, *notes = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    if is_optional:  # such a field is omitted and never null
        of = _without_none(of)
    schema = _of(of, schemas)
    kind = next((note for note in notes if hasattr(note, "schema")), None)
    if kind is not None and of is str:
        schema = schema | {name: rule for name, rule in kind.schema(Limits()).items() if name == "enum"}
    meaning = next((note for note in notes if isinstance(note, str)), None)
    return schema | ({"description": meaning} if meaning else {})


def _without_none(hint: Any) -> Any:
    if get_origin(hint) not in (Union, UnionType):
        return hint
    return Union[tuple(part for part in get_args(hint) if part is not NoneType)]  # noqa: UP007  # of one, it is that


def _of(hint: Any, schemas: dict[str, Schema]) -> Schema:
    if hint in SCALARS:
        return dict(SCALARS[hint])
    if is_dataclass(hint) and isinstance(hint, type):
        return collect_schemas(hint, schemas)
    inner = get_args(hint)
    match get_origin(hint):
        case origin if origin in (Union, UnionType):
            return _of_union(inner, schemas)
        case origin if origin is tuple:
            return {"type": "array", "items": _of(inner[0], schemas)}
        case _:
            return {"type": "object", "additionalProperties": _of(inner[1], schemas)}


def _of_union(parts: tuple[Any, ...], schemas: dict[str, Schema]) -> Schema:
    options = [_of(part, schemas) for part in parts if part is not NoneType]
    schema = options[0] if len(options) == 1 else {"anyOf": options}
    return _or_null(schema) if NoneType in parts else schema


def _or_null(schema: Schema) -> Schema:
    if set(schema) == {"type"}:
        return {"type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}
