"""The doors to a job's files: untouched, and never more at once than fits."""

from dataclasses import replace

import pytest

from quantum.doors.http import files, offers
from quantum.doors.http.files import MAX_PART, read_program, read_raw
from quantum.doors.http.frame import Request, Response, answer
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job, Part, RemoteState, ReusedFrom
from quantum.ports import Entry
from tests.support.builders import JOB_ID, NOW, QIR, App, a_job

BYTES = b'{"ro": [[0, 1]]}'
PATH = f"results/{JOB_ID}/raw"


async def ask(
    app: App,
    phase: Phase = Phase.SUCCEEDED,
    job: Job | None = None,
    query: dict[str, str] | None = None,
    **headers: str,
) -> Response:
    """Ask for the output of a job in some phase."""
    job = job or a_job()
    for step in (Phase.STAGING, Phase.WAITING, Phase.EXECUTING, Phase.COLLECTING, phase):
        job = job if job.phase is phase else job.moved_to(step, NOW)
    app.index.entries[JOB_ID] = Entry(job, "digest")
    request = Request(headers=headers, route={"id": JOB_ID}, query=query or {})
    return await answer(read_raw, request, app.core, app.orchestrations)


def app_with(content: bytes) -> App:
    """An app that has kept this output."""
    app = App()
    app.blobs.contents[PATH] = content
    return app


async def test_the_output_comes_as_the_workspace_gave_it() -> None:
    """Byte by byte, as a file."""
    response = await ask(app_with(BYTES))

    assert (response.status, response.encoded(), response.media_type) == (200, BYTES, "application/octet-stream")
    assert response.headers["Content-Disposition"] == f'attachment; filename="{JOB_ID}.raw"'


@pytest.mark.parametrize(
    ("requested", "part", "place"),
    [
        ("bytes=0-", BYTES, "bytes 0-15/16"),
        ("bytes=2-5", BYTES[2:6], "bytes 2-5/16"),
        ("bytes=14-999", BYTES[14:], "bytes 14-15/16"),
    ],
)
async def test_a_part_is_given_where_one_is_asked_for(requested: str, part: bytes, place: str) -> None:
    """With its place and the whole size."""
    response = await ask(app_with(BYTES), range=requested)

    assert (response.status, response.encoded(), response.headers["Content-Range"]) == (206, part, place)


@pytest.mark.parametrize(
    ("job", "statuses"),
    [
        (a_job(), [200, 400, 400, 400]),
        (a_job(remote=RemoteState(parts=(Part("1", 5), Part("2", 5)))), [200, 200, 400, 400]),
        (a_job(reused_from=ReusedFrom("another", "2026-11-21T09:00:00.000Z")), [200, 200, 410, 400]),
    ],
)
async def test_the_output_of_each_part_is_read_by_its_number(job: Job, statuses: list[int]) -> None:
    """A job that reuses a result has as many as the one that ran; a number that there cannot be is refused."""
    app = app_with(BYTES)
    app.blobs.contents[f"{PATH}-2"] = b"second"
    responses = [await ask(app, job=job, query={"part": number}) for number in ("1", "2", "3", "21")]

    assert [response.status for response in responses] == statuses
    assert responses[0].encoded() == BYTES
    assert responses[1].status != 200 or responses[1].encoded() == b"second"


@pytest.mark.parametrize("requested", ["bytes=16-", "bytes=99-100", "bytes=5-2"])
async def test_a_part_that_is_not_there_is_said_to_be_missing(requested: str) -> None:
    """416 with the size."""
    response = await ask(app_with(BYTES), range=requested)

    assert (response.status, response.body["detail"]) == (416, "The output ends after 16 bytes.")


@pytest.mark.parametrize("requested", ["", "bytes=0-", "bytes=7-9"])
async def test_an_empty_output_is_an_empty_answer(requested: str) -> None:
    """Nothing is there, and nothing is wrong."""
    response = await ask(app_with(b""), range=requested)

    assert (response.status, response.encoded()) == (200, b"")


@pytest.mark.parametrize("requested", ["lines=0-", "bytes=-5", "bytes=a-b", "bytes=0-1,4-5", "bytes=" + "9" * 30 + "-"])
async def test_a_range_that_is_not_understood_is_passed_over(requested: str) -> None:
    """As HTTP has it, the whole comes."""
    assert (await ask(app_with(BYTES), range=requested)).status == 200


async def test_a_large_output_comes_in_parts_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer outgrows its limit, and the way to all of it is told."""
    monkeypatch.setattr(files, "MAX_PART", 10)

    whole = await ask(app_with(BYTES))
    part = await ask(app_with(BYTES), range="bytes=0-")

    assert (whole.status, whole.body["title"]) == (413, "The output is too large")
    assert "Range: bytes=0-" in whole.body["detail"]
    assert (part.encoded(), part.headers["Content-Range"]) == (BYTES[:10], "bytes 0-9/16")
    assert MAX_PART == 16 * 1024 * 1024


async def test_before_the_end_there_is_no_output() -> None:
    """409 with the phase, as for the result; 410 where it was removed since; 404 for another id."""
    early = await ask(app_with(BYTES), Phase.WAITING)
    gone = await ask(App())
    unknown = await answer(read_raw, Request(route={"id": "x"}), App().core, App().orchestrations)

    assert (early.status, early.body["phase"]) == (409, "waiting")
    assert (gone.status, unknown.status) == (410, 404)


async def test_the_program_comes_as_it_was_submitted() -> None:
    """In whatever phase the job is; 409 where none is kept, 410 where it was removed since."""
    app, job = App(), a_job()
    assert job.program
    app.blobs.contents[job.program.blob] = QIR.encode()
    app.index.entries[JOB_ID] = Entry(job, "digest")
    request = Request(route={"id": JOB_ID})

    response = await answer(read_program, request, app.core, app.orchestrations)
    part = await answer(read_program, replace(request, headers={"range": "bytes=0-2"}), app.core, app.orchestrations)
    app.blobs.contents.clear()
    gone = await answer(read_program, request, app.core, app.orchestrations)
    app.index.entries[JOB_ID] = Entry(a_job(program=None), "digest")
    none = await answer(read_program, request, app.core, app.orchestrations)

    assert (response.status, response.encoded()) == (200, QIR.encode())
    assert (part.status, part.encoded()) == (206, QIR[:3].encode())
    assert (gone.status, none.status) == (410, 409)


async def test_formats_are_told_though_the_workspace_does_not_answer() -> None:
    """The tables are the app's own; only targets are missing then."""
    app = App()
    response = await answer(offers.list_formats, Request(), app.core, app.orchestrations)

    assert [row["id"] for row in response.body["targets"]] == ["ionq.simulator"]
    assert {"formats", "providers", "targets"} == set(response.body)
