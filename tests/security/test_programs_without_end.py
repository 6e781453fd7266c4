"""Programs that never end hold up nobody: not the orders beside them, not the listeners, not the compiler's last place.

A stand-in of ours is in the compiler's place for OpenQASM 2; for OpenQASM 3 it is the compiler itself.
"""

import asyncio
import json
import time
from base64 import b64encode
from collections.abc import Mapping
from statistics import median
from typing import Any

from tests.security.deployment import COMPILE_SECONDS, Deployment, bell, deed, flip

FOR_CHAOS, USUALLY = 5, 2  # programs at each door; `make chaos` has the time for more
BESIDE = 5
USUAL_TIMES = 1.5
SLACK_SECONDS = 1.0  # for what else this machine does
BELL_SECONDS = 20.0
BELL_TIMES = 20.0  # what any order takes, where this machine is so busy that this is longer
PATIENCE_SECONDS = 180.0


async def send(deployment: Deployment, order: Mapping[str, Any]) -> str:
    """Put an order on the queue."""
    sent = await deployment.orders.send_message(b64encode(json.dumps(order).encode()).decode())
    return str(sent.id)


async def seconds_of(deployment: Deployment, order: Mapping[str, Any]) -> float:
    """Run an order by queue, and tell how long its answer took."""
    began = time.monotonic()
    answer = await deployment.answer_to(messageId=await send(deployment, order))
    assert answer["phase"] == "succeeded"
    return time.monotonic() - began


async def usual_seconds(deployment: Deployment) -> float:
    """Tell how long an order that needs no compiler takes: the middle of a few, one after the other."""
    return median([await seconds_of(deployment, flip()) for _ in range(BESIDE)])


async def refused(deployment: Deployment, number: int) -> str:
    """Hand in a program that never ends until it is refused, as callers do who are told to send it again."""
    while (answer := await deployment.post(deed(f"loop http {number}"))).status_code == 503:
        assert "started nothing" in answer.json()["detail"]
    assert answer.status_code == 400
    return str(answer.json()["errors"][0]["reason"])


async def rejected(deployment: Deployment, message_id: str) -> str:
    """Wait for the answer to a message whose program never ends."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                answer = await deployment.answer_to(messageId=message_id)
            except TimeoutError:
                continue
            break
    assert (answer["phase"], await deployment.answers_about(answer["id"])) == ("rejected", 1)
    return str(answer["error"]["errors"][0]["reason"])


async def test_programs_without_end_hold_up_nobody(deployment: Deployment, *, chaos: bool) -> None:
    """Beside several of them, others take their usual time, a Bell pair is compiled, and each of them is refused."""
    at_each_door = FOR_CHAOS if chaos else USUALLY
    await deployment.ended((await deployment.post(bell())).json()["id"])  # the compiler is loaded
    usual = await usual_seconds(deployment)
    by_http = [asyncio.ensure_future(refused(deployment, number)) for number in range(at_each_door)]
    messages = [await send(deployment, deed(f"loop queue {number}")) for number in range(at_each_door)]

    compiled = await seconds_of(deployment, bell())
    beside = await usual_seconds(deployment)
    reasons = [*await asyncio.gather(*by_http), *[await rejected(deployment, message) for message in messages]]

    assert compiled < max(BELL_SECONDS, BELL_TIMES * usual)
    assert beside <= USUAL_TIMES * usual + SLACK_SECONDS
    assert len(reasons) == 2 * at_each_door
    assert all(f"more than {COMPILE_SECONDS} s of a processor" in reason for reason in reasons)
    assert [blob.name async for blob in deployment.blobs.get_container_client("waiting").list_blobs()] == []
