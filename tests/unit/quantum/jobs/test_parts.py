"""The parts of a divided job: how many, how large, under which ids, and what they come to together."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Failure, Job, Part
from quantum.jobs.parts import account_of, belongs, cost_of_parts, parts_of, phase_of_part, remote_ids, shares
from tests.support.builders import JOB_ID, a_job, an_order, with_progress

LIMITS = {"ionq.simulator": 300, "ionq.qpu.aria-1": 600}


def a_divided_job() -> Job:
    """A job of a thousand shots for two targets that take fewer."""
    return a_job(an_order(fallback_targets=("ionq.qpu.aria-1", "other.qpu")), shots_at_once=LIMITS)


def parts(*statuses: str | None, **facts: object) -> list[Part]:
    """Parts in these states."""
    return [replace(Part(str(number), 10, status), **facts) for number, status in enumerate(statuses)]  # type: ignore[arg-type]  # facts are fields


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_parts_are_few_and_equal(shots: int, limit: int) -> None:
    """No fewer could hold the shots, none is over the limit, and they differ by one at most."""
    limit = max(limit, shots // 1000 + 1)
    sizes = shares(shots, limit)

    assert sum(sizes) == shots
    assert max(sizes) <= limit
    assert max(sizes) - min(sizes) <= 1
    assert (len(sizes) - 1) * limit < shots


def test_ids_are_fixed_by_the_job_its_target_and_the_number() -> None:
    """The first part has the job's own id; no two are equal, on any target."""
    job = a_divided_job()
    later = with_progress(job, fallback=1)
    ids = [part.remote_id for each in (job, later) for part in parts_of(each)]

    assert ids[0] == JOB_ID
    assert ids[4] == later.remote_id
    assert len(set(ids)) == len(ids) == 4 + 2
    assert parts_of(a_divided_job()) == parts_of(job)


def test_a_job_that_is_not_divided_has_one_remote_job() -> None:
    """Neither without limits, nor on a target that takes all of its shots."""
    last = with_progress(a_divided_job(), fallback=2)

    assert (parts_of(a_job()), remote_ids(a_job())) == ((), (JOB_ID,))
    assert (parts_of(last), remote_ids(last)) == ((), (last.remote_id,))
    assert "shotsAtOnce" not in a_job().to_wire()


def test_a_remote_job_of_any_target_so_far_belongs_to_the_job() -> None:
    """And no other."""
    job = a_divided_job()
    later = with_progress(job, fallback=2)

    assert all(belongs(part.remote_id, later) for part in parts_of(job))
    assert belongs(later.remote_id, later)
    assert not belongs(later.remote_id, job)
    assert not belongs(later.remote_id, a_job())


@pytest.mark.parametrize(
    ("statuses", "together"),
    [
        (["Waiting", "Waiting"], "Waiting"),
        (["Queued", "Queued"], "Queued"),
        (["Waiting", "Queued"], "Waiting"),
        (["Waiting", None], "Waiting"),
        (["Executing", "Waiting"], "Executing"),
        (["Succeeded", "Waiting"], "Executing"),
        (["Failed", "Cancelling"], "Executing"),
        (["Succeeded", "Succeeded"], "Succeeded"),
        (["Succeeded", "Completed"], "Succeeded"),
        (["Succeeded", "Cancelled"], "Cancelled"),
        (["Failed", "Cancelled", "Succeeded"], "Failed"),
    ],
)
def test_a_divided_job_ends_when_its_last_part_does(statuses: list[str | None], together: str) -> None:
    """It succeeds only if each part does."""
    assert account_of(parts(*statuses), "ionq").status == together


def test_the_first_error_is_the_job_s_and_says_which_part_it_is() -> None:
    """The workspace's own words follow."""
    sound, broken = parts("Succeeded", "Failed")
    account = account_of([sound, replace(broken, error=Failure("Oops", "broke"))], "ionq")

    assert account.error == Failure("Oops", "Part 2 of 2: broke")


def test_times_span_all_parts() -> None:
    """From the first that began to the last that ended, once all have ended."""
    early = {"created": "2026-11-21T09:00:00Z", "began": "2026-11-21T09:01:00Z", "ended": "2026-11-21T09:02:00Z"}
    late = {"created": "2026-11-21T09:00:01Z", "began": "2026-11-21T09:03:00Z", "ended": "2026-11-21T09:04:00Z"}
    first, second = parts("Succeeded", "Succeeded")
    first, second = replace(first, times=early), replace(second, times=late)
    running = replace(second, status="Executing", times={"created": late["created"]})

    assert account_of([first, second], "ionq").times == early | {"ended": late["ended"]}
    assert account_of([first, running], "ionq").times == {name: early[name] for name in ("created", "began")}
    assert account_of(parts("Waiting"), "ionq").times is None


def test_costs_are_added_up_by_unit() -> None:
    """Amounts of two units are not: their items stay, and there is no sum."""
    item = {"dimension": "shots", "unit": "shot", "unitPrice": 0.1, "billed": 10}
    dollars = {"estimated": 1.0, "currency": "USD", "source": "service", "items": [item]}
    (one,) = parts("Succeeded", cost=dollars)
    (other,) = parts("Succeeded", cost={"estimated": 2.0, "currency": "EUR", "source": "service"})

    twice = {"estimated": 2.0, "currency": "USD", "source": "service", "items": [item | {"billed": 20}]}
    assert cost_of_parts([one, one, *parts("Failed")]) == twice
    assert (cost_of_parts([one, other]) or {})["estimated"] is None
    assert cost_of_parts(parts("Failed")) is None


def test_a_part_that_is_not_submitted_has_no_phase() -> None:
    """Its job has one."""
    assert [phase_of_part(part) for part in parts(None, "Queued")] == [None, Phase.WAITING]
