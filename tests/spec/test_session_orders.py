"""Sessions: opened, used, closed; of the caller's, or of the job's own."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.support.product import OTHER_QPU, QPU, SIMULATOR, Product, circuit


async def opened(product: Product, target: str = SIMULATOR, **fields: Any) -> dict[str, Any]:
    """Open a session."""
    answer = await product.api.post("/sessions", json={"name": "series", "target": target, **fields})
    assert (answer.status_code, answer.headers["location"]) == (201, f"/api/sessions/{answer.json()['id']}")
    session: dict[str, Any] = answer.json()
    return session


async def sessions_of(product: Product) -> list[dict[str, Any]]:
    """The workspace's sessions, newest first."""
    sessions: list[dict[str, Any]] = (await product.api.get("/sessions")).json()["sessions"]
    return sessions


def reasons(answer: httpx.Response) -> dict[str, str]:
    """What a problem says is wrong, by field."""
    assert answer.status_code == 400, answer.text
    return {fault["field"]: fault["reason"] for fault in answer.json()["errors"]}


async def test_jobs_share_a_session_until_it_is_closed(product: Product) -> None:
    """Opened once, joined by jobs, which it lists; closed, it says how they went."""
    session = await opened(product, tags={"team": "chem"})
    jobs = [await product.ended(circuit(session=session["id"], name=f"part {n}")) for n in range(2)]

    listed = (await product.api.get(f"/sessions/{session['id']}/jobs")).json()
    closed = (await product.api.post(f"/sessions/{session['id']}/close")).json()
    again = await product.api.post(f"/sessions/{session['id']}/close")

    assert (session["status"], session["isOpen"], session["tags"]) == ("Waiting", True, {"team": "chem"})
    assert [job["sessionId"] for job in jobs] == [session["id"]] * 2
    assert [(job["id"], job["phase"]) for job in listed["jobs"]] == [(job["id"], "succeeded") for job in jobs[::-1]]
    assert [job["name"] for job in listed["jobs"]] == ["part 1", "part 0"]
    assert (closed["status"], closed["isOpen"]) == ("Succeeded", False)
    assert (again.status_code, again.json()) == (200, closed)


async def test_an_order_for_a_session_that_is_closed_is_refused(product: Product) -> None:
    """Nothing is sent, and the reason says what to do; so for one that nobody knows, or that is for another target."""
    session = await opened(product)
    await product.api.post(f"/sessions/{session['id']}/close")
    other = await opened(product, QPU)

    closed = await product.post(circuit(session=session["id"]))
    unknown = await product.post(circuit(session="no-such-session"))
    elsewhere = await product.post(circuit(session=other["id"]))
    shared = await product.post(circuit(session=other["id"], target=QPU, fallbackTargets=[OTHER_QPU]))

    assert "takes no more jobs; POST /api/sessions opens another" in reasons(closed)["session"]
    assert "there is no session 'no-such-session'" in reasons(unknown)["session"]
    assert reasons(elsewhere)["session"] == f"is for {QPU}, not for {SIMULATOR}"
    assert "leave out fallbackTargets" in reasons(shared)["session"]
    assert (await product.ledger())["jobs"] == []


async def test_an_order_may_have_a_session_of_its_own(product: Product) -> None:
    """It is opened for the job, and closed when the job has ended, before its caller hears."""
    data = await product.ended(circuit(session="own", name="alone"))

    (session,) = await sessions_of(product)
    assert data["sessionId"] == session["id"]
    assert (session["name"], session["status"]) == (f"alone {data['id']}", "Succeeded")


async def test_a_session_of_its_own_follows_a_job_to_its_next_target(product: Product) -> None:
    """A session is for one target: each has one, and all are closed at the end."""
    await product.set_target(QPU, queueSeconds=7200)
    await product.set_target(OTHER_QPU, queueSeconds=0, executionSeconds=1)

    data = await product.ended(circuit(target=QPU, fallbackTargets=[OTHER_QPU], deadline="PT1H", session="own"))

    sessions = await sessions_of(product)
    assert (data["phase"], data["target"]) == ("succeeded", OTHER_QPU)
    assert [(session["target"], session["isOpen"]) for session in sessions] == [(OTHER_QPU, False), (QPU, False)]


async def test_a_session_that_could_not_be_closed_is_closed_by_housekeeping(product: Product) -> None:
    """The answer does not wait for it; nobody has to tidy up."""
    await product.add_fault(effect="status", operation="close_session", status=503, times=2)

    data = await product.ended(circuit(session="own"))
    before = (await sessions_of(product))[0]["isOpen"]
    await product.come_to_rest()
    await product.keep_house(after=timedelta(minutes=3))

    assert (data["phase"], before) == ("succeeded", True)
    assert [session["isOpen"] for session in await sessions_of(product)] == [False]


async def test_a_session_is_opened_once_for_a_key(product: Product) -> None:
    """The same again is the same session, another one under its key is refused."""
    headers = {"Idempotency-Key": "series-1"}
    first, second = [
        await product.api.post("/sessions", json={"name": "series", "target": SIMULATOR}, headers=headers)
        for _ in range(2)
    ]
    other = await product.api.post("/sessions", json={"name": "series", "target": QPU}, headers=headers)

    assert (first.status_code, first.json()["id"]) == (201, second.json()["id"])
    assert (other.status_code, len(await sessions_of(product))) == (422, 1)


@pytest.mark.parametrize("path", ["", "/jobs"])
async def test_a_session_that_nobody_knows_is_not_found(product: Product, path: str) -> None:
    """To read it, to list its jobs."""
    answer = await product.api.get(f"/sessions/no-such-session{path}")

    assert (answer.status_code, answer.json()["title"]) == (404, "There is no such session")


async def test_a_list_of_sessions_is_read_page_by_page(product: Product) -> None:
    """A page names the next one; its token is of no other list."""
    ids = [(await opened(product))["id"] for _ in range(3)]

    first = (await product.api.get("/sessions", params={"top": 2})).json()
    rest = (await product.api.get("/sessions", params={"top": 2, "continuation": first["continuation"]})).json()
    wrong = await product.api.get(f"/sessions/{ids[0]}/jobs", params={"continuation": first["continuation"], "x": 1})

    assert [session["id"] for page in (first, rest) for session in page["sessions"]] == ids[::-1]
    assert rest["continuation"] is None
    assert reasons(wrong).keys() == {"continuation", "x"}


async def test_a_session_that_cannot_be_opened_says_everything_that_is_wrong(product: Product) -> None:
    """Every field at once, with the nearest name where there is one."""
    answer = await product.api.post("/sessions", json={"nam": "x", "jobFailurePolicy": "Stop", "priority": "Now"})
    nowhere = await product.api.post("/sessions", json={"target": "ionq.simulater"})

    assert reasons(answer).keys() == {"nam", "target", "jobFailurePolicy", "priority"}
    assert "the nearest are ionq.simulator" in reasons(nowhere)["target"]
    assert (await product.api.post("/sessions", content=b"[")).status_code == 400
