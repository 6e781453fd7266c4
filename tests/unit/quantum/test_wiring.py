"""The wiring: adapters are made once, for the settings that hold."""

import json
from collections.abc import Iterator

import pytest

from quantum import wiring
from quantum.adapters.durable import DurableOrchestrations
from quantum.settings import read_settings
from tests.builders import App

ENVIRONMENT = {
    "AzureWebJobsStorage": "UseDevelopmentStorage=true",
    "AZURE_QUANTUM_CONNECTION_STRING": "SubscriptionId=00000000-0000-0000-0000-000000000001;ResourceGroupName=g;"
    "WorkspaceName=w;ApiKey=a;QuantumEndpoint=http://127.0.0.1:9/;",
    "MAX_SHOTS": "7",
}

BINDING = json.dumps(
    {"taskHubName": "hub", "creationUrls": {}, "managementUrls": {"id": "INSTANCEID", "x": "http://127.0.0.1:9/x"}}
)  # what the SDK needs of a durableClient binding


async def test_a_deployment_s_services_are_made_for_its_settings() -> None:
    """Nothing is spoken to until it is used, and what was opened is closed."""
    async with wiring.connected(read_settings(ENVIRONMENT)) as services:
        assert services.limits.max_shots == 7
        assert services.now() <= wiring.utc_now()


def test_what_stands_in_stands_in_for_a_while() -> None:
    """A test's services are used until it ends, and the former ones after it."""
    first, second = App(), App()

    with wiring.standing_in(first.services):
        with wiring.standing_in(second.services) as inner:
            assert wiring.intake() is inner
            assert wiring.services() is second.services
        assert wiring.services() is first.services


@pytest.fixture
def fresh_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings in the environment that nothing has read yet."""
    for name, text in ENVIRONMENT.items():
        monkeypatch.setenv(name, text)
    made_once = (wiring.settings, wiring._intake)  # only a process that begins anew has no need to forget them
    for made in made_once:
        made.cache_clear()
    yield
    for made in made_once:
        made.cache_clear()


@pytest.mark.usefixtures("fresh_process")
async def test_the_services_of_the_process_are_made_once() -> None:
    """Every function shares them, since connections are dear."""
    made = wiring.services()

    assert wiring.services() is made
    assert made.limits.max_shots == wiring.settings().limits.max_shots == 7
    assert isinstance(wiring.orchestrations(BINDING), DurableOrchestrations)
    for adapter in (
        made.workspace,
        made.workspaces,
        made.profiles,
        made.vault,
        made.blobs,
        made.index,
        made.answers,
    ):
        await adapter.close()
