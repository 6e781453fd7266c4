"""After azd provisioned: the first package waits for the app's new role on its storage, no longer than it must."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from local.hooks import storage_role
from local.hooks.__main__ import main
from tests.infra.azure_recorder import Answer, Recorder, refuses, says
from tests.infra.templates import Templates

ENVIRON = {
    "RESOURCE_GROUP": "rg-demo",
    "AZURE_FUNCTION_APP_NAME": "func-demo",
    "AZURE_STORAGE_ACCOUNT_NAME": "stdemo",
    "AZURE_SUBSCRIPTION_ID": "s-1",
    "PAUSE": "0",
}
NO_ROLE = refuses(
    "\nYou do not have the required permissions needed to perform this operation.\n"
    'Depending on your operation, you may need to be assigned one of the following roles:\n    "…"'
)
CLOSED = refuses("\nThe request may be blocked by network rules of storage account. Please check network rule set.")
LIST = "storage blob list --account-name stdemo --container-name app-package --auth-mode login"


def assigned(age: timedelta, role: str = storage_role.ROLE, principal: str = "p-app") -> Answer:
    """Answer with one assignment of that age."""
    moment = datetime.now(UTC) - age
    about = {
        "principalId": principal,
        "roleDefinitionId": f"/subscriptions/s-1/providers/Microsoft.Authorization/roleDefinitions/{role}",
        "createdOn": f"{moment:%Y-%m-%dT%H:%M:%S}.1234567Z",
    }
    return says({"value": [{"properties": about}]})


@pytest.fixture
def azure(tmp_path: Path) -> Recorder:
    """A new app: no package yet, and a role of five minutes."""
    return Recorder(
        tmp_path / "bin",
        {
            LIST: [says([])],
            "identity show": [says({"userAssignedIdentities": {"/id": {"principalId": "p-app"}}})],
            "roleAssignments?": [assigned(timedelta(minutes=5))],
        },
    )


@pytest.fixture
def wait(azure: Recorder, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Run the hook with azd's variables; gives the exit status and what was printed."""

    def run(**variables: str) -> tuple[int, str]:
        status = main(["wait-for-storage-role"], {"PATH": str(azure.folder), **ENVIRON, **variables})
        return status, capsys.readouterr().out

    return run


type Wait = Callable[..., tuple[int, str]]


def test_an_app_with_a_package_is_not_kept_waiting(azure: Recorder, wait: Wait) -> None:
    """A second `azd up` asks once."""
    azure.answer(LIST, says([{"name": "released-package.zip"}]))

    status, output = wait()

    assert status == 0
    assert "its role is effective" in output
    assert len(azure.calls) == 1


def test_a_role_that_is_refused_at_first_is_waited_for(azure: Recorder, wait: Wait) -> None:
    """403 twice, then an empty list: a line of progress for each, then azd goes on."""
    azure.answer(LIST, NO_ROLE, NO_ROLE, says([]))

    status, output = wait()

    assert status == 0
    assert output.count("the app's role on its storage is new: yours is refused") == 2
    assert "is effective: yours holds" in output
    assert azure.changes == []


def test_a_role_of_seconds_is_waited_for_even_where_ones_own_holds(azure: Recorder, wait: Wait) -> None:
    """Whoever deploys may have had a role before; the app's is still new."""
    azure.answer("roleAssignments?", assigned(timedelta(seconds=20)), assigned(timedelta(seconds=95)))

    status, output = wait()

    assert status == 0
    assert re.search(r"the app's is \d+ s old; waited \d+ of 300 s", output)
    assert "is effective" in output


def test_a_storage_that_is_closed_is_judged_by_the_age_alone(azure: Recorder, wait: Wait) -> None:
    """In a virtual network the witness cannot be asked."""
    azure.answer(LIST, CLOSED)

    status, output = wait()

    assert status == 0
    assert "is effective: its storage is closed to this machine; the app's is 30" in output


@pytest.mark.parametrize(
    ("words", "answer", "sign"),
    [
        (LIST, NO_ROLE, "yours is refused"),
        ("roleAssignments?", assigned(timedelta(minutes=5), principal="somebody"), "`azd provision` again"),
        ("roleAssignments?", assigned(timedelta(minutes=5), role="reader"), "`azd provision` again"),
        ("identity show", refuses("(ResourceNotFound)"), "the app's cannot be read"),
        ("identity show", says(None), "the app's cannot be read"),
    ],
)
def test_the_wait_ends(azure: Recorder, wait: Wait, words: str, answer: Answer, sign: str) -> None:
    """Where the role cannot be read azd continues, and the output says what to do."""
    azure.answer(words, answer)

    status, output = wait(ROLE_SECONDS="0.3")

    assert status == 0
    assert f"may not be effective yet: {'' if words == LIST else 'yours holds; '}" in output
    assert sign in output
    assert "`azd deploy` again after a minute" in output


@pytest.mark.parametrize("missing", sorted(ENVIRON.keys() - {"PAUSE"}))
def test_without_a_deployment_it_says_so(azure: Recorder, wait: Wait, missing: str) -> None:
    """Nothing is asked of Azure with an empty name."""
    status, output = wait(**{missing: ""})

    assert status == 2
    assert missing in output
    assert azure.calls == []


def test_names_are_those_of_the_templates(templates: Templates) -> None:
    """The container, the role and the variables."""
    assert templates.variable("infra/app/storage.bicep", "ownContainers")[0] == storage_role.PACKAGES
    assert templates.variable("infra/app/rbac.bicep", "storageBlobDataOwner") == storage_role.ROLE
    outputs = templates.trees["infra/main.bicep"]["outputs"].keys()
    assert set(storage_role.NEEDED) - outputs == {"AZURE_SUBSCRIPTION_ID"}
