"""Tells, of what was sent and may have been taken, how to send it again without a second one, and where it is."""

from __future__ import annotations

import shlex
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

from quantumjobs.errors import QuantumJobsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quantumjobs.cli.screen import Screen


def key_of(stated: str | None, place: int | None = None) -> str:
    """Choose an idempotency key; of several orders under one key, each has its own."""
    if stated is None:
        return str(uuid4())
    return stated if place is None else f"{stated}.{place + 1}"


@contextmanager
def under_a_key(key: str, screen: Screen, what: str, look: str) -> Iterator[None]:
    """Send something under an idempotency key; if it stays open whether it was taken, say what to do.

    `what` names it, and `look` is the command that shows one of its kind by its id.
    """
    again = f"to send it again without a second one: --idempotency-key {shlex.quote(key)}"
    try:
        yield
    except KeyboardInterrupt:
        screen.note(f"whether the {what} was taken is not known; {again}")
        raise
    except QuantumJobsError as error:
        if error.idempotency_key is not None:
            place = f"; if it was, it is {error.taken_as}: qjobs {look} {error.taken_as}" if error.taken_as else ""
            screen.note(f"whether the {what} was taken is not known{place}; {again}")
        raise
