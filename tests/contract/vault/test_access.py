"""A workspace's way in, against vault, sign-in and emulator: what is renewed heals, what is wrong is told."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from quantum.adapters.vault import AzureKeyVault
from quantum.adapters.workspaces import AzureQuantumWorkspaces
from quantum.jobs.errors import NotFoundError, UnauthorizedError, UnknownWorkspaceError, WorkspaceUnauthorizedError
from quantum.settings import SignInSettings
from quantum.workspaces.profiles import Credential, Profile, SecretName
from quantum_emulator.server import Running as Emulator
from quantum_emulator.server import running
from quantum_emulator.settings import Settings
from quantum_emulator.vault.server import Running
from tests.support.budgets import drain
from tests.support.fakes.workspace import InMemoryWorkspace
from tests.support.fakes.workspaces import InMemoryProfiles
from tests.support.vaulted import APP, APP_SECRET, GUEST, GUEST_SECRET, TENANT, TOKEN_KEY

LAB = "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/lab"
RESOURCE = f"{LAB}/providers/Microsoft.Quantum/Workspaces/chem"
SECRET = SecretName("chem")
REVOKED = {"effect": "status", "status": 401}


class World:
    """The profiles in a store, and the moment that it is."""

    def __init__(self, served: Running, emulator: Emulator) -> None:
        self.served = served
        self.emulator = emulator
        self.now = datetime(2026, 11, 21, tzinfo=UTC)
        self.store = InMemoryProfiles()
        sign_in = SignInSettings(served.url, str(served.ca_file))
        self.vault = AzureKeyVault(served.url, APP, sign_in)
        self.workspaces = AzureQuantumWorkspaces(
            InMemoryWorkspace(), {}, self.store, self.vault, sign_in, lambda: self.now
        )

    def keep(self, who: Credential, endpoint: str | None = None) -> None:
        """Let the name `chem` mean a profile with this credential."""
        self.store.profiles["chem"] = Profile("chem", endpoint or self.emulator.url, RESOURCE, who)

    async def open(self) -> int:
        """Ask the workspace for its targets."""
        return len(await (await self.workspaces.get("chem")).targets())

    async def revoke(self) -> None:
        """Let the next call be refused, whatever it shows."""
        async with httpx.AsyncClient(base_url=self.emulator.url) as admin:
            assert (await admin.post("/admin/faults", json={"operation": "*", **REVOKED})).status_code == 200


@pytest.fixture
async def world(azurite: str, served: Running, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """A vault that the app may use, and an emulator that takes one key, or tokens."""
    for name, text in {"TENANT_ID": TENANT, "CLIENT_ID": APP, "CLIENT_SECRET": APP_SECRET}.items():
        monkeypatch.setenv(f"AZURE_{name}", text)
    async with running(Settings(azurite, key="the key", token_key=TOKEN_KEY)) as emulator:
        world = World(served, emulator)
        yield world
        await world.workspaces.close()
        await world.vault.close()


async def test_a_client_secret_opens_a_workspace(world: World) -> None:
    """It is read from the vault once; the token is used again."""
    await world.vault.write("chem", GUEST_SECRET)
    world.keep(Credential("clientSecret", TENANT, GUEST, SECRET))

    assert await world.open() == await world.open() > 0
    assert world.served.directory.sign_ins[GUEST] == 1


async def test_a_secret_is_read_though_no_retry_is_left(world: World) -> None:
    """To answer a vault's challenge is no retry: it has refused nothing yet."""
    drain()

    await world.vault.write("chem", "the key")

    assert (await world.vault.read(SECRET)).value == "the key"


@pytest.mark.parametrize(("kind", "text"), [("apiKey", "{}"), ("connectionString", "SubscriptionId=x;ApiKey={};A=b")])
async def test_a_key_that_was_changed_is_read_again(world: World, kind: str, text: str) -> None:
    """A 401 is enough: no restart, and no call that fails."""
    world.keep(Credential(kind, secret=SECRET))
    await world.vault.write("chem", text.format("an old key"))
    with pytest.raises(WorkspaceUnauthorizedError):
        await world.open()

    await world.vault.write("chem", text.format("the key"))

    assert await world.open() > 0


async def test_a_client_secret_that_was_changed_is_read_again(world: World) -> None:
    """The token is refused, the old secret too, and the vault has the new one."""
    await world.vault.write("chem", GUEST_SECRET)
    world.keep(Credential("clientSecret", TENANT, GUEST, SECRET))
    await world.open()
    world.served.directory.add(GUEST, "renewed")
    await world.vault.write("chem", "renewed")
    await world.revoke()

    assert await world.open() > 0


async def test_an_expired_secret_is_told_by_its_code(world: World) -> None:
    """With the profile and what to check, and without the secret."""
    await world.vault.write("chem", GUEST_SECRET)
    world.keep(Credential("clientSecret", TENANT, GUEST, SECRET))
    world.served.directory.principals[GUEST].secrets[GUEST_SECRET] = datetime.now(UTC) - timedelta(days=1)

    with pytest.raises(
        WorkspaceUnauthorizedError, match=r"'chem' \(clientSecret\).+AADSTS7000222.+Check tenantId"
    ) as it:
        await world.open()

    assert GUEST_SECRET not in str(it.value)
    assert it.value.code == "WorkspaceUnauthorized"


@pytest.mark.parametrize("value", ["", "two\nlines"])
async def test_a_secret_that_is_no_key_is_told(world: World, value: str) -> None:
    """Before it goes into a header."""
    await world.vault.write("chem", value)
    world.keep(Credential("apiKey", secret=SECRET))

    with pytest.raises(WorkspaceUnauthorizedError, match="holds no key"):
        await world.open()


async def test_a_certificate_that_is_none_is_told(world: World) -> None:
    """Whatever the vault has in its place."""
    await world.vault.write("chem", "no certificate")
    world.keep(Credential("clientCertificate", TENANT, GUEST, SECRET))

    with pytest.raises(WorkspaceUnauthorizedError, match="cannot be read"):
        await world.open()


async def test_a_secret_that_the_vault_does_not_have_is_told(world: World) -> None:
    """By its name."""
    world.keep(Credential("apiKey", secret=SECRET))

    with pytest.raises(WorkspaceUnauthorizedError, match="no secret 'chem'"):
        await world.open()


async def test_the_vault_says_whether_it_can_be_used(world: World) -> None:
    """One that lets us in, one that does not, and none at all, which nobody misses."""
    await world.vault.check()

    world.served.directory.principals[APP].may_use_vault = False
    with pytest.raises(UnauthorizedError):
        await world.vault.check()

    await AzureKeyVault(None, APP, SignInSettings()).check()


async def test_a_vault_that_refuses_us_may_let_us_in_later(world: World) -> None:
    """A role takes minutes to be known: that is no wrong credential."""
    world.served.directory.principals[APP].may_use_vault = False
    world.keep(Credential("apiKey", secret=SECRET))

    with pytest.raises(UnauthorizedError, match="HTTP 403") as refused:
        await world.open()

    assert not isinstance(refused.value, WorkspaceUnauthorizedError)


async def test_what_is_tried_is_kept_nowhere(world: World) -> None:
    """A real call decides, with the secret at hand."""
    own = Profile("own", world.emulator.url, RESOURCE, Credential("clientSecret", TENANT, GUEST))

    await world.workspaces.validate(own, GUEST_SECRET)
    with pytest.raises(WorkspaceUnauthorizedError, match="AADSTS7000215"):
        await world.workspaces.validate(own, "wrong")

    assert world.served.secrets.names == []


async def test_a_profile_is_looked_up_again_after_a_minute(world: World) -> None:
    """Another process may have changed it, or removed it."""
    await world.vault.write("chem", "the key")
    world.keep(Credential("apiKey", secret=SECRET))
    first = await world.workspaces.get("chem")

    world.keep(Credential("apiKey", secret=SecretName("other")))
    soon = await world.workspaces.get("chem")
    world.now += timedelta(minutes=2)
    later = await world.workspaces.get("chem")
    world.store.profiles.clear()
    world.now += timedelta(minutes=2)

    assert soon is first
    assert later is not first
    with pytest.raises(UnknownWorkspaceError):
        await world.workspaces.get("chem")


async def test_what_was_changed_here_is_looked_up_at_once(world: World) -> None:
    """Also a secret that went by the same name."""
    world.keep(Credential("apiKey", secret=SECRET))
    await world.vault.write("chem", "the key")
    await world.open()

    world.workspaces.forget("chem")
    world.workspaces.forget("nobody")

    assert await world.open() > 0


async def test_a_removed_secret_is_gone(world: World) -> None:
    """Removed twice, it is the same."""
    await world.vault.write("chem", "value")

    await world.vault.remove("chem")
    await world.vault.remove("chem")

    with pytest.raises(NotFoundError):
        await world.vault.read(SECRET)
