"""One's own workspaces: listed, added and removed, by both clients and by the command, which never takes a secret."""

import json
from typing import Any

import pytest

from client_support.fake_jobs_api import FakeJobsApi, Scripted, a_problem
from quantumjobs import ApiError, NotFoundError, RefusedError, UnexpectedAnswerError, UsageError

GUID = "11111111-1111-4111-8111-111111111111"
RESOURCE = "/subscriptions/x/resourceGroups/lab/providers/Microsoft.Quantum/Workspaces/chem"
CHEM = {
    "name": "chem",
    "resourceId": RESOURCE,
    "endpoint": "https://eastus.quantum.azure.com",
    "credential": {"kind": "clientSecret", "tenantId": GUID, "clientId": GUID},
    "origin": "added",
}
OWN = {"resource_id": RESOURCE, "location": "eastus", "tenant_id": GUID, "client_id": GUID, "client_secret": "s3"}
ADD = ["workspaces", "add", "--resource-id", RESOURCE, "--location", "eastus", "--tenant-id", GUID, "--client-id", GUID]
REMOVE = "DELETE /api/workspaces/chem"


async def test_workspaces_are_listed(call: Any, api: FakeJobsApi) -> None:
    """With what is known of each."""
    api.answers("GET /api/workspaces", {"workspaces": [CHEM, {"name": "bio"}]})

    chem, bio = (await call("workspaces")).workspaces

    assert (chem.name, chem.resource_id, chem.kind, chem.origin) == ("chem", RESOURCE, "clientSecret", "added")
    assert (bio.name, bio.kind) == ("bio", None)


async def test_one_workspace_is_read(call: Any, api: FakeJobsApi) -> None:
    """By its name, and a wrong one is not sent."""
    api.answers("GET /api/workspaces/chem", CHEM, a_problem(404, "There is none"))

    chem = await call("workspace", "chem")
    with pytest.raises(NotFoundError):
        await call("workspace", "chem")
    with pytest.raises(UsageError):
        await call("workspace", "../jobs")

    assert (chem.name, chem.origin) == ("chem", "added")
    assert len(api.requests) == 2


@pytest.mark.parametrize("document", [{}, {"workspaces": 1}, {"workspaces": [{}]}, []])
async def test_what_is_no_list_of_workspaces_is_unexpected(call: Any, api: FakeJobsApi, document: Any) -> None:
    """A wrong address is told from an empty list."""
    api.answers("GET /api/workspaces", Scripted(200, document))

    with pytest.raises(UnexpectedAnswerError):
        await call("workspaces")


@pytest.mark.parametrize("what", ["targets", "formats"])
async def test_what_a_workspace_has_is_asked_by_its_name(call: Any, qjobs: Any, api: FakeJobsApi, what: str) -> None:
    """By both clients and by the command; without a name the default is meant."""
    api.answers(f"GET /api/{what}", {what: []})

    await call(what)
    await call(what, workspace="chem")
    done = qjobs(what, "--workspace", "chem")

    assert [request.query for request in api.requests] == [{}, {"workspace": "chem"}, {"workspace": "chem"}]
    assert done.returncode == 0


async def test_a_workspace_is_added(call: Any, api: FakeJobsApi) -> None:
    """In the words of the API; the view that comes back has no secret."""
    api.answers("POST /api/workspaces", Scripted(201, CHEM))

    added = await call("add_workspace", **OWN)

    fields = {"resourceId": RESOURCE, "location": "eastus", "tenantId": GUID, "clientId": GUID, "clientSecret": "s3"}
    assert api.requests[0].body == fields
    assert added.name == "chem"


async def test_a_workspace_that_does_not_open_is_refused(call: Any, api: FakeJobsApi) -> None:
    """The fault says which field, and what to check."""
    fault = {"field": "clientSecret", "reason": "AADSTS7000215"}
    api.answers("POST /api/workspaces", a_problem(400, "The workspace cannot be added", errors=[fault]))

    with pytest.raises(RefusedError) as refused:
        await call("add_workspace", **OWN)

    assert [(fault.field, fault.reason) for fault in refused.value.faults] == [("clientSecret", "AADSTS7000215")]


async def test_a_workspace_is_removed(call: Any, api: FakeJobsApi) -> None:
    """By its name, and a wrong one is not sent."""
    api.answers(REMOVE, Scripted(204, None), a_problem(404, "There is none"), a_problem(409, "In use"))

    await call("remove_workspace", "chem")
    with pytest.raises(NotFoundError):
        await call("remove_workspace", "chem")
    with pytest.raises(ApiError):
        await call("remove_workspace", "chem")
    with pytest.raises(UsageError):
        await call("remove_workspace", "../jobs")

    assert len(api.requests) == 3


@pytest.mark.parametrize("way", ["environment", "standard input"])
def test_the_command_takes_the_secret_from_where_nobody_sees_it(qjobs: Any, api: FakeJobsApi, way: str) -> None:
    """And says how an order names the workspace."""
    api.answers("POST /api/workspaces", Scripted(201, CHEM))

    ways = {"environment": {"env": {"QJOBS_CLIENT_SECRET": "s3"}}, "standard input": {"stdin": b"s3\n"}}
    done = qjobs(*ADD, **ways[way])

    assert (done.returncode, api.requests[0].body["clientSecret"]) == (0, "s3")
    assert "--workspace chem" in done.stdout
    assert "s3" not in done.stdout + done.stderr


def test_without_a_secret_nothing_is_sent(qjobs: Any, api: FakeJobsApi) -> None:
    """And there is no option for it."""
    missing, option = qjobs(*ADD), qjobs(*ADD, "--client-secret", "s3")

    assert (missing.returncode, option.returncode) == (2, 2)
    assert "QJOBS_CLIENT_SECRET" in missing.stderr
    assert api.requests == []


def test_the_command_lists_and_removes(qjobs: Any, api: FakeJobsApi) -> None:
    """A line each; scripts get the document."""
    api.answers("GET /api/workspaces", {"workspaces": [CHEM]}, {"workspaces": [CHEM]}, {"workspaces": []})
    api.answers(REMOVE, Scripted(204, None))

    shown, document, none = (qjobs("workspaces", "list", *more) for more in ([], ["--json"], []))
    gone = qjobs("workspaces", "remove", "chem", "--json")

    assert shown.stdout.splitlines()[1].split()[:3] == ["chem", "clientSecret", "added"]
    assert json.loads(document.stdout) == {"workspaces": [CHEM]}
    assert "default" in none.stderr
    assert json.loads(gone.stdout) == {"name": "chem", "removed": True}
