"""The console output of a running stack: how to use it, and warnings and errors of its parts."""

import asyncio
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from local.stack.endpoints import Endpoints
from local.stack.following import added_lines

COMPLAINT = re.compile(r"\b(WARN(ING)?|ERROR|CRITICAL|FATAL|Traceback)\b")
CONTINUED = re.compile(r"\s|\w+(\.\w+)*(Error|Exception)\b")


def how_to_use_the_app(endpoints: Endpoints, state: Path) -> str:
    """Return addresses, the key and three lines to copy."""
    return f"""
the app         {endpoints.api}   (its API is below /api; function key: {endpoints.function_key})
the workspace   {endpoints.workspace.endpoint}
storage         Azurite; its connection string is in {state / "endpoints.json"}
logs            {state / "logs"}

Try, in another shell:
  .venv/bin/qjobs submit local/programs/bell.qasm --target ionq.simulator --shots 1000 --watch
  curl -H 'x-functions-key: {endpoints.function_key}' {endpoints.api}/api/jobs
  .venv/bin/qjobs doctor

Ctrl-C stops it; its state stays in {state}
"""


def how_to_use_the_workspace(endpoints: Endpoints) -> str:
    """Return three lines of Python for the azure-quantum SDK."""
    where = endpoints.workspace
    return f"""
A quantum workspace at {where.endpoint}. Try, in .venv/bin/python:

  from azure.core.credentials import AzureKeyCredential; from azure.quantum import Workspace
  workspace = Workspace(subscription_id="{where.subscription_id}", resource_group="{where.resource_group}", \
name="{where.name}", location="{where.location}", credential=AzureKeyCredential("{where.key}"), \
_quantum_endpoint="{where.endpoint}")
  print(*workspace.get_targets(), sep="\\n")

Ctrl-C stops it.
"""


async def show_complaints(logs: Mapping[str, Path], say: Callable[[str], None]) -> None:
    """Print every new warning and error of the logs, with the part's name; never returns."""
    async with asyncio.TaskGroup() as following:
        for name, log in logs.items():
            following.create_task(_follow(name, log, say))


async def _follow(name: str, log: Path, say: Callable[[str], None]) -> None:
    complaining = False
    async for lines in added_lines(log):
        for line in lines:
            complaining = bool(COMPLAINT.search(line) or (complaining and CONTINUED.match(line)))
            if complaining:
                say(f"{name:9}| {line}")
