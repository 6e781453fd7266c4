"""Makes the API's OpenAPI 3.1 document from the table of routes, on request."""

from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass
from typing import Any

from quantum.contract.fields import object_schema
from quantum.contract.kinds import Limits, Schema
from quantum.contract.orders import INPUT, ORDER, WITHOUT_SHOTS
from quantum.contract.parameters import Parameter
from quantum.contract.roles import is_open, role_of
from quantum.contract.route import Body, Reply, Route, problem
from quantum.contract.routes import ROUTES
from quantum.contract.schema import collect_schemas
from quantum.contract.views import batches, budgets, comparisons, deployment, estimates, jobs, offers, results
from quantum.wire import codec

DESCRIPTION = """\
Runs quantum programs on Azure Quantum to the end. Errors are problems (RFC 9457), and name everything that is wrong at
once. Every caller sends a key in the header `x-functions-key`, and where the deployment signs callers in, a token of
Microsoft Entra ID in `Authorization`, too. `Answer` is the message
that the queue `job-answers` gets for each job that has ended."""
HEADERS: Mapping[str, str] = {
    "Location": "where it is",
    "Retry-After": "seconds to wait before the next request",
    "Accept-Ranges": "that parts can be asked for",
    "Content-Disposition": "a name for the file",
    "Content-Range": "which part this is, and how many bytes there are",
}
DOCUMENTS = {
    name: document
    for module in (batches, budgets, comparisons, deployment, estimates, jobs, offers, results)
    for name, document in vars(module).items()
    if is_dataclass(document) and isinstance(document, type)
}


def openapi(formats: Sequence[str], limits: Limits) -> dict[str, Any]:
    """Describe the API of a deployment with these formats and limits."""
    schemas: dict[str, Schema] = {}
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(f"/api/{route.path}", {})[route.method.lower()] = _operation(route, schemas, limits)
    collect_schemas(jobs.Answer, schemas)
    collect_schemas(batches.BatchAnswer, schemas)
    schemas["ProgramInput"] = _program_input(formats, limits)
    for name in ("Order", "EstimateRequest"):
        schemas[name] |= _order(schemas[name])
    return {
        "openapi": "3.1.0",
        "info": {"title": "Durable Quantum Jobs", "version": "1", "description": DESCRIPTION},
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "x-functions-key"},
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            },
        },
        "security": [{"key": []}, {"key": [], "token": []}],
    }


def _order(schema: Schema) -> Schema:
    """Describe the cross-field rules of an order: its program, and that only a solver runs without shots."""
    program = {"$ref": "#/components/schemas/ProgramInput", "description": ORDER["input"].meaning}
    solves = {"properties": {"input": {"properties": {"format": {"const": WITHOUT_SHOTS}}, "required": ["format"]}}}
    return {
        "properties": schema["properties"] | {"input": program},
        "required": [name for name in schema["required"] if name != "shots"],
        "anyOf": [{"required": ["shots"]}, solves | {"required": ["input"]}],
    }


def _program_input(formats: Sequence[str], limits: Limits) -> Schema:
    schema = object_schema(INPUT, limits, "A program: its format, and exactly one of text, base64 and blob.")
    schema["properties"]["format"]["examples"] = list(formats)
    return schema | {"oneOf": [{"required": [content]} for content in ("text", "base64", "blob")]}


def _operation(route: Route, schemas: dict[str, Schema], limits: Limits) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": codec.camel(route.door),
        "summary": route.meaning,
        "parameters": [_parameter(parameter, route.example, limits) for parameter in route.parameters],
        "responses": {str(status): _response(reply, schemas) for status, reply in sorted(route.replies.items())},
    }
    operation["responses"] |= {status: _response(reply, schemas) for status, reply in _refusals(route).items()}
    if route.body:
        operation["requestBody"] = _body(route.body, schemas, limits)
    return operation


def _refusals(route: Route) -> Mapping[str, Reply]:
    """Describe what callers get who may not use a route."""
    no_key = "the key is missing or wrong; the host answers, without a body"
    if is_open(route.door):
        return {"401": Reply(no_key, None)}
    refusals = {"401": problem(f"{no_key}. Or nobody is signed in, where the deployment signs callers in")}
    if role := role_of(route.method, route.door):
        refusals["403"] = problem(
            f"callers are signed in, and this one lacks the role `{role}`, or it is another's work"
        )
    return refusals


def _parameter(parameter: Parameter, example: Mapping[str, str], limits: Limits) -> dict[str, Any]:
    description: dict[str, Any] = {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.row.is_required,
        "description": parameter.row.meaning,
        "schema": parameter.row.kind.schema(limits),
    }
    return description | ({"example": example[parameter.name]} if parameter.name in example else {})


def _body(body: Body, schemas: dict[str, Schema], limits: Limits) -> dict[str, Any]:
    schemas[body.name] = object_schema(body.table, limits)
    content = {"schema": {"$ref": f"#/components/schemas/{body.name}"}, "example": dict(body.example)}
    return {"required": True, "content": {"application/json": content}}


def _response(reply: Reply, schemas: dict[str, Schema]) -> dict[str, Any]:
    response: dict[str, Any] = {"description": reply.meaning}
    if reply.headers:
        response["headers"] = {
            name: {"description": HEADERS[name], "schema": {"type": "string"}} for name in reply.headers
        }
    if reply.document is None:
        return response
    return response | {"content": {reply.media_type: {"schema": _document(reply.document, schemas)}}}


def _document(name: str, schemas: dict[str, Schema]) -> Schema:
    return collect_schemas(DOCUMENTS[name], schemas) if name else {}
