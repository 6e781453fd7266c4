"""The command's own way to a deployment, over the standard library alone: it starts in a fraction of httpx's time."""

from __future__ import annotations

import base64
import http.client
import os
import sys
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlencode, urlsplit

from quantumjobs.exchange import Answer, NoAnswer

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

    from quantumjobs.deployment import Deployment
    from quantumjobs.exchange import Reply, Request


class PlainLine:
    """One connection, for one thread; it follows no redirect, which could lead the key astray."""

    def __init__(self, deployment: Deployment, timeout: float, headers: Mapping[str, str]) -> None:
        self._base = urlsplit(f"{deployment.url}/api/")
        self._headers = {"Accept": "application/json", **headers}
        self._timeout = timeout
        self._proxy = None if deployment.is_loopback else proxy_for(self._base)
        self._connection: http.client.HTTPConnection | None = None

    def exchange(self, request: Request) -> Reply:
        """Send a request and wait for the reply, once more where the server had closed an idle connection."""
        was_open = self._connection is not None
        reply = self._attempt(request)
        return self._attempt(request) if was_open and isinstance(reply, NoAnswer) else reply

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _attempt(self, request: Request) -> Reply:
        try:
            connection = self._connection = self._connection or self._connected()
            headers = {**self._headers, **self._for_the_proxy(), **request.headers}
            connection.request(request.method, self._address(request), request.body, headers)
            response = connection.getresponse()
            content = response.read()
        except TimeoutError as error:
            self.close()
            return NoAnswer("it took too long", error)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            return NoAnswer(str(error) or type(error).__name__, error)
        if response.will_close:
            self.close()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, content)

    def _address(self, request: Request) -> str:
        path = f"{self._base.path}{request.path}" + (f"?{urlencode(request.query)}" if request.query else "")
        return f"http://{self._base.netloc}{path}" if self._proxy and self._base.scheme == "http" else path

    def _connected(self) -> http.client.HTTPConnection:
        host, port = self._base.hostname or "", self._base.port
        first = (self._proxy.hostname or "", self._proxy.port) if self._proxy else (host, port)
        if self._base.scheme == "http":
            return http.client.HTTPConnection(*first, timeout=self._timeout)
        secure = http.client.HTTPSConnection(*first, timeout=self._timeout, context=trust())
        if self._proxy:
            secure.set_tunnel(host, port, credentials(self._proxy))
        return secure

    def _for_the_proxy(self) -> Mapping[str, str]:
        return credentials(self._proxy) if self._proxy and self._base.scheme == "http" else {}


def proxy_for(base: SplitResult) -> SplitResult | None:
    """Name the proxy that the environment or the system has for an address; looking is what costs time."""
    if sys.platform not in {"win32", "darwin"} and not any(name.lower().endswith("_proxy") for name in os.environ):
        return None
    from urllib.request import getproxies, proxy_bypass  # noqa: PLC0415 hardly ever needed, and slow

    proxies = getproxies()
    address = proxies.get(base.scheme) or proxies.get("all")
    if not address or proxy_bypass(base.netloc):
        return None
    return urlsplit(address if "//" in address else f"http://{address}")


def credentials(proxy: SplitResult) -> dict[str, str]:
    """Write the header by which a proxy knows its user, where its address names one."""
    if proxy.username is None:
        return {}
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def trust() -> ssl.SSLContext:
    """Trust the certificates of the system, and those of certifi where that is installed."""
    import ssl  # noqa: PLC0415 a local stack needs none

    context = ssl.create_default_context()
    try:
        import certifi  # noqa: PLC0415 as above
    except ImportError:
        return context
    context.load_verify_locations(certifi.where())
    return context
