"""An order without a target of its own runs on the best one, and says why."""

from datetime import timedelta

from quantum.service.targets import CACHE_SECONDS
from tests.support.product import OTHER_QPU, QPU, SIMULATOR, Product, bell

H2 = "quantinuum.sim.h2-1e"


async def test_the_best_target_is_chosen_with_reasons(product: Product) -> None:
    """A free simulator before anything that is billed; the answer has the choice."""
    data = await product.ended(bell(target="auto", constraints={"providers": ["ionq"]}))

    assert (data["phase"], data["target"]) == ("succeeded", SIMULATOR)
    assert data["choice"][0]["rank"] == 1
    assert any("is of another provider" in candidate["reasons"] for candidate in data["choice"])


async def test_the_next_best_runs_where_the_best_has_gone(product: Product) -> None:
    """What changes between the order and its submission is seen."""
    constraints = {"providers": ["ionq"], "kind": "hardware"}
    await product.set_target(QPU, averageQueueTime=10)
    await product.set_target(OTHER_QPU, averageQueueTime=20)
    with product.time_held():
        job = await product.submit(bell(target="auto", constraints=constraints))
        await product.set_target(QPU, availability="Unavailable")
    data = (await product.answer_to(id=job["id"]))["data"]

    assert job["target"] == QPU
    assert (data["phase"], data["target"]) == ("succeeded", OTHER_QPU)


async def test_a_degraded_target_that_does_not_run_is_not_chosen(product: Product) -> None:
    """Though its queue reads 0 seconds: without another target the order is refused, and each says why."""
    targets = [each["id"] for each in (await product.api.get("/targets")).json()["targets"]]
    for target in (each for each in targets if each.startswith("quantinuum.")):
        await product.set_target(target, availability="Degraded", averageQueueTime=0)
    product.clock.advance(timedelta(seconds=CACHE_SECONDS + 1))  # the list of targets may be so old

    answer = await product.post(bell(target="auto", constraints={"providers": ["quantinuum"]}))

    assert answer.status_code == 400
    reasons = [error["reason"] for error in answer.json()["errors"]]
    assert len(reasons) == len(targets)
    assert any(f"auto: {H2} is Degraded: it accepts jobs and does not run them" in reason for reason in reasons)
