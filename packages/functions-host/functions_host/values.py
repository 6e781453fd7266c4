"""The values that cross between the host and a function, and their form in the worker's protocol."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

from . import protos


@dataclass(frozen=True)
class Json:
    """A value as JSON text: an input, or a function's result."""

    text: str


@dataclass(frozen=True)
class Text:
    """A text input."""

    text: str


@dataclass(frozen=True)
class Bytes:
    """A binary input."""

    content: bytes


@dataclass(frozen=True)
class Http:
    """An HTTP request with its full `url`; repeated headers and query values are joined by commas."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


type Input = Json | Text | Bytes | Http


@dataclass(frozen=True)
class HttpAnswer:
    """The response of an HTTP function; `cookies` are whole `Set-Cookie` values."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cookies: tuple[str, ...] = ()


type Output = str | bytes | Json | HttpAnswer | int | float | None


def to_typed_data(value: Input) -> protos.TypedData:
    """Convert an input to the protocol's form."""
    match value:
        case Json(text):
            return protos.TypedData(json=text)
        case Text(text):
            return protos.TypedData(string=text)
        case Bytes(content):
            return protos.TypedData(bytes=content)
        case Http():
            fields = {name: getattr(value, name) for name in ("method", "url", "headers", "query", "params")}
            return protos.TypedData(http=protos.RpcHttp(**fields, body=protos.TypedData(bytes=value.body)))


def to_metadata(value: Any) -> protos.TypedData:
    """Convert trigger metadata to the protocol's form."""
    # The worker refuses the protocol's int and double here, and the real host sends JSON too.
    return protos.TypedData(string=value) if isinstance(value, str) else protos.TypedData(json=json.dumps(value))


def from_typed_data(data: protos.TypedData | None) -> Output:
    """Read a function's result."""
    kind = data.WhichOneof("data") if data is not None else None
    if kind is None:
        return None
    value = getattr(data, kind)
    match kind:
        case "json":
            return Json(value)
        case "http":
            return _answer(value)
        case _:
            return value  # type: ignore[no-any-return]  # string, bytes, int and double are Python's own


def _answer(http: protos.RpcHttp) -> HttpAnswer:
    body = from_typed_data(http.body)
    return HttpAnswer(
        status=int(http.status_code),
        headers=http.headers,
        body=body if isinstance(body, bytes) else str(body or "").encode(),
        cookies=tuple(_cookie(cookie) for cookie in http.cookies or ()),
    )


def _cookie(cookie: protos.RpcHttpCookie) -> str:
    parts = [f"{cookie.name}={cookie.value}"]
    parts += [f"Domain={cookie.domain.value}"] * bool(cookie.domain and cookie.domain.value)
    parts += [f"Path={cookie.path.value}"] * bool(cookie.path and cookie.path.value)
    if cookie.expires is not None:
        parts.append(f"Expires={formatdate(cookie.expires.value.seconds, usegmt=True)}")
    if cookie.max_age is not None:
        parts.append(f"Max-Age={int(cookie.max_age.value)}")
    parts += ["Secure"] * bool(cookie.secure and cookie.secure.value)
    parts += ["HttpOnly"] * bool(cookie.http_only and cookie.http_only.value)
    parts += [f"SameSite={cookie.same_site}"] * bool(cookie.same_site)
    return "; ".join(parts)
