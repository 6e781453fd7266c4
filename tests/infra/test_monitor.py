"""Alerts and workbook ask for what the app really tells: every name in their queries is one of its tables."""

import re
from typing import Any, get_args

import pytest

from quantum.jobs.lifecycle import Phase
from quantum.jobs.retry_state import FailureKind
from quantum.telemetry import names as telemetry
from tests.infra.templates import ROOT, Templates

QUERIES = sorted((ROOT / "infra" / "monitor" / "queries").glob("*.kql"))
ALERTS, WORKBOOK = "infra/app/alerts.bicep", "infra/app/workbook.bicep"
PLACES = {"DAILY_SPEND", "JOB_ID"}  # what a template or a reader puts something in the place of
# Columns of Azure Monitor's tables, by its reference of tables; what a query makes itself begins with `Name =`.
COLUMNS = {
    "AppMetrics": {"TimeGenerated", "Name", "Sum", "ItemCount", "Properties", "AppRoleInstance"},
    "AppTraces": {"TimeGenerated", "Message", "Properties", "OperationId"},
    "AppRequests": {"TimeGenerated", "Name", "Properties", "OperationId", "Success"},
    "AppDependencies": {"TimeGenerated", "Name", "Properties", "OperationId", "Success"},
    "AzureMetrics": {"TimeGenerated", "ResourceProvider", "MetricName", "Total", "Resource"},
    "FunctionAppLogs": {
        "TimeGenerated",
        "Level",
        "FunctionName",
        "Message",
        "ExceptionType",
        "ExceptionMessage",
        "ExceptionDetails",
        "FunctionInvocationId",
    },
}
EVENT_GRID = {"MICROSOFT.EVENTGRID", "DeadLetteredCount", "DroppedEventCount"}  # what it tells of itself
LEVELS = {"Error", "Critical"}  # of the lines of the Functions host
METRICS = {metric.name: metric for metric in telemetry.METRICS}
OUTCOMES = {*telemetry.ORDER_OUTCOMES, *get_args(FailureKind)}
WORDS = {*METRICS, *Phase, *OUTCOMES, *telemetry.SPANS, *telemetry.EVENTS, *EVENT_GRID, *LEVELS, *PLACES}
FIELD = re.compile(r'Properties\["([^"]+)"\]')


@pytest.fixture(params=QUERIES, ids=lambda path: path.stem)
def query(request: pytest.FixtureRequest) -> str:
    """The text of a query, without its comments."""
    return re.sub(r"(?m)^\s*//.*$", "", request.param.read_text())


def test_every_field_is_one_that_is_told(query: str) -> None:
    """A field that was renamed in the code cannot be forgotten here."""
    assert set(FIELD.findall(query)) <= telemetry.ATTRIBUTES.keys()


def test_every_word_is_one_that_is_told(query: str) -> None:
    """Measures, phases, outcomes, spans and lines are those of the code's own tables."""
    assert literals(query) <= WORDS


def test_a_measure_has_the_fields_that_it_is_asked_for(query: str) -> None:
    """Each field is told with at least one of the measures that the query is about; a job's id with none."""
    metrics = [METRICS[word] for word in literals(query) & METRICS.keys()]
    attributes = {name for metric in metrics for name in metric.attributes}

    if metrics:
        assert set(FIELD.findall(query)) <= attributes


def test_every_column_is_one_of_the_table(query: str) -> None:
    """A column is the table's, or one that the query has made."""
    tables = set(re.findall(r"\b[A-Z][A-Za-z]+\b", query)) & COLUMNS.keys()
    computed = set(re.findall(r"\b([A-Z]\w+) = ", query))
    named = set(re.findall(r"\b[A-Z][A-Za-z]+\b", re.sub(r'"[^"]*"', "", query)))

    assert tables
    assert named - computed - tables - PLACES <= set().union(*(COLUMNS[table] for table in tables))


@pytest.mark.parametrize(
    "wrong",
    ['| where tostring(Properties["job.tarjet"]) == "x"', '| where Name == "quantumjobs.order"'],
)
def test_a_wrong_name_is_found(wrong: str) -> None:
    """The checks above can fail."""
    assert set(FIELD.findall(wrong)) - telemetry.ATTRIBUTES.keys() or literals(wrong) - WORDS


def test_all_that_needs_a_look_has_an_alert(templates: Templates) -> None:
    """Poison, late jobs, silent orchestrations, failures, spend, throttling and lost events; each by its own query."""
    alerts = templates.variable(ALERTS, "alerts")

    assert {alert["name"] for alert in alerts} == {
        "poison",
        "overdue",
        "silent",
        "failures",
        "spend",
        "throttling",
        "dead-letters",
    }
    assert {path.stem for path in QUERIES if path.stem.startswith("alert-")} == {
        f"alert-{alert['name']}" for alert in alerts
    }
    assert all(files_in(alert["query"]) == [f"../monitor/queries/alert-{alert['name']}.kql"] for alert in alerts)


def test_an_alert_tells_somebody(templates: Templates) -> None:
    """The rule is on, asks the logs that the app writes to, and has the action group."""
    (rule,) = templates.resources("Microsoft.Insights/scheduledQueryRules")
    (condition,) = rule.properties["criteria"]["allOf"]

    assert rule.properties["enabled"] is True
    assert (rule.properties["scopes"], rule.properties["actions"]["actionGroups"]) == (
        ["logAnalyticsId"],
        ["actionGroupId"],
    )
    assert (condition["timeAggregation"], condition["operator"], condition["threshold"]) == ("Count", "GreaterThan", 0)


def test_the_workbook_shows_every_other_query(templates: Templates) -> None:
    """No query lies about unused."""
    panels = templates.variable(WORKBOOK, "panels")

    shown = {name for panel in panels for name in files_in(panel["query"])}
    assert shown == {f"../monitor/queries/{path.name}" for path in QUERIES if not path.stem.startswith("alert-")}


def test_undelivered_events_are_counted(templates: Templates) -> None:
    """Event Grid tells its own measures to the logs only where it is asked to."""
    (counts,) = [
        resource
        for resource in templates.resources("Microsoft.Insights/diagnosticSettings")
        if resource.file == "infra/app/system-topic.bicep"
    ]

    assert counts.properties["metrics"] == [{"category": "AllMetrics", "enabled": True}]


def test_an_error_leaves_its_traceback_where_it_is_looked_for(templates: Templates) -> None:
    """The host's own lines, which have it, go to the workspace that is asked for them, and the page names the query."""
    (logs,) = [
        resource
        for resource in templates.resources("Microsoft.Insights/diagnosticSettings")
        if resource.file == "infra/app/api.bicep"
    ]
    query = (ROOT / "infra" / "monitor" / "queries" / "failures.kql").read_text()
    page = (ROOT / "docs" / "operations.md").read_text()

    assert logs.properties["logs"] == [{"category": "FunctionAppLogs", "enabled": True}]
    assert "\nFunctionAppLogs\n" in query
    assert {"ExceptionDetails", "FunctionName"} <= set(re.findall(r"\w+", query))
    assert "infra/monitor/queries/failures.kql" in page.partition("## Replay poison")[2].partition("\n## ")[0]


def literals(query: str) -> set[str]:
    """Give the quoted words of a query, but for the names of fields."""
    return set(re.findall(r'"([^"]*)"', FIELD.sub("Properties", query)))


def files_in(value: Any) -> list[str]:
    """Name the files that an expression loads."""
    return re.findall(r"\.\./monitor/queries/[\w.-]+", str(value))
