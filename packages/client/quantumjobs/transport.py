"""What the two clients share of httpx: how it is set up, and how requests and replies are translated."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import httpx

from quantumjobs.exchange import Answer, NoAnswer

if TYPE_CHECKING:
    from quantumjobs.deployment import Deployment
    from quantumjobs.exchange import Reply, Request


class ClientOptions(TypedDict):
    """The arguments of httpx.Client and httpx.AsyncClient."""

    base_url: str
    headers: dict[str, str]
    timeout: float
    trust_env: bool


class RequestArguments(TypedDict):
    """The arguments of a request."""

    method: str
    url: str
    params: dict[str, str]
    content: bytes | None
    headers: dict[str, str]


def options(deployment: Deployment, timeout: float) -> ClientOptions:
    """Set up a client: the key goes in a header, a redirect is not followed (it could lead the key astray)."""
    headers = {"Accept": "application/json"}
    if deployment.key:
        headers["x-functions-key"] = deployment.key
    return ClientOptions(
        base_url=f"{deployment.url}/api/",
        headers=headers,
        timeout=timeout,
        trust_env=not deployment.is_loopback,
    )


class HttpxLine:
    """A line to a deployment over `httpx.Client`; threads may share it."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def exchange(self, request: Request) -> Reply:
        """Send a request and wait for the reply."""
        try:
            return answer(self._http.request(**arguments(request)))
        except httpx.RequestError as error:
            return no_answer(error)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


def connected(deployment: Deployment, timeout: float) -> HttpxLine:
    """Set up a line to a deployment."""
    return HttpxLine(httpx.Client(**options(deployment, timeout)))


def arguments(request: Request) -> RequestArguments:
    """Translate a request."""
    return RequestArguments(
        method=request.method,
        url=request.path,
        params=dict(request.query),
        content=request.body,
        headers=dict(request.headers),
    )


def answer(response: httpx.Response) -> Answer:
    """Translate a response."""
    return Answer(response.status_code, response.headers, response.content)


def no_answer(error: httpx.RequestError) -> NoAnswer:
    """Translate a failure to get one."""
    if isinstance(error, httpx.TimeoutException):
        return NoAnswer("it took too long", error)
    return NoAnswer(str(error) or type(error).__name__, error)
