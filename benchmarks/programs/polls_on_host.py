"""A child: for each line, run one job of 500 polls on the host, on a virtual clock; answer the times of the polls."""

import asyncio
import json
import logging
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring.children import APPS
from benchmarks.programs.poll_times import looked
from functions_host.clock import VirtualClock
from functions_host.host import Host
from quantum.contract.orders import Order
from quantum.jobs.model import Job, job_id
from quantum.jobs.program import Program

START = datetime(2026, 11, 1, tzinfo=UTC)


async def main() -> None:
    """Serve the polling app until the input ends."""
    clock = VirtualClock(START)
    with TemporaryDirectory() as state:
        async with Host(APPS / "polling", settings={}, state_dir=Path(state), clock=clock) as host:
            while line := await asyncio.to_thread(sys.stdin.readline):
                print(json.dumps(await moments_of(host, job_id("benchmark", line))), flush=True)


async def moments_of(host: Host, instance: str) -> list[float]:
    """Run a job to its end; return the times of its polls, in seconds."""
    job = Job.accepted(instance, Order("bell", "bench.simulator", 100), START, {"door": "benchmark"})
    document = json.dumps(replace(job, program=Program("programs/none", "qir.v1", 1)).to_wire())
    await host.hub.start_instance("run_job", instance, document)
    status = await host.hub.wait_for(instance)
    assert status["output"] == {"phase": "succeeded"}, status
    return looked.pop(instance)


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # logging each step would be measured too
    asyncio.run(main())
