"""Which histories of orchestrations are forgotten in a round of housekeeping: a sixteenth of all that ended long ago.

The durable engine purges by when an orchestration was created, which is not what is promised: a job of many weeks would
lose its history as it ends. So those that have ended are listed, and forgotten one by one. A round asks for the ids
that begin with one hexadecimal digit, in sixteen requests of a page each, so that its work has a bound.
"""

from collections.abc import Sequence
from datetime import datetime

ROUND_SECONDS = 300
DIGITS = "0123456789abcdef"


def prefixes_at(now: datetime) -> Sequence[str]:
    """Give the beginnings of the ids whose turn it is; every one has its turn within sixteen rounds."""
    turn = DIGITS[int(now.timestamp()) // ROUND_SECONDS % len(DIGITS)]
    return [turn + digit for digit in DIGITS]
