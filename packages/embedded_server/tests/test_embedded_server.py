"""What the programs on one machine share: a server that starts or says so, private files, Azurite's account."""

import asyncio
import os
import signal
import stat
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from embedded_server.azurite import ACCOUNT_KEY, HOW_TO_START, connection_string, how_to_start, spelt_out
from embedded_server.files import write_privately
from embedded_server.server import StartError, serving
from embedded_server.stopping import stop_signal


async def hello(scope: Any, _: Any, send: Any) -> None:
    """Answer every request with its path."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["raw_path"]})


async def test_it_serves_until_the_block_ends() -> None:
    """On a free port; afterwards nobody listens there."""
    async with httpx.AsyncClient(trust_env=False) as client:
        async with serving(uvicorn.Config(hello, log_config=None, lifespan="off")) as port:
            answer = await client.get(f"http://127.0.0.1:{port}/here")
        with pytest.raises(httpx.ConnectError):
            await client.get(f"http://127.0.0.1:{port}/here")

    assert answer.text == "/here"


async def test_signals_stay_with_the_owner_of_the_loop() -> None:
    """What handled SIGTERM before the server started handles it while it serves."""
    stop = stop_signal()

    async with serving(uvicorn.Config(hello, log_config=None, lifespan="off")):
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(10):
            was_handled = await stop.wait()

    assert was_handled
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().remove_signal_handler(number)


async def test_an_application_that_does_not_start_is_an_error() -> None:
    """Nobody waits for a server that has ended."""

    async def broken(_: Any, __: Any, ___: Any) -> None:
        raise RuntimeError("no database")

    with pytest.raises(StartError):
        async with serving(uvicorn.Config(broken, log_config=None, lifespan="on")):
            pass


async def test_a_port_that_is_taken_is_an_error() -> None:
    """It is the system's own, with its reason."""
    async with serving(uvicorn.Config(hello, log_config=None, lifespan="off")) as port:
        with pytest.raises(OSError, match="in use"):
            async with serving(uvicorn.Config(hello, log_config=None, lifespan="off"), port):
                pass


def test_a_private_file_is_replaced_whole(tmp_path: Path) -> None:
    """Whatever was there, and whoever could read it."""
    file = tmp_path / "keys.json"
    file.write_text("for all to read")

    write_privately(file, "secret")

    assert file.read_text() == "secret"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("text", ["UseDevelopmentStorage=true", " usedevelopmentstorage=TRUE; "])
def test_the_shorthand_means_the_usual_ports(text: str) -> None:
    """As every storage SDK takes it, also those that do not know it."""
    assert spelt_out(text) == connection_string()
    assert f"AccountKey={ACCOUNT_KEY};BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;" in connection_string()


def test_other_connection_strings_stay_as_they_are() -> None:
    """An account of one's own is nobody else's business."""
    assert spelt_out("AccountName=mine;") == "AccountName=mine;"


async def test_an_azurite_that_does_not_listen_is_explained() -> None:
    """One line names the address and the command; where it listens, or the account is elsewhere, there is none."""
    async with serving(uvicorn.Config(hello, log_config=None, lifespan="off")) as port:
        there = connection_string({"Blob": f"http://127.0.0.1:{port}"})
        silence = [await how_to_start(text) for text in (there, "BlobEndpoint=https://mine.example/;")]
    unreachable = await how_to_start(there)

    assert silence == ["", ""]
    assert unreachable.startswith(f"nothing listens at 127.0.0.1:{port}: start Azurite")
    assert HOW_TO_START in unreachable
