"""Runs `run_job` and our durable adapter on the next major version's own engine, which the SDK has for tests: by gRPC.

The activities answer as they did in a recording. Runs in the environment of `tests.replay.on_next_version`.
"""

import json
import socket
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from azure.durable_functions import DurableOrchestrationContext
from durabletask.client import TaskHubGrpcClient
from durabletask.testing import create_test_backend
from durabletask.worker import TaskHubGrpcWorker

from orchestrators.run_job import run_job
from quantum.adapters.durable import connect_to_engine
from quantum.jobs.model import Job

LONGEST_SECONDS = 30

type Recording = dict[str, Any]


@contextmanager
def engine(recording: Recording) -> Iterator[str]:
    """Serve an engine and a worker with our orchestrator; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    backend = create_test_backend(port)
    worker = TaskHubGrpcWorker(host_address=f"127.0.0.1:{port}")
    worker.add_orchestrator(_orchestrator())
    for activity in _activities(recording):
        worker.add_activity(activity)
    worker.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        worker.stop()
        backend.stop()


async def use_adapter(address: str, recording: Recording) -> dict[str, str | None]:
    """Do what the doors and housekeeping do, in this order; gives what is wrong with each, by its name."""
    binding = {"taskHubName": "hub", "rpcBaseUrl": f"http://{address}", "requiredQueryStringParameters": "code=none"}
    orchestrations = connect_to_engine(json.dumps(binding))
    job = Job.from_wire(recording["rounds"][0]["input"])
    calls: dict[str, Callable[[], Awaitable[Any]]] = {
        "state of an unknown instance": lambda: orchestrations.status(job.id),
        "start": lambda: orchestrations.start(job),
        "start again": lambda: orchestrations.start(job),
        "state": lambda: orchestrations.status(job.id),
        "purge": lambda: orchestrations.purge(datetime.now(UTC)),
    }
    return {name: await _problem(call) for name, call in calls.items()}


def problem_of_instance(address: str, recording: Recording) -> str | None:
    """Wait for the instance that was started, and return why it failed."""
    with TaskHubGrpcClient(host_address=address) as client:
        state = client.wait_for_orchestration_completion(recording["instanceId"], timeout=LONGEST_SECONDS)
    if state is None or state.failure_details is None:
        return None
    return f"{state.failure_details.error_type}: {state.failure_details.message}"


async def _problem(call: Callable[[], Awaitable[Any]]) -> str | None:
    try:
        await call()
    except Exception as error:  # noqa: BLE001  # whatever the version raises is what is to be reported
        return f"{type(error).__name__}: {error.__cause__ or error}"
    return None


def _orchestrator() -> Callable[[Any, Any], Any]:
    def native(context: Any, payload: Any) -> Any:
        return (yield from run_job(DurableOrchestrationContext(context, payload)))

    native.__name__ = "run_job"
    return native


def _activities(recording: Recording) -> Iterator[Callable[[Any, Any], Any]]:
    answers: dict[str, deque[Any]] = defaultdict(deque)
    turns = [turn for part in recording["rounds"] for turn in part["turns"]]
    for turn, following in pairwise(turns):
        for step in turn["took"]:
            if step.startswith("activity "):
                answers[step.removeprefix("activity ")].append(json.loads(following["met"][0]["Result"]))
    for name, results in answers.items():

        def activity(context: Any, payload: Any, results: deque[Any] = results) -> Any:  # noqa: ARG001
            return results.popleft()

        activity.__name__ = name
        yield activity
