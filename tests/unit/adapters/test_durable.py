"""The durable adapter: what the client's bare exceptions and statuses mean."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from azure.durable_functions import OrchestrationRuntimeStatus

from orchestrators.custom_status import set_status
from quantum.adapters.durable import DurableOrchestrations
from quantum.jobs.errors import ServiceUnavailableError
from quantum.ports import InstanceStatus
from tests.support.builders import JOB_ID, a_job
from tests.support.fakes.durable import HandDriven

MOVED = datetime(2026, 11, 21, 9, tzinfo=UTC)


class FakeClient:
    """A durable client of one instance.

    `status` is its state, `shown` its custom status, `calls` what was asked, `failing` what raises, `mends_after` how
    often.
    """

    def __init__(self, status: OrchestrationRuntimeStatus | None = None, failing: str = "") -> None:
        self.status = status
        self.shown: Any = None
        self.failing = failing
        self.mends_after: int | None = None
        self.calls: list[tuple[Any, ...]] = []

    async def start_new(self, name: str, instance_id: str, payload: Any) -> str:
        """Start an instance."""
        self._called("start", name, instance_id, payload)
        return instance_id

    async def get_status(self, instance_id: str) -> Any:
        """Tell the status; what is false where there is no such instance."""
        self._called("status", instance_id)
        if self.status is None:
            return None
        return SimpleNamespace(runtime_status=self.status, last_updated_time=MOVED, custom_status=self.shown)

    async def get_status_by(self, since: datetime, until: datetime, states: list[Any], prefix: str) -> list[Any]:
        """List what was created in a time."""
        self._called("list", since, until, {state.name for state in states}, prefix)
        ended = {f"{prefix}-before": -1, f"{prefix}-then": 0, f"{prefix}-after": 1}
        return [SimpleNamespace(instance_id=id_, last_updated_time=MOVED + timedelta(s)) for id_, s in ended.items()]

    async def purge_instance_history(self, instance_id: str) -> None:
        """Purge one."""
        self._called("purge", instance_id)

    async def raise_event(self, instance_id: str, name: str, data: Any) -> None:
        """Raise an event."""
        self._called("event", instance_id, name, data)

    def _called(self, what: str, *arguments: Any) -> None:
        self.calls.append((what, *arguments))
        failures = sum(call[0] in self.failing.split() for call in self.calls)
        if what in self.failing.split() and (self.mends_after is None or failures <= self.mends_after):
            raise Exception(f"The operation failed: {what}")  # noqa: TRY002  # as the SDK does


async def test_a_job_is_started_under_its_own_id() -> None:
    """With all that its orchestration needs."""
    client = FakeClient()

    await DurableOrchestrations(client).start(a_job())

    assert client.calls == [("start", "run_job", JOB_ID, a_job().to_wire())]


async def test_a_start_that_is_refused_because_it_runs_already_is_none_to_complain_of() -> None:
    """Somebody else was faster."""
    client = FakeClient(OrchestrationRuntimeStatus.Pending, failing="start")

    await DurableOrchestrations(client).start(a_job())

    assert [call[0] for call in client.calls] == ["start", "status"]


async def test_a_start_that_did_not_come_there_is_sent_once_more() -> None:
    """The connection may have been closed while nobody used it."""
    client = FakeClient(failing="start")
    client.mends_after = 1

    await DurableOrchestrations(client).start(a_job())

    assert [call[0] for call in client.calls] == ["start", "status", "start"]


@pytest.mark.parametrize("status", [None, OrchestrationRuntimeStatus.Completed])
async def test_a_start_that_came_to_nothing_is_unavailable(status: OrchestrationRuntimeStatus | None) -> None:
    """It is to be tried again."""
    with pytest.raises(ServiceUnavailableError):
        await DurableOrchestrations(FakeClient(status, failing="start")).start(a_job())


async def test_every_status_is_read() -> None:
    """What nobody has heard of counts as running: nothing is started twice for it."""
    states = {
        status.name: await DurableOrchestrations(FakeClient(status)).state(JOB_ID)
        for status in OrchestrationRuntimeStatus
    }

    assert {name for name, state in states.items() if state == "ended"} == {"Completed"}
    assert {name for name, state in states.items() if state == "died"} == {"Failed", "Canceled", "Terminated"}
    assert set(states.values()) == {"running", "ended", "died"}
    assert await DurableOrchestrations(FakeClient()).state(JOB_ID) == "unknown"


@pytest.mark.parametrize("shown", [None, "a text", {"phase": "waiting"}, {"nextLookAt": None}])
async def test_an_orchestration_that_announces_no_pause(shown: object) -> None:
    """An older release's, or one in an activity: it is told when it last moved."""
    client = FakeClient(OrchestrationRuntimeStatus.Running)
    client.shown = shown

    assert await DurableOrchestrations(client).status(JOB_ID) == InstanceStatus("running", MOVED)


async def test_the_end_of_a_pause_is_read() -> None:
    """As the orchestration itself shows it."""
    client, pausing = FakeClient(OrchestrationRuntimeStatus.Running), HandDriven({}, MOVED)
    set_status(pausing, a_job(), MOVED + timedelta(minutes=2))
    (client.shown,) = pausing.statuses

    status = await DurableOrchestrations(client).status(JOB_ID)

    assert status == InstanceStatus("running", MOVED, MOVED + timedelta(minutes=2))


async def test_of_one_that_is_suspended_nobody_expects_a_move() -> None:
    """Somebody wanted it to stand still."""
    client = FakeClient(OrchestrationRuntimeStatus.Suspended)

    assert await DurableOrchestrations(client).status(JOB_ID) == InstanceStatus("running")


async def test_an_engine_that_does_not_answer_is_unavailable() -> None:
    """Which is not the same as unknown."""
    orchestrations = DurableOrchestrations(FakeClient(failing="status list"))

    with pytest.raises(ServiceUnavailableError):
        await orchestrations.state(JOB_ID)
    with pytest.raises(ServiceUnavailableError):
        await orchestrations.purge(MOVED, ["0"])


async def test_only_what_ended_before_is_purged() -> None:
    """One by one, of those that have ended; when they were created is no reason."""
    client = FakeClient()

    await DurableOrchestrations(client).purge(MOVED, ["0a", "0b"])

    listed = [call[1:] for call in client.calls if call[0] == "list"]
    assert [call[1] for call in client.calls if call[0] == "purge"] == ["0a-before", "0b-before"]
    assert [(since < until, until, prefix) for since, until, _, prefix in listed] == [
        (True, MOVED, "0a"),
        (True, MOVED, "0b"),
    ]
    assert listed[0][2] == {"Completed", "Failed", "Canceled", "Terminated"}


@pytest.mark.parametrize("failing", ["", "event"])
async def test_a_wake_up_is_a_hint(failing: str) -> None:
    """Lost, it does no harm."""
    client = FakeClient(failing=failing)

    await DurableOrchestrations(client).wake(JOB_ID)

    assert client.calls == [("event", JOB_ID, "wake", None)]
