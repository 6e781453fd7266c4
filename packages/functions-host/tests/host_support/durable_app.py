"""The sample app of Durable patterns, served by the host on a virtual clock."""

import json
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from azure.durable_functions import DurableOrchestrationClient

from functions_host.clock import VirtualClock
from functions_host.durable.client_binding import client_binding
from functions_host.host import Host

PATTERNS_APP = Path(__file__).parents[1] / "samples" / "durable_patterns"
START = datetime(2026, 11, 1, 5, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Patterns:
    """The served app, its HTTP doors, and the SDK's own client, as one of its functions would have it."""

    host: Host
    clock: VirtualClock
    http: httpx.AsyncClient
    sdk: DurableOrchestrationClient

    def time_held(self) -> AbstractContextManager[None]:
        """Keep timers from firing inside this block."""
        return self.clock.busy()

    async def start(self, name: str, order: Any = None, instance: str = "") -> str:
        """Start an orchestrator through the app's own HTTP function."""
        path = f"/api/start/{name}/{instance}".rstrip("/")
        answer = await self.http.post(path, content=b"" if order is None else json.dumps(order))
        assert answer.status_code == 202, answer.text
        instance_id: str = answer.json()["id"]
        return instance_id

    async def ended(self, instance_id: str) -> dict[str, Any]:
        """Wait for the end of an instance and return its status."""
        status = await self.host.hub.wait_for_end(instance_id, 20)
        assert status is not None, f"still running: {self.host.hub.status(instance_id, show_history=True)}"
        return status

    async def outcome(self, name: str, order: Any = None) -> Any:
        """Run an orchestrator to its end and return its output."""
        return (await self.ended(await self.start(name, order)))["output"]


@asynccontextmanager
async def serve_patterns(state_dir: Path) -> AsyncIterator[Patterns]:
    """Serve the sample app from this state."""
    clock = VirtualClock(START)
    async with (
        Host(PATTERNS_APP, settings={}, state_dir=state_dir, clock=clock) as host,
        httpx.AsyncClient(base_url=host.url) as http,
    ):
        binding = client_binding(host.url, "DurablePatterns", host.system_key)
        yield Patterns(host, clock, http, DurableOrchestrationClient(binding))


def took(status: dict[str, Any]) -> timedelta:
    """Return how long an instance ran, to the second."""
    return datetime.fromisoformat(status["lastUpdatedTime"]) - datetime.fromisoformat(status["createdTime"])
