"""The connections to storage services, over aiohttp: one attempt of a request is one call here.

A lost connection is a ServiceUnavailableError. Whether to try again is the caller's decision, from the budget that all
clients of the process share.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar
from azure.core.exceptions import ServiceResponseError
from yarl import URL

from quantum.adapters.azure_errors import error_for, translated
from quantum.adapters.retry_budget import BUDGET, CONNECT_SECONDS, READ_SECONDS, counts_as_success, send_once
from quantum.adapters.storage_account import Account
from quantum.jobs.errors import ServiceError

AGENT = {"User-Agent": "durable-quantum-jobs", "Accept-Encoding": "identity"}
XML_MESSAGE = re.compile(rb"<Message>(.*?)</Message>", re.DOTALL)


@dataclass(frozen=True)
class Request:
    """A request to an encoded path below the account; a `repeatable` one may be sent again after a lost reply."""

    method: str
    path: str
    query: str = ""
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True


@dataclass(frozen=True)
class Reply:
    """A response that was read whole; `code` is the service's word for an error."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    code: str = ""

    def error(self, what: str) -> ServiceError:
        """Choose our error for this response."""
        code, message = self._fault()
        return error_for(self.status, self.headers, code, message, what)

    def _fault(self) -> tuple[str, str]:
        if (text := XML_MESSAGE.search(self.body)) is not None:
            return self.code, text[1].decode(errors="replace")
        try:
            fault = json.loads(self.body)["odata.error"]
            return str(fault["code"]), str(fault["message"]["value"])
        except (ValueError, LookupError, TypeError):
            return self.code, self.code


class StorageSession:
    """The open connections."""

    def __init__(self) -> None:
        self._session: ClientSession | None = None
        self._proxies: dict[str, str | None] = {}

    async def attempt(self, account: Account, request: Request, what: str) -> Reply:
        """Authorise a request, send it once, and read the response; `what` names the service in errors."""
        parts = urlsplit(account.url)
        path, host = f"{parts.path}/{request.path}", f"{parts.scheme}://{parts.netloc}"
        query = "&".join(part for part in (request.query, account.sas) if part)
        url = URL(f"{host}{path}{'?' if query else ''}{query}", encoded=True)
        with translated(what):
            headers = {**AGENT, **request.headers}
            headers |= await account.headers(request.method, path, request.query, headers, len(request.body))
            try:
                async with self._open().request(
                    request.method,
                    url,
                    headers=headers,
                    data=request.body or None,
                    allow_redirects=False,
                    proxy=self._proxy(host),
                ) as response:
                    content = await response.read()
            except (ClientError, OSError) as error:  # a TimeoutError is an OSError
                raise ServiceResponseError("The connection failed.", error=error) from error
        if counts_as_success(response.status):
            BUDGET.earn()
        return Reply(response.status, response.headers, content, response.headers.get("x-ms-error-code", ""))

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    def _open(self) -> ClientSession:
        """Return the session, opened at first use: it belongs to the event loop that runs then."""
        if self._session is None:
            self._session = ClientSession(
                timeout=ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=READ_SECONDS),
                cookie_jar=DummyCookieJar(),
                middlewares=(send_once,),
            )
        return self._session

    def _proxy(self, host: str) -> str | None:
        """Return the proxy that the environment names for a host, looked up once."""
        if host not in self._proxies:
            parts = urlsplit(host)
            proxies = {} if proxy_bypass(parts.hostname or "") else getproxies()
            self._proxies[host] = proxies.get(parts.scheme)
        return self._proxies[host]
