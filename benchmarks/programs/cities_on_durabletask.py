"""A child: for each line, a number, run so many HelloCities on durabletask's in-memory backend; answer the seconds.

Backend, worker and client are Microsoft's, in one process, with as many orchestrations and activities at a time as
the embedded host is given.
"""

import json
import logging
import socket
import sys
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from durabletask.client import OrchestrationStatus, TaskHubGrpcClient
from durabletask.task import ActivityContext, OrchestrationContext, Task
from durabletask.testing import create_test_backend
from durabletask.worker import ConcurrencyOptions, TaskHubGrpcWorker

from benchmarks.programs.cities_on_host import STARTERS

AT_A_TIME = ConcurrencyOptions(10, 10, 10, 10)
CITIES = ("Tokyo", "Seattle", "London", "Cairo", "Lima")


def hello_cities(context: OrchestrationContext, _: None) -> Generator[Task[Any], Any, Any]:
    """Greet five cities, one after the other."""
    greetings = []
    for city in CITIES:
        greeting = yield context.call_activity(say_hello, input=city)
        greetings.append(greeting)
    return greetings


def say_hello(_: ActivityContext, city: str) -> str:
    """Greet a city."""
    return f"Hello {city}!"


def main() -> None:
    """Run the backend and a worker until the input ends."""
    port = free_port()
    backend = create_test_backend(port=port)
    address = f"127.0.0.1:{port}"
    with TaskHubGrpcWorker(host_address=address, concurrency_options=AT_A_TIME) as worker:
        worker.add_orchestrator(hello_cities)
        worker.add_activity(say_hello)
        worker.start()  # type: ignore[no-untyped-call]  # the library lacks the type hint
        client = TaskHubGrpcClient(host_address=address)
        for line in sys.stdin:
            print(json.dumps(seconds_for(client, int(line))), flush=True)
        client.close()
    backend.stop(grace=0)


def seconds_for(client: TaskHubGrpcClient, count: int) -> float:
    """Start with the client, and wait until all have ended."""
    began = time.perf_counter()
    with ThreadPoolExecutor(STARTERS) as starters:
        ids = list(starters.map(lambda _: client.schedule_new_orchestration(hello_cities), range(count)))
    for instance in ids:
        state = client.wait_for_orchestration_completion(instance, timeout=60)
        assert state is not None
        assert state.runtime_status is OrchestrationStatus.COMPLETED, state
    return time.perf_counter() - began


def free_port() -> int:
    """Find a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # logging each step would be measured too
    main()
