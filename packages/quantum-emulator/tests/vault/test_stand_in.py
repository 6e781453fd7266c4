"""The stand-ins of Key Vault and of the sign-in answer Microsoft's own clients as the services would."""

import stat
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
)
from azure.identity.aio import ClientSecretCredential
from azure.keyvault.secrets.aio import SecretClient

from emulator_support.applications import APP, APP_SECRET, GUEST, GUEST_SECRET, STRANGER, TENANT, TOKEN_KEY, trusting
from quantum_emulator.tokens import is_good
from quantum_emulator.vault.certificate import certificate_in
from quantum_emulator.vault.secrets import Secrets
from quantum_emulator.vault.server import Running

QUANTUM = "https://quantum.microsoft.com/.default"


def credential(served: Running, client: str, secret: str, tenant: str = TENANT) -> ClientSecretCredential:
    """Microsoft's own credential, pointed at the stand-in."""
    where = {"authority": served.url, "disable_instance_discovery": True, "connection_verify": str(served.ca_file)}
    return ClientSecretCredential(tenant, client, secret, **where)


@pytest.fixture
async def vault(served: Running) -> AsyncIterator[SecretClient]:
    """Microsoft's own client of the vault, for the application that may use it."""
    options = {"verify_challenge_resource": False, "connection_verify": str(served.ca_file)}
    async with (
        credential(served, APP, APP_SECRET) as who,
        SecretClient(served.url, who, **options) as client,
    ):
        yield client


async def test_a_secret_has_versions(vault: SecretClient) -> None:
    """The last one is read unless another is named, and the content type is kept."""
    first = await vault.set_secret("key", "one", content_type="text/plain")
    await vault.set_secret("key", "two")

    last, former = await vault.get_secret("key"), await vault.get_secret("key", first.properties.version)

    assert (last.value, former.value, former.properties.content_type) == ("two", "one", "text/plain")


async def test_a_removed_secret_blocks_its_name_until_it_is_purged(vault: SecretClient) -> None:
    """As in a vault with soft delete, which all new ones have."""
    await vault.set_secret("key", "one")

    await vault.delete_secret("key")
    with pytest.raises(ResourceNotFoundError):
        await vault.get_secret("key")
    with pytest.raises(ResourceExistsError):
        await vault.set_secret("key", "two")
    await vault.purge_deleted_secret("key")

    assert (await vault.set_secret("key", "two")).value == "two"


async def test_whom_the_vault_does_not_know_it_refuses(served: Running) -> None:
    """A token is not enough: the application needs the role, and without a token there is the challenge."""
    options = {"verify_challenge_resource": False, "connection_verify": str(served.ca_file)}
    async with credential(served, GUEST, GUEST_SECRET) as who, SecretClient(served.url, who, **options) as client:
        with pytest.raises(HttpResponseError) as refused:
            await client.get_secret("key")
    async with httpx.AsyncClient(verify=trusting(served)) as stranger:
        bare = await stranger.get(f"{served.url}/secrets/key")
        forged = await stranger.get(f"{served.url}/secrets/key", headers={"Authorization": "Bearer e30.e30.x"})

    assert refused.value.status_code == 403
    assert (bare.status_code, forged.status_code) == (401, 401)
    assert f'authorization="{served.url}/{TENANT}"' in bare.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("client", "secret", "tenant", "code"),
    [
        (APP, "wrong", TENANT, "AADSTS7000215"),
        (STRANGER, APP_SECRET, TENANT, "AADSTS700016"),
        (APP, APP_SECRET, STRANGER, "AADSTS90002"),
    ],
)
async def test_a_wrong_sign_in_is_refused_in_entra_s_words(
    served: Running, client: str, secret: str, tenant: str, code: str
) -> None:
    """The SDK makes of it what it makes of the real answer."""
    async with credential(served, client, secret, tenant) as who:
        with pytest.raises(ClientAuthenticationError, match=code):
            await who.get_token(QUANTUM)


async def test_a_secret_of_an_application_expires(served: Running) -> None:
    """An expired secret is another error than a wrong one."""
    served.directory.principals[APP].secrets[APP_SECRET] = datetime.now(UTC) - timedelta(days=1)

    async with credential(served, APP, APP_SECRET) as who:
        with pytest.raises(ClientAuthenticationError, match="AADSTS7000222"):
            await who.get_token(QUANTUM)


async def test_a_token_opens_a_workspace_for_an_hour(served: Running) -> None:
    """The emulator checks who signed it, whom it is for, and when it ends."""
    async with credential(served, GUEST, GUEST_SECRET) as who:
        token = f"Bearer {(await who.get_token(QUANTUM)).token}"
        other = f"Bearer {(await who.get_token('https://vault.azure.net/.default')).token}"
    now = datetime.now(UTC)

    assert is_good(token, TOKEN_KEY, now)
    assert not is_good(token, TOKEN_KEY, now + timedelta(hours=2))
    assert not is_good(token, "another key", now)
    assert not is_good(other, TOKEN_KEY, now)
    assert not is_good("", TOKEN_KEY, now)


async def test_what_the_vault_keeps_it_keeps_for_its_owner(served: Running, vault: SecretClient) -> None:
    """Secrets outlive the process, in files that nobody else can read; the certificate stays the same."""
    await vault.set_secret("key", "one")
    folder = served.ca_file.parent
    before = served.ca_file.read_bytes()

    again, certificate = Secrets(folder / "secrets.json"), certificate_in(folder)

    assert again.get("key").value == "one"
    assert certificate.trusted.read_bytes() == before
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


@pytest.mark.parametrize("body", [b"", b"[]", b'{"value": 1}', b"x" * 100_000])
async def test_a_secret_without_a_value_is_refused(served: Running, body: bytes) -> None:
    """Rubbish is the caller's fault, and bounded."""
    async with credential(served, APP, APP_SECRET) as who:
        token = (await who.get_token("https://vault.azure.net/.default")).token
    async with httpx.AsyncClient(verify=trusting(served)) as caller:
        headers = {"Authorization": f"Bearer {token}"}
        answer = await caller.put(f"{served.url}/secrets/key", content=body, headers=headers)

    assert answer.status_code == (413 if len(body) > 1000 else 400)
