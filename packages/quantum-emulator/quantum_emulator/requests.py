"""Common parts of every call: authorisation, workspace, body, error responses."""

import asyncio
import hmac
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from quantum_emulator import errors
from quantum_emulator.errors import ServiceError
from quantum_emulator.operations.context import Context
from quantum_emulator.tokens import is_good

KEY_HEADER = "x-ms-quantum-api-key"
BODY_BYTES = 1024 * 1024


def context_of(request: Request) -> Context:
    """The context of the emulator that serves this request."""
    context: Context = request.app.state.context
    return context


def authorise(request: Request) -> None:
    """Raise 401 unless the key or the token is right; with no key configured, any key will do."""
    settings = context_of(request).settings
    if settings.token_key and is_good(request.headers.get("authorization", ""), settings.token_key, settings.now()):
        return
    offered, expected = request.headers.get(KEY_HEADER, ""), settings.key
    right = bool(offered) if expected is None else hmac.compare_digest(offered.encode(), expected.encode())
    if not right:
        raise errors.unauthorized()


def workspace_of(request: Request) -> str:
    """The workspace's path, in lower case as Azure compares it; 404 for another than the configured one."""
    parts = (request.path_params[name] for name in ("subscription", "group", "workspace"))
    workspace, served = "/".join(parts).lower(), context_of(request).settings.workspace
    if served not in (None, workspace):
        raise errors.workspace_not_found(workspace)
    return workspace


async def body_of(request: Request) -> dict[str, Any]:
    """The JSON object in the body."""
    document = await document_of(request)
    if not isinstance(document, dict):
        raise errors.malformed_body("expected a JSON object")
    return document


async def document_of(request: Request) -> Any:
    """The JSON in the body."""
    data = await _data_of(request)
    try:
        document = json.loads(data)
        # Values that cannot be written as JSON again (NaN, half a surrogate pair) must be refused.
        json.dumps(document, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise errors.malformed_body("it is not JSON") from error
    return document


async def _data_of(request: Request) -> bytes:
    seconds, data = context_of(request).settings.body_seconds, bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                data += chunk
                if len(data) > BODY_BYTES:
                    raise errors.body_too_large(BODY_BYTES)
    except TimeoutError as error:
        raise errors.body_too_slow(seconds) from error
    return bytes(data)


async def answer_error(_request: Request, error: Exception) -> Response:
    """Answer a `ServiceError` in the service's form."""
    if not isinstance(error, ServiceError):
        raise error
    if not error.code:
        return Response(status_code=error.status, headers=error.headers)
    headers = {"x-ms-error-code": error.code, **error.headers}
    content = {"error": {"code": error.code, "message": error.message}}
    return JSONResponse(content, status_code=error.status, headers=headers)


async def answer_not_found(request: Request, _error: Exception) -> Response:
    """No route has this path."""
    return await answer_error(request, errors.no_such_operation(request.method, request.url.path))


async def answer_wrong_method(request: Request, _error: Exception) -> Response:
    """The path exists, but not with this method."""
    return await answer_error(request, errors.wrong_method(request.method, request.url.path))
