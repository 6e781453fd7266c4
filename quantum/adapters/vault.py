"""The Vault port on `azure-keyvault-secrets`, without a cache: callers cache what they read."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from quantum.adapters.azure_errors import translated
from quantum.adapters.identity import credential
from quantum.adapters.retry_budget import VAULT_CALLS
from quantum.jobs.errors import NotFoundError, RefusedError
from quantum.ports import Secret
from quantum.settings import SignInSettings
from quantum.workspaces.profiles import SecretName

if TYPE_CHECKING:
    from azure.keyvault.secrets.aio import SecretClient

WHAT = "The key vault"
NOBODY = "nobody-has-this-secret"  # an authorised app receives a 404
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class AzureKeyVault:
    """The Vault port on Azure Key Vault; each vault is connected at its first use."""

    def __init__(self, url: str | None, client_id: str | None, sign_in: SignInSettings) -> None:
        self._url = url
        self._client_id = client_id
        self._sign_in = sign_in
        self._who: Any = None
        self._clients: dict[str, SecretClient] = {}

    async def read(self, secret: SecretName) -> Secret:
        """Read a secret, or raise NotFoundError or UnauthorizedError."""
        with translated(f"{WHAT}, asked for {secret.name!r},"):
            stored = await self._client(secret.vault).get_secret(secret.name, secret.version)
        return Secret(stored.value or "", stored.properties.content_type)

    async def write(self, name: str, value: str) -> None:
        """Store a secret in the deployment's own vault, replacing any of this name."""
        with translated(WHAT):
            await self._client(None).set_secret(name, value)

    async def remove(self, name: str) -> None:
        """Remove a secret from the deployment's own vault; a missing one is no error."""
        try:
            with translated(WHAT):
                await self._client(None).delete_secret(name)
        except NotFoundError:
            return

    async def check(self) -> None:
        """Raise if the deployment's own vault cannot be used; do nothing where it has none."""
        if self._url is not None:
            with suppress(NotFoundError):
                await self.read(SecretName(NOBODY))

    async def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            await client.close()
        if self._who is not None:
            await self._who.close()

    def _client(self, vault: str | None) -> "SecretClient":
        from azure.keyvault.secrets.aio import SecretClient  # noqa: PLC0415  # loaded only where a workspace needs it

        url = vault or self._url
        if url is None:
            raise RefusedError("No key vault is set up here: set KEY_VAULT_URL.", code="NoVault")
        if url not in self._clients:
            if self._who is None:
                self._who = credential(self._client_id, self._sign_in)
            options: dict[str, Any] = dict(VAULT_CALLS)
            if self._sign_in.ca_file:
                options["connection_verify"] = self._sign_in.ca_file
            # A vault's challenge names the domain of its address, which a vault on this machine does not have.
            verify_challenge = urlsplit(url).hostname not in LOOPBACK
            self._clients[url] = SecretClient(url, self._who, verify_challenge_resource=verify_challenge, **options)
        return self._clients[url]
