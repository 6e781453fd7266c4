"""The doors to one's own workspaces: a secret goes in and never comes out, and nothing is lost on the way."""

import json
from dataclasses import replace
from typing import Any

import pytest

from quantum.doors.http import frame, jobs, offers, workspaces
from quantum.doors.http.frame import Door, Request, Response
from quantum.jobs.errors import (
    NotFoundError,
    RefusedError,
    ServiceUnavailableError,
    UnauthorizedError,
    WorkspaceUnauthorizedError,
)
from quantum.jobs.lifecycle import Phase
from quantum.workspaces.profiles import Credential, Profile
from tests.support.builders import App, a_job, a_target, an_order, an_order_body
from tests.support.fakes.workspace import InMemoryWorkspace
from tests.support.fakes.workspaces import InMemoryProfiles

GUID = "11111111-1111-4111-8111-111111111111"
RESOURCE = f"/subscriptions/{GUID}/resourceGroups/lab/providers/Microsoft.Quantum/Workspaces/Chem_Lab"
SECRET = "canary~secret"


def own(**changes: Any) -> bytes:
    """A workspace as its owner describes it; a change to None leaves a field out."""
    fields = {"resourceId": RESOURCE, "location": "eastus", "tenantId": GUID, "clientId": GUID, "clientSecret": SECRET}
    return json.dumps({name: value for name, value in (fields | changes).items() if value is not None}).encode()


async def ask(app: App, door: Door, **request: Any) -> Response:
    """Send a request through a door."""
    return await frame.answer(door, Request(**request), app.core, app.orchestrations)


async def add(app: App, **changes: Any) -> Response:
    """Add a workspace."""
    return await ask(app, workspaces.add_own_workspace, body=own(**changes))


async def remove(app: App, name: str = "chem-lab") -> int:
    """Remove a workspace."""
    return (await ask(app, workspaces.remove_own_workspace, route={"name": name})).status


async def test_a_workspace_is_added_once_it_has_opened() -> None:
    """Under the name of its resource; the secret is in the vault alone."""
    app = App()

    added = await add(app)

    assert (added.status, added.headers["Location"]) == (201, "/api/workspaces/chem-lab")
    assert app.workspaces.validated == [("chem-lab", SECRET)]
    assert list(app.vault.secrets.values()) == [SECRET]
    assert SECRET not in str((added, app.profiles.profiles))
    listed = await ask(app, workspaces.list_workspaces)
    assert listed.body["workspaces"] == [added.body]
    assert added.body["endpoint"] == "https://eastus.quantum.azure.com"


async def test_the_location_of_an_added_workspace_leads_to_it() -> None:
    """It is what was answered when it was added."""
    app = App()
    added = await add(app)

    response = await ask(app, workspaces.read_workspace, route={"name": added.headers["Location"].rpartition("/")[2]})

    assert (response.status, response.body) == (200, added.body)


async def test_a_workspace_of_the_settings_can_be_read() -> None:
    """It says where it comes from."""
    app = App()
    app.workspaces.settings_profiles = {"bio": Profile("bio", "https://e", RESOURCE, Credential("azureCli"))}

    response = await ask(app, workspaces.read_workspace, route={"name": "bio"})

    assert (response.status, response.body["name"], response.body["origin"]) == (200, "bio", "settings")


@pytest.mark.parametrize("name", ["chem-lab", "default", "", "../jobs", "x" * 999])
async def test_a_workspace_that_nobody_added_is_not_there(name: str) -> None:
    """404, whatever its name looks like; `default` is no profile and is not listed either."""
    response = await ask(App(), workspaces.read_workspace, route={"name": name})

    assert (response.status, response.body["title"]) == (404, "There is no such workspace")


async def test_a_workspace_added_again_has_a_new_secret() -> None:
    """Under the same name in the vault, and it is read anew."""
    app = App()
    await add(app)

    again = await add(app, clientSecret="renewed")

    assert again.status == 200
    assert list(app.vault.secrets.values()) == ["renewed"]
    assert app.workspaces.forgotten == ["chem-lab", "chem-lab"]


async def test_a_name_means_one_workspace() -> None:
    """Jobs on their way would look elsewhere; a name of the settings is theirs."""
    app = App()
    await add(app, name="chem")
    app.workspaces.settings_profiles = {"bio": Profile("bio", "https://e", RESOURCE, Credential("azureCli"))}

    other = await add(app, name="chem", location="westus")
    taken = await add(app, name="bio")

    assert (other.status, taken.status) == (409, 409)
    assert len(app.vault.secrets) == 1


@pytest.mark.parametrize(
    ("failure", "field"),
    [
        (WorkspaceUnauthorizedError("wrong: check it", code="WorkspaceUnauthorized"), "clientSecret"),
        (UnauthorizedError("no role", code="WorkspaceUnauthorized"), "clientSecret"),
        (NotFoundError("none"), "resourceId"),
        (RefusedError("no vault"), ""),
    ],
)
async def test_a_workspace_that_does_not_open_is_refused(failure: Exception, field: str) -> None:
    """With the field that is wrong, and nothing is kept."""
    app = App()
    app.workspaces.failure = failure

    refused = await add(app)

    assert (refused.status, refused.body["errors"][0]["field"]) == (400, field)
    assert refused.body["code"]
    assert (app.vault.secrets, app.profiles.profiles) == ({}, {})


async def test_a_service_that_is_down_keeps_nothing() -> None:
    """503, and a secret that nobody will use is not left in the vault."""
    app = App()
    app.workspaces.failure = ServiceUnavailableError("down")
    down = await add(app)
    app.workspaces.failure = None

    class FullStore(type(app.profiles)):  # type: ignore[misc]  # the fake's own class
        async def claim(self, _: Profile) -> bool:
            raise ServiceUnavailableError("down")

    app.profiles.__class__ = FullStore
    half = await add(app)

    assert (down.status, half.status) == (503, 503)
    assert app.vault.secrets == {}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"name": "Chem"}, ["name"]),
        ({"name": "default"}, ["name"]),
        ({"name": 7}, ["name"]),
        ({"resourceId": None}, ["resourceId"]),
        ({"resourceId": "/subscriptions/x"}, ["resourceId"]),
        ({"location": "East US"}, ["location"]),
        ({"location": None}, ["location"]),
        ({"endpoint": "https://eastus.quantum.azure.com"}, ["location"]),
        ({"location": None, "endpoint": "https://evil.example"}, ["endpoint"]),
        ({"tenantId": "../common", "clientId": None}, ["clientId", "tenantId"]),
        ({"clientSecret": ""}, ["clientSecret"]),
        ({"clientSecret": "x" * 600}, ["clientSecret"]),
        ({"clientSecret": ["x"], "colour": 1}, ["colour", "clientSecret"]),
    ],
)
async def test_every_fault_of_a_workspace_is_told_at_once(changes: dict[str, Any], fields: list[str]) -> None:
    """By field, and before anything is asked."""
    app = App()

    refused = await add(app, **changes)

    assert refused.status == 400
    assert [fault["field"] for fault in refused.body["errors"]] == fields
    assert app.workspaces.validated == []
    assert SECRET not in str(refused)


@pytest.mark.parametrize(("body", "status"), [(b"", 400), (b"[]", 400), (b"{", 400), (b"x" * 20_000, 413)])
async def test_what_is_no_workspace_is_refused(body: bytes, status: int) -> None:
    """And bounded."""
    assert (await ask(App(), workspaces.add_own_workspace, body=body)).status == status


async def test_an_operator_may_allow_another_endpoint() -> None:
    """As for an emulator."""
    app = App()
    object.__setattr__(app.services, "endpoints", ("http://127.0.0.1:7100",))

    added = await add(app, location=None, endpoint="http://127.0.0.1:7100/")

    assert (added.status, added.body["endpoint"]) == (201, "http://127.0.0.1:7100")


async def test_a_workspace_is_removed_with_its_secret_when_nothing_runs_in_it() -> None:
    """Not before: the jobs on their way would be lost."""
    app = App()
    await add(app)
    job = a_job(an_order(workspace="chem-lab"))
    await app.index.claim(job, "digest")

    while_it_runs = await remove(app)
    await app.index.record(job.moved_to(Phase.REJECTED, app.clock))
    after = await remove(app)

    assert (while_it_runs, after, await remove(app)) == (409, 204, 404)
    assert (app.vault.secrets, app.profiles.profiles) == ({}, {})


async def test_only_an_added_workspace_can_be_removed() -> None:
    """Not the default, nor one of the settings, nor what is no name."""
    app = App()
    app.workspaces.settings_profiles = {"bio": Profile("bio", "https://e", RESOURCE, Credential("azureCli"))}

    assert [await remove(app, name) for name in ("default", "bio", "nobody", "../jobs")] == [409, 409, 404, 404]


async def test_an_order_for_a_workspace_that_nobody_knows_names_the_nearest() -> None:
    """It is 400 by HTTP, and its target is not looked for anywhere else."""
    app = App()
    await add(app, name="chem")

    refused = await ask(app, jobs.start_from_http, body=an_order_body(workspace="chen", target="ionq.none"))

    assert refused.status == 400
    (fault,) = refused.body["errors"]
    assert fault == {"field": "workspace", "reason": "'chen' is not known here; the nearest are chem"}


async def test_the_targets_of_a_workspace_are_listed() -> None:
    """Each workspace has its own; an unknown one is refused."""
    app = App()
    await add(app, name="chem")
    app.workspaces.open["chem"] = InMemoryWorkspace([a_target(id="pasqal.sim")])

    chem, none = [await ask(app, offers.list_targets, query={"workspace": name}) for name in ("chem", "nobody")]
    own_ones = await ask(app, offers.list_targets)

    assert [target["id"] for target in chem.body["targets"]] == ["pasqal.sim"]
    assert [target["id"] for target in own_ones.body["targets"]] == ["ionq.simulator"]
    assert none.status == 400


async def test_the_formats_of_a_workspace_are_told() -> None:
    """Which of its own targets takes which; an unknown workspace is refused."""
    app = App()
    await add(app, name="chem")
    app.workspaces.open["chem"] = InMemoryWorkspace([a_target(id="pasqal.sim")])

    chem, none = [await ask(app, offers.list_formats, query={"workspace": name}) for name in ("chem", "nobody")]

    assert [(target["id"], [*target["formats"]]) for target in chem.body["targets"]] == [
        ("pasqal.sim", ["pasqal.pulser.v1"])
    ]
    assert none.status == 400


async def test_a_format_that_a_target_cannot_take_is_told_beside_an_unknown_workspace() -> None:
    """All that is wrong with an order comes at once."""
    refused = await ask(App(), jobs.start_from_http, body=an_order_body(workspace="chen", target="pasqal.sim"))

    assert [fault["field"] for fault in refused.body["errors"]] == ["workspace", "input.format"]


class ClaimedMeanwhile(InMemoryProfiles):
    """Profiles of which another request inserts one between our look and our claim."""

    async def claim(self, profile: Profile) -> bool:
        """Find the name taken."""
        self.profiles[profile.name] = replace(profile, resource_id=f"{profile.resource_id}-of-others")
        return await super().claim(profile)


async def test_of_two_workspaces_that_are_added_at_once_one_has_the_name() -> None:
    """The secret of the other one does not stay in the vault."""
    app = App(profiles=ClaimedMeanwhile())

    response = await add(app)

    assert response.status == 409
    assert app.vault.secrets == {}
