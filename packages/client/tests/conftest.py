"""What the tests of the client share: a fake API, both clients through one call, and the command."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from client_support.fake_jobs_api import KEY, FakeJobsApi, running_fake
from quantumjobs import AsyncQuantumJobs, QuantumJobs
from quantumjobs.cli.main import main

CLIENT = Path(__file__).parents[1]
BELL = 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[2] q;\nbit[2] c;\nh q[0];\ncx q[0], q[1];\nc = measure q;\n'

Call: TypeAlias = Callable[..., Any]
Qjobs: TypeAlias = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def served() -> Iterator[FakeJobsApi]:
    """One fake API for all tests."""
    with running_fake() as fake:
        yield fake


@pytest.fixture
def api(served: FakeJobsApi) -> FakeJobsApi:
    """The fake API, with nothing scripted."""
    served.forget()
    return served


@pytest.fixture(params=["sync", "async"])
async def call(request: pytest.FixtureRequest, api: FakeJobsApi) -> AsyncIterator[Call]:
    """Call a method of either client by name; what it iterates over comes as a list."""
    if request.param == "async":
        async with AsyncQuantumJobs(api.url, KEY) as client:
            yield lambda method, /, *args, **fields: _of_async(getattr(client, method)(*args, **fields))
    else:
        with QuantumJobs(api.url, KEY) as blocking:
            yield lambda method, /, *args, **fields: asyncio.to_thread(
                _of_sync, getattr(blocking, method), args, fields
            )


async def _of_async(outcome: Any) -> Any:
    return [item async for item in outcome] if hasattr(outcome, "__aiter__") else await outcome


def _of_sync(method: Callable[..., Any], args: tuple[Any, ...], fields: dict[str, Any]) -> Any:
    outcome = method(*args, **fields)
    return list(outcome) if hasattr(outcome, "__next__") else outcome


@pytest.fixture
def environment(api: FakeJobsApi, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a command that knows the fake API, and keeps its own files in a folder of the test's."""
    folder = tmp_path_factory.mktemp("kept")
    return {
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_STATE_HOME": str(folder / "state"),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(CLIENT),
        "PYTHONWARNINGS": "error",
        "TERM": "xterm",
        "QJOBS_URL": api.url,
        "QJOBS_KEY": KEY,
    }


@pytest.fixture
def qjobs(environment: dict[str, str], tmp_path: Path) -> Qjobs:
    """Run the command in an empty folder, inside this process; `env` adds to its environment, None takes away."""

    def run(
        *arguments: str, stdin: bytes = b"", env: dict[str, str | None] | None = None
    ) -> subprocess.CompletedProcess[str]:
        variables = {name: value for name, value in {**environment, **(env or {})}.items() if value is not None}
        encoding = variables.get("PYTHONIOENCODING", "utf-8")
        out, err = (TextIOWrapper(BytesIO(), encoding=encoding) for _ in range(2))
        with pytest.MonkeyPatch.context() as here, redirect_stdout(out), redirect_stderr(err):
            for name in set(os.environ) - set(variables):
                here.delenv(name)
            for name, value in variables.items():
                here.setenv(name, value)
            here.setattr(sys, "stdin", TextIOWrapper(BytesIO(stdin), encoding="utf-8"))
            here.chdir(tmp_path)
            code = main(arguments)
        return subprocess.CompletedProcess(arguments, code, text_of(out), text_of(err))

    return run


def text_of(stream: TextIOWrapper) -> str:
    """Return all that was written to a stream."""
    stream.seek(0)
    return stream.read()


@pytest.fixture
def bell(tmp_path: Path) -> str:
    """The name of a program file in the command's folder."""
    (tmp_path / "bell.qasm").write_text(BELL)
    return "bell.qasm"
