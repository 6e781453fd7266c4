"""Jobs wait from seconds to days, through throttling and outages; nothing is lost or run twice."""

from tests.support.product import QPU, Product, bell

HOUR = 3600


async def test_a_job_may_wait_for_hours(product: Product) -> None:
    """However long the queue, the answer comes, and the orchestration's history stays small."""
    await product.set_target(QPU, queueSeconds=3 * HOUR)

    data = await product.ended(bell(target=QPU))

    status = product.host.hub.status(data["id"], show_history=True)
    assert data["phase"] == "succeeded"
    assert data["result"]["queueSeconds"] == 3 * HOUR
    assert status is not None
    assert len(str(status["historyEvents"])) < 64 * 1024


async def test_a_throttled_workspace_is_waited_for(product: Product) -> None:
    """A 429 is no failure: the pause that the service asks for is kept, and the job runs once."""
    await product.add_fault(operation="create_job", effect="status", status=429, retryAfter="90", times=2)

    data = await product.ended(bell())

    ledger = await product.ledger(data["id"])
    assert data["phase"] == "succeeded"
    assert data["attempts"] == 2
    assert (len(ledger["jobs"]), len(ledger["executions"])) == (1, 1)


async def test_a_reply_that_is_lost_makes_no_second_job(product: Product) -> None:
    """When the service acted and its answer got lost, the job is found again instead of made again."""
    await product.add_fault(operation="create_job", effect="dropAfter")

    data = await product.ended(bell())

    ledger = await product.ledger()
    assert data["phase"] == "succeeded"
    assert (len(ledger["jobs"]), len(ledger["executions"])) == (1, 1)


async def test_an_outage_is_sat_out(product: Product) -> None:
    """A workspace that fails for a while, in any way, delays the job and no more."""
    for effect in ("status", "dropBefore", "truncate", "corrupt"):
        await product.add_fault(operation="*", effect=effect, times=4)

    data = await product.ended(bell())

    assert data["phase"] == "succeeded"
    assert len((await product.ledger(data["id"]))["executions"]) == 1


async def test_a_target_that_speaks_v2_is_understood(product: Product) -> None:
    """Both kinds of workspace are followed to the end, by their own words."""
    await product.set_target(QPU, vocabulary="V2", executionSeconds=600)

    data = await product.ended(bell(target=QPU))

    assert (data["phase"], data["azureStatus"]) == ("succeeded", "Completed")
