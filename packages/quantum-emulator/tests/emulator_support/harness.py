"""How the contract tests hold an emulator: a clock that they move, and a thread in which it serves."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

from embedded_server.threads import in_thread
from emulator_support.programs import BELL
from quantum_emulator.server import running
from quantum_emulator.settings import Settings

SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
KEY = {"x-ms-quantum-api-key": "any"}
BASE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/group/providers/Microsoft.Quantum/workspaces"


class VirtualClock:
    """Time that stands still until a test moves it."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    def now(self) -> datetime:
        """The time as it stands."""
        return self.time

    def advance(self, **by: float) -> None:
        """Move the time forward."""
        self.time += timedelta(**by)


@dataclass(frozen=True)
class Emulator:
    """One emulator and ways to speak to it."""

    url: str
    http: httpx.Client
    clock: VirtualClock

    def admin(self, method: str, path: str, **options: Any) -> Any:
        """Call the admin endpoint, which must succeed."""
        reply = self.http.request(method, f"{self.url}/admin{path}", **options)
        assert reply.is_success, reply.text
        return reply.json() if reply.content else None

    def behave(self, target: str, **patch: Any) -> None:
        """Change how a target behaves."""
        self.admin("PATCH", f"/targets/{target}", json=patch)

    def call(self, method: str, path: str, workspace: str = "raw", **options: Any) -> httpx.Response:
        """Call the data plane without the SDK."""
        options.setdefault("headers", KEY)
        return self.http.request(method, f"{self.url}{BASE}/{workspace}{path}", **options)

    def upload(self, job_id: str, program: str | bytes, headers: dict[str, str] | None = None) -> str:
        """Put a program where the job will look for it; the container's address comes back, with its SAS."""
        container = f"job-{job_id}"
        blob = {"containerName": container, "blobName": "inputData"}
        target = self.call("POST", "/storage/sasUri", json=blob).json()["sasUri"]
        response = self.http.put(target, content=program, headers={"x-ms-blob-type": "BlockBlob", **(headers or {})})
        assert response.status_code == 201, response.text
        address: str = self.call("POST", "/storage/sasUri", json={"containerName": container}).json()["sasUri"]
        return address

    def submit(self, program: str | bytes = BELL, **changes: Any) -> str:
        """Upload and create a job of QIR; its id comes back."""
        job_id = changes.pop("id", None) or str(uuid4())
        reply = self.call("PUT", f"/jobs/{job_id}", json={**definition(self.upload(job_id, program)), **changes})
        assert reply.status_code == 200, reply.text
        return job_id

    def job(self, job_id: str) -> dict[str, Any]:
        """Read a job."""
        reply = self.call("GET", f"/jobs/{job_id}")
        assert reply.status_code == 200, reply.text
        job: dict[str, Any] = reply.json()
        return job

    def status(self, job_id: str) -> str:
        """Read a job's status."""
        return str(self.job(job_id)["status"])

    def ledger(self, job_id: str) -> list[str]:
        """What the ledger says happened to a job, in order."""
        return [entry["event"] for entry in self.admin("GET", "/ledger")["entries"] if entry["jobId"] == job_id]


def definition(container: str, **changes: Any) -> dict[str, Any]:
    """A job definition for QIR, as the SDK sends it."""
    return {
        "name": "bell",
        "providerId": "quantinuum",
        "target": "quantinuum.sim.h2-1e",
        "itemType": "Job",
        "containerUri": container,
        "inputDataUri": f"{container.partition('?')[0]}/inputData",
        "inputDataFormat": "qir.v1",
        "outputDataFormat": "microsoft.quantum-results.v2",
        "inputParams": {"shots": 10},
        **changes,
    }


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """Serve an emulator in a thread of its own, for the SDK blocks."""
    with in_thread(running(settings)) as (emulator, _):
        yield emulator.url
