"""Chooses the orchestration histories to purge in a round of housekeeping: a sixteenth of all.

The durable engine can only purge by creation time, so a job of many weeks would lose its history as soon as it ends.
Therefore ended orchestrations are listed and purged one by one. A round lists the ids that begin with one hexadecimal
digit, in sixteen requests of one page each, so that its work is bounded.
"""

from collections.abc import Sequence
from datetime import datetime

ROUND_SECONDS = 300
DIGITS = "0123456789abcdef"


def prefixes_at(now: datetime) -> Sequence[str]:
    """Return the id prefixes of this round; sixteen rounds cover all."""
    turn = DIGITS[int(now.timestamp()) // ROUND_SECONDS % len(DIGITS)]
    return [turn + digit for digit in DIGITS]
