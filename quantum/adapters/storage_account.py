"""A storage account as its REST services want it: an address, and what proves who asks.

A connection string has an account key or a SAS; without one the app's identity gets a token from azure-identity.
"""

import base64
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from hashlib import sha256
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote, urlsplit

from quantum.adapters.identity import credential
from quantum.settings import StorageSettings

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken
    from azure.core.credentials_async import AsyncTokenCredential

SCOPE = "https://storage.azure.com/.default"
RENEWAL_SECONDS = 300  # a token is renewed so long before it expires
CLOUD = "core.windows.net"
SIGNED = ("content-encoding", "content-language", "content-length", "content-md5", "content-type", "date")
CONDITIONS = ("if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range")

type Service = Literal["table", "blob", "queue"]


@dataclass
class Account:
    """A service of an account; `url` has no slash at its end, `sas` goes into each query."""

    url: str
    name: str = ""
    key: bytes = field(default=b"", repr=False)
    sas: str = field(default="", repr=False)
    identity: "AsyncTokenCredential | None" = field(default=None, repr=False)
    service: Service = "table"
    _token: "AccessToken | None" = field(default=None, repr=False)

    async def headers(
        self, method: str, path: str, query: str, headers: Mapping[str, str], length: int
    ) -> Mapping[str, str]:
        """Return the headers that date and authorise a request to an encoded path, with a body of this length."""
        date = formatdate(usegmt=True)
        if self.identity is not None:
            return {"x-ms-date": date, "Authorization": f"Bearer {await self._bearer()}"}
        if self.sas:
            return {"x-ms-date": date}
        if self.service == "table":
            text = f"{method}\n\n{headers['Content-Type']}\n{date}\n/{self.name}{path}"
        else:
            text = _signed_text(method, headers, date, length) + f"/{self.name}{path}{_signed_query(query)}"
        signature = base64.b64encode(hmac.digest(self.key, text.encode(), sha256)).decode()
        return {"x-ms-date": date, "Authorization": f"SharedKey {self.name}:{signature}"}

    def forget_token(self) -> bool:
        """Drop a token that was refused; return False where there is none."""
        had_one, self._token = self._token is not None, None
        return had_one

    async def close(self) -> None:
        """Close the credential."""
        if self.identity is not None:
            await self.identity.close()

    async def _bearer(self) -> str:
        if self._token is None or self._token.expires_on - RENEWAL_SECONDS < time.time():
            assert self.identity is not None  # noqa: S101  # the caller has checked it
            self._token = await self.identity.get_token(SCOPE)
        return self._token.token


def account_of(settings: StorageSettings, service: Service) -> Account:
    """Return a service of the account; ValueError where the settings name none, or would send a token in the clear."""
    if settings.connection_string:
        return _from_connection_string(settings.connection_string, service)
    url = str(getattr(settings, service)).rstrip("/")
    if urlsplit(url).scheme != "https":
        raise ValueError(
            f"the {service} service must have an https address for a sign-in with an identity, not {url!r}"
        )
    return Account(url, identity=credential(settings.client_id), service=service)


def _from_connection_string(text: str, service: Service) -> Account:
    parts = dict(part.split("=", 1) for part in text.split(";") if "=" in part)
    facts = {name.strip().lower(): value.strip() for name, value in parts.items()}
    name, key, sas = (facts.get(each, "") for each in ("accountname", "accountkey", "sharedaccesssignature"))
    suffix, scheme = facts.get("endpointsuffix", CLOUD), facts.get("defaultendpointsprotocol", "https")
    url = facts.get(f"{service}endpoint") or (f"{scheme}://{name}.{service}.{suffix}" if name else "")
    if not url or not (key or sas):
        raise ValueError("the connection string of the storage account needs AccountName, and AccountKey or a SAS")
    return Account(url.rstrip("/"), name, base64.b64decode(key), "" if key else sas.lstrip("?"), service=service)


def _signed_text(method: str, headers: Mapping[str, str], date: str, length: int) -> str:
    """Return what is signed of a request to the blob or the queue service, before its address."""
    facts = {name.lower(): value for name, value in headers.items()}
    facts |= {"content-length": str(length) if length else "", "x-ms-date": date}
    lines = [method, *(facts.get(name, "") for name in (*SIGNED, *CONDITIONS))]
    lines += [f"{name}:{facts[name]}" for name in sorted(facts) if name.startswith("x-ms-")]
    return "\n".join(lines) + "\n"


def _signed_query(query: str) -> str:
    pairs = sorted(part.partition("=")[::2] for part in query.split("&") if part)
    return "".join(f"\n{name.lower()}:{unquote(value)}" for name, value in pairs)
