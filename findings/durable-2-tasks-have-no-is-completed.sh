#!/usr/bin/env bash
# azure-functions-durable 2 keeps version 1's orchestrators running, but their tasks have lost `is_completed`.
#
# Version: azure-functions-durable 2.0.0rc3 on durabletask 1.12.0, beside 1.7.0
# Source: version 1's documented pattern "race an event against a timer, then ask the timer whether it has completed", on the engine for tests
# Expected: the compatibility layer, which keeps the context's old names, keeps the one property of a task that version 1 documents
# Seen:     1.7.0 has it; on 2.0.0rc3 the orchestration fails with AttributeError at that line: the name there is `is_complete`
# What we do about it: we stay below 2 (docs/decisions/0013), and `make next` runs our histories on each release candidate.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for version in 1.7.0 2.0.0rc3; do
  python3.13 -m venv "$folder/$version"  # version 2 needs it
  "$folder/$version/bin/pip" install --quiet --disable-pip-version-check "azure-functions-durable==$version" $([ "$version" = 1.7.0 ] || echo "durabletask==1.12.0")
done
"$folder/1.7.0/bin/python" - <<'PYTHON'
from azure.durable_functions.models.Task import TaskBase

present = hasattr(TaskBase, "is_completed") or "is_completed" in TaskBase(0, []).__dict__
print("1.7.0: a task has is_completed:", present)
assert present, "changed: version 1"
PYTHON
"$folder/2.0.0rc3/bin/python" - <<'PYTHON'
import socket
from datetime import timedelta

from azure.durable_functions import DurableOrchestrationContext
from durabletask.client import TaskHubGrpcClient
from durabletask.testing import create_test_backend
from durabletask.worker import TaskHubGrpcWorker


def race(inner, _):
    context = DurableOrchestrationContext(inner, None)
    timer = context.create_timer(context.current_utc_datetime + timedelta(milliseconds=10))
    event = context.wait_for_external_event("approve")
    yield context.task_any([event, timer])
    return timer.is_completed


with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
backend, worker = create_test_backend(port), TaskHubGrpcWorker(host_address=f"127.0.0.1:{port}")
worker.add_orchestrator(race)
worker.start()
try:
    with TaskHubGrpcClient(host_address=f"127.0.0.1:{port}") as client:
        state = client.wait_for_orchestration_completion(client.schedule_new_orchestration(race), timeout=30)
finally:
    worker.stop()
    backend.stop()
failure = state.failure_details
print("2.0.0rc3:", f"{failure.error_type}: {failure.message}" if failure else state.serialized_output)
assert failure and "is_completed" in failure.message, "changed: version 2"
PYTHON
