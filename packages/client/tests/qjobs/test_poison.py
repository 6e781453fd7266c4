"""Poisoned orders: listed and replayed, by both clients and by the command."""

import json
from datetime import datetime, timezone
from typing import Any

import pytest

from client_support.fake_jobs_api import JOB_ID, FakeJobsApi, Scripted, a_problem
from quantumjobs import NotFoundError, Poisoned, UnexpectedAnswerError, UsageError

KEPT = {
    "poison": [
        {"id": JOB_ID, "messageId": "m-1", "at": "2026-11-21T08:00:00.000Z"},
        {"id": "other", "messageId": "m-2", "blob": "orders/ionq.simulator/bell.qasm"},
    ]
}
JOB = "6f1c1a52-5f5e-5a1c-9d7e-7a2f1b0c4d11"
REPLAYED = Scripted(202, {"id": JOB_ID, "replayed": True, "job": JOB})
REPLAY = f"POST /api/poison/{JOB_ID}/replay"


async def test_poisoned_orders_are_listed(call: Any, api: FakeJobsApi) -> None:
    """With what is known of each."""
    api.answers("GET /api/poison", KEPT)

    listed = await call("poison")

    at = datetime(2026, 11, 21, 8, tzinfo=timezone.utc)
    assert listed.poison == (Poisoned(JOB_ID, "m-1", at), Poisoned("other", "m-2", None, KEPT["poison"][1]["blob"]))
    assert listed.raw == KEPT


@pytest.mark.parametrize("document", [{}, {"poison": 1}, {"poison": [{}]}, []])
async def test_what_is_no_list_of_poison_is_unexpected(call: Any, api: FakeJobsApi, document: Any) -> None:
    """A wrong address is told from an empty list."""
    api.answers("GET /api/poison", Scripted(200, document))

    with pytest.raises(UnexpectedAnswerError):
        await call("poison")


async def test_a_poisoned_order_is_replayed(call: Any, api: FakeJobsApi) -> None:
    """By its id, and a wrong one is not sent; the job is told."""
    api.answers(REPLAY, REPLAYED)

    job = await call("replay_poison", JOB_ID)
    with pytest.raises(UsageError):
        await call("replay_poison", "../jobs")

    assert job == JOB
    assert [(request.method, request.path) for request in api.requests] == [("POST", f"/api/poison/{JOB_ID}/replay")]


async def test_an_order_that_is_not_kept_cannot_be_replayed(call: Any, api: FakeJobsApi) -> None:
    """It may have been replayed before."""
    api.answers(REPLAY, a_problem(404, "There is no such order"))

    with pytest.raises(NotFoundError):
        await call("replay_poison", JOB_ID)


def test_the_command_lists_poison(qjobs: Any, api: FakeJobsApi) -> None:
    """A line each, and what to do about it; scripts get the document."""
    api.answers("GET /api/poison", KEPT)

    shown, document = qjobs("poison"), qjobs("poison", "--json")

    rows = [line.split() for line in shown.stdout.splitlines()]
    assert rows[1:] == [[JOB_ID, "2026-11-21", "08:00:00", "UTC", "m-1"], ["other", KEPT["poison"][1]["blob"]]]
    assert "qjobs poison replay" in shown.stderr
    assert json.loads(document.stdout) == KEPT


def test_without_poison_the_command_says_so(qjobs: Any, api: FakeJobsApi) -> None:
    """Silence could mean anything."""
    api.answers("GET /api/poison", {"poison": []})

    done = qjobs("poison")

    assert (done.returncode, done.stdout) == (0, "")
    assert "no order is poisoned" in done.stderr


def test_the_command_replays(qjobs: Any, api: FakeJobsApi) -> None:
    """It says which job the order is now."""
    api.answers(REPLAY, REPLAYED)

    shown, document = qjobs("poison", "replay", JOB_ID), qjobs("poison", "replay", JOB_ID, "--json")

    assert (shown.returncode, document.returncode) == (0, 0)
    assert shown.stdout == f"{JOB}\n"
    assert "qjobs watch" in shown.stderr
    assert json.loads(document.stdout)["job"] == JOB


def test_the_command_s_exit_code_says_that_there_is_no_such_order(qjobs: Any, api: FakeJobsApi) -> None:
    """4, as for a job that is not there."""
    api.answers(REPLAY, a_problem(404, "There is no such order", detail="No order with this id is kept as poisoned."))

    assert qjobs("poison", "replay", JOB_ID).returncode == 4
