"""A child: for each line, a number, run so many HelloCities on the embedded host, journal on; answer the seconds."""

import asyncio
import json
import logging
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from benchmarks.measuring.children import APPS
from functions_host.host import Host

STARTERS = 4
START = "/runtime/webhooks/durabletask/orchestrators/hello_cities"


async def main() -> None:
    """Serve the app until the input ends."""
    with TemporaryDirectory() as state:
        async with (
            Host(APPS / "patterns", settings={}, state_dir=Path(state)) as host,
            httpx.AsyncClient(base_url=host.url, params={"code": host.system_key}) as http,
        ):
            while line := await asyncio.to_thread(sys.stdin.readline):
                print(json.dumps(await seconds_for(host, http, int(line))), flush=True)


async def seconds_for(host: Host, http: httpx.AsyncClient, count: int) -> float:
    """Start through the public durable API, as a client would, and wait until all have ended."""
    few = asyncio.Semaphore(STARTERS)

    async def start() -> str:
        async with few:
            return str((await http.post(START)).raise_for_status().json()["id"])

    began = time.perf_counter()
    ids = await asyncio.gather(*(start() for _ in range(count)))
    for instance in ids:
        status = await host.hub.wait_for(instance)
        assert len(status["output"]) == 5, status
    return time.perf_counter() - began


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # logging each step would be measured too
    asyncio.run(main())
