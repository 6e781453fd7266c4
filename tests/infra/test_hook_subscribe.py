"""After azd deployed: the functions are subscribed, again while Azure is not ready, and what stays wrong is named."""

from collections.abc import Callable
from pathlib import Path

import pytest

from local.hooks import subscribe
from local.hooks.__main__ import main
from tests.infra.azure_recorder import Recorder, refuses, says
from tests.infra.templates import Templates

ENVIRON = {
    "AZURE_SUBSCRIPTION_ID": "s-1",
    "RESOURCE_GROUP": "rg-demo",
    "AZURE_FUNCTION_APP_NAME": "func-demo",
    "AZURE_STORAGE_ACCOUNT_NAME": "stdemo",
    "ORDER_EVENTS_TOPIC": "evgst-orders",
    "OUTPUT_EVENTS_TOPIC": "evgst-outputs",
    "SERVICE_API_URI": "https://func-demo.azurewebsites.net",
    "TRIES": "3",
    "PAUSE": "0",
}
NO_KEY = refuses(
    '{"code": "InvalidTemplate", "message": "The language expression property blobs_extension does not exist"}'
)
NO_HANDSHAKE = refuses(
    "(URL validation) Webhook validation handshake failed for https://func-demo.azurewebsites.net/runtime/webhooks. "
    "Http POST request failed with response code Unknown."
)


@pytest.fixture
def azure(tmp_path: Path) -> Recorder:
    """An app that is ready."""
    return Recorder(tmp_path / "bin", {"deployment group create": [says(None)]})


type Run = Callable[..., tuple[int, str]]


@pytest.fixture
def hook(azure: Recorder, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the hook with azd's variables; gives the exit status and what was printed."""

    def run(**variables: str) -> tuple[int, str]:
        status = main(["subscribe-to-events"], {"PATH": str(azure.folder), **ENVIRON, **variables})
        return status, capsys.readouterr().out

    return run


def test_it_subscribes(azure: Recorder, hook: Run) -> None:
    """One deployment with the names that azd knows, and no key among them; then what to do next."""
    status, output = hook()

    assert status == 0
    assert len(azure.calls) == 1
    assert "--template-file infra/app/event-subscriptions.bicep" in azure.calls[0]
    assert "functionAppName=func-demo storageName=stdemo orderEventsTopic=evgst-orders" in azure.calls[0]
    assert "--subscription s-1" in azure.calls[0]
    assert "key" not in azure.calls[0]
    assert "qjobs doctor --url https://func-demo.azurewebsites.net" in output


def test_doing_it_again_deploys_the_same(azure: Recorder, hook: Run) -> None:
    """A deployment of the same template with the same values changes nothing."""
    hook()
    hook()

    assert azure.calls[0] == azure.calls[1]


@pytest.mark.parametrize(
    ("refusal", "sign"),
    [
        (NO_KEY, "the app has no webhook key yet"),
        (NO_HANDSHAKE, "the app did not answer Event Grid's handshake"),
        (refuses("(ResourceNotFound) functions/wake_from_event"), "Azure is not ready for it yet"),
        (refuses("something new"), "Azure refused for an unknown reason"),
    ],
)
def test_a_hook_that_comes_too_early_tries_again(
    azure: Recorder, hook: Run, refusal: dict[str, str], sign: str
) -> None:
    """Each try says what it met."""
    azure.answer("deployment group create", refusal, refusal, says(None))

    status, output = hook()

    assert status == 0
    assert len(azure.calls) == 3
    assert output.count(sign) == 2
    assert "Subscribed" in output


def test_a_hook_gives_up_with_the_reason(azure: Recorder, hook: Run) -> None:
    """After so many tries azd stops; Azure's own words, what they mean and what to do are there."""
    azure.answer("deployment group create", NO_HANDSHAKE)

    status, output = hook()

    assert status == 1
    assert len(azure.calls) == 3
    assert "Azure's words: ERROR: (URL validation)" in output
    assert "What to do: try again; where it stays so, an instance that is always ready" in output
    assert "azd hooks run postdeploy" in output
    assert "docs/first-deployment.md" in output


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Please run 'az login' to setup account.", "not signed in"),
        ("(AuthorizationFailed) does not have authorization to perform action", "lacks a permission"),
        ("(RequestDisallowedByPolicy) Resource was disallowed by policy.", "a policy of the organization"),
        ("(MissingSubscriptionRegistration) Microsoft.EventGrid", "has not registered a resource provider"),
    ],
)
def test_what_no_waiting_mends_is_not_tried_again(azure: Recorder, hook: Run, text: str, sign: str) -> None:
    """Nobody waits four minutes to hear that a role is missing."""
    azure.answer("deployment group create", refuses(text))

    status, output = hook()

    assert status == 1
    assert len(azure.calls) == 1
    assert sign in output


@pytest.mark.parametrize("missing", subscribe.NEEDED)
def test_a_hook_without_a_deployment_says_so(azure: Recorder, hook: Run, missing: str) -> None:
    """Nothing is asked of Azure with an empty name."""
    status, output = hook(**{missing: ""})

    assert status == 2
    assert missing in output
    assert azure.calls == []


def test_a_workspace_that_was_there_before_has_no_topic(azure: Recorder, hook: Run) -> None:
    """Its outputs are not subscribed to."""
    status, _ = hook(OUTPUT_EVENTS_TOPIC="")

    assert status == 0
    assert "outputEventsTopic= " in azure.calls[0]


def test_it_asks_for_what_azd_hands_over(templates: Templates) -> None:
    """Its variables are outputs of the templates, and its parameters those of the template that it deploys."""
    outputs = templates.trees["infra/main.bicep"]["outputs"].keys()
    calls = templates.trees["infra/app/event-subscriptions.bicep"]["parameters"].keys()

    assert {*subscribe.NEEDED, *subscribe.PARAMETERS.values()} - outputs == {"AZURE_SUBSCRIPTION_ID"}
    assert subscribe.PARAMETERS.keys() == calls
