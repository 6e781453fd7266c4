"""What reaches Application Insights, by its own exporter: the names that the queries of `infra/monitor` ask for."""

import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from quantum import telemetry as told
from quantum.adapters.telemetry import connect_telemetry
from tests.builders import a_job

CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
KEY = "InstrumentationKey=00000000-0000-0000-0000-000000000000"


class Ingestion(ThreadingHTTPServer):
    """Takes what is sent to Application Insights, on this machine."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Intaking)
        self.items: list[dict[str, Any]] = []


class Intaking(BaseHTTPRequestHandler):
    """One request of the exporter."""

    server: Ingestion

    def do_POST(self) -> None:
        """Keep the items, and say that all were taken."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        text = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
        items = json.loads(text) if text.startswith(b"[") else [json.loads(line) for line in text.splitlines()]
        self.server.items += items
        answer = json.dumps({"itemsReceived": len(items), "itemsAccepted": len(items), "errors": []}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def ingestion(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ingestion]:
    """An Application Insights of our own, and no statistics to Microsoft's."""
    for what in ("CONTROLPLANE_DISABLED", "SDKSTATS_DISABLED", "STATSBEAT_DISABLED_ALL"):
        monkeypatch.setenv(f"APPLICATIONINSIGHTS_{what}", "true")
    with Ingestion() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


async def test_spans_measures_and_lines_arrive_under_the_names_of_the_table(ingestion: Ingestion) -> None:
    """An order is a request, a step a dependency, a measure keeps its name, and the fields of all are properties."""
    telemetry = connect_telemetry(f"{KEY};IngestionEndpoint=http://127.0.0.1:{ingestion.server_port}/")
    facts = told.about(a_job()) | {told.OUTCOME: "seen", told.DOOR: "http"}

    with telemetry.span(told.TAKE_ORDER, CALLER, facts), telemetry.span("check_job", CALLER, facts):
        telemetry.measure(told.POLLS, 2, facts)
        telemetry.measure(told.OVERDUE, 3, {})
        told.tell(told.JOB_MOVED, told.about(a_job()))
    await telemetry.close()

    sent = {item["data"]["baseType"]: item["data"]["baseData"] for item in ingestion.items}
    metrics = {data["metrics"][0]["name"]: data for data in of_type(ingestion, "MetricData")}
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


def of_type(ingestion: Ingestion, kind: str) -> list[dict[str, Any]]:
    """Give the data of the items of one type."""
    return [item["data"]["baseData"] for item in ingestion.items if item["data"]["baseType"] == kind]
