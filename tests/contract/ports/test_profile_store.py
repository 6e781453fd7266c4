"""The ProfileStore port: the fake and Table storage keep the same promises."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from quantum.adapters.profile_table import AzureTableProfiles
from quantum.ports import ProfileStore
from quantum.settings import StorageSettings
from quantum.workspaces.profiles import Credential, Profile, SecretName
from tests.support.fakes.workspaces import InMemoryProfiles


@pytest.fixture(params=["memory", "azurite", "azure"])
async def store(
    request: pytest.FixtureRequest, storage: Callable[[str], StorageSettings]
) -> AsyncIterator[ProfileStore]:
    """A store."""
    store = InMemoryProfiles() if request.param == "memory" else AzureTableProfiles(storage(request.param))
    yield store
    await store.close()


def a_profile() -> Profile:
    """A profile that nobody has claimed."""
    who = Credential("clientSecret", "tenant", "client", SecretName("secret"))
    return Profile(f"p{uuid4().hex}", "https://eastus.quantum.azure.com", "/subscriptions/x", who)


async def test_a_profile_is_claimed_once_and_found(store: ProfileStore) -> None:
    """With all that it says; of two that go by one name, the first has it."""
    profile = a_profile()

    claimed = await store.claim(profile)
    again = await store.claim(replace(profile, endpoint="https://westus.quantum.azure.com"))

    assert (claimed, again) == (True, False)
    assert await store.find(profile.name) == profile
    assert profile in [one async for one in store.all()]


async def test_a_profile_is_replaced_and_removed(store: ProfileStore) -> None:
    """What is gone is not found, and can be removed again."""
    profile = a_profile()
    await store.claim(profile)
    other = replace(profile, credential=Credential("azureCli"))

    await store.replace(other)
    result = await store.find(profile.name)
    for _ in range(2):
        await store.remove(profile.name)

    assert result == other
    assert await store.find(profile.name) is None
