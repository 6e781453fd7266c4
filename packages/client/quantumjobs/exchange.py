"""How one request is asked and its answer read, no I/O: a call is a generator of requests that is sent the replies."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from random import SystemRandom
from typing import NoReturn, Protocol, TypeVar

from quantumjobs import wire
from quantumjobs.errors import (
    ApiError,
    QuantumJobsError,
    UnavailableError,
    UnexpectedAnswerError,
    UnreachableError,
    error_class,
)
from quantumjobs.failures import read_faults

PAUSES = (0.25, 0.5, 1.0, 2.0)  # seconds; a part of a deployment that dies is up again within a second or two
MAX_PAUSE = 30.0
PASSING = frozenset({408, 429, 500, 502, 503, 504})

jitter = SystemRandom().uniform

T = TypeVar("T")
E = TypeVar("E", bound=QuantumJobsError)


@dataclass(frozen=True)
class Request:
    """What to send below `/api/`, and how many seconds to pause before."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    after: float = 0.0


@dataclass(frozen=True)
class NoAnswer:
    """Nothing came back, for this reason."""

    reason: str
    cause: Exception | None = None


@dataclass(frozen=True)
class Answer:
    """What came back, whatever its status."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def retry_after(self) -> float | None:
        """Seconds that the server wants to be left alone, from either form of `Retry-After`."""
        value = self.headers.get("retry-after", "").strip()
        if value.isascii() and value.isdigit():
            return float(value)
        try:
            return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
        except (ValueError, OverflowError):
            return None


Reply = Answer | NoAnswer
Steps = Generator[Request, Reply, T]


class Line(Protocol):
    """A blocking way to a deployment."""

    def exchange(self, request: Request) -> Reply:
        """Send a request and wait for the reply."""

    def close(self) -> None:
        """Close the connections."""


def ask(request: Request) -> Steps[Answer]:
    """Ask until the answer is more than a passing trouble, a few times at most.

    Every request of ours may be repeated: an order carries its idempotency key.
    """
    reply = yield request
    for pause in PAUSES:
        wait = max(pause * jitter(0.8, 1.2), wanted_pause(reply))
        if not is_passing(reply) or wait > MAX_PAUSE:
            break
        reply = yield replace(request, after=wait)
    return settled(reply)


def ask_with_key(request: Request, key: str) -> Steps[Answer]:
    """Ask under an idempotency key; an error that leaves open whether something was taken carries it, and the id."""
    taken_as: str | None = None
    try:
        steps = ask(request)
        following = next(steps)
        while True:
            reply = yield following
            taken_as = _id_in(reply) or taken_as
            following = steps.send(reply)
    except StopIteration as end:
        answer: Answer = end.value
        return answer
    except (UnreachableError, UnavailableError, UnexpectedAnswerError) as error:
        raise left_open(error, key, taken_as) from error.__cause__


def left_open(error: E, key: str, taken_as: str | None = None) -> E:
    """Say in an error how what may have been taken can be sent again, and where it is if it was."""
    error.idempotency_key, error.taken_as = key, taken_as
    if sys.version_info >= (3, 11):
        error.add_note(f"It may have been taken: sent again with idempotency_key={key!r}, it is not taken twice.")
    return error


def _id_in(reply: Reply) -> str | None:
    """The id that something has if it was taken, from a problem that leaves this open."""
    if isinstance(reply, NoAnswer) or reply.status < 500:
        return None
    return wire.text(problem(reply).raw.get("id"))


def is_passing(reply: Reply) -> bool:
    """Say whether asking again may help."""
    return isinstance(reply, NoAnswer) or reply.status in PASSING


def wanted_pause(reply: Reply) -> float:
    """Seconds that the reply asks to wait; 0 if it does not say."""
    return (reply.retry_after or 0.0) if isinstance(reply, Answer) else 0.0


def settled(reply: Reply) -> Answer:
    """Return a good answer; raise the error that any other reply stands for."""
    if isinstance(reply, NoAnswer):
        raise UnreachableError(reply.reason) from reply.cause
    if reply.status >= 400:
        raise problem(reply)
    if reply.status >= 300:
        raise UnexpectedAnswerError(reply.status, f"it redirects to {reply.headers.get('location')}: give that URL")
    return reply


def problem(answer: Answer) -> ApiError:
    """Read an RFC 9457 problem; an answer without one gets the best title that its status allows."""
    try:
        raw = wire.mapping(json.loads(answer.body))
    except (ValueError, RecursionError):
        raw = {}
    kind = error_class(answer.status)
    return kind(
        answer.status,
        wire.text(raw.get("title")) or BARE_TITLES.get(answer.status, f"the server answered HTTP {answer.status}"),
        wire.text(raw.get("detail")) or "",
        faults=read_faults(raw.get("errors")),
        retry_after=answer.retry_after,
        raw=raw,
    )


BARE_TITLES = {
    401: "the key is missing or wrong",
    403: "the key does not permit this",
    404: "nothing there, and no word why: is the URL that of a Durable Quantum Jobs app?",
    429: "too many requests",
    503: "the app is not available now",
}


def read(answer: Answer, decode: Callable[[object], T]) -> T:
    """Decode an answer's JSON into a view, or raise UnexpectedAnswerError."""
    try:
        return decode(json.loads(answer.body))
    except wire.ShapeError as error:
        _unexpected(answer, str(error), error)
    except (ValueError, RecursionError) as error:
        _unexpected(answer, "the body is no JSON", error)


def read_under(key: str, answer: Answer, decode: Callable[[object], T]) -> T:
    """Decode an answer as `read` does, to what was asked under an idempotency key."""
    try:
        return read(answer, decode)
    except UnexpectedAnswerError as error:
        raise left_open(error, key) from error.__cause__


def _unexpected(answer: Answer, why: str, cause: Exception) -> NoReturn:
    hint = "is the URL that of a Durable Quantum Jobs app?"
    raise UnexpectedAnswerError(answer.status, f"{why}; {hint}") from cause
