"""Where many jobs wait, one watcher looks at all of them; without it each looks for itself, and none is lost."""

from datetime import datetime, timedelta

from orchestrators import cadence
from quantum.contract.workspaces import DEFAULT
from quantum.jobs.ids import watcher_id
from quantum.workspaces.watching import MANY
from tests.support.product import QPU, Product, circuit

QUEUE_SECONDS, EXECUTION_SECONDS = 600, 2
WATCHER = watcher_id(DEFAULT)
LIST, LOOK = "list_jobs", "get_job"


async def many_waiting(product: Product, count: int = MANY + 1) -> list[str]:
    """Submit many jobs that wait for hours; time is held."""
    await product.set_target(QPU, queueSeconds=QUEUE_SECONDS, executionSeconds=EXECUTION_SECONDS)
    with product.time_held():
        jobs = [await product.submit(circuit(target=QPU)) for _ in range(count)]
        for job in jobs:
            await product.job_in(job["id"], "waiting")
        return [str(job["id"]) for job in jobs]


async def lateness(product: Product, job_ids: list[str]) -> list[timedelta]:
    """How much later than the end of its remote job each answer came."""
    late = []
    for job_id in job_ids:
        data = (await product.answer_to(id=job_id))["data"]
        assert data["phase"] == "succeeded"
        (created,) = (await product.ledger(job_id))["jobs"]
        end = datetime.fromisoformat(created["at"]) + timedelta(seconds=QUEUE_SECONDS + EXECUTION_SECONDS)
        late.append(datetime.fromisoformat(data["history"][-1]["at"]) - end)
    return late


async def test_many_waiting_jobs_are_watched_by_one(product: Product) -> None:
    """A few requests for lists take the place of hundreds; the answers are no later, and the watcher ends."""
    looks, lists = await product.calls(LOOK), await product.calls(LIST)

    job_ids = await many_waiting(product)
    late = await lateness(product, job_ids)
    await product.host.hub.wait_for(WATCHER)

    looks, lists = await product.calls(LOOK) - looks, await product.calls(LIST) - lists
    assert max(late) < timedelta(seconds=30)
    assert lists > 10
    assert looks + lists < 20 * len(job_ids)  # about 80 looks each without a watcher
    status = product.host.hub.status(WATCHER)
    assert status is not None
    assert status["runtimeStatus"] == "Completed"
    assert {len((await product.ledger(each))["executions"]) for each in job_ids} == {1}


async def test_a_watcher_that_is_killed_delays_no_job_beyond_its_timer(product: Product) -> None:
    """Jobs that sleep look when their pause is over; those that look start a watcher again."""
    lists = await product.calls(LIST)
    job_ids = await many_waiting(product)
    await product.at(product.clock.now() + timedelta(minutes=1), lambda: product.kill(WATCHER))
    assert await product.calls(LIST) >= lists + 5

    late = await lateness(product, job_ids)

    assert max(late) < timedelta(seconds=cadence.LONGEST_SECONDS)
    assert {len((await product.ledger(each))["executions"]) for each in job_ids} == {1}
