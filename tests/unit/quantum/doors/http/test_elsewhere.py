"""Sessions, quotas and adoption in a workspace of one's own: by its name there, and in the default one not at all."""

import json
from dataclasses import replace
from typing import Any

import pytest

from quantum.contract.orders import OWN_SESSION
from quantum.doors.http import adopt, frame, jobs, lists, offers, sessions
from quantum.doors.http.frame import Door, Request, Response
from quantum.doors.http.inputs import MAX_BYTES
from quantum.jobs.errors import ServiceUnavailableError
from quantum.jobs.lifecycle import Phase
from quantum.ports import Entry
from quantum.service.adopt import id_for
from quantum.workspaces.profiles import Credential, Profile
from quantum.workspaces.remote import NewSession, Quota
from tests.support.builders import JOB_ID, NOW, App, a_job, a_remote_job, a_target, an_order, an_order_body
from tests.support.fakes.workspace import InMemoryWorkspace

CHEM = {"workspace": "chem"}


@pytest.fixture
def app() -> App:
    """An app that knows the workspace `chem`, which has another target than the default one."""
    elsewhere = App()
    elsewhere.workspaces.settings_profiles["chem"] = Profile("chem", "https://e", "/r", Credential("azureCli"))
    elsewhere.workspaces.open["chem"] = InMemoryWorkspace([a_target(id="quantinuum.sim.h2-1e")])
    return elsewhere


async def ask(app: App, door: Door, body: dict[str, Any] | None = None, **request: Any) -> Response:
    """Send a request through a door."""
    content = b"" if body is None else json.dumps(body).encode()
    return await frame.answer(door, Request(body=content, **request), app.core, app.orchestrations)


async def test_a_session_is_opened_in_the_workspace_that_is_named(app: App) -> None:
    """Its target is one of that workspace, and its links lead there."""
    order = {"target": "quantinuum.sim.h2-1e", "name": "series"}
    here, there = await ask(app, sessions.open_session, order), await ask(app, sessions.open_session, order | CHEM)

    links = there.body["links"]
    read = await ask(app, sessions.read_session, route={"id": there.body["id"]}, query=CHEM)
    assert (here.status, there.status, app.workspace.sessions_by_id) == (400, 201, {})
    assert there.body["workspace"] == "chem"
    assert there.headers["Location"] == links["self"] == f"/api/sessions/{there.body['id']}?workspace=chem"
    assert links["close"] == f"/api/sessions/{there.body['id']}/close?workspace=chem"
    assert read.body == there.body


async def test_a_session_that_may_be_open_is_told_how_to_be_had_once(app: App) -> None:
    """Without an answer of the workspace nobody knows: its id is told, and the key under which it is one session."""
    await ask(app, offers.list_targets)
    app.workspace.failure = ServiceUnavailableError("The workspace gave no answer.")
    response = await ask(app, sessions.open_session, {"target": "ionq.simulator"})
    app.workspace.failure = None

    key = {"idempotency-key": response.body["idempotencyKey"]}
    opened = await ask(app, sessions.open_session, {"target": "ionq.simulator"}, headers=key)

    assert (response.status, response.headers["Retry-After"]) == (503, "5")
    assert key["idempotency-key"] in response.body["detail"]
    assert (opened.status, opened.body["id"]) == (201, response.body["id"])


async def test_a_session_elsewhere_is_listed_and_closed_by_its_workspace(app: App) -> None:
    """In the default one there is no such session, and no page of its list."""
    chem = app.workspaces.open["chem"]
    for name in ("a", "b"):
        await chem.open_session(NewSession(name, name, "quantinuum.sim.h2-1e"))
    chem.jobs["j"] = a_remote_job(id="j", session="a")

    page = await ask(app, sessions.list_sessions, query=CHEM | {"top": "1"})
    following = {"continuation": page.body["continuation"]}
    rest = await ask(app, sessions.list_sessions, query=CHEM | following)
    jobs = await ask(app, sessions.list_session_jobs, route={"id": "a"}, query=CHEM)
    closed = await ask(app, sessions.end_session, route={"id": "a"}, query=CHEM)

    assert [session["id"] for session in (*page.body["sessions"], *rest.body["sessions"])] == ["b", "a"]
    assert [job["id"] for job in jobs.body["jobs"]] == ["j"]
    assert (closed.status, closed.body["isOpen"]) == (200, False)
    assert (await ask(app, sessions.list_sessions, query=following)).status == 400
    assert (await ask(app, sessions.end_session, route={"id": "a"})).status == 404


async def test_a_session_lists_our_own_jobs_as_we_know_them(app: App) -> None:
    """By phase, name and age, also one that is on a fallback target; a job of somebody else's stays as it is there."""
    chem = app.workspaces.open["chem"]
    await chem.open_session(NewSession("s", "s", "quantinuum.sim.h2-1e"))
    ended = a_job(an_order(name="mine")).moved_to(Phase.FAILED, NOW)
    turned = replace(a_job(an_order(name="turned", fallback_targets=("a.b",))), id=f"1{JOB_ID[1:]}").failed_over()
    for job in (ended, turned):
        app.index.entries[job.id] = Entry(job, "digest")
        remote = a_remote_job(id=job.remote_id, name=f"{job.order.name} {job.id}", session="s", status="Succeeded")
        chem.jobs[job.remote_id] = remote
    chem.jobs["x"] = a_remote_job(id="x", name=f"not theirs {ended.id}", session="s", status="Succeeded")

    listed = (await ask(app, sessions.list_session_jobs, route={"id": "s"}, query=CHEM)).body["jobs"]

    listed_facts = {job["id"]: (job["name"], job["phase"], job.get("job"), job.get("createdAt")) for job in listed}
    assert listed_facts == {
        ended.id: ("mine", "failed", ended.id, ended.created_at),
        turned.remote_id: ("turned", "accepted", turned.id, turned.created_at),
        "x": (f"not theirs {ended.id}", "collecting", None, None),
    }


@pytest.mark.parametrize("name", ["microsoft", "Microsoft", "microsoft.qio", "Microsoft.QIO"])
async def test_a_provider_is_understood_by_each_of_its_names(app: App, name: str) -> None:
    """The formats of solvers stand under a name of their own; their quotas and jobs are Microsoft's."""
    app.workspace.known_quotas = [Quota("microsoft", "hours", "Workspace", "Monthly", 9.0, 1.0, 0.0)]
    job = a_job(an_order(target="microsoft.tabu.cpu"))
    app.index.entries[job.id] = Entry(job, "digest")

    quotas = await ask(app, offers.list_quotas, query={"provider": name})
    listed = await ask(app, lists.list_jobs, query={"provider": name, "target": "microsoft.tabu.cpu"})
    by_provider = await ask(app, lists.list_jobs, query={"provider": name})

    assert len(quotas.body["quotas"]) == len(listed.body["jobs"]) == len(by_provider.body["jobs"]) == 1


async def test_targets_are_told_with_their_price(app: App) -> None:
    """Where the table has one: its unit, how it is counted, and where that was read."""
    app.workspace.target_list[:] = [a_target(), a_target(id="new.qpu", provider="new")]

    free, unknown = (await ask(app, offers.list_targets)).body["targets"]

    assert (free["price"]["isFree"], free["price"]["unit"], bool(free["price"]["pricesOf"])) == (True, "USD", True)
    assert "price" not in unknown


async def test_quotas_are_those_of_the_workspace_that_is_named(app: App) -> None:
    """Each has its own."""
    app.workspaces.open["chem"].known_quotas = [Quota("ionq", "qgs", "Workspace", "Monthly", 9.0, 1.0, 0.0)]

    here, there = await ask(app, offers.list_quotas), await ask(app, offers.list_quotas, query=CHEM)

    assert (here.body["quotas"], [quota["limit"] for quota in there.body["quotas"]]) == ([], [9.0])


async def test_a_job_is_adopted_from_the_workspace_that_is_named(app: App) -> None:
    """It is looked for there alone, and says where it is."""
    app.workspaces.open["chem"].jobs[JOB_ID] = a_remote_job(name="theirs", shots=40)

    here = await ask(app, adopt.adopt_job, {"id": JOB_ID})
    there = await ask(app, adopt.adopt_job, {"id": JOB_ID} | CHEM)

    assert (here.status, there.status, there.body["workspace"]) == (404, 202, "chem")
    assert app.index.entries[JOB_ID].job.order.workspace == "chem"


def test_jobs_of_one_id_in_two_workspaces_are_two_jobs() -> None:
    """Unless the id is one that is the only one of its kind."""
    assert id_for("theirs") != id_for("theirs", "chem") != id_for("theirs", "bio")
    assert id_for(JOB_ID) == id_for(JOB_ID, "chem") == JOB_ID


@pytest.mark.parametrize(
    ("door", "request_"),
    [
        (sessions.open_session, {"body": {"target": "ionq.simulator", "workspace": "chen"}}),
        (sessions.list_sessions, {"query": {"workspace": "chen"}}),
        (sessions.read_session, {"route": {"id": "a"}, "query": {"workspace": "chen"}}),
        (sessions.end_session, {"route": {"id": "a"}, "query": {"workspace": "chen"}}),
        (sessions.list_session_jobs, {"route": {"id": "a"}, "query": {"workspace": "chen"}}),
        (offers.list_quotas, {"query": {"workspace": "chen"}}),
        (offers.list_targets, {"query": {"workspace": "chen"}}),
        (adopt.adopt_job, {"body": {"id": JOB_ID, "workspace": "chen"}}),
    ],
)
async def test_a_workspace_that_nobody_knows_is_told_by_every_door(app: App, door: Door, request_: Any) -> None:
    """With the nearest name that somebody does."""
    answer = await ask(app, door, **request_)

    (fault,) = answer.body["errors"]
    assert (answer.status, fault["field"]) == (400, "workspace")
    assert "'chen' is not known here; the nearest are chem" in fault["reason"]


async def test_an_order_joins_a_session_of_its_own_workspace(app: App) -> None:
    """One of another workspace is none."""
    session = NewSession("series", "series", "ionq.simulator")
    chem = app.workspaces.open["chem"]
    chem.target_list = [a_target()]
    await chem.open_session(session)

    here, there, own = [
        await ask(app, jobs.start_from_http, json.loads(an_order_body(**fields)))
        for fields in ({"session": "series"}, {"session": "series"} | CHEM, {"session": OWN_SESSION} | CHEM)
    ]

    assert (here.status, there.status, own.status) == (400, 202, 202)
    assert app.index.entries[there.body["id"]].job.session_id == "series"


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        (b"[]", 400, "The body must be a JSON object."),
        (b"{", 400, "The body is no JSON object: not JSON"),
        (b'{"name": "' + b"x" * MAX_BYTES + b'"}', 413, f"{MAX_BYTES:,} bytes are allowed."),
    ],
)
async def test_a_body_that_is_no_object_opens_no_session(app: App, body: bytes, status: int, detail: str) -> None:
    """The problem says what a body is."""
    response = await frame.answer(sessions.open_session, Request(body=body), app.core, app.orchestrations)

    assert (response.status, response.body["title"]) == (status, sessions.TITLE)
    assert response.body["detail"].startswith(detail)
    assert app.workspace.sessions_by_id == {}


@pytest.mark.parametrize("id_", ["", "a/b", "x" * 100])
async def test_what_is_no_id_of_a_session_is_not_found(app: App, id_: str) -> None:
    """The workspace is not asked."""
    app.workspace.failure = ServiceUnavailableError("down")

    response = await ask(app, sessions.read_session, route={"id": id_})

    assert (response.status, response.body["title"]) == (404, "There is no such session")
