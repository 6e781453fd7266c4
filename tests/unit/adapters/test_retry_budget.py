"""Retries from within the process: paid from one budget, which lasts for few while a service fails for all."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedded_server.azurite import connection_string
from quantum.adapters.blobs import AzureBlobStore
from quantum.adapters.job_index import AzureTableJobIndex
from quantum.adapters.queues import AzureQueue
from quantum.adapters.retry_budget import RetryBudget, connection_options
from quantum.adapters.workspace import AzureQuantumWorkspace
from quantum.jobs.errors import (
    ServiceBusyError,
    ServiceError,
    ServiceUnavailableError,
    UnauthorizedError,
    WorkspaceUnauthorizedError,
)
from quantum.settings import StorageSettings, WorkspaceSettings
from tests.support.budgets import drain, fill
from tests.support.fault_proxy import Call, proxied

NOWHERE = "http://127.0.0.1:9"
type Calls = Mapping[str, Callable[[], Awaitable[object]]]

ANYBODY = "00000000-0000-0000-0000-000000000000"


class FailingService:
    """A service that fails in one way, and counts how often it is asked."""

    def __init__(self) -> None:
        self.way = "503"
        self.calls = 0

    def __call__(self, _: Call) -> str:
        """Fail."""
        self.calls += 1
        return self.way


@pytest.fixture
def service() -> FailingService:
    """A service that answers 503."""
    return FailingService()


@pytest.fixture
async def calls(service: FailingService) -> AsyncIterator[Calls]:
    """One call through each adapter, all to the failing service."""
    async with proxied(service, one=NOWHERE) as proxies:
        url = proxies["one"].url
        storage = StorageSettings(connection_string(dict.fromkeys(("Blob", "Queue", "Table"), url)))
        workspace = AzureQuantumWorkspace(WorkspaceSettings(url, ANYBODY, "none", "none", "any"), None)
        blobs, index, queue = AzureBlobStore(storage), AzureTableJobIndex(storage), AzureQueue(storage, "answers")
        yield {
            "workspace": workspace.targets,
            "blobs": lambda: blobs.open("results/none"),
            "index": lambda: index.find("none"),
            "queue": lambda: queue.send(b"{}"),
        }
        for adapter in (workspace, blobs, index, queue):
            await adapter.close()


@pytest.fixture(autouse=True)
def _full_budget() -> Iterator[None]:
    """Begin and end with a full budget: the whole process shares it."""
    fill()
    yield
    fill()


@given(st.lists(st.booleans(), max_size=300))
def test_retries_stay_a_share_of_what_goes_well(calls_go_well: list[bool]) -> None:
    """However good and bad calls follow each other: at most the reserve, and a tenth of the good ones."""
    budget = RetryBudget(share=0.1, reserve=10)
    retries = 0

    for goes_well in calls_go_well:
        if goes_well:
            budget.earn()
        else:
            retries += budget.spend()

    assert retries <= 10 + 0.1 * sum(calls_go_well) + 1e-6


def test_a_budget_that_was_spent_fills_again() -> None:
    """After ten good calls there is one retry, and never more than the reserve."""
    budget = RetryBudget(share=0.125, reserve=2)
    spent = [budget.spend() for _ in range(3)]
    for _ in range(8):
        budget.earn()

    again = [budget.spend() for _ in range(2)]
    for _ in range(100):
        budget.earn()

    assert (spent, again) == ([True, True, False], [True, False])
    assert [budget.spend() for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize("way", ["503", "reset"])
@pytest.mark.parametrize("adapter", ["workspace", "blobs", "index", "queue"])
async def test_a_call_that_fails_is_made_once_more(
    calls: Calls, service: FailingService, adapter: str, way: str
) -> None:
    """While there is something in the budget; a table that answers is left to the durable timers."""
    service.way = way

    with pytest.raises(ServiceUnavailableError):
        await calls[adapter]()

    assert service.calls == (1 if (adapter, way) == ("index", "503") else 2)


@pytest.mark.parametrize("way", ["503", "reset"])
@pytest.mark.parametrize("adapter", ["workspace", "blobs", "index", "queue"])
async def test_without_a_budget_every_call_is_made_once(
    calls: Calls, service: FailingService, adapter: str, way: str
) -> None:
    """Whoever has spent it: all clients of the process share it, and the answer that came is the one that is told."""
    service.way = way
    drain()

    with pytest.raises(ServiceUnavailableError) as raised:
        await calls[adapter]()

    assert service.calls == 1
    assert raised.value.status == (503 if way == "503" else None)


@pytest.mark.parametrize("way", ["429InSeconds", "429UntilDate", "503InSeconds"])
@pytest.mark.parametrize("adapter", ["workspace", "index"])
async def test_who_says_when_is_not_asked_before(calls: Calls, service: FailingService, adapter: str, way: str) -> None:
    """A Retry-After of seconds is for a durable timer, which it reaches."""
    service.way = way

    with pytest.raises(ServiceBusyError) as raised:
        await calls[adapter]()

    assert service.calls == 1
    assert raised.value.retry_after is not None
    assert 3 < raised.value.retry_after <= 6


async def test_a_token_that_is_refused_is_fetched_anew_once(calls: Calls, service: FailingService) -> None:
    """A 401 did nothing, so any call may be made again; who is refused a third time has a wrong credential."""
    service.way = "401"

    with pytest.raises(WorkspaceUnauthorizedError):
        await calls["workspace"]()

    assert service.calls == 3


async def test_without_a_budget_a_401_proves_nothing(calls: Calls, service: FailingService) -> None:
    """It may be a slip: the durable timers tell."""
    service.way = "401"
    drain()

    with pytest.raises(UnauthorizedError) as raised:
        await calls["workspace"]()

    assert service.calls == 1
    assert not isinstance(raised.value, WorkspaceUnauthorizedError)


async def test_an_outage_costs_a_few_retries_in_all(calls: Calls, service: FailingService) -> None:
    """A hundred calls that all fail make a hundred and ten requests, through whichever client."""
    for number in range(100):
        with pytest.raises(ServiceError):
            await calls["workspace" if number % 2 else "blobs"]()

    assert service.calls == 110


@pytest.mark.parametrize(("proxy", "read"), [("http://127.0.0.1:9", True), ("", False)])
def test_the_environment_is_read_for_proxies_alone(monkeypatch: pytest.MonkeyPatch, proxy: str, *, read: bool) -> None:
    """Who needs a proxy has it; nobody else pays for the question with every request."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("https_proxy", proxy)

    assert connection_options()["use_env_settings"] is read
