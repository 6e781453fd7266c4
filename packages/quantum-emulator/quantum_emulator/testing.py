"""A workspace served for tests that block: in a thread of this process, on a free port."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from azure.core.credentials import AzureKeyCredential

from embedded_server.threads import in_thread
from quantum_emulator.server import running
from quantum_emulator.settings import Settings

SUBSCRIPTION, GROUP, NAME = "00000000-0000-0000-0000-000000000000", "local", "emulator"
ANSWER_SECONDS = 30


@dataclass(frozen=True)
class ServedWorkspace:
    """A workspace that is served; `url` ends without a slash."""

    url: str
    key: str

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments with which `azure.quantum.Workspace` reaches it."""
        return {
            "subscription_id": SUBSCRIPTION,
            "resource_group": GROUP,
            "name": NAME,
            "location": "eastus",
            "credential": AzureKeyCredential(self.key),
            "_quantum_endpoint": f"{self.url}/",
        }

    def behave(self, target: str, **patch: Any) -> None:
        """Change how a target behaves, in the words of the table in README.md: `queueSeconds=5`."""
        self.admin("PATCH", f"/targets/{target}", patch)

    def reset(self) -> None:
        """Make it a fresh workspace with no jobs; its targets stay as they are."""
        self.admin("POST", "/reset")

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        """Call what is under `/admin` and return its JSON; a refusal raises `urllib.error.HTTPError`."""
        content = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/admin{path}", content, headers, method=method)  # noqa: S310
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy does not lead to this machine
        with direct.open(request, timeout=ANSWER_SECONDS) as answer:
            text = answer.read()
        return json.loads(text) if text else None


@contextmanager
def serving_workspace(settings: Settings) -> Iterator[ServedWorkspace]:
    """Serve a workspace until the block ends."""
    with in_thread(running(settings)) as (emulator, _):
        yield ServedWorkspace(emulator.url, settings.key or "any")
