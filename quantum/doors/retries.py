"""Retries a door while a service that it needs is down, without returning the message to the host.

The host delivers a message five times, a blob's without pauses, and then gives it up. An outage of minutes, or a long
queue at the compiler, would use up those deliveries for valid orders.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from quantum.jobs.errors import ServiceError

PAUSES_SECONDS = (1, 2, 4, 8, 15, 30, 30, 30)  # two minutes in each of the five deliveries


async def retry_while_unavailable[T](take: Callable[[], Awaitable[T]], pauses: Sequence[float] = PAUSES_SECONDS) -> T:
    """Call `take`, and again after each pause while a service fails; raise the last failure to the host."""
    for pause in pauses:
        try:
            return await take()
        except ServiceError:
            await asyncio.sleep(pause)
    return await take()
