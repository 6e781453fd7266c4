"""The demo's output is lines in a pipe, with counts drawn as bars."""

from io import StringIO

from rich.console import Console

from local.demo.display import Display
from local.demo.samples import SAMPLES


def test_in_a_pipe_each_change_of_phase_is_one_line() -> None:
    """A log of the demo reads from top to bottom, without escape codes."""
    written = StringIO()
    display = Display(Console(file=written))

    with display.following():
        display.ordered("bell")
        for phase in ("accepted", "accepted", "waiting", "succeeded"):
            display.phase("bell", phase)

    assert [line.split(" s  ")[1] for line in written.getvalue().splitlines()] == [
        "bell: accepted",
        "bell: waiting",
        "bell: succeeded",
    ]
    assert "\x1b" not in written.getvalue()


def test_a_job_s_time_counts_from_its_order() -> None:
    """How long the stack took to start, or the job before it, is no part of it."""
    clock = iter([100.0, 100.5, 100.5, 140.0, 141.25, 141.25])
    written = StringIO()
    display = Display(Console(file=written), clock.__next__)

    for name in ("bell", "ghz"):
        display.ordered(name)
        display.phase(name, "accepted")

    assert written.getvalue().splitlines() == ["    0.5 s  bell: accepted", "    1.2 s  ghz: accepted"]


def test_an_answer_shows_its_type_and_its_counts() -> None:
    """What came from the queue is seen as it came, with every outcome."""
    written = StringIO()
    result = {"id": "job-1", "target": "t", "shots": 1000, "counts": {"00": 497, "11": 503}}
    answer = {"type": "quantumjobs.job.succeeded", "subject": "job-1", "data": {"result": result}}

    Display(Console(file=written, width=100)).answer(SAMPLES[0], answer)

    shown = written.getvalue()
    assert "quantumjobs.job.succeeded  job-1" in shown
    assert [part for part in ("00", "497", "49.7%", "11", "503", "50.3%") if part not in shown] == []
