"""Faults of the service on demand, as a caller meets them."""

import time

import httpx
import pytest

from emulator_support.harness import Emulator, definition
from emulator_support.programs import BELL


def test_the_next_calls_get_a_status(timed: Emulator) -> None:
    """So many calls answer with a status and Retry-After, then all is well."""
    timed.admin("POST", "/faults", json={"status": 500, "times": 2, "retryAfter": "3"})

    replies = [timed.call("GET", "/jobs") for _ in range(3)]

    assert [reply.status_code for reply in replies] == [500, 500, 200]
    assert replies[0].headers["retry-after"] == "3"


def test_a_fault_waits_for_its_operation(timed: Emulator) -> None:
    """A fault for one operation leaves the others alone, and counts show which was called."""
    timed.admin("POST", "/faults", json=[{"operation": "create_job"}])

    assert timed.call("GET", "/jobs").status_code == 200
    assert timed.call("PUT", "/jobs/x", json={}).status_code == 503
    assert timed.admin("GET", "/requests") == {"total": 2, "operations": {"list_jobs": 1, "create_job": 1}}


@pytest.mark.parametrize(("effect", "acted"), [("dropBefore", False), ("dropAfter", True)])
def test_a_cut_connection_hides_whether_the_service_acted(timed: Emulator, effect: str, *, acted: bool) -> None:
    """The caller gets no answer either way; only with dropAfter is there a job."""
    body = definition(timed.upload("cut", BELL))
    timed.admin("POST", "/faults", json={"effect": effect, "operation": "create_job"})

    with pytest.raises(httpx.TransportError):
        timed.call("PUT", "/jobs/cut", json=body)

    assert bool(timed.ledger("cut")) is acted


def test_a_reply_can_be_cut_short(timed: Emulator) -> None:
    """With truncate the reply ends half-way."""
    timed.admin("POST", "/faults", json={"effect": "truncate"})

    with pytest.raises(httpx.TransportError):
        timed.call("GET", "/providerStatus")


def test_a_reply_can_be_corrupt(timed: Emulator) -> None:
    """With corrupt the reply is 200 and no JSON."""
    timed.admin("POST", "/faults", json={"effect": "corrupt"})

    reply = timed.call("GET", "/providerStatus")

    assert reply.status_code == 200
    with pytest.raises(ValueError, match="Expecting value"):
        reply.json()


def test_a_reply_can_be_late(timed: Emulator) -> None:
    """With delay the reply takes so many seconds of real time."""
    timed.admin("POST", "/faults", json={"effect": "delay", "seconds": 0.3})

    began = time.monotonic()
    reply = timed.call("GET", "/providerStatus")

    assert (reply.status_code, time.monotonic() - began >= 0.3) == (200, True)


def test_a_share_of_calls_can_be_hit(timed: Emulator) -> None:
    """With a probability and no number of times, about that share of calls is hit until it is taken back."""
    timed.admin("POST", "/faults", json={"probability": 0.3, "times": None})
    codes = [timed.call("GET", "/jobs").status_code for _ in range(100)]

    timed.admin("DELETE", "/faults")

    assert 15 <= codes.count(503) <= 45
    assert {timed.call("GET", "/jobs").status_code for _ in range(20)} == {200}


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        ("/faults", {"effect": "explode"}, "dropAfter"),
        ("/faults", {"operation": "nothing"}, "create_job"),
        ("/faults", {"often": 1}, "probability"),
        ("/clock", {"advanceSeconds": -1}, "not negative"),
        ("/clock", {"advanceSeconds": 1e300}, "not negative"),
    ],
)
def test_admin_mistakes_are_explained(timed: Emulator, path: str, body: object, reason: str) -> None:
    """A wrong word is answered with the right ones."""
    reply = timed.http.post(f"{timed.url}/admin{path}", json=body)

    assert reply.status_code == 400
    assert reason in reply.text


def test_a_wrong_patch_changes_nothing(timed: Emulator) -> None:
    """A patch with an unknown field or value is refused by name."""
    target = f"{timed.url}/admin/targets/ionq.simulator"
    for patch in ({"queue": 1}, {"queueSeconds": -1}, {"vocabulary": "V3"}, {"failure": {"next": "all"}}, {"id": "x"}):
        assert timed.http.patch(target, json=patch).status_code == 400

    assert timed.http.patch(f"{timed.url}/admin/targets/nowhere", json={}).status_code == 404
    assert timed.admin("GET", "/targets/ionq.simulator")["queueSeconds"] == 0.0


def test_health_says_what_works(timed: Emulator) -> None:
    """A healthy emulator says so."""
    assert timed.admin("GET", "/health") == {"status": "ok", "storage": "ok", "sandbox": "ok"}
