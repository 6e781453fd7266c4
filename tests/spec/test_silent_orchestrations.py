"""Orchestrations that run and do not move: each of their jobs ends nevertheless, and an operator is told."""

import asyncio
import logging

import pytest

from quantum.service.stalled_orchestrations import ENDED, STEP_TAKEN, WOKEN
from tests.support.product import OTHER_QPU, PATIENCE_SECONDS, QPU, Product, circuit, minutes

JOBS, OF_EVERY = 12, 4
A_WHILE = 300  # seconds in a queue


def notes_of(caplog: pytest.LogCaptureFixture, *job_ids: str) -> set[tuple[str, str]]:
    """What an operator reads of these jobs: their ids, and what was done for them."""
    lines = [vars(record) for record in caplog.records if record.getMessage().startswith("job silent")]
    return {(line["job.id"], line["outcome"]) for line in lines if line["job.id"] in job_ids}


async def answered_in_time(product: Product, *job_ids: str) -> None:
    """Wait for the answers about these jobs, while housekeeping comes round by round."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not {f"{job_id}-succeeded" for job_id in job_ids} <= product.answers.keys():
            product.clock.advance(minutes(5))
            await product.receive()


async def test_with_the_turns_of_every_fourth_withheld_every_job_ends(
    product: Product, caplog: pytest.LogCaptureFixture
) -> None:
    """Each has one job in the workspace and one answer; when the turns come after all, nothing doubles."""
    caplog.set_level(logging.WARNING, "quantumjobs")
    product.host.hub.withhold_turns(OF_EVERY)
    jobs = [await product.submit(circuit(), key=f"withheld-{number}") for number in range(JOBS)]
    silent = [job["id"] for job in jobs if job["id"] in product.host.hub.withheld]
    for job in jobs:
        if job["id"] not in silent:
            await product.answer_to(id=job["id"])
    await answered_in_time(product, *silent)

    product.host.hub.release_turns()
    await product.come_to_rest()
    await product.receive()

    assert len(silent) in range(1, JOBS)
    for job in jobs:
        ledger = await product.ledger(job["id"])
        assert (len(ledger["jobs"]), len(ledger["executions"])) == (1, 1)
        assert [id_ for id_ in product.answers if id_.startswith(job["id"])] == [f"{job['id']}-succeeded"]
        assert (await product.job(job["id"]))["phase"] == "succeeded"
    assert notes_of(caplog, *(job["id"] for job in jobs)) >= {(id_, what) for id_ in silent for what in (WOKEN, ENDED)}
    assert {id_ for id_, _ in notes_of(caplog, *(job["id"] for job in jobs))} == set(silent)


async def test_one_that_falls_silent_while_its_job_waits_is_overtaken(
    product: Product, caplog: pytest.LogCaptureFixture
) -> None:
    """It ends outside, and is asked for no more; when its turn comes, it learns how its job ended."""
    caplog.set_level(logging.WARNING, "quantumjobs")
    await product.set_target(QPU, queueSeconds=A_WHILE * 400)
    with product.time_held():
        job = await product.submit(circuit(target=QPU))
        await product.job_in(job["id"], "waiting")
        product.host.hub.withhold_turns(1)

    await answered_in_time(product, job["id"])
    product.clock.advance(minutes(6))
    still = product.host.hub.status(job["id"])
    product.host.hub.release_turns()
    await product.come_to_rest()

    ended = product.host.hub.status(job["id"])
    assert still is not None
    assert ended is not None
    assert (still["runtimeStatus"], ended["runtimeStatus"]) == ("Running", "Completed")
    assert ended["output"] == {"phase": "succeeded"}
    assert len((await product.ledger(job["id"]))["executions"]) == 1
    assert notes_of(caplog, job["id"]) == {(job["id"], what) for what in (WOKEN, STEP_TAKEN, ENDED)}


async def test_one_that_is_late_does_not_go_back_to_a_target_that_was_left(product: Product) -> None:
    """Its job was turned to the fallback outside of it; the first target, available again, gets nothing."""
    await product.set_target(QPU, availability="Unavailable")
    await product.set_target(OTHER_QPU, queueSeconds=A_WHILE * 30)
    product.host.hub.withhold_turns(1)
    job = await product.submit(circuit(target=QPU, fallbackTargets=[OTHER_QPU]))
    while (await product.job(job["id"]))["phase"] != "waiting":
        product.clock.advance(minutes(5))
    with product.time_held():
        await product.set_target(QPU, availability="Available")
        product.host.hub.release_turns()

    data = (await product.answer_to(id=job["id"]))["data"]
    await product.come_to_rest()

    assert (data["phase"], data["target"]) == ("succeeded", OTHER_QPU)
    assert (await product.ledger(job["id"]))["jobs"] == []
    assert len((await product.ledger(data["remoteId"]))["executions"]) == 1
