"""The start: import time of a cold instance, against a plain app of its kind."""

import subprocess
from collections.abc import AsyncIterator
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.measuring.checkouts import Checkout, former_or_none, this
from benchmarks.measuring.figures import TIMES, Figure

PLAIN = (
    "azure.durable_functions",
    "azure.identity",
    "azure.storage.blob",
    "azure.storage.queue",
    "azure.keyvault.secrets",
    "azure.quantum",
    "qdk",
)
TURNS = 5
SETTINGS = {
    "AzureWebJobsStorage": "UseDevelopmentStorage=true",
    "AZURE_QUANTUM_CONNECTION_STRING": "SubscriptionId=00000000-0000-0000-0000-000000000001;ResourceGroupName=none;"
    "WorkspaceName=none;ApiKey=none;QuantumEndpoint=http://127.0.0.1:9/;",
    "QDK_PYTHON_TELEMETRY": "none",
}


async def measure() -> AsyncIterator[Figure]:
    """Import them in turn, each in a fresh process, after one of each that fills the caches."""
    before = former_or_none()
    with TemporaryDirectory() as caches:
        turns = [seconds_of_turn(caches, before) for _ in range(TURNS + 1)][1:]
    ours, plain, *others = ([turn[place] for turn in turns] for place in range(len(turns[0])))
    earlier = median(others[0]) * 1000 if others else None
    yield Figure("import function_app", median(ours) * 1000, "ms", at_most=1.05, former=earlier, relative=True)
    yield Figure("a plain app's imports", median(plain) * 1000, "ms")
    ratio = median(mine / other for mine, other in zip(ours, plain, strict=True))
    yield Figure("function_app against a plain app", ratio, TIMES, at_most=0.5)


def seconds_of_turn(caches: str, before: Checkout | None) -> list[float]:
    """Import this checkout's app, the plain app's modules, and the older revision's app."""
    seconds = [seconds_to_import(this(), caches, "function_app"), seconds_to_import(this(), caches, *PLAIN)]
    return seconds + ([seconds_to_import(before, caches, "function_app")] if before else [])


def seconds_to_import(checkout: Checkout, caches: str, *modules: str) -> float:
    """Import modules in a new process with this cache of byte code, and return its time."""
    script = (
        f"import time; began = time.perf_counter(); import {', '.join(modules)}; print(time.perf_counter() - began)"
    )
    environ = {**checkout.environ, **SETTINGS, "PYTHONPYCACHEPREFIX": caches}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [str(checkout.python), "-c", script]
    completed = subprocess.run(command, cwd=checkout.root, env=environ, capture_output=True, text=True, check=False)
    assert completed.returncode == 0, completed.stderr[-500:]
    return float(completed.stdout.splitlines()[-1])
