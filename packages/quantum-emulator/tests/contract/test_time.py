"""What a target does in time, on a clock that only the test moves, so that every answer depends on it alone."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from emulator_support.harness import Emulator

TARGET = "quantinuum.sim.h2-1e"


def test_a_job_waits_executes_and_ends_on_time(timed: Emulator) -> None:
    """Each state lasts as long as the target says, to the microsecond."""
    timed.behave(TARGET, queueSeconds=30, executionSeconds=5)
    created = timed.clock.now()
    job = timed.submit()

    statuses = [timed.status(job)]
    for seconds in (29.999, 0.001, 4.999, 0.001):
        timed.clock.advance(seconds=seconds)
        statuses.append(timed.status(job))

    assert statuses == ["Waiting", "Waiting", "Executing", "Executing", "Succeeded"]
    ended = timed.job(job)
    assert datetime.fromisoformat(ended["beginExecutionTime"]) == created + timedelta(seconds=30)
    assert datetime.fromisoformat(ended["endExecutionTime"]) == created + timedelta(seconds=35)


def test_a_version_2_workspace_uses_its_own_words(timed: Emulator) -> None:
    """V2 says Queued, CancellationRequested and Completed."""
    timed.behave(TARGET, queueSeconds=1, executionSeconds=10, cancelSeconds=60, vocabulary="V2")
    job = timed.submit()
    statuses = [timed.status(job)]
    timed.clock.advance(seconds=1)
    statuses.append(timed.status(job))
    timed.call("POST", f"/jobs/{job}:cancel")
    statuses.append(timed.status(job))

    timed.clock.advance(seconds=10)

    assert [*statuses, timed.status(job)] == ["Queued", "Executing", "CancellationRequested", "Completed"]


def test_cancelling_an_execution_takes_its_time(timed: Emulator) -> None:
    """Until a cancellation takes effect the job executes and says that it is being cancelled."""
    timed.behave(TARGET, executionSeconds=60, cancelSeconds=5)
    job = timed.submit()
    timed.clock.advance(seconds=1)
    timed.job(job)

    reply = timed.call("POST", f"/jobs/{job}:cancel")
    view = timed.job(job)
    timed.clock.advance(seconds=5)
    ended = timed.job(job)

    assert (reply.status_code, reply.content) == (204, b"")
    assert (view["status"], view["isCancelling"]) == ("Executing", True)
    assert (ended["status"], ended["isCancelling"], ended["costEstimate"]) == ("Cancelled", False, None)


def test_a_cancellation_that_comes_late_changes_nothing(timed: Emulator) -> None:
    """After the end, asking is answered like any other time and the end stays."""
    job = timed.submit()
    assert timed.status(job) == "Succeeded"

    assert timed.call("POST", f"/jobs/{job}:cancel").status_code == 204
    assert timed.status(job) == "Succeeded"


def test_a_target_may_refuse_to_cancel(timed: Emulator) -> None:
    """A target may refuse once it executes; the job then goes on."""
    timed.behave(TARGET, executionSeconds=60, refuseCancelWhenExecuting=True)
    job = timed.submit()
    timed.job(job)

    refusal = timed.call("POST", f"/jobs/{job}:cancel")
    timed.clock.advance(seconds=60)

    assert (refusal.status_code, refusal.json()["error"]["code"]) == (409, "JobNotCancellable")
    assert timed.status(job) == "Succeeded"


def test_the_next_executions_can_be_made_to_fail(timed: Emulator) -> None:
    """So many executions fail with the reason that was set, then all is well again."""
    reason = {"code": "ProviderDown", "message": "The dilution refrigerator warmed up."}
    timed.behave(TARGET, failure={"next": 1, "errorData": reason})

    jobs = [timed.submit(), timed.submit()]

    assert sorted(timed.status(job) for job in jobs) == ["Failed", "Succeeded"]
    assert [timed.job(job)["errorData"] for job in jobs if timed.status(job) == "Failed"] == [reason]


def test_a_share_of_executions_fails_and_repeats(timed: Emulator) -> None:
    """With a seed, the same jobs fail each time."""
    ids = [f"job-{index}" for index in range(12)]
    rounds = []
    for _ in range(2):
        timed.admin("POST", "/reset")
        timed.behave(TARGET, failure={"probability": 0.5})
        for job in ids:
            timed.submit("broken either way", id=job)
        rounds.append([timed.job(job)["errorData"]["code"] for job in ids])

    assert rounds[0] == rounds[1]
    assert set(rounds[0]) == {"ProviderError", "QIRPreProcessingFailed"}


@pytest.mark.parametrize("form", ["seconds", "date", "none"])
def test_a_target_throttles_the_next_calls(timed: Emulator, form: str) -> None:
    """So many calls about its jobs get 429, with Retry-After in the form that was set."""
    job = timed.submit()
    timed.behave(TARGET, throttle={"next": 1, "retryAfterSeconds": 7, "retryAfterForm": form})

    throttled, after = timed.call("GET", f"/jobs/{job}"), timed.call("GET", f"/jobs/{job}")

    assert (throttled.status_code, after.status_code) == (429, 200)
    header = throttled.headers.get("retry-after")
    if form == "date":
        assert parsedate_to_datetime(header) == (timed.clock.now() + timedelta(seconds=7)).replace(microsecond=0)
    else:
        assert header == {"seconds": "7", "none": None}[form]


def test_a_target_throttles_above_a_rate(timed: Emulator) -> None:
    """Calls above so many a second get 429; with time they pass again."""
    job = timed.submit()
    timed.behave(TARGET, throttle={"perSecond": 2})

    codes = [timed.call("GET", f"/jobs/{job}").status_code for _ in range(4)]
    timed.clock.advance(seconds=0.5)

    assert codes == [200, 200, 429, 429]
    assert timed.call("GET", f"/jobs/{job}").status_code == 200


def test_availability_is_reported_and_enforced(timed: Emulator) -> None:
    """An unavailable target takes no jobs; its provider, with others well, is degraded."""
    timed.behave(TARGET, availability="Unavailable", averageQueueTime=99)
    status = timed.call("GET", "/providerStatus").json()["value"]

    container = timed.upload("refused", "")
    body = {"name": "n", "providerId": "quantinuum", "target": TARGET, "inputDataFormat": "qir.v1"}
    refusal = timed.call("PUT", "/jobs/refused", json={**body, "containerUri": container})

    [provider] = [item for item in status if item["id"] == "quantinuum"]
    [target] = [item for item in provider["targets"] if item["id"] == TARGET]
    assert provider["currentAvailability"] == "Degraded"
    assert (target["currentAvailability"], target["averageQueueTime"]) == ("Unavailable", 99)
    assert (refusal.status_code, refusal.json()["error"]["code"]) == (400, "TargetUnavailable")


def test_the_admin_endpoint_moves_time(timed: Emulator) -> None:
    """Time can be moved from outside, too, and what falls due happens before the answer."""
    timed.behave(TARGET, queueSeconds=3600)
    job = timed.submit()

    timed.admin("POST", "/clock", json={"advanceSeconds": 3600})

    assert timed.ledger(job) == ["jobCreated", "executionStarted", "executionEnded"]


def test_the_same_seed_gives_the_same_shots(timed: Emulator) -> None:
    """A job's shots follow from the seed and its id."""
    results: list[Any] = []
    for _ in range(2):
        timed.admin("POST", "/reset")
        timed.submit(id="the-same", inputParams={"shots": 50})
        results.append(timed.http.get(timed.job("the-same")["outputDataUri"]).json())

    assert results[0] == results[1]
