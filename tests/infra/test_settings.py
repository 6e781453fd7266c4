"""What the app reads is what the templates set, and what it names in storage is what they make."""

import json
import re
from typing import Any

from quantum import storage
from quantum.orders.read import MAX_ORDER_BYTES
from quantum.service.prepare import WHOLE_BYTES
from quantum.settings import SETTINGS
from tests.infra.templates import ROOT, Templates

API = "infra/app/api.bicep"
OPTIONAL = {  # read by the app and not set, for a reason
    "AzureWebJobsStorage": "a connection string, which holds a key: for one machine only",
    "AzureWebJobsStorage__accountName": "the three addresses are given in its place, which hold in every cloud",
    "MAX_SHOTS": "the default holds",
    "TARGET_SHOTS": "the limits that the SDK names hold; an operator adds others",
    "COMPILE_SECONDS": "the default holds",
    "COMPILERS_AT_ONCE": "the default holds",
    "SUBMISSIONS_AT_ONCE": "the default holds",
    "JOB_BUDGETS": "no budget applies; an operator adds them",
    "SUBMISSION_LIMITS": "nothing is limited by target, workspace or tenant; an operator adds limits",
    "RETENTION_DAYS": "the default holds",
    "LOST_UPLOAD_DAYS": "the default holds",
    "ANSWER_DAYS": "the default holds",
    "WORKSPACES": "one workspace is made; an operator adds others",
    "WORKSPACE_ENDPOINTS": "callers add workspaces of Azure Quantum alone",
    "AZURE_AUTHORITY_HOST": "Azure's public cloud holds",
    "TLS_CA_FILE": "public certificates hold",
    "ORDERS_AT_ONCE": "the default is more than the requests that an instance gets at once",
}
PLATFORM = {  # set and read by others than the app
    "AzureWebJobsStorage__credential": "the Functions host",
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING": "the Functions host, and the exporter of our telemetry",
    "APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED": "the exporter: it asks nobody else how to behave",
    "APPLICATIONINSIGHTS_SDKSTATS_DISABLED": "the exporter: it sends no statistics of its own",
    "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL": "the exporter: its own statistics are not sent",
    "OTEL_TRACES_SAMPLER": "the OpenTelemetry SDK",
    "DURABLE_TASK_SCHEDULER_CONNECTION_STRING": "the Durable extension, where the package names it",
    "QDK_PYTHON_TELEMETRY": "qdk",
}


def settings_of(templates: Templates) -> set[str]:
    """Name every setting that a deployment may have."""
    always = templates.variable(API, "settings")
    conditional = [templates.variable(API, name) for name in ("secretSettings", "schedulerSettings", "signInSettings")]
    return set(always) | {name for value in conditional for name in value["operator"]["operands"]["false_value"]}


def test_every_setting_is_set_or_left_out_for_a_reason(templates: Templates) -> None:
    """A setting that the app reads cannot be forgotten, and a stale reason is noticed."""
    read = {setting.name for setting in SETTINGS}

    assert read - settings_of(templates) == OPTIONAL.keys()


def test_nothing_is_set_that_nobody_reads(templates: Templates) -> None:
    """A setting whose name is wrong would be one that the app does not know."""
    read = {setting.name for setting in SETTINGS}

    assert settings_of(templates) - read == PLATFORM.keys()


def test_all_settings_reach_the_app(templates: Templates) -> None:
    """The four groups are what is deployed, under the name that Azure knows."""
    configs = templates.resources("Microsoft.Web/sites/config")
    (settings,) = (each for each in configs if each.config["name"] == "appsettings")

    assert set(settings.config["properties"]["function"]["parameters"].values()) == {
        "settings",
        "secretSettings",
        "schedulerSettings",
        "signInSettings",
    }


def test_what_the_app_names_in_storage_is_made() -> None:
    """Each container, queue and table of `quantum.storage` has its place in the templates, and the other way round."""
    text = (ROOT / "infra" / "app" / "storage.bicep").read_text()

    for kind in ("container", "queue", "table"):
        (names,) = re.findall(rf"^var {kind}s = \[(.*)\]$", text, re.MULTILINE)
        assert set(re.findall(r"'([^']+)'", names)) == named(kind.upper()), kind


def test_events_are_asked_for_where_the_app_listens(templates: Templates) -> None:
    """Orders come from the orders' container to the blob function, outputs from the jobs' to the event function."""
    subscriptions = {
        resource.name: resource.properties
        for resource in templates.resources("Microsoft.EventGrid/systemTopics/eventSubscriptions")
    }
    app = (ROOT / "function_app.py").read_text()
    orders, outputs = subscriptions["orders"], subscriptions["outputs"]

    assert orders["filter"]["subjectBeginsWith"] == f"/blobServices/default/containers/{storage.ORDERS_CONTAINER}/"
    assert outputs["filter"]["subjectBeginsWith"] == "/blobServices/default/containers/job-"
    (filtered,) = orders["filter"]["advancedFilters"]
    assert (filtered["operatorType"], filtered["key"]) == ("NumberLessThanOrEquals", "data.contentLength")
    assert filtered["value"] == max(WHOLE_BYTES, MAX_ORDER_BYTES)
    assert function_in(orders["destination"]["properties"]["endpointUrl"]) in app
    assert function_in(outputs["destination"]["properties"]["resourceId"]) in app


def test_the_scheduler_has_the_hub_of_host_json(templates: Templates) -> None:
    """Another task hub would be another app's."""
    host: dict[str, Any] = json.loads((ROOT / "host.json").read_text())
    (hub,) = templates.resources("Microsoft.DurableTask/schedulers/taskHubs")

    assert hub.config["name"] == host["extensions"]["durableTask"]["hubName"]


def named(kind: str) -> set[str]:
    """Give the names of one kind that the app knows."""
    return {value for name, value in vars(storage).items() if name.endswith(f"_{kind}") and isinstance(value, str)}


def function_in(address: str) -> str:
    """Find the function that an address ends at, as its definition reads."""
    match = re.search(r"(?:Host\.Functions\.|/functions/)(\w+)", address)
    assert match
    return f"async def {match[1]}("
