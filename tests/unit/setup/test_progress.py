"""Set-up shows that it is at work: a line that changes on a terminal, a line every few seconds in a pipe."""

import io
import threading

import pytest

from local.setup.progress import CLEAR, Progress

PAUSE = 0.01
WAIT_SECONDS = 30


class Written(io.StringIO):
    """What is written, and an event for the third time that it tells of a step's time."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self.is_terminal = is_terminal
        self.seen = threading.Event()

    def isatty(self) -> bool:
        """Tell whether this stands for a terminal."""
        return self.is_terminal

    def write(self, text: str) -> int:
        """Keep the text."""
        size = super().write(text)
        if self.getvalue().count(" 0 s") >= 3:
            self.seen.set()
        return size


def test_in_a_pipe_every_look_at_a_long_step_is_a_line() -> None:
    """A log shows what takes long, without codes for terminals."""
    out = Written(is_terminal=False)
    progress = Progress(out, PAUSE, silent=0)

    with progress.step("installing Azurite"):
        assert out.seen.wait(WAIT_SECONDS)
    progress.say("done")

    *waiting, last = out.getvalue().splitlines()
    assert set(waiting) == {"set-up: still installing Azurite 0 s"}
    assert last == "set-up: done"


def test_on_a_terminal_one_line_changes_and_is_gone_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stays on the screen are the lines about what was done."""
    monkeypatch.setenv("COLUMNS", "200")
    out = Written(is_terminal=True)
    progress = Progress(out, PAUSE, silent=0)

    with progress.step("making .venv"), progress.step("installing Azurite"):
        assert out.seen.wait(WAIT_SECONDS)
        progress.say("halfway")

    written = out.getvalue()
    assert "making .venv 0 s, installing Azurite 0 s" in written
    assert f"{CLEAR}set-up: halfway\n" in written
    assert "\n" not in written.replace("set-up: halfway\n", "")
    assert written.endswith((CLEAR, "halfway\n"))


def test_a_line_is_no_wider_than_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that wrapped could not be changed in its place."""
    monkeypatch.setenv("COLUMNS", "40")
    out = Written(is_terminal=True)

    with Progress(out, PAUSE, silent=0).step("installing 0 s 0 s 0 s and much that has a long name"):
        assert out.seen.wait(WAIT_SECONDS)

    assert max(len(line) for line in out.getvalue().split(CLEAR)) == 39


def test_a_short_step_is_silent() -> None:
    """Nothing flickers over what is done in a moment."""
    out = Written(is_terminal=True)

    with Progress(out, PAUSE).step("looking"):
        pass

    assert out.getvalue() == ""
