"""`functions-host run`: its output, its stop, and its state after a restart."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from azure.storage.blob.aio import BlobServiceClient
from azure.storage.queue.aio import QueueServiceClient

from embedded_server.azurite import HOW_TO_START, connection_string
from host_support.triggers_app import TRIGGERS_APP, WAIT_SECONDS, Queues


@dataclass(frozen=True)
class Running:
    """A host process, and what it printed until it was ready."""

    process: Process
    url: str
    lines: list[str]


def environment(**settings: str) -> dict[str, str]:
    """Give a process what it needs and our settings, but no function key."""
    inherited = {name: value for name, value in os.environ.items() if name != "FUNCTIONS_KEY"}
    return inherited | {"ORDERS_QUEUE": "process-orders"} | settings


async def start(app: Path, state: Path, *options: str, **settings: str) -> Process:
    """Start a host process."""
    command = [sys.executable, "-m", "functions_host", "run", str(app), "--port", "0", "--state", str(state), *options]
    return await asyncio.create_subprocess_exec(*command, env=environment(**settings), stdout=PIPE, stderr=PIPE)


@asynccontextmanager
async def running(app: Path, state: Path, *options: str, **settings: str) -> AsyncIterator[Running]:
    """Run a host until the block ends, by SIGTERM if it still runs then."""
    process = await start(app, state, *options, **settings)
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            lines = await _greeting(process)
        yield Running(process, lines[0].removeprefix("Serving on "), lines)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def _greeting(process: Process) -> list[str]:
    assert process.stdout is not None
    lines: list[str] = []
    while not (lines and lines[-1].startswith("Function key: ")):
        line = (await process.stdout.readline()).decode().rstrip("\n")
        if not line:
            raise AssertionError((await process.communicate())[1].decode())
        lines.append(line)
    return lines


def test_help_teaches() -> None:
    """It names the command, its options, the settings, and where storage comes from."""
    texts = [
        subprocess.run(
            [sys.executable, "-m", "functions_host", *words], capture_output=True, text=True, check=True
        ).stdout
        for words in (["--help"], ["run", "--help"])
    ]

    assert "functions-host run DIR" in texts[0]
    assert all(word in texts[1] for word in ("--port", "--state", "--verbose", "AzureWebJobsStorage", HOW_TO_START))


async def test_a_missing_azurite_is_explained(tmp_path: Path) -> None:
    """The app is served anyway; one line says what to start."""
    nowhere = connection_string({"Blob": "http://127.0.0.1:9", "Queue": "http://127.0.0.1:9"})

    process = await start(TRIGGERS_APP, tmp_path, AzureWebJobsStorage=nowhere)
    assert process.stderr is not None
    async with asyncio.timeout(WAIT_SECONDS):
        while b"nothing listens" not in (line := await process.stderr.readline()):
            assert line, "it ended without a word about Azurite"
    process.kill()
    await process.communicate()

    assert HOW_TO_START in line.decode()


async def test_it_says_where_and_what_it_serves(azurite: str, tmp_path: Path) -> None:
    """The address, each function with its trigger, and a key that opens them."""
    async with running(TRIGGERS_APP, tmp_path, AzureWebJobsStorage=azurite) as host:
        assert "  keyed: [any method] /api/keyed" in host.lines
        assert "  echo: [GET, POST] /api/echo/{id:int}/{*rest}" in host.lines
        assert "  take_message: queue process-orders" in host.lines
        assert "  take_blob: blob uploads/{target}/{name}.txt" in host.lines
        assert "  take_event: /runtime/webhooks/EventGrid?functionName=take_event" in host.lines
        assert "  ring: timer 0 0 */6 * * *" in host.lines
        key = host.lines[-1].removeprefix("Function key: ")
        async with httpx.AsyncClient() as http:
            answer = await http.get(f"{host.url}/api/keyed", headers={"x-functions-key": key})
        assert answer.text == "open"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_told_to_stop_it_stops(azurite: str, tmp_path: Path, number: signal.Signals) -> None:
    """A signal ends the process cleanly, and it prints nothing more."""
    async with running(TRIGGERS_APP, tmp_path, AzureWebJobsStorage=azurite) as host:
        host.process.send_signal(number)
        _, stderr = await asyncio.wait_for(host.process.communicate(), WAIT_SECONDS)

    assert (host.process.returncode, stderr) == (0, b"")


SLOW_APP = """
import threading, time
import azure.functions as func
app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
@app.route(route="slow/{seconds:int}")
def slow(req: func.HttpRequest) -> str:
    print("started", flush=True)
    threading.Event().wait(int(req.route_params["seconds"]))
    return "done"
"""


@pytest.mark.parametrize(("seconds", "answered"), [(1, True), (600, False)])
async def test_a_function_in_the_middle_is_waited_for_but_not_for_ever(
    tmp_path: Path, seconds: int, *, answered: bool
) -> None:
    """A request that ends soon is answered; one that does not is cut off within a few seconds."""
    (tmp_path / "function_app.py").write_text(SLOW_APP)
    async with running(tmp_path, tmp_path / "state") as host, httpx.AsyncClient(timeout=WAIT_SECONDS) as http:
        request = asyncio.create_task(http.get(f"{host.url}/api/slow/{seconds}"))
        assert host.process.stdout is not None
        assert await host.process.stdout.readline() == b"started\n"
        told_at = time.monotonic()
        host.process.terminate()
        (outcome,) = await asyncio.gather(request, return_exceptions=True)
        await asyncio.wait_for(host.process.wait(), WAIT_SECONDS)

    assert host.process.returncode == 0
    assert time.monotonic() - told_at < 9
    assert (isinstance(outcome, httpx.Response) and outcome.text == "done") is answered


STARTING_APP = """
import asyncio
import azure.functions as func
import azure.durable_functions as df
app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS)
@app.route(route="start")
@app.durable_client_input(client_name="client")
async def start(req: func.HttpRequest, client) -> str:
    print("started", flush=True)
    await asyncio.sleep(0.5)
    return await client.start_new("process", "the-id")
@app.orchestration_trigger(context_name="context")
def process(context):
    return 7
"""


async def test_while_it_stops_functions_can_still_start_orchestrations(tmp_path: Path) -> None:
    """The durable API outlives the functions that use it, so that a stop breaks none of them."""
    (tmp_path / "function_app.py").write_text(STARTING_APP)
    async with running(tmp_path, tmp_path / "state") as host, httpx.AsyncClient(timeout=WAIT_SECONDS) as http:
        request = asyncio.create_task(http.get(f"{host.url}/api/start"))
        assert host.process.stdout is not None
        assert await host.process.stdout.readline() == b"started\n"

        host.process.terminate()

        answer = await request
        assert (answer.status_code, answer.text) == (200, "the-id")


LOGGING_APP = """
import logging
import azure.functions as func
app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
@app.route(route="say")
def say(req: func.HttpRequest) -> str:
    logging.info("seen by the app")
    logging.getLogger("shop.orders").info("seen by its module")
    logging.getLogger("shop.orders").debug("too much")
    return "done"
"""


@pytest.mark.parametrize(("options", "shows_the_host"), [((), False), (("--verbose",), True)])
async def test_what_the_app_logs_is_shown(tmp_path: Path, options: tuple[str, ...], *, shows_the_host: bool) -> None:
    """An app's information is shown as Core Tools shows it; what the host has to say of it is for `--verbose`."""
    (tmp_path / "function_app.py").write_text(LOGGING_APP)
    async with running(tmp_path, tmp_path / "state", *options) as host, httpx.AsyncClient() as http:
        await http.get(f"{host.url}/api/say")
        host.process.terminate()
        _, stderr = await asyncio.wait_for(host.process.communicate(), WAIT_SECONDS)

    shown = stderr.decode()
    assert "INFO root: seen by the app\n" in shown
    assert "INFO shop.orders: seen by its module\n" in shown
    assert "too much" not in shown
    assert ("say succeeded" in shown) is shows_the_host
    assert len(shown.splitlines()) == 2 or shows_the_host


async def test_an_app_that_cannot_be_served_is_one_line(tmp_path: Path) -> None:
    """The reason is on stderr, in one line without a traceback, and the exit status is 1."""
    (tmp_path / "function_app.py").write_text("import no_such_module")

    process = await start(tmp_path, tmp_path / "state")
    _, stderr = await asyncio.wait_for(process.communicate(), WAIT_SECONDS)

    assert process.returncode == 1
    (line,) = stderr.decode().splitlines()
    assert line.startswith(f"cannot serve {tmp_path}: ModuleNotFoundError: No module named 'no_such_module'")


async def test_a_killed_host_remembers_which_blobs_are_done(azurite: str, tmp_path: Path) -> None:
    """After SIGKILL and a restart, a blob that succeeded does not run again."""
    async with (
        QueueServiceClient.from_connection_string(azurite) as queue_service,
        BlobServiceClient.from_connection_string(azurite) as blobs,
    ):
        queues, uploads = Queues(queue_service), blobs.get_container_client("uploads")
        first, second = (f"x/{uuid.uuid4().hex}.txt" for _ in range(2))
        async with running(TRIGGERS_APP, tmp_path, AzureWebJobsStorage=azurite) as host:
            await uploads.upload_blob(first, "first")
            await queues.seen("seen-blobs", first)
            await uploads.upload_blob(second, "second")
            await queues.seen("seen-blobs", second)
            host.process.kill()
            await host.process.wait()

        async with running(TRIGGERS_APP, tmp_path, AzureWebJobsStorage=azurite):
            await uploads.upload_blob(f"x/{uuid.uuid4().hex}.txt", "after the restart")
            await queues.seen("seen-blobs", "after the restart")

    assert [json.loads(text)["name"] for _, text in queues.unclaimed if first in text] == []
