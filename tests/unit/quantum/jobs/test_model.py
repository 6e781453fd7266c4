"""Orders and jobs: their ids, their way over the wire and what they know of themselves."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantum.contract.fields import Fault
from quantum.contract.orders import OWN_SESSION, Order, ProgramInput, SubmittedOrder
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Account, Failure, Job, RemoteState, StoredResult, job_id
from quantum.jobs.progress import Progress
from quantum.wire import codec
from quantum.workspaces.remote import Target
from tests.support.builders import (
    JOB_ID,
    NOW,
    a_job,
    a_program,
    a_remote_job,
    a_submitted_order,
    an_account,
    an_order,
)


def through_json(job: Job) -> Job:
    """A job that crossed a boundary."""
    return Job.from_wire(json.loads(json.dumps(job.to_wire())))


def test_the_same_key_at_the_same_door_is_the_same_job() -> None:
    """An id depends on the door and its key, and on nothing else."""
    assert job_id("queue", "7") == job_id("queue", "7")
    assert len({job_id("queue", "7"), job_id("http", "7"), job_id("queue", "8")}) == 3
    assert str(UUID(job_id("queue", "7"))) == job_id("queue", "7")


def test_a_job_survives_the_wire_with_all_that_it_carries() -> None:
    """A round that carries a job over forgets nothing."""
    job = replace(
        a_job(an_order(tags={"team": "chem"}, params={"a": [1]}, fallback_targets=("b",), arguments=(3,))),
        error=Failure("InvalidOrder", "no", (Fault("shots", "is missing", line=1, column=2),)),
        result=StoredResult("results/x", 3),
        warnings=("late",),
        remote=RemoteState(cost={"currency": "USD", "estimated": None}, queue_seconds=1.5),
        progress=Progress(stopping="cancel").with_failure("submit_job", "busy", "2026-11-21T09:00:00.000Z"),
        cancel_requested=True,
    ).moved_to(Phase.FAILED, NOW)

    assert through_json(job) == job


def test_fields_of_another_release_are_passed_over() -> None:
    """A running job survives an upgrade and its return."""
    job = a_job()
    data = job.to_wire() | {"moonPhase": "new"}
    data["program"] = data["program"] | {"colour": "blue"}

    assert Job.from_wire(data) == job


def test_an_order_with_its_program_survives_the_wire() -> None:
    """What the caller wrote is there to be compared with."""
    submitted = a_submitted_order(ProgramInput("qir.v1", base64="QkM=", output_format="x"), arguments=(3, [1]))

    assert codec.from_wire(SubmittedOrder, json.loads(json.dumps(codec.to_wire(submitted)))) == submitted


def test_an_accepted_job_does_not_carry_its_program_text() -> None:
    """Payloads travel by reference."""
    job = a_job()

    assert "OPENQASM" not in json.dumps(job.to_wire())
    assert job.history == ({"phase": "accepted", "at": "2026-11-21T09:00:00.000Z"},)


def test_the_first_target_runs_under_the_id_of_the_job() -> None:
    """The portal finds the job by the id that its caller has."""
    assert a_job().remote_id == JOB_ID


def test_every_fallback_has_a_remote_id_of_its_own_that_never_changes() -> None:
    """A fallback can be found again, and is never taken for the former job."""
    job = a_job(an_order(fallback_targets=("quantinuum.sim.h2-1e", "ionq.simulator")))
    second, third = job.failed_over(), job.failed_over().failed_over()

    assert len({job.remote_id, second.remote_id, third.remote_id}) == 3
    assert second.remote_id == job.failed_over().remote_id
    assert [job.next_target, second.next_target, third.next_target] == ["quantinuum.sim.h2-1e", "ionq.simulator", None]


def test_turning_to_the_next_target_forgets_the_last_one() -> None:
    """What was learnt of one queue says nothing of another."""
    job = a_job(
        an_order(fallback_targets=("b",)),
        remote=RemoteState("Waiting", "ionq", {"estimated": 1}, queue_seconds=9.0, since="x"),
        progress=Progress(stopping="fallback", staged=True, may_be_submitted=True, polls=3, woken_at="x"),
    )

    turned = job.failed_over()

    assert turned.target == "b"
    assert turned.remote == RemoteState(cost={"estimated": 1})
    assert turned.progress == Progress(fallback=1, polls=3, woken_at="x")


def test_a_job_joins_the_session_that_its_order_names() -> None:
    """It has none of its own then, on whichever target."""
    job = a_job(an_order(session="s-1", fallback_targets=("b",)))

    assert [job.session_id, job.failed_over().session_id] == ["s-1", "s-1"]
    assert job.own_sessions == ()
    assert (a_job().session_id, a_job().own_sessions) == (None, ())


def test_a_job_has_a_session_of_its_own_on_each_target() -> None:
    """The id follows from the remote job's, so that a second attempt finds the session and opens no other one."""
    job = a_job(an_order(session=OWN_SESSION, fallback_targets=("b",)))
    turned = job.failed_over()

    assert job.own_sessions == (job.session_id,) == a_job(an_order(session=OWN_SESSION)).own_sessions
    assert turned.own_sessions == (job.session_id, turned.session_id)
    assert len({job.session_id, turned.session_id, *turned.remote_ids}) == 4


@pytest.mark.parametrize(
    ("before", "status", "after"),
    [
        ((), "Executing", Phase.EXECUTING),
        ((Phase.EXECUTING,), "Waiting", Phase.WAITING),
        ((), "CancellationRequested", Phase.CANCELLING),
        ((Phase.CANCELLING,), "Executing", Phase.CANCELLING),
        ((), "Succeeded", Phase.WAITING),
        ((Phase.CANCELLING,), "Failed", Phase.CANCELLING),
    ],
)
def test_an_account_moves_a_job_only_within_the_workspace(before: tuple[Phase, ...], status: str, after: Phase) -> None:
    """Its end is decided elsewhere, and a job that is being cancelled does not go back."""
    job = a_job().moved_to(Phase.STAGING, NOW).moved_to(Phase.WAITING, NOW)
    for phase in before:
        job = job.moved_to(phase, NOW)

    seen = job.seen(an_account(status, cost={"estimated": 2}), NOW)

    assert seen.phase is after
    assert seen.remote == RemoteState(status, "ionq", {"estimated": 2})


def test_a_failure_of_a_step_is_recorded_until_the_step_succeeds() -> None:
    """The number of attempts stays; the other steps keep their failures."""
    job = a_job().with_failure("stage_input", "busy", NOW).with_failure("submit_job", "down", NOW)

    assert set(job.progress.struggles) == {"stage_input", "submit_job"}
    assert job.progress.struggles["submit_job"].since == codec.timestamp(NOW)
    over = job.without_failures("submit_job")
    assert (set(over.progress.struggles), over.progress.attempts) == ({"stage_input"}, 2)
    assert over.without_failures("submit_job") == over


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("2026-11-21T09:00:00.000Z", "2026-11-21T09:00:01.250Z", 1.25),
        ("2026-11-21T09:00:00.000Z", None, None),
        (None, "2026-11-21T09:00:01.250Z", None),
        (None, None, None),
    ],
)
def test_seconds_lie_between_two_times(start: str | None, end: str | None, seconds: float | None) -> None:
    """Where one is missing there are none: a workspace may leave either out."""
    assert codec.seconds_between(start, end) == seconds


def test_a_deadline_counts_from_the_acceptance() -> None:
    """An order expires when its caller said, however often it was tried."""
    assert a_job(an_order(deadline="PT2H")).deadline_at == NOW + timedelta(hours=2)
    assert a_job().deadline_at is None


def test_an_account_says_what_the_process_needs_to_know_of_a_remote_job() -> None:
    """Where it is and what it costs; a cost that is left out later stays as it was."""
    times = {"created": "2026-11-21T08:00:00Z"}
    first = a_remote_job(created=times["created"], cost={"estimated": 1}).account
    state = RemoteState(queue_seconds=9.0).updated(first)
    later = state.updated(a_remote_job(status="Failed", error=Failure("Oops", "broke")).account)

    assert first == Account("Waiting", "ionq", {"estimated": 1}, times)
    assert later == RemoteState("Failed", "ionq", {"estimated": 1}, times, queue_seconds=9.0)


def test_an_order_that_could_not_be_read_is_a_job_of_a_name() -> None:
    """Its caller can look it up, and learns what was wrong."""
    error = Failure("InvalidOrder", "no", (Fault("shots", "is missing"),))
    job = Job.rejected(JOB_ID, Order("orders/x", "", 0), NOW, {"door": "blob"}, error)

    assert (job.phase, job.order.name, job.target, job.error) == (Phase.REJECTED, "orders/x", "", error)
    assert [entry["phase"] for entry in job.history] == ["accepted", "rejected"]
    assert through_json(job) == job


def test_names_and_times_are_spelt_as_json_does() -> None:
    """The wire is camelCase, without what is not known, in UTC."""
    target = Target("t", "p", "Available", 3)

    assert codec.to_wire([target]) == [
        {"id": "t", "provider": "p", "availability": "Available", "averageQueueSeconds": 3}
    ]
    assert codec.moment(codec.timestamp(NOW)) == NOW
    assert "qubits" not in codec.to_wire(a_program(qubits=None))
    assert codec.to_wire(a_program())["entryPoint"] == "ENTRYPOINT__main"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("PT2H", timedelta(hours=2)),
        ("P1DT12H", timedelta(days=1.5)),
        ("PT90S", timedelta(seconds=90)),
        ("P2D", timedelta(days=2)),
        ("PT1H30M5S", timedelta(hours=1, minutes=30, seconds=5)),
    ],
)
def test_a_duration_is_read(text: str, length: timedelta) -> None:
    """ISO 8601 from days down to seconds."""
    assert codec.duration(text) == length


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1DT", "P1M", "P1Y", "PT1H ", "2H", "PT-1H", "P1W", "PT\uff11H", "PT1.5S"]
)
def test_what_is_no_such_duration_is_refused(text: str) -> None:
    """Months and years are of no fixed length, and typing errors are no durations."""
    with pytest.raises(ValueError, match="not an ISO 8601 duration"):
        codec.duration(text)


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet="PTDHMS0123456789", max_size=24) | st.text(max_size=12))
def test_no_text_surprises_the_duration_parser(text: str) -> None:
    """Any text gives a length that is not negative, or a ValueError."""
    try:
        length = codec.duration(text)
    except ValueError:
        return

    assert length >= timedelta(0)


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 99_999), st.integers(0, 9_999_999), st.integers(0, 999_999_999), st.integers(0, 999_999_999))
def test_every_part_of_a_duration_adds_up(days: int, hours: int, minutes: int, seconds: int) -> None:
    """The largest parts that can be written do not overflow."""
    written = codec.duration(f"P{days}DT{hours}H{minutes}M{seconds}S")

    assert written == timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
