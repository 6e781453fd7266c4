"""The wiring: adapters are made once, for the settings that hold."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from azure.identity.aio import DefaultAzureCredential
from azure_functions_runtime.utils.constants import PYTHON_ENABLE_OPENTELEMETRY

from quantum import wiring
from quantum.adapters.durable import DurableOrchestrations
from quantum.adapters.places import AzureTablePlaces
from quantum.adapters.telemetry import OpenTelemetry
from quantum.jobs.limiter import NoLimit
from quantum.settings import TELEMETRY, read_settings
from quantum.telemetry.names import NoopTelemetry
from tests.support.builders import App

ROOT = Path(__file__).parents[3]
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
            assert wiring.app() is inner
            assert wiring.app().intake is inner.intake
            assert wiring.app().services is second.services
        assert wiring.app().services is first.services


@pytest.mark.parametrize("switch", ["false", "true"])
def test_telemetry_takes_no_time_at_the_start(switch: str) -> None:
    """Loading the app loads nothing of OpenTelemetry: the first use does, where it is switched on."""
    loaded = "import sys, function_app; print([name for name in sys.modules if name.startswith('opentelemetry')])"
    environment = ENVIRONMENT | {TELEMETRY: switch}

    done = subprocess.run(
        [sys.executable, "-c", loaded], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_the_switch_is_the_worker_s_own() -> None:
    """One setting tells the worker and the app."""
    assert TELEMETRY == PYTHON_ENABLE_OPENTELEMETRY


async def test_telemetry_is_off_unless_it_is_switched_on() -> None:
    """On one machine nobody reads it."""
    switched = ENVIRONMENT | {TELEMETRY: "true"}

    async with wiring.connected(read_settings(ENVIRONMENT)) as off, wiring.connected(read_settings(switched)) as on:
        assert isinstance(off.telemetry, NoopTelemetry)
        assert isinstance(on.telemetry, OpenTelemetry)


async def test_a_deployment_with_an_identity_holds_no_key_of_its_storage() -> None:
    """Each adapter signs in at the account that the settings name."""
    identity = {"AzureWebJobsStorage": "", "AzureWebJobsStorage__accountName": "acct0"}
    async with wiring.connected(read_settings(ENVIRONMENT | identity)) as services:
        adapters: Any = (services.blobs, services.uploads, services.answers, services.answer_queues)
        clients = [adapters[0]._client, adapters[1]._service, adapters[2]._client, adapters[3]._service]

    kinds = ("blob", "blob", "queue", "queue")
    assert [client.primary_hostname for client in clients] == [f"acct0.{kind}.core.windows.net" for kind in kinds]
    assert {type(client.credential) for client in clients} == {DefaultAzureCredential}


@pytest.mark.parametrize(("number", "limiter"), [("0", NoLimit), ("3", AzureTablePlaces)])
async def test_submissions_are_limited_where_the_settings_say_so(number: str, limiter: type) -> None:
    """Without a limit no table is needed."""
    async with wiring.connected(read_settings(ENVIRONMENT | {"SUBMISSIONS_AT_ONCE": number})) as services:
        assert isinstance(services.limiter, limiter)


async def test_limits_by_key_need_no_limit_of_all() -> None:
    """The table is used, with as many places as there can be."""
    limits = {"SUBMISSIONS_AT_ONCE": "0", "SUBMISSION_LIMITS": '{"tenant": {"*": {"atOnce": 2}}}'}

    async with wiring.connected(read_settings(ENVIRONMENT | limits)) as services:
        assert isinstance(services.limiter, AzureTablePlaces)


@pytest.fixture
def fresh_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings in the environment that nothing has read yet."""
    for name, text in ENVIRONMENT.items():
        monkeypatch.setenv(name, text)
    made_once = (wiring.settings, wiring._app)  # only a process that begins anew has no need to forget them
    for cached in made_once:
        cached.cache_clear()
    yield
    for cached in made_once:
        cached.cache_clear()


@pytest.mark.usefixtures("fresh_process")
async def test_the_services_of_the_process_are_made_once() -> None:
    """Every function shares them, since connections are dear."""
    services = wiring.app().services

    assert wiring.app().services is services
    assert services.limits.max_shots == wiring.settings().limits.max_shots == 7
    assert isinstance(wiring.orchestrations(BINDING), DurableOrchestrations)
    for adapter in (
        services.workspaces,
        services.profiles,
        services.vault,
        services.blobs,
        services.index,
        services.answers,
        services.answer_queues,
    ):
        await adapter.close()
