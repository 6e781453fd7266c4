"""The start: import time of a cold instance, against a plain app of its kind."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.measuring.figures import TIMES, Figure
from local.setup.checkout import ROOT

PLAIN = (
    "azure.durable_functions",
    "azure.identity",
    "azure.storage.blob",
    "azure.storage.queue",
    "azure.keyvault.secrets",
    "azure.quantum",
    "qdk",
)
TURNS = 7
SETTINGS = {
    "AzureWebJobsStorage": "UseDevelopmentStorage=true",
    "AZURE_QUANTUM_CONNECTION_STRING": "SubscriptionId=00000000-0000-0000-0000-000000000001;ResourceGroupName=none;"
    "WorkspaceName=none;ApiKey=none;QuantumEndpoint=http://127.0.0.1:9/;",
    "QDK_PYTHON_TELEMETRY": "none",
}


async def measure() -> AsyncIterator[Figure]:
    """Import both in turn, each in a fresh process, after one of each that fills the caches."""
    with TemporaryDirectory() as caches:
        turns = range(TURNS + 1)
        runs = [(seconds_to_import(caches, "function_app"), seconds_to_import(caches, *PLAIN)) for _ in turns][1:]
    for figure in [
        Figure("import function_app", median(ours for ours, _ in runs) * 1000, "ms"),
        Figure("a plain app's imports", median(plain for _, plain in runs) * 1000, "ms"),
        Figure("function_app against a plain app", median(ours / plain for ours, plain in runs), TIMES, at_most=0.5),
    ]:
        yield figure


def seconds_to_import(caches: str, *modules: str) -> float:
    """Import modules in a new process with this cache of byte code, and return its time."""
    script = (
        f"import time; began = time.perf_counter(); import {', '.join(modules)}; print(time.perf_counter() - began)"
    )
    command = [sys.executable, "-c", script]
    environ = {**os.environ, **SETTINGS, "PYTHONPYCACHEPREFIX": caches}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    completed = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
    return float(completed.stdout)
