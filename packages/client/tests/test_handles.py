"""Jobs that act: what `submit`, `get` and `list` give, and what goes wherever a job is asked for."""

from typing import Any

import pytest

from client_support.fake_jobs_api import JOB_ID, KEY, FakeJobsApi, Scripted, a_problem, a_result, a_view
from quantumjobs import (
    AsyncQuantumJobs,
    Job,
    JobFailedError,
    JobView,
    NoResultError,
    Program,
    QuantumJobs,
    RefusedError,
    UsageError,
)

PROGRAM = Program("openqasm3", text="OPENQASM 3; qubit q;")
ERROR = {"code": "Broken", "message": "no such gate", "errors": [{"field": "input", "reason": "is wrong", "line": 3}]}


def test_a_job_goes_its_way(api: FakeJobsApi) -> None:
    """It is submitted, waited for and read, and shows what was last seen of it."""
    api.serves_job(a_view("accepted"), a_view("succeeded", queueSeconds=2))

    with QuantumJobs(api.url, KEY) as jobs:
        job = jobs.submit(PROGRAM, target="t", shots=1)
        before = job.view
        assert job.status == "accepted"
        assert job.refresh() is job.wait() is job

        assert (job.status, job.queue_seconds, job.result().counts["11"]) == ("succeeded", 2, 503)
        assert (type(before), before.phase) == (JobView, "accepted")


async def test_a_job_is_awaited(api: FakeJobsApi) -> None:
    """On the asynchronous side a job stands for its result, and acts like the other."""
    api.serves_job(a_view("accepted"), a_view("waiting"), a_view("succeeded"))
    api.answers(f"POST /api/jobs/{JOB_ID}/cancel", Scripted(202, a_view("cancelling")))

    async with AsyncQuantumJobs(api.url, KEY) as jobs:
        job = await jobs.submit(PROGRAM, target="t", shots=1)
        assert [(await job.refresh()).status for _ in range(2)] == ["accepted", "waiting"]
        assert (await job.cancel()).status == "cancelling"

        assert (await job).counts == {"00": 497, "11": 503}
        assert [view.phase async for view in job.watch()] == ["succeeded"]


async def test_waiting_for_a_failed_job_tells_why(call: Any, api: FakeJobsApi) -> None:
    """The error has the job's own, with every fault."""
    api.serves_job(a_view("executing"), a_view("failed", error=ERROR))

    with pytest.raises(JobFailedError) as raised:
        await call("wait", JOB_ID)

    assert str(raised.value) == f"job bell ({JOB_ID}) is failed: Broken: no such gate\n  input (line 3): is wrong"
    assert (raised.value.phase, raised.value.job.id) == ("failed", JOB_ID)


def test_the_result_of_a_failed_job_is_its_error(api: FakeJobsApi) -> None:
    """Nothing is asked for that cannot be there."""
    api.serves_job(a_view("accepted"), a_view("cancelled", cancellation={"requestedBy": "deadline"}))

    with QuantumJobs(api.url, KEY) as jobs, pytest.raises(JobFailedError, match=r"cancelled \(asked for by: deadline"):
        jobs.get(JOB_ID).result()


@pytest.mark.parametrize("name", ["get", "result", "cancel", "wait", "watch", "raw", "counts"])
async def test_a_job_its_view_and_its_id_are_one(call: Any, api: FakeJobsApi, name: str) -> None:
    """Each goes wherever a job is asked for."""
    api.serves_job(a_view("succeeded"))
    api.answers(f"POST /api/jobs/{JOB_ID}/cancel", a_view("succeeded"))
    api.answers(f"GET /api/jobs/{JOB_ID}/result/raw", Scripted(200, b"x"))
    api.answers("GET /api/counts", {"counts": {}, "jobs": [JOB_ID]})
    view = JobView.from_wire(a_view("succeeded"))

    for job in (JOB_ID, view, await call("get", view)):
        assert await call(name, [job] if name == "counts" else job)


async def test_what_is_no_job_is_refused(call: Any) -> None:
    """The error names what goes."""
    with pytest.raises(UsageError, match="give a job, a view of it or its id"):
        await call("get", 7)


async def test_top_is_a_maximum(call: Any, api: FakeJobsApi) -> None:
    """A page is as large as `page_size` says, and no more is asked for than is needed."""
    pages = [{"jobs": [a_view(name=name)] * 2, "continuation": name} for name in "abc"]
    api.answers("GET /api/jobs", *pages)

    assert [job.name for job in await call("list", top=3, page_size=2)] == ["a", "a", "b"]
    assert [request.query["top"] for request in api.requests] == ["2", "1"]


def test_the_jobs_of_a_list_act(api: FakeJobsApi) -> None:
    """Two handles of one job are equal; what a notebook has shown still comes."""
    api.answers("GET /api/jobs", {"jobs": [a_view("waiting")], "continuation": None})
    api.answers(f"POST /api/jobs/{JOB_ID}/cancel", a_view("cancelling"))

    with QuantumJobs(api.url, KEY) as jobs:
        listed = jobs.list()
        assert JOB_ID in listed._repr_html_()
        (job,) = listed
        assert job.cancel().status == "cancelling"
        assert {job} == {Job(job.view, jobs)}


async def test_an_error_names_every_fault(call: Any, api: FakeJobsApi) -> None:
    """The last line of a traceback is enough."""
    faults = [{"field": "target", "reason": "there is no x"}, {"field": "input", "reason": "no", "line": 1}]
    api.answers("POST /api/jobs", a_problem(400, "Refused", detail="2 things are wrong", errors=faults))

    with pytest.raises(RefusedError) as raised:
        await call("submit", PROGRAM)

    assert str(raised.value) == "Refused: 2 things are wrong\n  target: there is no x\n  input (line 1): no"
    assert raised.value.summary == "Refused: 2 things are wrong"


async def test_a_cost_has_attributes(call: Any, api: FakeJobsApi) -> None:
    """It is still the document that was sent."""
    items = [{"dimension": "qgs", "consumed": 10, "billed": 10, "unitPrice": 0.1}]
    api.serves_job(a_view("succeeded", cost={"estimated": 1.5, "currency": "USD", "source": "service", "items": items}))

    cost = (await call("get", JOB_ID)).cost

    assert (cost.estimated, cost["currency"], cost.billed[0].unit_price) == (1.5, "USD", 0.1)
    assert str(cost) == "1.5 USD (service)"


async def test_no_result_says_why(call: Any, api: FakeJobsApi) -> None:
    """The job's own error is part of the text."""
    api.answers(f"GET /api/jobs/{JOB_ID}/result", a_problem(409, "There is none", phase="failed", error=ERROR))

    with pytest.raises(NoResultError, match="There is none\n  no such gate"):
        await call("result", JOB_ID)


def test_what_is_printed_fits_a_line(api: FakeJobsApi) -> None:
    """A repr says which one it is, and of a client which deployment."""
    api.serves_job(a_view("succeeded", name="two\nlines"))
    api.answers(f"GET /api/jobs/{JOB_ID}/result", a_result(counts={f"{bits:03b}": 1 for bits in range(8)}))

    with QuantumJobs(api.url, KEY) as jobs:
        assert repr(jobs) == f"<QuantumJobs {api.url} (as given)>"
        job = jobs.get(JOB_ID)
        assert repr(job) == rf"<Job two\nlines · succeeded · ionq.simulator · 1,000 shots · {JOB_ID}>"
        assert repr(job.result()) == (
            f"<Result 1,000 shots · ionq.simulator · 000: 1, 001: 1, 010: 1, 011: 1 and 4 more · {JOB_ID}>"
        )
