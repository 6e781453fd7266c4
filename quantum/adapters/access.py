"""What opens a workspace: an API key, or tokens for an identity; read anew when it no longer does.

A secret is read from its vault when it is first needed and kept in memory. After a 401, or when the sign-in says that
it is wrong, it is read again: one that was renewed in the vault is used without a restart.
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
class Doorplate:
    """How a profile's credential is spoken of when it does not open the workspace."""

    name: str
    kind: str

    def wrong(self, why: str, **facts: Any) -> WorkspaceUnauthorizedError:
        """Say that the credential is wrong, of which profile, and what to check."""
        return WorkspaceUnauthorizedError(self._told(why), code=UNAUTHORIZED, **facts)

    def doubtful(self, why: str, **facts: Any) -> UnauthorizedError:
        """Say that the credential did not work this time, which may pass."""
        return UnauthorizedError(self._told(why), code=UNAUTHORIZED, **facts)

    def _told(self, why: str) -> str:
        check = f"{KINDS[self.kind].check}, and {ROLE}"
        return f"The credential of the workspace profile {self.name!r} ({self.kind}) was refused: {why}. Check {check}."


class Access(Protocol):
    """A workspace's way in: the pipeline's policy that authenticates, and who it is for."""

    @property
    def plate(self) -> Doorplate:
        """How the credential is spoken of."""
        ...

    @property
    def policy(self) -> AsyncHTTPPolicy[Any, Any]:
        """What authenticates each request."""
        ...

    def forget(self) -> None:
        """Read everything anew at the next call."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


def access_of(profile: Profile, read: ReadSecret, sign_in: SignInSettings, *, secure: bool = True) -> Access:
    """Choose the way in for a profile; `secure` False lets tokens go over http, as only this machine may have it."""
    plate = Doorplate(profile.name, profile.credential.kind)
    if plate.kind in SIGN_IN:
        return TokenAccess(plate, read, lambda secret: credential_of(profile.credential, secret, sign_in), secure)
    return KeyAccess(plate, read)


def reader(profile: Profile, vault: Vault) -> ReadSecret:
    """Read a profile's secret from its vault, if it has one; what the vault refuses is told as the profile's fault."""
    plate, name = Doorplate(profile.name, profile.credential.kind), profile.credential.secret

    async def read() -> Secret | None:
        if name is None:
            return None
        try:
            return await vault.read(name)
        except NotFoundError as error:
            raise plate.wrong(f"the key vault has no secret {name.name!r}") from error
        except UnauthorizedError as error:
            why = f"the key vault does not let this app read the secret {name.name!r} (HTTP {error.status})"
            raise plate.doubtful(why, status=error.status) from error

    return read


class KeyAccess(AsyncHTTPPolicy[Any, Any]):
    """An API key in a header: the secret itself, or the ApiKey of a connection string."""

    def __init__(self, plate: Doorplate, read: ReadSecret) -> None:
        super().__init__()
        self.plate = plate
        self.policy: AsyncHTTPPolicy[Any, Any] = self
        self._read = read
        self._key: str | None = None
        self._reading = asyncio.Lock()

    async def send(self, request: PipelineRequest[Any]) -> Any:
        """Send a request with the key; one that was refused is not kept."""
        request.http_request.headers[KEY_HEADER] = await self._current()
        response = await self.next.send(request)
        if response.http_response.status_code == 401:
            self.forget()
        return response

    def forget(self) -> None:
        """Read the key anew at the next call."""
        self._key = None

    async def close(self) -> None:
        """Nothing is open: the vault is its own."""

    async def _current(self) -> str:
        async with self._reading:
            if self._key is None:
                secret = await self._read()
                self._key = _api_key(secret.value if secret else "", self.plate)
            return self._key


class TokenAccess:
    """Tokens for an identity; it stands before azure-identity's credential, and makes a new one when told to."""

    def __init__(
        self,
        plate: Doorplate,
        read: ReadSecret,
        make: "Callable[[Secret | None], AsyncTokenCredential]",
        secure: bool,  # noqa: FBT001
    ) -> None:
        self.plate = plate
        self.policy: AsyncHTTPPolicy[Any, Any] = RenewingTokenPolicy(self, secure)
        self._read = read
        self._make = make
        self._made: AsyncTokenCredential | None = None
        self._secret: Secret | None = None
        self._former: list[AsyncTokenCredential] = []
        self._making = asyncio.Lock()

    async def get_token(self, *scopes: str, **options: Any) -> Any:
        """Ask azure-identity for a token; where the sign-in refuses a secret, with the one that the vault has now."""
        current = await self._current()
        try:
            return await current.get_token(*scopes, **options)
        except ClientAuthenticationError as error:
            if not _is_final(error):
                raise
            if not await self._has_new_secret():
                raise self.plate.wrong(f"the sign-in answered {_codes(error)}") from error
        try:
            return await (await self._current()).get_token(*scopes, **options)
        except ClientAuthenticationError as error:
            raise self.plate.wrong(f"the sign-in answered {_codes(error)}") from error

    def forget(self) -> None:
        """Make the credential anew at the next call: azure-identity remembers its tokens."""
        if self._made is not None:
            self._former.append(self._made)
            self._made = None

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
            if self._made is None:
                self._secret = await self._read()
                try:
                    self._made = self._make(self._secret)
                except ValueError as error:  # a certificate that is none, or a setting that is missing
                    raise self.plate.wrong("what it is made of cannot be read") from error
                # The one before may still be in use by a call that began earlier; the ones before that are not.
                while len(self._former) > 1:
                    await self._former.pop(0).close()
            return self._made

    async def _has_new_secret(self) -> bool:
        """Read the secret again; True where it is another one, of which a credential is then made."""
        before = self._secret
        if before is None or await self._read() == before:
            return False
        self.forget()
        return True


class RenewingTokenPolicy(AsyncBearerTokenCredentialPolicy[Any, Any]):
    """azure-core's bearer tokens; what was refused is not remembered by anybody."""

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


def _api_key(text: str, plate: Doorplate) -> str:
    """Take the key from a connection string, or the text itself; it must be fit for a header."""
    if plate.kind == "connectionString":
        parts = dict(part.partition("=")[::2] for part in text.split(";"))
        text = parts.get("ApiKey", "")
    if not text or not text.isascii() or not text.isprintable():
        raise plate.wrong("the secret in the key vault holds no key")
    return text


def _is_final(error: ClientAuthenticationError) -> bool:
    """Whether the sign-in has judged what it was shown; an identity that did not answer may do so later."""
    status = error.status_code or 0
    return 400 <= status < 500 and status not in {408, 429}


def _codes(error: ClientAuthenticationError) -> str:
    """The sign-in's own codes, such as AADSTS7000215 for a wrong secret; its words may quote what it was shown."""
    response: Any = error.response
    try:
        found = json.loads(response.text())["error_codes"]
        return ", ".join(f"AADSTS{int(code)}" for code in found)
    except (AttributeError, ValueError, KeyError, TypeError):
        return f"HTTP {error.status_code}"
