"""Makes JSON Schema of the dataclasses that describe what goes out."""

from collections.abc import Mapping
from dataclasses import Field, fields, is_dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from quantum.contract.kinds import Limits, Schema
from quantum.wire import codec as wire

SCALARS: Mapping[Any, Schema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    Any: {},
    object: {},
}


def collect_schemas(document: type, known: dict[str, Schema]) -> Schema:
    """Refer to a document's schema, after putting it, and those that it refers to, into `known` by name."""
    name = document.__name__
    if name not in known:
        known[name] = {}  # so that a document may refer to itself
        known[name] = _of_document(document, known)
    return {"$ref": f"#/components/schemas/{name}"}


def _of_document(document: type, known: dict[str, Schema]) -> Schema:
    hints = get_type_hints(document, include_extras=True)
    sent = fields(document)
    schema: Schema = {"type": "object", "description": (document.__doc__ or "").partition("\n\n")[0]}
    schema["properties"] = {
        wire.camel(field.name): _of_field(hints[field.name], known, is_optional=_is_optional(field)) for field in sent
    }
    required = [wire.camel(field.name) for field in sent if not _is_optional(field)]
    return schema | ({"required": required} if required else {})


def _is_optional(field: Field[Any]) -> bool:
    return field.default is None


def _of_field(hint: Any, known: dict[str, Schema], *, is_optional: bool) -> Schema:
    of, *notes = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    if is_optional:  # it is left out then, and never null
        of = _without_none(of)
    schema = _of(of, known)
    kind = next((note for note in notes if hasattr(note, "schema")), None)
    if kind is not None and of is str:
        schema = schema | {name: rule for name, rule in kind.schema(Limits()).items() if name == "enum"}
    meaning = next((note for note in notes if isinstance(note, str)), None)
    return schema | ({"description": meaning} if meaning else {})


def _without_none(hint: Any) -> Any:
    parts = [part for part in get_args(hint) if part is not NoneType]
    return parts[0] if get_origin(hint) in (Union, UnionType) and len(parts) == 1 else hint


def _of(hint: Any, known: dict[str, Schema]) -> Schema:
    if hint in SCALARS:
        return dict(SCALARS[hint])
    if is_dataclass(hint) and isinstance(hint, type):
        return collect_schemas(hint, known)
    inner = get_args(hint)
    match get_origin(hint):
        case origin if origin in (Union, UnionType):
            return _or_null(_of(_without_none(hint), known))
        case origin if origin is tuple:
            return {"type": "array", "items": _of(inner[0], known)}
        case _:
            return {"type": "object", "additionalProperties": _of(inner[1], known)}


def _or_null(schema: Schema) -> Schema:
    if set(schema) == {"type"}:
        return {"type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}
