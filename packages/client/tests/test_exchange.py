"""Asking and reading answers, without a socket."""

import json
import sys
from email.utils import formatdate
from itertools import pairwise
from typing import Any, TypeVar

import pytest

from quantumjobs import errors
from quantumjobs.exchange import (
    MAX_PAUSE,
    PAUSES,
    Answer,
    NoAnswer,
    Reply,
    Request,
    Steps,
    ask,
    ask_with_key,
    read,
    read_under,
    settled,
)
from quantumjobs.jobs import JobView

REQUEST = Request("GET", "jobs")
FINE = Answer(200, {}, b"{}")


T = TypeVar("T")


def play(steps: Steps[T], *replies: Reply) -> tuple[list[Request], T]:
    """Send the replies to a call, and tell what it asked and what it returned."""
    requests = [next(steps)]
    try:
        for reply in replies:
            request = steps.send(reply)
            requests.append(request)
    except StopIteration as end:
        return requests, end.value
    raise AssertionError(f"the call goes on after {len(replies)} replies")


def an_answer(status: int, document: Any = None, **headers: str) -> Answer:
    """Build an answer."""
    return Answer(
        status, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(document).encode()
    )


@pytest.mark.parametrize("passing", [NoAnswer("refused"), an_answer(429), an_answer(500), an_answer(503)])
def test_a_passing_trouble_is_asked_through(passing: Reply) -> None:
    """A request is repeated, after a pause, when the trouble may pass."""
    requests, answer = play(ask(REQUEST), passing, passing, FINE)

    assert answer is FINE
    assert [request.path for request in requests] == ["jobs"] * 3
    assert requests[0].after == 0
    assert all(request.after > 0 for request in requests[1:])


def test_the_pauses_between_tries_grow() -> None:
    """A deployment in trouble is left alone for longer and longer."""
    requests, _ = play(ask(REQUEST), *[NoAnswer("refused")] * len(PAUSES), FINE)

    assert all(earlier.after < later.after for earlier, later in pairwise(requests))


def test_the_last_trouble_is_raised() -> None:
    """When the tries are used up, the caller hears the reason."""
    with pytest.raises(errors.UnreachableError, match="refused"):
        play(ask(REQUEST), *[NoAnswer("refused")] * (len(PAUSES) + 1))


CUT = NoAnswer("the connection was cut")
OPEN = an_answer(503, {"title": "The order may have been taken", "id": "a-job", "idempotencyKey": "k"})


@pytest.mark.parametrize(
    ("replies", "kind", "taken_as"),
    [
        ([CUT] * 5, errors.UnreachableError, None),
        ([OPEN] * 5, errors.UnavailableError, "a-job"),
        ([OPEN, *[CUT] * 4], errors.UnreachableError, "a-job"),
        ([CUT, an_answer(302)], errors.UnexpectedAnswerError, None),
    ],
)
def test_what_may_have_been_taken_can_be_sent_again(
    replies: list[Reply], kind: type[errors.QuantumJobsError], taken_as: str | None
) -> None:
    """The error has the key under which that is safe, and the id, if any try was told it."""
    with pytest.raises(kind) as failed:
        play(ask_with_key(REQUEST, "k"), *replies)

    assert (failed.value.idempotency_key, failed.value.taken_as) == ("k", taken_as)
    if sys.version_info >= (3, 11):  # exceptions have notes since then
        assert "idempotency_key='k'" in failed.value.__notes__[0]


def test_what_was_refused_or_taken_is_not_open() -> None:
    """An answer that says so is the end of it; one that cannot be read leaves it open."""
    _, answer = play(ask_with_key(REQUEST, "k"), OPEN, FINE)
    with pytest.raises(errors.RefusedError) as refused:
        play(ask_with_key(REQUEST, "k"), an_answer(400))
    with pytest.raises(errors.UnexpectedAnswerError) as unread:
        read_under("k", Answer(202, {}, b"{"), JobView.from_wire)

    assert answer is FINE
    assert refused.value.idempotency_key is None
    assert unread.value.idempotency_key == "k"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
def test_a_no_is_not_asked_again(status: int) -> None:
    """An answer that will not change is raised at once."""
    with pytest.raises(errors.ApiError) as raised:
        play(ask(REQUEST), an_answer(status))

    assert raised.value.status == status


def test_retry_after_in_seconds_is_honoured() -> None:
    """The pause is never shorter than the server asks for."""
    requests, _ = play(ask(REQUEST), an_answer(429, retry_after="7"), FINE)

    assert requests[1].after == 7


def test_retry_after_as_a_date_is_honoured() -> None:
    """The other form of the header counts as well."""
    answer = an_answer(429, retry_after=formatdate(usegmt=True))
    later = an_answer(429, retry_after="Fri, 31 Dec 2199 23:59:59 GMT")

    assert answer.retry_after == 0
    assert later.retry_after is not None
    assert later.retry_after > 1e9


@pytest.mark.parametrize("value", ["", "soon", "-3", "٣"])
def test_a_strange_retry_after_is_no_wish(value: str) -> None:
    """A header that says nothing understandable is passed over."""
    assert an_answer(429, retry_after=value).retry_after is None


def test_a_long_retry_after_is_for_the_caller_to_wait() -> None:
    """A call does not block for longer than anybody would guess; it raises, with the wish."""
    with pytest.raises(errors.UnavailableError) as raised:
        play(ask(REQUEST), an_answer(429, retry_after=str(int(MAX_PAUSE) + 1)))

    assert raised.value.retry_after == MAX_PAUSE + 1


def test_every_fault_of_a_problem_is_kept() -> None:
    """A refused order carries all faults, with their places."""
    faults = [
        {"field": "shots", "reason": "must be at least 1"},
        {"field": "input", "reason": "no", "line": 3, "column": 5},
    ]

    with pytest.raises(errors.RefusedError) as raised:
        settled(an_answer(400, {"title": "Faulty order", "detail": "2 faults", "errors": faults, "new": 1}))

    assert str(raised.value).splitlines() == [
        "Faulty order: 2 faults",
        "  shots: must be at least 1",
        "  input (line 3, column 5): no",
    ]
    assert raised.value.faults == (
        errors.Fault("shots", "must be at least 1"),
        errors.Fault("input", "no", line=3, column=5),
    )
    assert [str(fault) for fault in raised.value.faults] == [
        "shots: must be at least 1",
        "input (line 3, column 5): no",
    ]
    assert raised.value.raw["new"] == 1


def test_no_result_yet_tells_the_phase() -> None:
    """A 409 says how far the job is."""
    with pytest.raises(errors.NoResultError) as raised:
        settled(an_answer(409, {"title": "No result yet", "phase": "waiting"}))

    assert raised.value.phase == "waiting"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b'"text"', b"\xff", b"[" * 100_000])
def test_an_error_without_a_problem_still_has_a_title(body: bytes) -> None:
    """A bare 401, as the Functions host sends it, is told in words."""
    with pytest.raises(errors.UnauthorizedError, match="key is missing or wrong"):
        settled(Answer(401, {}, body))


def test_a_redirect_is_not_followed() -> None:
    """The key is not carried to another place; the caller is told the place."""
    with pytest.raises(errors.UnexpectedAnswerError, match="https://elsewhere/api/jobs"):
        settled(an_answer(301, location="https://elsewhere/api/jobs"))


@pytest.mark.parametrize("body", [b"<html>", b"", b"[]", b"{}", b'{"id": 1, "phase": "x"}', b"[" * 100_000])
def test_what_is_no_view_is_an_unexpected_answer(body: bytes) -> None:
    """Another web server at the address is recognised, not tripped over."""
    with pytest.raises(errors.UnexpectedAnswerError, match="Durable Quantum Jobs"):
        read(Answer(200, {}, body), JobView.from_wire)
