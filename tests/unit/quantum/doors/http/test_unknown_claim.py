"""An order of which nobody can say whether it was taken: its caller is told its id, and can repeat it safely."""

from quantum.doors.http import frame, jobs
from quantum.doors.http.frame import Request, Response
from quantum.jobs.errors import ServiceUnavailableError
from quantum.jobs.model import Job
from tests.support.builders import App, an_order_body
from tests.support.fakes.index import InMemoryJobIndex


class StallingIndex(InMemoryJobIndex):
    """A claim that comes there and whose answer does not, as often as `stalls` says; `lost` ones do not come there."""

    def __init__(self, stalls: int = 1, *, lost: bool = False) -> None:
        super().__init__()
        self.stalls = stalls
        self.lost = lost

    async def claim(self, job: Job, digest: str) -> bool:
        """Insert a job, and say nothing of it while this stalls."""
        if self.stalls == 0:
            return await super().claim(job, digest)
        self.stalls -= 1
        if not self.lost:
            await super().claim(job, digest)
        raise ServiceUnavailableError("The job index did not answer.")


async def post(app: App, **headers: str) -> Response:
    """Send an order by HTTP."""
    request = Request(headers={name.replace("_", "-"): text for name, text in headers.items()}, body=an_order_body())
    return await frame.answer(jobs.start_from_http, request, app.core, app.orchestrations)


async def test_an_order_that_may_have_been_taken_is_told_its_id_and_key() -> None:
    """503 as before, but with the place to ask and with the key under which it is one job."""
    app = App(index=StallingIndex())

    response = await post(app)

    (taken,) = app.index.entries
    assert response.status == 503
    assert response.headers == frame.OF_EVERY_ANSWER | {"Retry-After": "5", "Location": f"/api/jobs/{taken}"}
    assert (response.body["id"], response.body["links"]["self"]) == (taken, f"/api/jobs/{taken}")
    assert response.body["idempotencyKey"] in response.body["detail"]
    assert "nothing" not in response.body["detail"].lower()


async def test_sent_again_under_that_key_it_is_the_same_job() -> None:
    """Whoever obeys is not billed twice, whether the first one had come there or not."""
    for lost in (False, True):
        app = App(index=StallingIndex(lost=lost))
        problem = (await post(app)).body

        again = await post(app, idempotency_key=problem["idempotencyKey"])

        assert (again.status, again.body["id"]) == (202, problem["id"])
        assert app.orchestrations.started == {problem["id"]: 1}


async def test_the_callers_own_key_is_told_back() -> None:
    """There is nothing new to remember."""
    response = await post(App(index=StallingIndex()), idempotency_key="mine-1")

    assert response.body["idempotencyKey"] == "mine-1"


async def test_nothing_started_is_only_said_where_that_is_known() -> None:
    """Before the claim was sent."""
    app = App()
    app.blobs.failure = ServiceUnavailableError("The storage cannot be reached.")

    response = await post(app)

    assert (response.status, "Location" in response.headers) == (503, False)
    assert response.body["detail"] == "The storage cannot be reached. This request started nothing: send it again."
    assert app.index.entries == {}
