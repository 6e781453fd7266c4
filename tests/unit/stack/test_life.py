"""A running stack shows its jobs: a line for each order, phase and end, from the log of its host."""

import asyncio
import io
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console
from rich.text import Text

from functions_host.logs import FORMAT
from local.stack import Stack
from local.stack.life import MOST_READ_AT_ONCE, Life, show_jobs, show_life
from quantum.telemetry import names as telemetry
from tests.support.builders import BELL, a_job

WAIT_SECONDS = 120
JOB = "1e1c13b9-8f1e-4a55-b6f0-0f5c4f6f9f21"
VIEW = {"name": "bell", "target": "ionq.simulator"}
FAILED = {**VIEW, "error": {"code": "InvalidInput", "message": "qubit 3 is not there\nand more"}}


def logged(second: float, event: str, job: str = JOB, **facts: str) -> str:
    """Give a line as the host writes it."""
    fields = " ".join(f"{name}={value}" for name, value in {telemetry.JOB_ID: job, **facts}.items())
    return f"2026-11-30 21:04:{second:06.3f} INFO quantumjobs: {event}: {fields}".replace(".", ",", 1)


def moved(second: float, phase: str, event: str = telemetry.JOB_MOVED, job: str = JOB) -> str:
    """Give a line about a job that came to a phase."""
    return logged(second, event, job, **{telemetry.PHASE: phase, telemetry.TARGET: "ionq.simulator"})


async def shown(lines: list[str], view: Mapping[str, Any] = VIEW) -> list[str]:
    """Show what these log lines tell, with all jobs looking the same to a reader."""

    async def read(_job_id: str) -> Mapping[str, Any]:
        return view

    return [line.plain async for line in Life(read).lines(lines)]


async def test_a_job_is_shown_from_its_order_to_its_end() -> None:
    """Time, short id, name, target and phase stand in columns; the end says how long it took."""
    log = [moved(1, "accepted", telemetry.ORDER_ACCEPTED), moved(2, "waiting"), moved(3.25, "succeeded")]

    lines = await shown(log)

    start = "1e1c13b9  bell                  ionq.simulator            "
    assert lines == [
        f"21:04:01  {start}accepted",
        f"21:04:02  {start}waiting",
        f"21:04:03  {start}succeeded in 2.2 s",
    ]


async def test_an_end_that_is_no_success_says_why() -> None:
    """The first line of the job's own error follows the phase."""
    lines = await shown([moved(1, "accepted", telemetry.ORDER_ACCEPTED), moved(2, "failed")], FAILED)

    assert lines[-1].endswith("failed in 1.0 s: qubit 3 is not there")


async def test_a_refused_order_is_shown_although_its_log_line_has_no_target() -> None:
    """What a log line does not hold is read from the job."""
    refused = logged(1, telemetry.ORDER_REFUSED, **{telemetry.OUTCOME: telemetry.REFUSED})

    lines = await shown([refused], FAILED)

    assert lines == [
        "21:04:01  1e1c13b9  bell                  ionq.simulator            rejected: qubit 3 is not there"
    ]


async def test_a_step_that_is_tried_again_is_shown_once() -> None:
    """A phase that is recorded twice is one line."""
    assert (
        len(await shown([moved(1, "waiting"), moved(2, "waiting"), moved(3, "succeeded"), moved(4, "succeeded")])) == 2
    )


async def test_a_long_name_is_shortened_with_an_ellipsis_and_cannot_steer_a_terminal() -> None:
    """A caller's text is shown, not obeyed; ids, targets and phases are whole."""
    (line,) = await shown([moved(1, "waiting")], {"name": "\x1b[31m" + "sweep-" * 9})

    assert "\x1b" not in line
    assert "…  ionq.simulator" in line
    assert len(line) == len("21:04:01  1e1c13b9  ") + 20 + 2 + 24 + 2 + len("waiting")


async def test_a_flood_of_orders_is_not_answered_with_a_flood_of_reads() -> None:
    """All jobs are shown; beyond a number of them without their names."""
    reads: list[str] = []

    async def read(job_id: str) -> Mapping[str, Any]:
        reads.append(job_id)
        return VIEW

    log = [moved(1, "accepted", telemetry.ORDER_ACCEPTED, f"job-{number}") for number in range(100)]
    lines = [line async for line in Life(read).lines(log)]

    assert (len(lines), len(reads)) == (100, MOST_READ_AT_ONCE)


@pytest.mark.parametrize("line", ["", "2026-11-30 21:04:01,000 INFO shop: job moved: job.id=1", "Traceback", "a=b"])
async def test_other_lines_are_passed_over(line: str) -> None:
    """Other loggers may write what they like."""
    assert await shown([line]) == []


async def test_the_app_s_own_log_lines_are_understood(caplog: pytest.LogCaptureFixture) -> None:
    """What the app writes, in the form in which the host writes it, is a line here."""
    caplog.handler.setFormatter(logging.Formatter(FORMAT))
    with caplog.at_level("INFO"):
        telemetry.log_event(telemetry.JOB_MOVED, telemetry.about(a_job()))

    (line,) = await shown(caplog.text.splitlines())

    assert a_job().id[:8] in line
    assert a_job().phase in line


@pytest.mark.parametrize(("is_terminal", "coloured"), [(True, True), (False, False)])
async def test_colour_is_for_terminals(*, is_terminal: bool, coloured: bool) -> None:
    """A pipe gets the words alone."""
    written = io.StringIO()
    console = Console(file=written, force_terminal=is_terminal, color_system="standard" if is_terminal else None)

    async def read(_job_id: str) -> Mapping[str, Any]:
        return VIEW

    async for line in Life(read).lines([moved(1, "succeeded")]):
        console.print(line, soft_wrap=True)

    assert ("\x1b[32m" in written.getvalue()) is coloured


async def test_a_real_stack_shows_a_job_from_its_order_to_its_end(tmp_path: Path) -> None:
    """What is said of a job by the host and by the emulator, as they are started here."""
    order = {"name": "bell", "target": "ionq.simulator", "shots": 10, "input": {"format": "openqasm3", "text": BELL}}
    seen: list[str] = []
    emulated: list[str] = []
    ended = asyncio.Event()

    def show(line: Text) -> None:
        seen.append(line.plain)
        if "succeeded" in line.plain:
            ended.set()

    async with Stack(tmp_path) as stack, asyncio.TaskGroup() as showing:
        tasks = [
            showing.create_task(show_life(stack.log("host"), stack.endpoints, show)),
            showing.create_task(show_jobs(stack.log("emulator"), emulated.append)),
        ]
        headers = {"x-functions-key": stack.endpoints.function_key}
        async with httpx.AsyncClient(base_url=stack.endpoints.api, headers=headers, trust_env=False) as api:
            job = (await api.post("/api/jobs", json=order)).json()["id"]
        async with asyncio.timeout(WAIT_SECONDS):
            await ended.wait()
        for task in tasks:
            task.cancel()

    assert seen[0].split()[1:] == [job[:8], "bell", "ionq.simulator", "accepted"]
    assert seen[-1].split()[1:6] == [job[:8], "bell", "ionq.simulator", "succeeded", "in"]
    assert [line.split()[2:] for line in emulated][-1] == ["ionq.simulator", "executionEnded:", "succeeded"]
