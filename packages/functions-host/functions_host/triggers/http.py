"""The HTTP trigger: routes, keys, and requests and answers as Azure Functions sees them."""

import logging
from collections.abc import Sequence
from typing import Any, ClassVar

from starlette.datastructures import Headers, QueryParams
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from functions_host.body import Bodies, BodyTooLargeError
from functions_host.invocation import output_of
from functions_host.routing import in_order
from functions_host.services import Services
from functions_host.worker import Completed, Failed, Function, Http, HttpAnswer, Json, Output

from .back_pressure import BackPressure

log = logging.getLogger("functions_host")
# The server frames the response; a function's own framing headers could only be wrong.
_FRAMING = {"content-length", "transfer-encoding", "connection"}


class HttpTrigger:
    """Serves the app's routes; an unknown route or method is 404, as in Azure."""

    kind: ClassVar[str] = "httpTrigger"

    def __init__(self, functions: Sequence[Function], services: Services) -> None:
        self._services = services
        self._bodies = Bodies()
        self._pressure = BackPressure(services.backlog)
        self._stopping = False
        self._prefix = services.settings.route_prefix
        self._routes = in_order((function.name, self._path(function), function) for function in functions)

    def _path(self, function: Function) -> str:
        route = function.trigger.get("route")
        return f"{self._prefix}/{function.name if route is None else route}".strip("/")

    def describe(self, function: Function) -> str:
        """Describe the methods and the path that start this function."""
        methods = sorted(_methods(function)) or ["any method"]
        return f"[{', '.join(methods)}] /{self._path(function)}"

    def routes(self) -> Sequence[BaseRoute]:
        """List one route that takes every path, since Azure's templates are not Starlette's."""
        return [Route("/{path:path}", self)]

    async def start(self) -> None:
        """Do nothing: requests come by themselves."""

    async def stop(self) -> None:
        """Start nothing more; callers get 503 and retry."""
        self._stopping = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if self._stopping:
            return Response(status_code=503, headers={"retry-after": "5"})
        route = self._find(request)
        if route is None:
            return Response(status_code=404)
        function, params = route
        if not self._services.keys.open_function(function.trigger.get("authLevel", "FUNCTION"), request):
            return Response(status_code=401)
        try:
            async with self._bodies.reading(request) as body, self._pressure.passing(request.method):
                outcome = await self._services.invoker.run(function, _http(request, params, body), params)
        except BodyTooLargeError:
            return Response(status_code=413)
        return Response(status_code=500) if isinstance(outcome, Failed) else _response(function, outcome)

    def _find(self, request: Request) -> tuple[Function, dict[str, str]] | None:
        path = request.scope["raw_path"].decode("latin-1")
        for template, function in self._routes:
            if (methods := _methods(function)) and request.method not in methods:
                continue
            if (params := template.match(path)) is not None:
                return function, params
        return None


def _methods(function: Function) -> set[str]:
    return {method.upper() for method in function.trigger.get("methods") or ()}


def _http(request: Request, params: dict[str, str], body: bytes) -> Http:
    return Http(
        method=request.method,
        url=_url(request),
        headers=_joined(request.headers),
        # Azure leaves out query parameters without a value.
        query={name: value for name, value in _joined(request.query_params).items() if value},
        params=params,
        body=body,
    )


def _url(request: Request) -> str:
    # The raw path: Starlette's own URL is decoded, so %2F and a slash would look the same.
    path, query = request.scope["raw_path"].decode("latin-1"), request.scope["query_string"].decode("latin-1")
    return f"{request.url.scheme}://{request.url.netloc}{path}" + (f"?{query}" if query else "")


def _joined(pairs: Headers | QueryParams) -> dict[str, str]:
    joined: dict[str, list[str]] = {}
    for name, value in pairs.multi_items() if isinstance(pairs, QueryParams) else pairs.items():
        joined.setdefault(name, []).append(value)
    return {name: ",".join(values) for name, values in joined.items()}


def _response(function: Function, outcome: Completed) -> Response:
    binding: dict[str, Any] | None = next((b for b in function.bindings if b["type"] == "http"), None)
    answer = None if binding is None else output_of(binding, outcome)
    if answer is None:
        return Response(status_code=204)
    try:
        return _built(_answer_of(answer))
    except ValueError as error:
        log.warning("%s returned a response that HTTP cannot carry: %s", function.name, error)
        return Response(status_code=500)


def _answer_of(value: Output) -> HttpAnswer:
    match value:
        case HttpAnswer():
            return value
        case Json(text):
            return HttpAnswer(200, {"content-type": "application/json; charset=utf-8"}, text.encode())
        case bytes():
            return HttpAnswer(200, {"content-type": "application/octet-stream"}, value)
        case _:
            return HttpAnswer(200, {"content-type": "text/plain; charset=utf-8"}, str(value).encode())


def _built(answer: HttpAnswer) -> Response:
    if not 200 <= answer.status <= 599:
        raise ValueError(f"status {answer.status}")
    headers = {name: value for name, value in answer.headers.items() if name.lower() not in _FRAMING}
    for text in (*headers, *headers.values(), *answer.cookies):
        if not text.isprintable():
            raise ValueError(f"a header with control characters: {text!r}")
    body = b"" if answer.status in {204, 304} else answer.body
    response = Response(body, answer.status, headers)
    for cookie in answer.cookies:
        response.headers.append("set-cookie", cookie)
    return response
