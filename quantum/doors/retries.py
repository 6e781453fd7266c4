"""What a door does while a service that it needs is away: wait, with the message in hand.

The host tries a message five times, a blob's at once, and gives it up then. An outage of minutes, or a crowd before
the compiler, would use that up for orders with which nothing is wrong.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from quantum.jobs.errors import ServiceError

PAUSES_SECONDS = (1, 2, 4, 8, 15, 30, 30, 30)  # two minutes in each of the five tries


async def retry_while_unavailable[T](take: Callable[[], Awaitable[T]], pauses: Sequence[float] = PAUSES_SECONDS) -> T:
    """Take an order, and once more after each pause while a service fails; the last failure is the host's to see."""
    for pause in pauses:
        try:
            return await take()
        except ServiceError:
            await asyncio.sleep(pause)
    return await take()
