"""Serves both over TLS on one loopback port: Key Vault's secrets, and Microsoft Entra ID's token endpoint.

Of Key Vault: the challenge, secrets with versions, soft delete. Of Entra ID: client credentials, and its error codes.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from embedded_server.server import HOST, serving
from quantum_emulator.vault.certificate import Certificate, certificate_in
from quantum_emulator.vault.directory import Directory, SignInError
from quantum_emulator.vault.secrets import Secrets, VaultError, Version

VAULT = "https://vault.azure.net"  # the audience of a vault's tokens
BODY_BYTES = 64 * 1024
BODY_SECONDS = 30


@dataclass(frozen=True)
class Running:
    """A running vault and sign-in at `url`; clients trust the certificate in `ca_file`."""

    url: str
    ca_file: Path
    directory: Directory
    secrets: Secrets


def create_app(directory: Directory, secrets: Secrets) -> Starlette:
    """Both as one ASGI application."""
    routes = [
        Route("/{tenant}/oauth2/v2.0/token", sign_in, methods=["POST"]),
        Route("/secrets/{name}", put_secret, methods=["PUT"]),
        Route("/secrets/{name}", remove_secret, methods=["DELETE"]),
        Route("/secrets/{name}", get_secret, methods=["GET"]),
        Route("/secrets/{name}/", get_secret, methods=["GET"]),
        Route("/secrets/{name}/{version}", get_secret, methods=["GET"]),
        Route("/deletedsecrets/{name}", get_removed, methods=["GET"]),
        Route("/deletedsecrets/{name}", purge_secret, methods=["DELETE"]),
    ]
    handlers = {SignInError: answer_sign_in_error, VaultError: answer_vault_error, NoTokenError: answer_challenge}
    app = Starlette(routes=routes, exception_handlers=handlers)  # type: ignore[arg-type]  # each takes its own error
    app.state.directory, app.state.secrets = directory, secrets
    return app


class DamagedStateError(Exception):
    """The persisted state cannot be used; the message names the file and the remedy."""


@asynccontextmanager
async def running(directory: Directory, folder: Path, *, keep: bool = False, port: int = 0) -> AsyncIterator[Running]:
    """Serve in the current event loop until the context ends; with `keep`, secrets are stored in the folder.

    Raises DamagedStateError for a folder or a file in it that cannot be used.
    """
    certificate, secrets = _persisted(folder, keep=keep)
    app = create_app(directory, secrets)
    config = uvicorn.Config(
        app,
        ssl_certfile=certificate.trusted,
        ssl_keyfile=certificate.key,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=2,
    )
    async with serving(config, port) as bound:
        yield Running(f"https://{HOST}:{bound}", certificate.trusted, directory, secrets)


def _persisted(folder: Path, *, keep: bool) -> tuple[Certificate, Secrets]:
    place = folder
    try:
        certificate = certificate_in(folder)
        place = folder / "secrets.json"
        return certificate, Secrets(place if keep else None)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise DamagedStateError(f"{place} cannot be used ({reason}): move it away, and a new one is made") from error


async def sign_in(request: Request) -> Response:
    """Answer a token, or the reason for its refusal."""
    form = dict(parse_qsl((await _body(request)).decode()))
    directory: Directory = request.app.state.directory
    return JSONResponse(directory.sign_in(request.path_params["tenant"], form))


async def put_secret(request: Request) -> Response:
    """Answer a new version of a secret."""
    secrets, name = _opened(request), request.path_params["name"]
    body = await _json(request)
    created = int(request.app.state.directory.now().timestamp())
    return _secret_response(request, name, secrets.put(name, str(body["value"]), created, body.get("contentType")))


async def get_secret(request: Request) -> Response:
    """Answer a secret, by default its last version."""
    secrets, name = _opened(request), request.path_params["name"]
    return _secret_response(request, name, secrets.get(name, request.path_params.get("version", "")))


async def remove_secret(request: Request) -> Response:
    """Soft-delete a secret."""
    secrets, name = _opened(request), request.path_params["name"]
    return _deleted_response(request, name, secrets.remove(name))


async def get_removed(request: Request) -> Response:
    """Answer a soft-deleted secret."""
    secrets, name = _opened(request), request.path_params["name"]
    return _deleted_response(request, name, secrets.removed(name))


async def purge_secret(request: Request) -> Response:
    """Purge a soft-deleted secret."""
    _opened(request).purge(request.path_params["name"])
    return Response(status_code=204)


class NoTokenError(Exception):
    """The request has no valid token; the response is Key Vault's challenge."""


def _opened(request: Request) -> Secrets:
    """The vault's secrets, for an authorised principal."""
    directory: Directory = request.app.state.directory
    principal = directory.who(request.headers.get("authorization", ""), VAULT)
    if principal is None:
        raise NoTokenError
    if not principal.may_use_vault:
        raise VaultError(403, "Forbidden", "Caller is not authorized to perform action on resource.")
    secrets: Secrets = request.app.state.secrets
    return secrets


async def _json(request: Request) -> dict[str, Any]:
    """The JSON object in a request, with its value."""
    try:
        body = json.loads(await _body(request))
    except ValueError as error:
        raise VaultError(400, "BadParameter", "The request body is no JSON.") from error
    if not isinstance(body, dict) or not isinstance(body.get("value"), str):
        raise VaultError(400, "BadParameter", "Property value is required.")
    return body


async def _body(request: Request) -> bytes:
    data = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                data += chunk
                if len(data) > BODY_BYTES:
                    raise VaultError(413, "RequestEntityTooLarge", f"{BODY_BYTES} bytes are allowed.")
    except TimeoutError as error:
        raise VaultError(408, "RequestTimeout", f"A body must come within {BODY_SECONDS} seconds.") from error
    return bytes(data)


def _bundle(request: Request, name: str, version: Version) -> dict[str, object]:
    times = {"created": version.created, "updated": version.created}
    attributes = {"enabled": True, **times, "recoveryLevel": "Recoverable+Purgeable", "recoverableDays": 90}
    return {"id": f"{_origin(request)}/secrets/{name}/{version.id}", "attributes": attributes}


def _secret_response(request: Request, name: str, version: Version) -> Response:
    content = {} if version.content_type is None else {"contentType": version.content_type}
    return JSONResponse({"value": version.value, **content, **_bundle(request, name, version)})


def _deleted_response(request: Request, name: str, version: Version) -> Response:
    when = version.created
    deletion = {
        "recoveryId": f"{_origin(request)}/deletedsecrets/{name}",
        "deletedDate": when,
        "scheduledPurgeDate": when,
    }
    return JSONResponse({**_bundle(request, name, version), **deletion})


def _origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


async def answer_sign_in_error(_: Request, error: SignInError) -> Response:
    """Answer an error in the form of Entra ID."""
    description = f"AADSTS{error.code}: {error}"
    body = {"error": error.error, "error_description": description, "error_codes": [error.code]}
    return JSONResponse(body, status_code=error.status)


async def answer_vault_error(_: Request, error: VaultError) -> Response:
    """Answer an error in the form of Key Vault."""
    content = {"error": {"code": error.code, "message": str(error)}}
    headers = {"connection": "close"} if error.status == 408 else {}  # the rest of the body is not read
    return JSONResponse(content, status_code=error.status, headers=headers)


async def answer_challenge(request: Request, _: NoTokenError) -> Response:
    """Answer the challenge: where to get tokens, and for which audience."""
    directory: Directory = request.app.state.directory
    where = f'Bearer authorization="{_origin(request)}/{directory.tenant_id}", resource="{VAULT}"'
    content = {"error": {"code": "Unauthorized", "message": "AKV10000: Request is missing a Bearer token."}}
    return JSONResponse(content, status_code=401, headers={"WWW-Authenticate": where})
