"""Tells, of what was sent and may have been taken, how to send it again without a second one, and where it is."""

from __future__ import annotations

import shlex
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

from quantumjobs.errors import QuantumJobsError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

    from quantumjobs.cli.screen import Screen


@contextmanager
def under_a_key(options: Namespace, screen: Screen, what: str, look: str) -> Iterator[str]:
    """Give the idempotency key to send something with; if it stays open whether it was taken, say what to do.

    `what` names it, and `look` is the command that shows one of its kind by its id.
    """
    key = str(uuid4()) if options.idempotency_key is None else options.idempotency_key
    again = f"to send it again without a second one: --idempotency-key {shlex.quote(key)}"
    try:
        yield key
    except KeyboardInterrupt:
        screen.note(f"whether the {what} was taken is not known; {again}")
        raise
    except QuantumJobsError as error:
        if error.idempotency_key is not None:
            place = f"; if it was, it is {error.taken_as}: qjobs {look} {error.taken_as}" if error.taken_as else ""
            screen.note(f"whether the {what} was taken is not known{place}; {again}")
        raise
