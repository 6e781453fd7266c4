"""Sessions, driven by the unmodified SDK."""

import pytest
from azure.core.exceptions import HttpResponseError
from azure.quantum import Workspace
from azure.quantum.job import Session
from azure.quantum.target import IonQ

from emulator_support.harness import Emulator
from emulator_support.programs import BELL_IONQ

NONSENSE = {"qubits": 1, "circuit": [{"gate": "nonsense", "target": 0}]}


def test_a_session_holds_its_jobs(workspace: Workspace) -> None:
    """Jobs of an open session carry its id, and are listed under it; alone they are not top-level items."""
    target = IonQ(workspace)

    with target.open_session(name="series") as session:
        jobs = [target.submit(BELL_IONQ) for _ in range(2)]
        for job in jobs:
            job.wait_until_completed(print_progress=False)

    session.refresh()
    assert session.details.status == "Succeeded"
    assert {job.id for job in session.list_jobs()} == {job.id for job in jobs}
    assert [item.id for item in workspace.list_top_level_items()] == [session.id]
    assert [item.id for item in workspace.list_sessions(status=["Succeeded"])] == [session.id]


def test_a_closed_session_takes_no_jobs(workspace: Workspace) -> None:
    """Submitting into a closed session is refused."""
    target = IonQ(workspace)
    target.open_session(name="short").close()

    with pytest.raises(HttpResponseError, match="takes no more jobs"):
        target.submit(BELL_IONQ)


def test_a_failed_job_ends_a_session_that_aborts(workspace: Workspace) -> None:
    """With the policy Abort, one failed job closes the session to others."""
    target = IonQ(workspace)
    session = target.open_session(name="strict", job_failure_policy="Abort")
    target.submit(NONSENSE).wait_until_completed(print_progress=False)

    with pytest.raises(HttpResponseError, match="takes no more jobs"):
        target.submit(BELL_IONQ)

    assert session.refresh().details.status == "Failed"


def test_a_session_that_continues_ends_with_failures(workspace: Workspace) -> None:
    """With the policy Continue, others still run, and the end says that some failed."""
    target = IonQ(workspace)
    session = target.open_session(name="lenient", job_failure_policy="Continue")
    for circuit in (NONSENSE, BELL_IONQ):
        target.submit(circuit).wait_until_completed(print_progress=False)

    session.close()

    assert session.refresh().details.status == "Failure(s)"


def test_an_idle_session_times_out(timed: Emulator, timed_workspace: Workspace) -> None:
    """Ten minutes without a job end a session."""
    session = Session(timed_workspace, target="ionq.simulator", provider_id="ionq").open()

    timed.clock.advance(minutes=9)
    before = session.refresh().details.status
    timed.clock.advance(minutes=1)

    assert (before, session.refresh().details.status) == ("Waiting", "TimedOut")
    assert session.close().details.status == "TimedOut"
