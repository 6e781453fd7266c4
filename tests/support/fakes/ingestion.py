"""An Application Insights of our own on this machine, which keeps what the exporter sends."""

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "InstrumentationKey=00000000-0000-0000-0000-000000000000"
# The exporter tells Microsoft about itself, and asks it how to behave, unless it is told not to.
ALONE = {
    f"APPLICATIONINSIGHTS_{what}": "true"
    for what in ("CONTROLPLANE_DISABLED", "SDKSTATS_DISABLED", "STATSBEAT_DISABLED_ALL")
}


class Ingestion(ThreadingHTTPServer):
    """Takes what is sent to Application Insights, on this machine."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Intaking)
        self.items: list[dict[str, Any]] = []

    @property
    def connection_string(self) -> str:
        """Where it is, as the exporter is told."""
        return f"{KEY};IngestionEndpoint=http://127.0.0.1:{self.server_port}/"

    def data(self, kind: str) -> list[dict[str, Any]]:
        """Give the data of the items of one type, such as `MetricData`."""
        return [item["data"]["baseData"] for item in self.items if item["data"]["baseType"] == kind]


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


@contextmanager
def ingesting() -> Iterator[Ingestion]:
    """Serve it on a free port."""
    with Ingestion() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
