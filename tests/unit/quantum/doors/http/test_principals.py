"""Who asks: principals from App Service's headers, their roles and tenants, and whose work is whose."""

import json
from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest

from quantum.app import App as Core
from quantum.batches.model import Batch
from quantum.batches.progress import BatchPhase
from quantum.contract.roles import ROLES, role_of
from quantum.contract.routes import ROUTES
from quantum.doors.http import (
    adopt,
    batch_controls,
    batches,
    budgets,
    description,
    estimates,
    frame,
    health,
    jobs,
    poison,
    workspaces,
)
from quantum.doors.http.frame import Door, Request, Response
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Approval, Job
from quantum.jobs.principal import KEY_HOLDER, Principal, owner_in, starter_of
from quantum.ports import Entry
from quantum.settings import SettingError, read_settings
from tests.support.builders import JOB_ID, NOW, App, a_job, an_order_body
from tests.unit.quantum.test_settings import ENVIRONMENT

ALICE, BOB = "a11ce000-0000-4000-8000-000000000000", "b0b00000-0000-4000-8000-000000000000"
HERE = {"AzureWebJobsStorage": "UseDevelopmentStorage=true"}
ELSEWHERE = "BlobEndpoint=http://127.0.0.1:1/a;QueueEndpoint=http://127.0.0.1:2/a;TableEndpoint=https://a.table.example"
PERSON = {"scp": "user_impersonation"}


def token(id_: str = ALICE, *roles: str, **claims: str) -> dict[str, str]:
    """The headers of a caller whose token App Service has checked."""
    pairs = [*(("roles", role) for role in roles), *claims.items()]
    document = {"auth_typ": "aad", "claims": [{"typ": name, "val": text} for name, text in pairs]}
    encoded = b64encode(json.dumps(document).encode()).decode()
    return {
        "x-ms-client-principal": encoded,
        "x-ms-client-principal-id": id_,
        "x-ms-client-principal-name": "alice@lab",
    }


def stored(app: App, job: Job) -> Job:
    """Put a job into the index."""
    app.index.entries[job.id] = Entry(job, "")
    return job


async def ask(app: App, door: Door, headers: dict[str, str], **request: Any) -> Response:
    """Send a request to a deployment that signs its callers in."""
    core = Core.from_services(replace(app.services, signs_in=True))
    return await frame.answer(door, Request(headers, **request), core, app.orchestrations)


async def test_work_keeps_who_ordered_it() -> None:
    """The id for decisions, the name for people, and the tenant of the token."""
    app = App()

    answered = await ask(app, jobs.start_from_http, token(ALICE, "submit", tid="lab", **PERSON), body=an_order_body())

    assert answered.status == 202
    source = {"door": "http", "principal": ALICE, "principalName": "alice@lab", "tenant": "lab"}
    assert answered.body["source"] == source


async def test_without_sign_in_whoever_has_the_key_may_do_all() -> None:
    """And headers that claim a principal are not read: nobody has checked them."""
    app = App()
    request = Request(token(BOB, "admin"), body=an_order_body())

    answered = await frame.answer(jobs.start_from_http, request, app.core, app.orchestrations)

    assert answered.body["source"] == {"door": "http"}
    assert KEY_HOLDER.roles == set(ROLES)


@pytest.mark.parametrize("headers", [{}, {"x-ms-client-principal": "no base64!"}, {"x-ms-client-principal": "e30="}])
async def test_nobody_is_let_in_without_a_principal(headers: dict[str, str]) -> None:
    """Not even to read: 401 says what to send."""
    answered = await ask(App(), jobs.read_job, headers, route={"id": ALICE})

    assert answered.status == 401
    assert "docs/sign-in.md" in answered.body["detail"]


async def test_health_and_the_description_are_open_to_whoever_has_the_key() -> None:
    """A probe has no identity, and a client reads the version before it signs in."""
    app = App()

    assert (await ask(app, health.read_health, {})).status == 200
    assert (await ask(app, description.describe_api, {})).status == 200
    assert role_of("GET", "read_health") is None


async def test_another_provider_s_principal_is_nobody() -> None:
    """Roles are those of the application in Entra ID; names of other providers could be anybody's."""
    headers = {**token(ALICE, "admin"), "x-ms-client-principal-idp": "google"}

    assert (await ask(App(), jobs.read_job, headers, route={"id": ALICE})).status == 401
    same = {**token(ALICE, "admin"), "x-ms-client-principal-idp": "aad"}
    assert (await ask(App(), jobs.read_job, same, route={"id": ALICE})).status == 404


def test_whoever_started_work_has_an_id() -> None:
    """Budgets need one for each job: without a principal it is the key, or the door."""
    assert starter_of({"door": "http", "principal": ALICE}) == ALICE
    assert [starter_of({"door": door}) for door in ("http", "queue", "blob")] == ["key", "queue", "blob"]


@pytest.mark.parametrize("source", [{"door": "http"}, {"door": "queue"}, {"door": "http", "principal": ALICE}])
def test_a_member_of_a_batch_has_the_batch_s_starter(source: dict[str, str]) -> None:
    """Its own door is the batch; what came by the queue stays everybody's who may submit."""
    member = {**owner_in(source), "door": "batch"}
    bob = Principal(BOB, BOB, "user", frozenset(("submit",)))

    assert starter_of(member) == starter_of(source)
    assert bob.may_stop(member) == bob.may_stop(source) == ("principal" not in source)


async def test_a_missing_role_is_named() -> None:
    """Reading takes none, starting takes `submit`, poison and workspaces take `admin`."""
    app = App()

    assert (await ask(app, jobs.read_job, token(), route={"id": ALICE})).status == 404
    assert (await ask(app, estimates.estimate_order, token(), body=b"{}")).status == 400
    refused = await ask(app, jobs.start_from_http, token(ALICE, "approve", "made-up"), body=an_order_body())
    assert (refused.status, "'submit'" in refused.body["detail"]) == (403, True)
    for door in (poison.list_poison, workspaces.add_own_workspace):
        refused = await ask(app, door, token(ALICE, "submit"))
        assert (refused.status, "'admin'" in refused.body["detail"]) == (403, True)


async def test_an_application_is_known_by_its_object_id() -> None:
    """Its token has no scope, and claims may come under their long names."""
    long_names = {
        "http://schemas.microsoft.com/identity/claims/objectidentifier": BOB,
        "http://schemas.microsoft.com/ws/2008/06/identity/claims/role": "submit",
    }
    headers = {"x-ms-client-principal": token("", **long_names)["x-ms-client-principal"]}

    answered = await ask(App(), jobs.start_from_http, headers, body=an_order_body())

    assert answered.body["source"] == {"door": "http", "principal": BOB, "principalName": BOB}


async def test_a_job_is_cancelled_by_its_owner_or_an_admin() -> None:
    """Work that came without a principal, as from the queue, is everybody's who may submit."""
    app = App()
    job = stored(app, a_job(source={"door": "http", "principal": ALICE}))

    async def cancel(*who: str) -> int:
        return (await ask(app, jobs.request_cancel, token(*who), route={"id": job.id})).status

    assert await cancel(BOB, "submit") == 403
    assert await cancel(ALICE, "submit") == 202
    assert await cancel(BOB, "submit", "admin") == 202
    other = stored(app, a_job(id="00000000-0000-4000-8000-00000000000b", source={"door": "queue"}))
    assert (await ask(app, jobs.request_cancel, token(BOB, "submit"), route={"id": other.id})).status == 202


async def test_a_batch_is_changed_by_its_owner_or_an_admin() -> None:
    """Paused, resumed and cancelled; another principal gets the same batch by a new one of their own."""
    app = App()
    order = json.loads(an_order_body())
    body = json.dumps({"orders": [order, order]}).encode()
    batch = (await ask(app, batches.start_batch_from_http, token(ALICE, "submit"), body=body)).body

    assert batch["source"] == {"door": "http", "principal": ALICE, "principalName": "alice@lab"}
    for door in (batch_controls.pause_batch, batch_controls.resume_batch, batch_controls.cancel_batch):
        assert (await ask(app, door, token(BOB, "submit"), route={"id": batch["id"]})).status == 403
        assert (await ask(app, door, token(ALICE, "submit"), route={"id": batch["id"]})).status == 202
        assert (await ask(app, door, token(BOB, "submit", "admin"), route={"id": batch["id"]})).status == 202


async def test_an_admin_names_the_tenant_that_work_counts_for() -> None:
    """Without sign-in the holder of the key may; others get their own, or are told."""
    app = App()

    async def post(headers: dict[str, str]) -> Response:
        return await ask(app, jobs.start_from_http, headers | {"x-tenant": "chem"}, body=an_order_body())

    refused = await post(token(ALICE, "submit"))
    assert (refused.status, "x-tenant" in refused.body["detail"]) == (403, True)
    assert (await post(token(ALICE, "submit", "admin"))).body["source"]["tenant"] == "chem"
    plain = Request({"x-tenant": "chem"}, body=an_order_body())
    answered = await frame.answer(jobs.start_from_http, plain, app.core, app.orchestrations)
    assert answered.body["source"] == {"door": "http", "tenant": "chem"}
    wrong = await frame.answer(jobs.start_from_http, Request({"x-tenant": "a b"}), app.core, app.orchestrations)
    assert wrong.status == 400


async def test_nobody_approves_their_own_spending() -> None:
    """Somebody else with the role does; whoever ordered it may still deny it."""
    waiting = a_job(
        source={"door": "http", "principal": ALICE},
        approval=Approval("s", "all", "USD", 5.0, 1.0, "9999-01-01T00:00:00Z"),
        phase=Phase.AWAITING_APPROVAL,
    )
    app = App()
    job = stored(app, waiting)

    async def approve(door: Door, *who: str) -> Response:
        return await ask(app, door, token(*who), route={"id": job.id})

    assert (await approve(budgets.approve_job, BOB, "submit")).status == 403
    own = await approve(budgets.approve_job, ALICE, "approve")
    assert (own.status, own.body["title"]) == (403, "You ordered it yourself")
    assert (await approve(budgets.approve_job, BOB, "approve")).status == 202


async def test_nobody_approves_their_own_batch() -> None:
    """Somebody else with the role does."""
    held = Approval("s", "all", "USD", 5.0, 1.0, "9999-01-01T00:00:00Z")
    app = App()
    waiting = Batch(JOB_ID, "b", NOW.isoformat(), {"door": "http", "principal": ALICE}, members=".", approval=held)
    app.batches.batches[JOB_ID] = waiting.moved_to(BatchPhase.AWAITING_APPROVAL, NOW)

    async def approve(*who: str) -> int:
        return (await ask(app, budgets.approve_batch, token(*who), route={"id": JOB_ID})).status

    assert await approve(BOB, "submit") == 403
    assert await approve(ALICE, "approve") == 403
    assert await approve(BOB, "approve") == 202


def test_each_route_has_a_role_that_exists() -> None:
    """What changes something asks for a role; adopting, too."""
    roles = {route.door: role_of(route.method, route.door) for route in ROUTES}

    assert set(roles.values()) <= {None, *ROLES}
    assert roles[adopt.adopt_job.__name__] == "submit"
    assert all(role for door, role in roles.items() if door.startswith(("start", "remove", "add", "cancel", "request")))


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"SIGN_IN": "yes"}, "off, required or stand-in"),
        ({"SIGN_IN": "required"}, "WEBSITE_AUTH_ENABLED"),
        ({"SIGN_IN": "stand-in", **HERE, "WEBSITE_SITE_NAME": "app"}, "in Azure it must be"),
        ({"SIGN_IN": "stand-in", "AzureWebJobsStorage": ELSEWHERE}, "storage on this machine"),
    ],
)
def test_headers_that_nobody_checks_stop_the_start(environ: dict[str, str], words: str) -> None:
    """A deployment that would believe its callers does not start."""
    with pytest.raises(SettingError, match=words):
        read_settings(ENVIRONMENT | environ)


def test_sign_in_is_off_unless_the_settings_say_otherwise() -> None:
    """In Azure by the platform's own word, on one machine by a stand-in."""
    assert read_settings(ENVIRONMENT).signs_in is False
    assert read_settings(ENVIRONMENT | {"SIGN_IN": "required", "WEBSITE_AUTH_ENABLED": "True"}).signs_in
    assert read_settings(ENVIRONMENT | HERE | {"SIGN_IN": "stand-in"}).signs_in
