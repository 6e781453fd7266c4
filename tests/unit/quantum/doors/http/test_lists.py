"""The doors that are about many jobs: filters, orders, pages, counts, and what is wrong with a request for them."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from quantum.doors.http import frame, lists
from quantum.doors.http.frame import Door, Request, Response
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job
from quantum.ports import Entry
from quantum.wire import codec
from tests.support.builders import NOW, App, a_job, an_order


async def ask(app: App, door: Door, **query: str) -> Response:
    """Let a door answer."""
    return await frame.answer(door, Request(query=query), app.core, app.orchestrations)


def stored(app: App, number: int, phase: Phase = Phase.SUCCEEDED, **order: Any) -> Job:
    """A job that the index has: the higher its number, the later it came."""
    created = codec.timestamp(NOW + timedelta(hours=number))
    job = replace(a_job(an_order(**order)), id=an_id(number), created_at=created, phase=phase)
    app.index.entries[job.id] = Entry(job, "digest")
    return job


def an_id(number: int) -> str:
    """The id of that job."""
    return f"00000000-0000-5000-8000-{number:012d}"


def counted(app: App, number: int, counts: Mapping[str, int] | None, **order: Any) -> Job:
    """A job that has succeeded, with its counts."""
    job = stored(app, number, **order)
    app.blobs.contents[f"results/{job.id}/result.json"] = json.dumps({"counts": counts}).encode()
    return job


def wrong(response: Response) -> list[str]:
    """The parameters that were refused."""
    assert response.status == 400, response.body
    return [fault["field"] for fault in response.body["errors"]]


async def numbers(app: App, **query: str) -> list[int]:
    """The numbers of the jobs of a list."""
    response = await ask(app, lists.list_jobs, **query)
    assert response.status == 200, response.body
    return [int(job["id"][-12:]) for job in response.body["jobs"]]


async def test_jobs_are_listed_newest_first_page_by_page() -> None:
    """The token of a page leads to the next, until there is none."""
    app = App()
    for number in (1, 2, 3):
        stored(app, number)

    first = (await ask(app, lists.list_jobs, top="2")).body
    second = (await ask(app, lists.list_jobs, top="2", continuation=first["continuation"])).body

    assert [job["id"] for job in (*first["jobs"], *second["jobs"])] == [an_id(3), an_id(2), an_id(1)]
    assert second["continuation"] is None


async def test_lists_are_by_every_filter() -> None:
    """Each alone, with a phase, and within times; from is within, to is without."""
    app = App()
    stored(app, 1, Phase.FAILED, name="bell 1", tags={"team": "chem"})
    stored(app, 2, Phase.FAILED, name="ghz", target="rigetti.sim.qvm", workspace="other")
    stored(app, 3, Phase.WAITING, name="bell 0", tags={"team": "chem"})

    assert await numbers(app, phase="failed") == [2, 1]
    assert await numbers(app, order="oldest") == [1, 2, 3]
    assert await numbers(app, name="bell") == await numbers(app, order="name", name="b") == [3, 1]
    assert await numbers(app, name="bell", phase="failed", target="ionq.simulator") == [1]
    assert await numbers(app, provider="IonQ") == await numbers(app, tag="team=chem") == [3, 1]
    assert await numbers(app, tag="team=chem", phase="waiting") == [3]
    assert await numbers(app, target="rigetti.sim.qvm") == await numbers(app, workspace="other") == [2]
    assert await numbers(app, provider="ionq", tag="team=chem", workspace="default", phase="failed") == [1]
    assert await numbers(app, provider="Rigetti", target="rigetti.sim.qvm", workspace="other") == [2]
    assert await numbers(app, target="rigetti.sim.qvm", tag="team=chem") == []
    assert await numbers(app, name="bell", provider="ionq", tag="team=chem", phase="failed") == [1]
    assert await numbers(app, name="bell", order="newest") == await numbers(app, name="bell", tag="team=chem") == [3, 1]
    assert await numbers(app, name="bell", **{"from": "2026-11-21T11:00:00Z"}) == [3]
    assert await numbers(app, order="oldest", tag="team=chem", provider="ionq", workspace="default") == [1, 3]
    assert await numbers(app, **{"from": "2026-11-21T11:00:00Z", "to": "2026-11-21T13:00:00 01:00"}) == [2]
    assert await numbers(app, **{"from": "2026-11-21T11:00:00Z", "to": "2026-11-21T13:00:00+00:00"}) == [3, 2]
    assert await numbers(app, **{"from": "2026-11-21", "to": "2026-11-22"}) == [3, 2, 1]


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({"top": "0"}, ["top"]),
        ({"top": "201"}, ["top"]),
        ({"top": "x"}, ["top"]),
        ({"top": "\u0663"}, ["top"]),
        ({"phase": "asleep"}, ["phase"]),
        ({"order": "sideways"}, ["order"]),
        ({"$top": "1"}, ["$top"]),
        ({"from": "yesterday", "to": "2026-11-21T09:00:00"}, ["from", "to"]),
        ({"from": "2026-11-21", "to": "2026-11-20"}, ["to"]),
        ({"tag": "team"}, ["tag"]),
        ({"tag": ""}, ["tag"]),
        ({"name": "x" * 65}, ["name"]),
        ({"name": "x", "target": "a\nb"}, ["target"]),
        ({"target": "\U0010ffff", "workspace": "\0"}, ["workspace", "target"]),
        ({"provider": "rigetti", "target": "ionq.qpu", "tag": "a=b"}, ["provider"]),
        ({"top": "x", "phase": "asleep", "ids": "1"}, ["ids", "top", "phase"]),
    ],
)
async def test_what_is_wrong_with_a_list_is_named(query: dict[str, str], fields: list[str]) -> None:
    """400, by the parameter's name, all of it at once."""
    assert wrong(await ask(App(), lists.list_jobs, **query)) == fields


async def test_a_key_among_the_parameters_is_passed_over() -> None:
    """Azure Functions takes a key as `code`, and hands it on: it is no fault of the list's."""
    assert (await ask(App(), lists.list_jobs, code="k")).status == 200


@pytest.mark.parametrize("door", [lists.list_jobs, lists.count_jobs])
@pytest.mark.parametrize("token", ["nonsense", "", "W10", "WzEsMl0", "\N{SNOWMAN}", "[" * 5000])
async def test_a_token_that_no_list_gave_is_refused(door: Door, token: str) -> None:
    """400 that says what to pass on, rather than a wrong page."""
    response = await ask(App(), door, continuation=token, phase="failed")

    assert wrong(response) == ["continuation"]
    assert "is not a cursor of this list" in response.body["detail"]


async def test_a_token_of_another_list_is_refused() -> None:
    """It is bound to filters and order; only the size of the page may change."""
    app = App()
    for number in (1, 2):
        stored(app, number)
    token = (await ask(app, lists.list_jobs, top="1")).body["continuation"]

    assert await numbers(app, continuation=token, top="9") == [1]
    assert wrong(await ask(app, lists.list_jobs, continuation=token, order="oldest")) == ["continuation"]
    assert wrong(await ask(app, lists.list_jobs, continuation=token, provider="ionq")) == ["continuation"]


async def test_a_page_may_be_shorter_than_asked_for_and_leads_on() -> None:
    """Where the jobs of a list are searched for among many: what is not found yet is on a later page."""
    app = App()
    for number in range(5):
        stored(app, number, Phase.FAILED if number == 0 else Phase.SUCCEEDED)
    app.index.looks = 3

    first = (await ask(app, lists.list_jobs, phase="failed")).body
    second = (await ask(app, lists.list_jobs, phase="failed", continuation=first["continuation"])).body

    assert first["jobs"] == []
    assert ([job["id"] for job in second["jobs"]], second["continuation"]) == ([an_id(0)], None)


async def test_counts_end_where_a_search_does_and_lead_on() -> None:
    """One request searches no longer than a page does; the token leads to the rest, and nothing is left out."""
    app = App()
    for number in range(5):
        counted(app, number, {"0": 1}, tags={"run": str(number % 4)})
    app.index.looks = 3

    first = (await ask(app, lists.count_jobs, tag="run=0")).body
    second = (await ask(app, lists.count_jobs, tag="run=0", continuation=first["continuation"])).body

    assert (first["jobs"], second["jobs"], second["continuation"]) == ([an_id(4)], [an_id(0)], None)


async def test_counts_of_many_jobs_are_added_up() -> None:
    """By tag: counts, shots, probabilities, and the jobs that it took them from."""
    app = App()
    counted(app, 1, {"00": 10, "11": 20}, tags={"run": "7"})
    counted(app, 2, {"00": 20, "01": 50}, tags={"run": "7"})
    counted(app, 3, {"00": 1}, tags={"run": "8"})

    response = await ask(app, lists.count_jobs, tag="run=7")

    assert response.body == {
        "shots": 100,
        "counts": {"00": 30, "01": 50, "11": 20},
        "probabilities": {"00": 0.3, "01": 0.5, "11": 0.2},
        "jobs": [an_id(2), an_id(1)],
        "leftOut": [],
        "continuation": None,
    }


async def test_counts_say_what_they_leave_out_and_why() -> None:
    """No job vanishes from the sum without a word."""
    app = App()
    counted(app, 1, {"00 1": 1})
    stored(app, 2, Phase.WAITING)
    stored(app, 3, Phase.FAILED)
    stored(app, 4)
    counted(app, 5, None)
    counted(app, 6, {"001": 1})
    counted(app, 7, {"00 1": 1, "3": 1})
    counted(app, 8, {f"{number:b}": 1 for number in range(3)} | {"00": -1})
    app.blobs.contents[f"results/{stored(app, 9).id}/result.json"] = b"[" * 100_000
    ids = ",".join([*map(an_id, range(1, 11)), an_id(1)])

    body = (await ask(app, lists.count_jobs, ids=ids)).body

    assert (body["jobs"], body["counts"]) == ([an_id(1)], {"00 1": 1})
    assert [job["code"] for job in body["leftOut"]] == [
        "NotEnded",
        "NotSucceeded",
        "ResultGone",
        "NoCounts",
        "UnequalRegisters",
        "UnequalRegisters",
        "NoCounts",
        "NoCounts",
        "NotFound",
    ]
    assert body["leftOut"][4]["reason"] == "It has 3 bits; the first job that counts has 2 + 1 bits."
    assert body["leftOut"][5]["reason"].startswith("It has outcomes that are not bits of registers;")


async def test_counts_stay_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A result that is too large is not read, and one that would make the sum too large is not added."""
    app = App()
    counted(app, 1, {"00": 1, "01": 1})
    counted(app, 2, {"10": 1, "11": 1})
    counted(app, 3, {"00": 1})
    monkeypatch.setattr("quantum.service.counts.MAX_OUTCOMES", 3)
    monkeypatch.setattr("quantum.service.counts.MAX_READ_BYTES", 35)
    app.blobs.contents[f"results/{stored(app, 4).id}/result.json"] = b" " * 36

    body = (await ask(app, lists.count_jobs, order="oldest", phase="succeeded")).body

    assert (body["shots"], body["jobs"]) == (3, [an_id(1), an_id(3)])
    assert [job["code"] for job in body["leftOut"]] == ["TooManyOutcomes", "TooLarge"]


async def test_counts_of_more_jobs_than_asked_for_go_on() -> None:
    """The token leads to those that come after, and all are counted once."""
    app = App()
    for number in range(3):
        counted(app, number, {"0": 1})

    first = (await ask(app, lists.count_jobs, provider="ionq", top="2")).body
    second = (await ask(app, lists.count_jobs, provider="ionq", continuation=first["continuation"])).body

    assert [first["shots"], second["shots"], second["continuation"]] == [2, 1, None]
    assert (await ask(app, lists.count_jobs, name="none")).body["probabilities"] == {}


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({}, ["ids"]),
        ({"order": "newest"}, ["ids"]),
        ({"ids": "bell"}, ["ids"]),
        ({"ids": ""}, ["ids"]),
        ({"ids": ",".join(an_id(number) for number in range(101))}, ["ids"]),
        ({"ids": an_id(1), "tag": "a=b", "top": "5"}, ["tag", "top"]),
        ({"tag": "team", "top": "1001", "sum": "1"}, ["sum", "top", "tag"]),
    ],
)
async def test_what_is_wrong_with_counts_is_named(query: dict[str, str], fields: list[str]) -> None:
    """400, by the parameter's name, all of it at once."""
    assert wrong(await ask(App(), lists.count_jobs, **query)) == fields
