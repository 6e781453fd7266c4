"""Keeps web pages away from the admin endpoint, which needs no key and could be called from a local browser.

A browser names the page that calls (`Origin`, `Sec-Fetch-Site`), or a host name that the page's owner points to
this machine (`Host`); programs do neither.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ADMIN = "/admin"
THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "[::1]"})
BY_A_PERSON = ("", "none")  # the address bar of a browser, or no browser at all
OF_EVERY_ANSWER = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


class WebPages:
    """The middleware: refuses them, and marks responses as not HTML and not to be stored."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless a page sent it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        reason = why_not(scope["path"], Headers(scope=scope))
        app = self._app if reason is None else _refusal(reason)
        await app(scope, receive, _marked(send))


def why_not(path: str, headers: Headers) -> str | None:
    """Return the sign that a web page calls the admin endpoint; None where there is none."""
    if path != ADMIN and not path.startswith(f"{ADMIN}/"):
        return None
    if "origin" in headers:
        return "it has an Origin, as a page's requests do"
    if headers.get("sec-fetch-site", "").lower() not in BY_A_PERSON:
        return "its Sec-Fetch-Site says that a page sent it"
    if _without_port(headers.get("host", "")) not in THIS_MACHINE:
        return "its Host is not this machine: call 127.0.0.1 or localhost"
    return None


def _without_port(host: str) -> str:
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdecimal() else host.lower()


def _refusal(reason: str) -> ASGIApp:
    message = f"The admin endpoint takes no requests from web pages: {reason}."
    return JSONResponse({"error": {"code": "Forbidden", "message": message}}, status_code=403)


def _marked(send: Send) -> Send:
    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(OF_EVERY_ANSWER)
        await send(message)

    return marked
