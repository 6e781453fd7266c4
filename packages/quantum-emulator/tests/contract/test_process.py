"""The command: what it prints, how it ends, and what survives when it is killed."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from emulator_support.harness import Emulator, VirtualClock

CONFIG = '{"targets": {"quantinuum.sim.h2-1e": {"executionSeconds": 1.5}}, "seed": 3}'


@contextmanager
def command(
    azurite: str, *options: str, stderr: int | None = None
) -> Iterator[tuple["subprocess.Popen[str]", Emulator]]:
    """Run the command on a free port until the context ends."""
    arguments = [sys.executable, "-m", "quantum_emulator", "--port", "0", "--storage", azurite, *options]
    with (
        subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=stderr, text=True) as process,
        httpx.Client() as http,
    ):
        try:
            assert process.stdout is not None
            address = re.search(r"ready at (\S+)", process.stdout.readline())
            assert address is not None
            yield process, Emulator(address[1], http, VirtualClock())
        finally:
            process.kill()


def wait_for(emulator: Emulator, job: str, status: str) -> None:
    """Read the job until it has this status; the emulator's own test time-out bounds it."""
    while emulator.status(job) != status:
        pass


def test_a_killed_emulator_goes_on_where_it_was(azurite: str, tmp_path: Path) -> None:
    """An execution cut off by SIGKILL is run again under the same record, and the job ends well."""
    config = tmp_path / "config.json"
    config.write_text(CONFIG, encoding="utf-8")
    options = ("--state", str(tmp_path / "state"), "--config", str(config))
    with command(azurite, *options) as (process, emulator):
        job = emulator.submit()
        wait_for(emulator, job, "Executing")
        process.send_signal(signal.SIGKILL)
        process.wait()

    with command(azurite, *options) as (_, emulator):
        wait_for(emulator, job, "Succeeded")

        assert emulator.ledger(job) == ["jobCreated", "executionStarted", "executionResumed", "executionEnded"]
        assert emulator.http.get(emulator.job(job)["outputDataUri"]).json()["Results"]


@pytest.mark.parametrize(("options", "shown"), [((), True), (("--quiet",), False)])
def test_each_event_of_a_job_is_a_line(azurite: str, options: tuple[str, ...], *, shown: bool) -> None:
    """Whoever looks at its terminal sees jobs come, run and end, unless they asked for quiet."""
    with command(azurite, *options, stderr=subprocess.PIPE) as (process, emulator):
        job = emulator.submit()
        wait_for(emulator, job, "Succeeded")
        process.terminate()
        lines = process.communicate()[1].splitlines()

    events = [line.split()[1:] for line in lines if job in line]
    expected = ["jobCreated: queued", "executionStarted: executing", "executionEnded: succeeded"]
    assert events == ([[job, "quantinuum.sim.h2-1e", *words.split()] for words in expected] if shown else [])


def test_sigterm_ends_it_and_its_children(azurite: str) -> None:
    """SIGTERM ends the command with 0 and leaves no process behind."""
    with command(azurite) as (process, _):
        children = _children_of(process.pid)
        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=10) == 0
        assert children
        assert not any(Path(f"/proc/{child}").exists() for child in children)


def _children_of(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in text.split()]


def test_help_teaches() -> None:
    """`--help` shows the options, what a configuration can hold, and how to begin."""
    completed = subprocess.run(
        [sys.executable, "-m", "quantum_emulator", "--help"], capture_output=True, text=True, check=True
    )

    assert all(word in completed.stdout for word in ("--storage", "--state", "queueSeconds", "azurite"))


def test_a_wrong_configuration_stops_it_by_name(tmp_path: Path) -> None:
    """A setting that cannot be ends the command with 2, naming the setting."""
    config = tmp_path / "config.json"
    config.write_text('{"targets": {"ionq.simulator": {"queueSeconds": "long"}}}', encoding="utf-8")

    completed = subprocess.run(
        [sys.executable, "-m", "quantum_emulator", "--config", str(config)],
        capture_output=True,
        text=True,
        check=False,
        env={name: os.environ[name] for name in ("PATH", "PYTHONPATH")},
    )

    assert completed.returncode == 2
    assert "targets.ionq.simulator.queueSeconds must be float" in completed.stderr
