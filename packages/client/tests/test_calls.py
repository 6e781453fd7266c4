"""The calls of both clients against an API on a socket."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import quantumjobs
from client_support.fake_jobs_api import JOB_ID, KEY, FakeJobsApi, Scripted, a_problem, a_result, a_view
from quantumjobs import Program

README = Path(__file__).parents[1] / "README.md"
PROGRAM = Program("openqasm3", text="OPENQASM 3; qubit q;")


async def test_an_order_is_submitted(call: Any, api: FakeJobsApi) -> None:
    """The order arrives as design has it, with key and idempotency key in headers and nowhere else."""
    api.serves_job(a_view("accepted"))

    job = await call("submit", PROGRAM, name="bell", target="ionq.simulator", shots=1000, fallback_targets=["x"])

    (request,) = api.requests
    assert request.body == {
        "input": {"format": "openqasm3", "text": "OPENQASM 3; qubit q;"},
        "name": "bell",
        "target": "ionq.simulator",
        "shots": 1000,
        "fallbackTargets": ["x"],
    }
    assert (request.headers["content-type"], request.headers["x-functions-key"]) == ("application/json", KEY)
    assert request.headers["idempotency-key"]
    assert request.query == {}
    assert (job.id, job.phase, job.name, job.shots) == (JOB_ID, "accepted", "bell", 1000)


async def test_a_repeated_submission_is_the_same_one(call: Any, api: FakeJobsApi) -> None:
    """The client's own retries carry one idempotency key, so they cannot make a second job."""
    api.answers("POST /api/jobs", Scripted(cut=True), Scripted(503), Scripted(202, a_view()))

    await call("submit", PROGRAM, target="t", shots=1)

    assert len(api.requests) == 3
    assert len({request.headers["idempotency-key"] for request in api.requests}) == 1


async def test_each_submission_has_its_own_key(call: Any, api: FakeJobsApi) -> None:
    """Two orders alike are two jobs, unless the caller gives them one key."""
    api.serves_job(a_view())

    for key in (None, None, "mine"):
        await call("submit", PROGRAM, target="t", shots=1, idempotency_key=key)

    first, second, third = (request.headers["idempotency-key"] for request in api.requests)
    assert first != second
    assert third == "mine"


@pytest.mark.parametrize("path_type", [str, Path])
async def test_a_file_is_submitted_by_its_path(call: Any, api: FakeJobsApi, tmp_path: Path, path_type: Any) -> None:
    """A text is a path, never a program."""
    (tmp_path / "a.qs").write_text("operation Main() : Unit {}")
    api.serves_job(a_view())

    await call("submit", path_type(tmp_path / "a.qs"), target="t", shots=1)

    assert api.requests[0].body["input"]["format"] == "qsharp"


@pytest.mark.parametrize("params", [{"a": float("nan")}, {"a": object()}, {"a": "\ud800"}])
async def test_what_is_no_json_is_not_sent(call: Any, api: FakeJobsApi, params: Any) -> None:
    """An order that JSON cannot carry is refused here."""
    with pytest.raises(quantumjobs.UsageError, match="JSON"):
        await call("submit", PROGRAM, target="t", shots=1, params=params)

    assert api.requests == []


async def test_a_view_keeps_what_it_does_not_know(call: Any, api: FakeJobsApi) -> None:
    """Known fields are typed; the rest stays at hand."""
    api.serves_job(a_view("waiting", azureStatus="Waiting", estimatedQueueSeconds=40.5, newField=[1]))

    job = await call("get", JOB_ID)

    assert (job.azure_status, job.estimated_queue_seconds) == ("Waiting", 40.5)
    assert [change.phase for change in job.history] == ["accepted", "staging", "waiting"]
    assert job.history[0].at == job.created_at
    assert job.raw["newField"] == [1]


async def test_a_result_has_its_counts(call: Any, api: FakeJobsApi) -> None:
    """Counts and probabilities come by bits, leftmost first."""
    api.answers(f"GET /api/jobs/{JOB_ID}/result", a_result())

    result = await call("result", JOB_ID)

    assert result.counts == {"00": 497, "11": 503}
    assert (result.shots, result.queue_seconds, result.raw_blob) == (1000, 1.25, f"results/{JOB_ID}.raw.json")


async def test_no_result_yet_is_an_error_with_the_phase(call: Any, api: FakeJobsApi) -> None:
    """Asking too early tells how far the job is."""
    api.answers(f"GET /api/jobs/{JOB_ID}/result", a_problem(409, "No result yet", phase="executing"))

    with pytest.raises(quantumjobs.NoResultError) as raised:
        await call("result", JOB_ID)

    assert raised.value.phase == "executing"


async def test_a_job_is_cancelled(call: Any, api: FakeJobsApi) -> None:
    """The answer is the job as it is then."""
    api.answers(f"POST /api/jobs/{JOB_ID}/cancel", Scripted(202, a_view("cancelling")))

    assert (await call("cancel", JOB_ID)).phase == "cancelling"


async def test_a_watcher_sees_each_change_through_an_outage(call: Any, api: FakeJobsApi) -> None:
    """A connection cut in between costs nothing."""
    outages: list[str | None] = []
    api.answers(f"GET /api/jobs/{JOB_ID}", a_view("waiting"), Scripted(cut=True), a_view("succeeded"))

    views = await call("watch", JOB_ID, on_outage=outages.append)

    assert [view.phase for view in views] == ["waiting", "succeeded"]
    assert outages[0]
    assert outages[-1] is None


async def test_waiting_ends_with_the_job(call: Any, api: FakeJobsApi) -> None:
    """The job at its end comes back, whatever the end, where the caller says so."""
    api.serves_job(a_view("executing"), a_view("failed", error={"code": "Broken", "message": "no such gate"}))

    job = await call("wait", JOB_ID, check=False)

    assert (job.phase, job.error) == ("failed", quantumjobs.JobError("Broken", "no such gate"))


async def test_waiting_ends_with_the_timeout(call: Any, api: FakeJobsApi) -> None:
    """A job that takes longer goes on alone."""
    api.serves_job(a_view("executing"))

    with pytest.raises(quantumjobs.WatchTimeoutError):
        await call("wait", JOB_ID, timeout=0.1)


async def test_a_list_goes_through_all_pages(call: Any, api: FakeJobsApi) -> None:
    """Filters and continuation are sent as they are, however they look."""
    pages = [
        {"jobs": [a_view(name=name)], "continuation": more} for name, more in (("a", "x&y=z"), ("b", "2"), ("c", None))
    ]
    api.answers("GET /api/jobs", *pages)

    jobs = await call("list", page_size=1, phase="succeeded", target="t")

    assert [job.name for job in jobs] == ["a", "b", "c"]
    assert [request.query.get("continuation") for request in api.requests] == [None, "x&y=z", "2"]
    assert all(
        request.query.items() >= {"top": "1", "phase": "succeeded", "target": "t"}.items() for request in api.requests
    )


async def test_a_list_that_goes_round_in_circles_is_left(call: Any, api: FakeJobsApi) -> None:
    """A page that names itself as the next does not hold the caller for ever."""
    api.answers("GET /api/jobs", {"jobs": [], "continuation": "same"})

    with pytest.raises(quantumjobs.UnexpectedAnswerError):
        await call("list")


async def test_targets_are_listed(call: Any, api: FakeJobsApi) -> None:
    """Each target comes with its queue, its formats, and the age of this knowledge."""
    target = {"id": "t", "provider": "p", "availability": "Available", "averageQueueSeconds": 3, "formats": ["qsharp"]}
    api.answers("GET /api/targets", {"targets": [target], "ageSeconds": 4.5})

    targets = await call("targets")

    assert targets.targets == (quantumjobs.Target("t", "p", "Available", 3, ("qsharp",), None),)
    assert targets.age_seconds == 4.5


@pytest.mark.parametrize("status", [200, 503])
async def test_a_degraded_health_is_an_answer(call: Any, api: FakeJobsApi, status: int) -> None:
    """The report is read whatever status it comes with, and asked for once."""
    report = {"status": "degraded", "checks": {"workspace": {"status": "failed", "detail": "no answer"}}}
    api.answers("GET /api/health", Scripted(status, report))

    health = await call("health")

    assert health.status == "degraded"
    assert health.checks == {"workspace": quantumjobs.Check("failed", "no answer")}
    assert len(api.requests) == 1


@pytest.mark.parametrize("method", ["get", "result", "cancel"])
@pytest.mark.parametrize("job_id", ["", "..", "a/b", "a?b", "../health", "a b"])
async def test_an_id_cannot_lead_elsewhere(call: Any, api: FakeJobsApi, method: str, job_id: str) -> None:
    """What is no id is refused before anything is asked."""
    with pytest.raises(quantumjobs.UsageError, match="no job id"):
        await call(method, job_id)

    assert api.requests == []


def test_the_example_of_the_readme_runs(
    api: FakeJobsApi, environment: dict[str, str], bell: str, tmp_path: Path
) -> None:
    """What the README shows prints phases and counts, for the file that it names."""
    example = README.read_text("utf-8").partition("```python\n")[2].partition("```")[0]
    api.serves_job(a_view("accepted"), a_view("succeeded"))
    assert f'"{bell}"' in example

    done = subprocess.run(
        [sys.executable, "-c", example], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines() == ["accepted None", "succeeded None", "{'00': 497, '11': 503}"]


async def test_an_unknown_job_is_not_found(call: Any) -> None:
    """The server's words come through."""
    with pytest.raises(quantumjobs.NotFoundError, match="there is no such job"):
        await call("get", JOB_ID)


async def test_raw_output_comes_part_by_part(call: Any, api: FakeJobsApi) -> None:
    """As much at once as the deployment gives, until all of it came."""
    parts = [(b"0123", "bytes 0-3/6"), (b"45", "bytes 4-5/6")]
    scripted = [Scripted(206, content, {"content-range": content_range}) for content, content_range in parts]
    api.answers(f"GET /api/jobs/{JOB_ID}/result/raw", *scripted)

    assert await call("raw", JOB_ID) == [b"0123", b"45"]
    assert [request.headers["range"] for request in api.requests] == ["bytes=0-", "bytes=4-"]


async def test_raw_output_of_one_part_of_a_divided_job(call: Any, api: FakeJobsApi) -> None:
    """The number goes with each request."""
    api.answers(f"GET /api/jobs/{JOB_ID}/result/raw", Scripted(200, b"x"))

    assert await call("raw", JOB_ID, part=2) == [b"x"]
    assert [request.query for request in api.requests] == [{"part": "2"}]


async def test_raw_output_of_nothing_is_nothing(call: Any, api: FakeJobsApi) -> None:
    """An empty output ends at once."""
    api.answers(f"GET /api/jobs/{JOB_ID}/result/raw", Scripted(200, b""))

    assert await call("raw", JOB_ID) == [b""]


async def test_formats_are_read(call: Any, api: FakeJobsApi) -> None:
    """Who takes which, and what is compiled."""
    row = {"format": "qsharp", "compiled": True, "providers": ["ionq"], "extensions": [".qs"]}
    api.answers("GET /api/formats", {"formats": [row], "targets": [{"id": "a.b", "formats": ["qsharp"]}]})

    formats = await call("formats")

    (word,) = formats.formats
    assert (word.format, word.compiled, word.providers, word.extensions) == ("qsharp", True, ("ionq",), (".qs",))
    assert (formats.taken_by("a.b"), formats.taken_by("c.d")) == (("qsharp",), None)


async def test_registers_and_solutions_are_read(call: Any, api: FakeJobsApi) -> None:
    """What outcomes consist of, and what a solver found."""
    solutions = [{"configuration": {"0": 1, "1": -1}, "cost": -3.5}]
    registers = [{"bits": 2, "name": "c"}, {"bits": 1}]
    api.answers(f"GET /api/jobs/{JOB_ID}/result", a_result(registers=registers, solutions=solutions))

    result = await call("result", JOB_ID)

    assert [(part.name, part.bits) for part in result.registers] == [("c", 2), (None, 1)]
    assert [(dict(best.configuration), best.cost) for best in result.solutions] == [({"0": 1, "1": -1}, -3.5)]
