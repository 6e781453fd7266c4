"""What reaches Application Insights, by its own exporter: the names that the queries of `infra/monitor` ask for."""

from collections.abc import Iterator

import pytest

from quantum.adapters.telemetry import connect_telemetry
from quantum.telemetry import names as told
from tests.support.builders import a_job
from tests.support.fakes.ingestion import ALONE, Ingestion, ingesting

CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture
def ingestion(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ingestion]:
    """An Application Insights of our own, and an exporter that speaks to nobody else."""
    for name, text in ALONE.items():
        monkeypatch.setenv(name, text)
    with ingesting() as server:
        yield server


async def test_spans_measures_and_lines_arrive_under_the_names_of_the_table(ingestion: Ingestion) -> None:
    """An order is a request, a step a dependency, a measure keeps its name, and the fields of all are properties."""
    telemetry = connect_telemetry(ingestion.connection_string)
    facts = told.about(a_job()) | {told.OUTCOME: "seen", told.DOOR: "http"}

    with telemetry.span(told.TAKE_ORDER, CALLER, facts), telemetry.span("check_job", CALLER, facts):
        telemetry.measure(told.POLLS, 2, facts)
        telemetry.measure(told.OVERDUE, 3, {})
        told.tell(told.JOB_MOVED, told.about(a_job()))
    await telemetry.close()

    sent = {item["data"]["baseType"]: item["data"]["baseData"] for item in ingestion.items}
    metrics = {data["metrics"][0]["name"]: data for data in ingestion.data("MetricData")}
    assert sent["RequestData"]["name"] == told.TAKE_ORDER
    assert sent["RemoteDependencyData"]["name"] == "check_job"
    assert facts.items() <= sent["RemoteDependencyData"]["properties"].items()
    assert metrics["quantumjobs.polls"]["properties"] == {"job.target": "ionq.simulator"}
    assert [metrics[name]["metrics"][0]["value"] for name in ("quantumjobs.polls", "quantumjobs.overdue")] == [2, 3]
    assert sent["MessageData"]["message"].startswith("job moved: ")
    assert told.about(a_job()).items() <= sent["MessageData"]["properties"].items()
    assert {item["tags"]["ai.operation.id"] for item in ingestion.items if "ai.operation.id" in item["tags"]} == {
        CALLER[3:35]
    }
