"""A vault and a sign-in for tests: the deployment's own application may use the vault, the caller's may not."""

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from quantum_emulator.vault.directory import AN_HOUR, Directory
from quantum_emulator.vault.server import Running, running

TENANT = "11111111-1111-4111-8111-111111111111"
APP, GUEST, STRANGER = (f"{number}" * 8 + "-2222-4222-8222-222222222222" for number in (2, 3, 4))
APP_SECRET, GUEST_SECRET = "canary.app~secret", "canary.guest~secret"
TOKEN_KEY = "a key for tests"


def machine_time() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


@asynccontextmanager
async def vaulted(
    folder: Path,
    now: Callable[[], datetime] = machine_time,
    lifetime: int = AN_HOUR,
    token_key: str = TOKEN_KEY,
) -> AsyncIterator[Running]:
    """Serve both until the context ends."""
    directory = Directory(TENANT, token_key.encode(), now, lifetime)
    directory.add(APP, APP_SECRET, may_use_vault=True)
    directory.add(GUEST, GUEST_SECRET)
    async with running(directory, folder, keep=True) as served:
        yield served


def trusting(served: Running) -> ssl.SSLContext:
    """What a plain HTTP client needs to speak to them."""
    return ssl.create_default_context(cafile=str(served.ca_file))
