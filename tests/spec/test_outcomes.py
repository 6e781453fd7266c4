"""How jobs end: as the workspace says, and always with one clear answer."""

from datetime import timedelta

from tests.support.product import OTHER_QPU, QPU, Product, bell, phases_of


async def test_a_job_that_fails_says_what_the_workspace_said(product: Product) -> None:
    """The provider's own code and words reach the caller."""
    await product.set_target(QPU, failure={"next": 1, "errorData": {"code": "Decohered", "message": "Too warm."}})

    data = await product.ended(bell(target=QPU))

    assert (data["phase"], data["error"]) == ("failed", {"code": "Decohered", "message": "Too warm."})


async def test_a_job_cancelled_while_it_waits_never_runs(product: Product) -> None:
    """Cancelling is asked of the workspace, and its own status ends the job."""
    with product.time_held():
        job = await product.submit(bell(target=QPU))
        await product.job_in(job["id"], "waiting")
        responses = [await product.cancel(job["id"]) for _ in range(2)]

    data = (await product.answer_to(id=job["id"]))["data"]

    assert [answer.status_code for answer in responses] == [202, 202]
    assert (data["phase"], data["azureStatus"], data["cancelRequested"]) == ("cancelled", "Cancelled", True)
    assert (await product.ledger(job["id"]))["executions"] == []


async def test_a_job_that_the_provider_will_not_cancel_is_reported_as_it_ended(product: Product) -> None:
    """Once it executes a provider may refuse: the result comes, with a note that it may be billed."""
    await product.set_target(QPU, queueSeconds=0, executionSeconds=600, refuseCancelWhenExecuting=True)
    with product.time_held():
        job = await product.submit(bell(target=QPU))
        while (await product.job(job["id"]))["phase"] != "executing":
            product.clock.advance(timedelta(seconds=1))  # a look that was not yet planned comes with the next
        await product.cancel(job["id"])

    data = (await product.answer_to(id=job["id"]))["data"]

    assert (data["phase"], data["cancelRequested"]) == ("succeeded", True)
    assert any("bill" in warning for warning in data["warnings"])


async def test_cancelling_a_job_that_has_ended_changes_nothing(product: Product) -> None:
    """Too late is not an error."""
    ended = await product.ended(bell())

    answer = await product.cancel(ended["id"])

    assert answer.status_code == 202
    assert answer.json()["phase"] == "succeeded"


async def test_a_job_past_its_deadline_is_cancelled_and_expires(product: Product) -> None:
    """The caller hears at the deadline, and the workspace runs nothing for it any more."""
    await product.set_target(QPU, queueSeconds=7200)

    data = await product.ended(bell(target=QPU, deadline="PT30M"))

    ledger = await product.ledger(data["id"])
    assert (data["phase"], data["azureStatus"]) == ("expired", "Cancelled")
    assert (len(ledger["jobs"]), len(ledger["executions"])) == (1, 0)


async def test_an_unavailable_target_gives_way_to_the_next(product: Product) -> None:
    """A fallback runs where the first target is not available."""
    await product.set_target(QPU, availability="Unavailable")

    data = await product.ended(bell(target=QPU, fallbackTargets=[OTHER_QPU]))

    assert (data["phase"], data["target"], data["result"]["target"]) == ("succeeded", OTHER_QPU, OTHER_QPU)


async def test_a_target_that_queues_for_too_long_gives_way_to_the_next(product: Product) -> None:
    """After its share of the time until the deadline the job is cancelled there and runs on the next target, once."""
    await product.set_target(QPU, queueSeconds=7200)

    data = await product.ended(bell(target=QPU, fallbackTargets=[OTHER_QPU], deadline="PT1H"))

    executions = (await product.ledger())["executions"]
    assert (data["phase"], data["target"]) == ("succeeded", OTHER_QPU)
    assert phases_of(data).count("staging") == 2
    assert [execution["jobId"] for execution in executions] == [data["remoteId"]]


async def test_an_order_that_the_workspace_refuses_is_rejected(product: Product) -> None:
    """What only the workspace can tell is the caller's to hear, in its words."""
    await product.add_fault(operation="create_job", effect="status", status=400, code="InvalidJobDefinition")

    data = await product.ended(bell())

    assert data["phase"] == "rejected"
    assert data["error"]["code"] == "InvalidJobDefinition"
