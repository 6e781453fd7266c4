"""A program: runs cheap jobs on a workspace with azure-quantum, in a pool of threads or in DBOS's durable workflows.

It runs in the rivals' environment, without the packages of this checkout. It reads a JSON document from its input and
prints one: the seconds until every job had its result, the number of results, and its own processor time.
"""

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from importlib import import_module
from typing import Any

from azure.core.credentials import AzureKeyCredential
from azure.quantum import Workspace  # type: ignore[import-untyped]  # the library ships no types

AT_ONCE = 16
FIRST_PAUSE_SECONDS, GROWTH, LONGEST_PAUSE_SECONDS = 0.2, 1.5, 30.0  # the SDK's own schedule
ENDED = ("Succeeded", "Completed", "Failed", "Cancelled")
PATIENCE_SECONDS = 600


def main() -> None:
    """Run what the document asks for."""
    request = json.load(sys.stdin)
    workspace = connect(request["workspace"])
    runners = {"sdk": in_a_pool, "dbos": in_workflows}
    with redirect_stdout(sys.stderr):  # the SDK prints a dot for each of its polls
        result = runners[request["side"]](workspace, request)
    print(json.dumps({**result, "processor": time.process_time()}), flush=True)
    os._exit(os.EX_OK)  # threads of the libraries would wait


def connect(names: dict[str, str]) -> Workspace:
    """Connect to the workspace."""
    return Workspace(
        subscription_id=names["subscriptionId"],
        resource_group=names["resourceGroup"],
        name=names["name"],
        location=names["location"],
        credential=AzureKeyCredential(names["key"]),
        _quantum_endpoint=names["endpoint"],
    )


def in_a_pool(workspace: Workspace, request: dict[str, Any]) -> dict[str, float]:
    """Submit and wait in threads, as a script would."""
    target = workspace.get_targets(request["target"])

    def run(_: int) -> object:
        job = target.submit(request["circuit"], name="rival", shots=request["shots"])
        return job.get_results(timeout_secs=PATIENCE_SECONDS)

    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(run, range(request["jobs"])))
    return outcome(began, results)


def in_workflows(workspace: Workspace, request: dict[str, Any]) -> dict[str, float]:
    """Submit, poll and fetch as three durable steps of a workflow for each job, with as many workflows at once."""
    dbos = import_module("dbos").DBOS  # the other side does not load it
    dbos(config={"name": "rival", "system_database_url": request["database"], "log_level": "ERROR"})
    workflow = durable(dbos, workspace, request)
    dbos.launch()
    dbos.register_queue("jobs", worker_concurrency=AT_ONCE, polling_interval_sec=0.1)
    began = time.perf_counter()
    handles = [dbos.enqueue_workflow("jobs", workflow) for _ in range(request["jobs"])]
    return outcome(began, [handle.get_result() for handle in handles])


def durable(dbos: Any, workspace: Workspace, request: dict[str, Any]) -> Any:
    """Define the workflow and its steps."""
    target = workspace.get_targets(request["target"])

    def submit() -> str:
        return str(target.submit(request["circuit"], name="rival", shots=request["shots"]).id)

    def status_of(job_id: str) -> str:
        status = workspace.get_job(job_id).details.status
        return str(getattr(status, "value", status))  # a member of an enumeration, or a word that it lacks

    def result_of(job_id: str) -> object:
        return workspace.get_job(job_id).get_results(timeout_secs=PATIENCE_SECONDS)

    steps = {step.__name__: dbos.step()(step) for step in (submit, status_of, result_of)}

    def run_job() -> object:
        job_id, pause = steps["submit"](), FIRST_PAUSE_SECONDS
        while steps["status_of"](job_id) not in ENDED:
            dbos.sleep(pause)
            pause = min(pause * GROWTH, LONGEST_PAUSE_SECONDS)
        return steps["result_of"](job_id)

    return dbos.workflow()(run_job)


def outcome(began: float, results: list[object]) -> dict[str, float]:
    """Sum up a run."""
    return {"seconds": time.perf_counter() - began, "results": sum(bool(result) for result in results)}


if __name__ == "__main__":
    main()
