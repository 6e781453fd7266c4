"""A second set-up does nothing, a changed lock file is noticed, and two set-ups wait for each other."""

import threading
from pathlib import Path

import pytest

from local.setup.__main__ import main
from local.setup.stamps import Stamp, is_locked, only_one


@pytest.fixture
def lock_file(tmp_path: Path) -> Path:
    """Give a lock file of one package."""
    file = tmp_path / "requirements-dev.txt"
    file.write_text("rich==15.0.0\n")
    return file


def test_a_stamp_holds_until_its_lock_file_changes(tmp_path: Path, lock_file: Path) -> None:
    """Set-up runs once for each state of the lock file."""
    stamp = Stamp(tmp_path / ".ready", [lock_file])
    stamp.write()
    held = stamp.holds()

    lock_file.write_text("rich==16.0.0\n")

    assert held
    assert not stamp.holds()


def test_a_folder_that_was_moved_is_set_up_anew(tmp_path: Path, lock_file: Path) -> None:
    """The scripts of a virtual environment name their folder, so its stamp is worth nothing elsewhere."""
    (tmp_path / "here").mkdir()
    Stamp(tmp_path / "here" / ".ready", [lock_file]).write()

    (tmp_path / "here").rename(tmp_path / "there")

    assert not Stamp(tmp_path / "there" / ".ready", [lock_file]).holds()


def test_work_in_progress_holds_no_stamp(tmp_path: Path, lock_file: Path) -> None:
    """An interrupted set-up is done again."""
    stamp = Stamp(tmp_path / ".ready", [lock_file])
    stamp.write()

    stamp.remove()

    assert not stamp.holds()


def test_the_folder_of_the_lock_is_private(tmp_path: Path) -> None:
    """The local stack keeps its keys there later."""
    with only_one(tmp_path / ".local" / "setup.lock"):
        assert oct((tmp_path / ".local").stat().st_mode & 0o777) == "0o700"


def test_a_folder_that_cannot_be_used_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """For example a file in its place: the line names it and the remedy."""
    (tmp_path / ".local").write_text("a file", encoding="utf-8")

    def make_ready() -> None:
        with only_one(tmp_path / ".local" / "setup.lock"):
            raise AssertionError("the lock has no place")

    monkeypatch.setattr("local.setup.__main__.make_ready", make_ready)

    code = main([])

    (line,) = capsys.readouterr().err.splitlines()
    assert code == 1
    assert line.startswith(f"set-up stopped: {tmp_path / '.local'} cannot be used (")
    assert "move it away" in line


def test_a_second_set_up_waits_for_the_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two at once would write the same folder; the second one says what it waits for."""
    order: list[str] = []
    file = tmp_path / ".local" / "setup.lock"

    def second() -> None:
        with only_one(file):
            order.append("second")

    with only_one(file):
        other = threading.Thread(target=second)
        other.start()
        other.join(0.2)
        order.append("first")
    other.join(10)

    assert order == ["first", "second"]
    assert "waiting" in capsys.readouterr().out


def test_a_lock_is_seen_only_while_it_is_held(tmp_path: Path) -> None:
    """What is left of a lock file says nothing."""
    file = tmp_path / "stack.lock"
    with only_one(file):
        during = is_locked(file)

    assert during
    assert not is_locked(file)
    assert not is_locked(tmp_path / "no such lock")
