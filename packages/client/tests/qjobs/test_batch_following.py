"""A batch on its way: on a terminal, in a pipe and as JSON; how much time is left; and what a sweep sends."""

import json
from datetime import datetime, timedelta, timezone
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from client_support.fake_jobs_api import JOB_ID, FakeJobsApi, Scripted
from quantumjobs import Batch
from quantumjobs.cli.batch_following import MOST_COUNTED, by_target, time_left
from quantumjobs.cli.batch_live import LiveBatch, bar, ended

CREATED = "2026-12-01T09:00:00Z"
NOW = datetime(2026, 12, 1, 9, 0, 30, tzinfo=timezone.utc)
ACCEPTED = {"id": JOB_ID, "phase": "accepted", "name": "theta", "members": 4, "createdAt": CREATED}
HALF = {**ACCEPTED, "phase": "running", "byPhase": {"succeeded": 3, "waiting": 1}, "progress": 0.75}
ENDED = {**HALF, "phase": "partly", "byPhase": {"succeeded": 3, "failed": 1}, "progress": 1.0}
ROWS = [
    {"number": n, "id": JOB_ID, "target": "a", "phase": "succeeded", "arguments": [n / 2], "shots": 100, "outcomes": 2}
    | {"counts": {"0": 100 - 30 * n, "1": 30 * n}}
    for n in range(4)
]
TABLE = {"by": None, "outcome": None, "best": None, "tie": [], "rows": ROWS}
MEMBERS = [{"id": JOB_ID, "number": n, "target": "ab"[n % 2], "phase": "waiting", "point": {}} for n in range(4)]


def script(api: FakeJobsApi) -> None:
    """Script a batch that ends at the third look."""
    api.answers("POST /api/batches", Scripted(202, ACCEPTED))
    api.answers(f"GET /api/batches/{JOB_ID}", HALF, ENDED)
    api.answers(f"GET /api/batches/{JOB_ID}/table", TABLE)
    api.answers(f"GET /api/batches/{JOB_ID}/members", {"members": MEMBERS, "continuation": None})


def test_a_sweep_sends_a_grid_and_draws_a_curve(qjobs: Any, api: FakeJobsApi, bell: str) -> None:
    """Each change is a line, then come the table and the curve over the argument; a member failed: the code is 1."""
    script(api)

    done = qjobs("sweep", bell, "--argument", "theta=0:1.5:4", "--targets", "a,b", "--target", "b", "--window", "7")

    body = api.requests[0].body
    assert body["sweep"] == {"grid": {"theta": {"from": 0.0, "to": 1.5, "count": 4}}}
    assert (body["targets"], body["window"], "target" in body["order"]) == (["a", "b"], 7, False)
    assert (done.returncode, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    assert lines[0] == f"theta · {JOB_ID}"
    assert [line.split()[1] for line in lines[1:4]] == ["accepted", "running", "partly"]
    assert "3 succeeded, 1 failed · 100% of 4 members" in lines[3]
    assert {"expectation of Z on all bits", "● a"} <= set(lines)
    assert "\x1b" not in done.stdout
    assert lines[-3].split() == ["0", "theta", "1.5"]


def test_a_long_table_is_left_to_its_command(qjobs: Any, api: FakeJobsApi, bell: str) -> None:
    """At the end of what was watched the curve is in sight, and the command for the table."""
    script(api)
    api.answers(f"GET /api/batches/{JOB_ID}/table", {**TABLE, "rows": ROWS * 7})

    done = qjobs("sweep", bell, "--argument", "theta=0:1.5:28", "--target", "a")

    assert done.stdout.splitlines()[-1] == f"all 28 members: qjobs batch table {JOB_ID}"
    assert len(qjobs("batch", "table", JOB_ID).stdout.splitlines()) > 28


def test_json_lines_end_with_the_table(qjobs: Any, api: FakeJobsApi, bell: str) -> None:
    """A program reads each change, and the table in the last line."""
    script(api)

    done = qjobs("sweep", bell, "--argument", "theta=0:1.5:4", "--target", "a", "--json")

    assert [json.loads(line) for line in done.stdout.splitlines()] == [ACCEPTED, HALF, {**ENDED, "table": TABLE}]


def test_a_batch_that_was_sent_is_at_last(qjobs: Any, api: FakeJobsApi, bell: str) -> None:
    """Before one was sent there is none; a job that is sent is another @last."""
    script(api)

    nothing = qjobs("batch", "show", "@last")
    sent = qjobs("sweep", bell, "--argument", "theta=0:1.5:4", "--target", "a", "--no-watch", "-q")
    shown = qjobs("batch", "show", "@last", "-q")

    assert (nothing.returncode, nothing.stderr.splitlines()[-1]) == (4, "  do:  look for it: qjobs batch list")
    assert (sent.stdout, shown.stdout) == (f"{JOB_ID}\n", f"{JOB_ID}\n")
    assert qjobs("show", "@last").returncode == 4


def test_a_batch_that_takes_too_long_goes_on(qjobs: Any, api: FakeJobsApi) -> None:
    """The exit code says so, and the remedy names the command for batches."""
    api.answers(f"GET /api/batches/{JOB_ID}", HALF)

    done = qjobs("batch", "watch", JOB_ID, "--timeout", "0.1")

    assert done.returncode == 5
    assert done.stderr.splitlines()[-1] == f"  do:  it goes on; watch it again: qjobs batch watch {JOB_ID}"


@pytest.mark.parametrize(
    ("status", "code", "remedy"),
    [(404, 4, "look for it: qjobs batch list"), (409, 5, f"see how it stands: qjobs batch show {JOB_ID}")],
)
def test_a_remedy_names_a_command_for_batches(
    qjobs: Any, api: FakeJobsApi, status: int, code: int, remedy: str
) -> None:
    """What is missing is looked for among batches; a table that is not there yet is no job's result."""
    api.answers(f"GET /api/batches/{JOB_ID}/table", Scripted(status, {"title": "No", "status": status, "detail": "no"}))

    done = qjobs("batch", "table", JOB_ID)

    assert done.returncode == code
    assert remedy in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("verb", ["cancel", "pause", "resume"])
def test_nothing_is_asked_of_a_batch_that_has_ended(qjobs: Any, api: FakeJobsApi, verb: str) -> None:
    """The answer says so, as for a job."""
    api.answers(f"GET /api/batches/{JOB_ID}", ENDED)

    done = qjobs("batch", verb, JOB_ID)

    assert done.returncode == 0
    assert done.stdout.startswith(f"had ended already ({ENDED['phase']}), nothing was done: ")
    assert [request.method for request in api.requests] == ["GET"]


@pytest.mark.parametrize(("phase", "code"), [("succeeded", 0), ("running", 5)])
def test_a_rerun_without_members_to_run(qjobs: Any, api: FakeJobsApi, phase: str, code: int) -> None:
    """Where every member succeeded it is done; where the batch runs it is too early."""
    api.answers(f"POST /api/batches/{JOB_ID}/rerun", Scripted(409, {"title": "No", "status": 409, "detail": "no"}))
    api.answers(f"GET /api/batches/{JOB_ID}", {**ENDED, "phase": phase})

    done = qjobs("batch", "rerun", JOB_ID, "--watch")

    assert done.returncode == code
    is_done = done.stdout.startswith("every member succeeded, nothing is left to run: ")
    assert is_done == (code == 0)
    assert done.stderr.endswith(f"qjobs batch show {JOB_ID}\n") == (code == 5)


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_a_batch_is_paused_and_resumed(qjobs: Any, api: FakeJobsApi, verb: str) -> None:
    """A paused one says how it goes on."""
    api.answers(f"GET /api/batches/{JOB_ID}", HALF)
    api.answers(f"POST /api/batches/{JOB_ID}/{verb}", Scripted(202, {**HALF, "pauseRequested": verb == "pause"}))

    done = qjobs("batch", verb, JOB_ID)

    last = {"pause": "let it go on: qjobs batch resume", "resume": "watch it: qjobs batch watch"}[verb]
    assert done.stdout.splitlines()[-1] == f"{last} {JOB_ID}"


def test_a_rerun_is_watched_and_is_at_last(qjobs: Any, api: FakeJobsApi) -> None:
    """The request has the key; the new batch is followed to its end."""
    script(api)
    api.answers(f"POST /api/batches/{JOB_ID}/rerun", Scripted(202, ACCEPTED))

    watched = qjobs("batch", "rerun", JOB_ID, "--idempotency-key", "again", "--watch")
    sent = qjobs("batch", "rerun", "@last", "-q")

    assert api.requests[0].headers["idempotency-key"] == "again"
    assert (watched.returncode, sent.stdout) == (1, f"{JOB_ID}\n")


def test_members_are_listed_by_phase(qjobs: Any, api: FakeJobsApi) -> None:
    """The filters are sent; a member's point is a column."""
    api.answers(f"GET /api/batches/{JOB_ID}/members", {"members": [{**MEMBERS[0], "point": {"arguments": [0.123456]}}]})

    done = qjobs("batch", "members", JOB_ID, "--phase", "waiting", "--target", "a", "--top", "1")

    assert api.requests[0].query == {"phase": "waiting", "target": "a", "top": "200"}
    assert done.stdout.splitlines()[1].split() == ["0", JOB_ID, "waiting", "a", "0.1235"]


@pytest.mark.parametrize("words", ["theta", "theta=1:2", "=0:1:3", "theta=0:x:3", "theta=0:inf:3", "theta=0:1:0"])
def test_what_is_no_grid_is_not_sent(qjobs: Any, api: FakeJobsApi, bell: str, words: str) -> None:
    """The form is named."""
    done = qjobs("sweep", bell, "--argument", words, "--target", "a")

    assert (done.returncode, api.requests) == (2, [])
    assert "--argument" in done.stderr


def test_a_sweep_needs_a_target(qjobs: Any, api: FakeJobsApi, bell: str) -> None:
    """Nothing is sent."""
    done = qjobs("sweep", bell, "--argument", "theta=0:1:3")

    assert (done.returncode, api.requests) == (2, [])
    assert "--target" in done.stderr


def test_time_left_is_known_once_some_have_ended() -> None:
    """Three of four in 30 seconds leave ten; of two ended members nothing is concluded, nor of an ended batch."""
    half = Batch.from_wire(HALF)

    assert time_left(half, NOW) == pytest.approx(10)
    assert time_left(Batch.from_wire({**HALF, "progress": 0.5}), NOW) is None
    assert time_left(Batch.from_wire({**HALF, "createdAt": None}), NOW) is None
    assert time_left(half, NOW - timedelta(hours=1)) == 0
    assert time_left(Batch.from_wire(ENDED), NOW) is None
    assert time_left(Batch.from_wire({**HALF, "eta": "2026-12-01T09:01:00Z"}), NOW) == pytest.approx(30)
    assert time_left(Batch.from_wire({**HALF, "pauseRequested": True}), NOW) is None
    assert time_left(Batch.from_wire(ACCEPTED), NOW) is None


def drawn(picture: LiveBatch, width: int = 80) -> str:
    """Draw a picture as text."""
    console = Console(width=width, record=True, file=StringIO(), force_terminal=True)
    console.print(picture)
    return console.export_text()


def test_the_live_picture_has_a_line_for_each_target() -> None:
    """All members, each target, and the time left; an outage is a line more."""
    picture = LiveBatch(lambda _: {"a": {"succeeded": 2}, "b": {"succeeded": 1, "failed": 1}})
    assert drawn(picture).strip() == "…"

    picture.news(Batch.from_wire(HALF))
    picture.outage("HTTP 503")
    lines = drawn(picture).splitlines()

    assert [line.split()[0] for line in lines[1:4]] == ["all", "a", "b"]
    assert lines[3].split()[2:] == ["2/2,", "1", "without", "success"]
    assert "3 succeeded, 1 waiting · 75% of 4 members" in lines[4]
    assert lines[5] == "out of reach (HTTP 503); trying again"


def test_many_targets_are_summed_up() -> None:
    """A screen is not filled by them; one target alone needs no line for all."""
    many = LiveBatch(lambda _: {f"target {n}": {"succeeded": 1} for n in range(20)})
    one = LiveBatch(lambda _: {"only": {"succeeded": 4}})
    for picture in (many, one):
        picture.news(Batch.from_wire(HALF))

    assert "… 8 more targets" in drawn(many)
    assert [line.split()[0] for line in drawn(one).splitlines()[1:2]] == ["only"]


def test_a_bar_has_its_length_whatever_the_shares() -> None:
    """Rounding loses no column; the count names those without success."""
    assert len(bar({"succeeded": 1, "failed": 1, "waiting": 1}).plain) == 30
    assert ended({"succeeded": 1, "waiting": 1}).plain == "1/2"


def test_members_of_a_large_batch_are_not_counted_one_by_one() -> None:
    """It would be requests without end; the deployment's own sums do."""
    large = Batch.from_wire({**HALF, "members": MOST_COUNTED + 1})

    assert by_target(None, large) == {}  # type: ignore[arg-type]  # it asks nobody
