"""Authentication to a workspace: an API key, or tokens for an identity, renewed when they are rejected.

A secret is read from its vault at its first use and cached in memory. After a 401, or when the sign-in rejects it, it
is read again, so that a secret renewed in the vault is used without a restart.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

from azure.core.exceptions import ClientAuthenticationError
from azure.core.pipeline import PipelineRequest
from azure.core.pipeline.policies import AsyncBearerTokenCredentialPolicy, AsyncHTTPPolicy

from quantum.adapters.identity import SIGN_IN, credential_of
from quantum.jobs.errors import NotFoundError, UnauthorizedError, WorkspaceUnauthorizedError
from quantum.ports import Secret, Vault
from quantum.settings import SignInSettings
from quantum.workspaces.profiles import KINDS, ROLE, Profile

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

SCOPE = "https://quantum.microsoft.com/.default"
KEY_HEADER = "x-ms-quantum-api-key"
UNAUTHORIZED = "WorkspaceUnauthorized"

ReadSecret = Callable[[], Awaitable[Secret | None]]


@dataclass(frozen=True)
class CredentialLabel:
    """Builds error messages about a profile's credential."""

    name: str
    kind: str

    def invalid(self, why: str, **facts: Any) -> WorkspaceUnauthorizedError:
        """Make the error for an invalid credential, with the profile and what to check."""
        return WorkspaceUnauthorizedError(self._message(why), code=UNAUTHORIZED, **facts)

    def transient(self, why: str, **facts: Any) -> UnauthorizedError:
        """Make the error for a rejection that may be transient."""
        return UnauthorizedError(self._message(why), code=UNAUTHORIZED, **facts)

    def _message(self, why: str) -> str:
        check = f"{KINDS[self.kind].check}, and {ROLE}"
        return f"The credential of the workspace profile {self.name!r} ({self.kind}) was refused: {why}. Check {check}."


class Access(Protocol):
    """The authentication policy of a workspace's pipeline, and the label of its credential."""

    @property
    def label(self) -> CredentialLabel:
        """The label of the credential."""
        ...

    @property
    def policy(self) -> AsyncHTTPPolicy[Any, Any]:
        """The policy that authenticates each request."""
        ...

    def forget(self) -> None:
        """Drop cached secrets and tokens."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


def access_of(profile: Profile, read: ReadSecret, sign_in: SignInSettings, *, secure: bool = True) -> Access:
    """Choose the authentication of a profile; `secure` False allows tokens over http, for this machine only."""
    label = CredentialLabel(profile.name, profile.credential.kind)
    if label.kind in SIGN_IN:
        return TokenAccess(label, read, lambda secret: credential_of(profile.credential, secret, sign_in), secure)
    return KeyAccess(label, read)


def reader(profile: Profile, vault: Vault) -> ReadSecret:
    """Make the function that reads a profile's secret, if any, and reports the vault's refusal with the profile."""
    label, name = CredentialLabel(profile.name, profile.credential.kind), profile.credential.secret

    async def read() -> Secret | None:
        if name is None:
            return None
        try:
            return await vault.read(name)
        except NotFoundError as error:
            raise label.invalid(f"the key vault has no secret {name.name!r}") from error
        except UnauthorizedError as error:
            why = f"the key vault does not let this app read the secret {name.name!r} (HTTP {error.status})"
            raise label.transient(why, status=error.status) from error

    return read


class KeyAccess(AsyncHTTPPolicy[Any, Any]):
    """An API key in a header: the secret itself, or the ApiKey of a connection string."""

    def __init__(self, label: CredentialLabel, read: ReadSecret) -> None:
        super().__init__()
        self.label = label
        self.policy: AsyncHTTPPolicy[Any, Any] = self
        self._read = read
        self._key: str | None = None
        self._reading = asyncio.Lock()

    async def send(self, request: PipelineRequest[Any]) -> Any:
        """Send a request with the key; drop a rejected key."""
        request.http_request.headers[KEY_HEADER] = await self._current()
        response = await self.next.send(request)
        if response.http_response.status_code == 401:
            self.forget()
        return response

    def forget(self) -> None:
        """Drop the cached key."""
        self._key = None

    async def close(self) -> None:
        """Do nothing: the vault is closed by its owner."""

    async def _current(self) -> str:
        async with self._reading:
            if self._key is None:
                secret = await self._read()
                self._key = _api_key(secret.value if secret else "", self.label)
            return self._key


class TokenAccess:
    """Tokens for an identity, by an azure-identity credential that can be replaced."""

    def __init__(
        self,
        label: CredentialLabel,
        read: ReadSecret,
        make: "Callable[[Secret | None], AsyncTokenCredential]",
        secure: bool,  # noqa: FBT001
    ) -> None:
        self.label = label
        self.policy: AsyncHTTPPolicy[Any, Any] = RenewingTokenPolicy(self, secure)
        self._read = read
        self._make = make
        self._credential: AsyncTokenCredential | None = None
        self._secret: Secret | None = None
        self._former: list[AsyncTokenCredential] = []
        self._making = asyncio.Lock()

    async def get_token(self, *scopes: str, **options: Any) -> Any:
        """Get a token; if the sign-in rejects the secret, retry with the vault's current one."""
        current = await self._current()
        try:
            return await current.get_token(*scopes, **options)
        except ClientAuthenticationError as error:
            if not _is_final(error):
                raise
            if not await self._has_new_secret():
                raise self.label.invalid(f"the sign-in answered {_codes(error)}") from error
        try:
            return await (await self._current()).get_token(*scopes, **options)
        except ClientAuthenticationError as error:
            raise self.label.invalid(f"the sign-in answered {_codes(error)}") from error

    def forget(self) -> None:
        """Drop the credential, since azure-identity caches its tokens."""
        if self._credential is not None:
            self._former.append(self._credential)
            self._credential = None

    async def close(self) -> None:
        """Close the credentials' connections."""
        self.forget()
        while self._former:
            await self._former.pop().close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _current(self) -> "AsyncTokenCredential":
        async with self._making:
            if self._credential is None:
                self._secret = await self._read()
                try:
                    self._credential = self._make(self._secret)
                except ValueError as error:  # an invalid certificate, or a missing setting
                    raise self.label.invalid("what it is made of cannot be read") from error
                # The previous credential may still be in use by an earlier call; older ones are not.
                while len(self._former) > 1:
                    await self._former.pop(0).close()
            return self._credential

    async def _has_new_secret(self) -> bool:
        """Read the secret again; return True and drop the credential where it has changed."""
        before = self._secret
        if before is None or await self._read() == before:
            return False
        self.forget()
        return True


class RenewingTokenPolicy(AsyncBearerTokenCredentialPolicy[Any, Any]):
    """azure-core's bearer token policy; a rejected token is dropped from all caches."""

    def __init__(self, access: TokenAccess, secure: bool) -> None:  # noqa: FBT001
        super().__init__(access, SCOPE)
        self._access = access
        self._secure = secure

    async def send(self, request: PipelineRequest[Any]) -> Any:
        """Send a request with a token."""
        if not self._secure:
            request.context.options["enforce_https"] = False
        response = await super().send(request)
        if response.http_response.status_code == 401:
            self._access.forget()
        return response


def _api_key(text: str, label: CredentialLabel) -> str:
    """Return the key of a connection string, or the text itself; it must be valid in a header."""
    if label.kind == "connectionString":
        parts = dict(part.partition("=")[::2] for part in text.split(";"))
        text = parts.get("ApiKey", "")
    if not text or not text.isascii() or not text.isprintable():
        raise label.invalid("the secret in the key vault holds no key")
    return text


def _is_final(error: ClientAuthenticationError) -> bool:
    """Say whether the sign-in rejected the credential, rather than failed to answer."""
    status = error.status_code or 0
    return 400 <= status < 500 and status not in {408, 429}


def _codes(error: ClientAuthenticationError) -> str:
    """Return the sign-in's codes, such as AADSTS7000215 for a wrong secret; its message might quote the secret."""
    response: Any = error.response
    try:
        codes = json.loads(response.text())["error_codes"]
        return ", ".join(f"AADSTS{int(code)}" for code in codes)
    except (AttributeError, ValueError, KeyError, TypeError):
        return f"HTTP {error.status_code}"
