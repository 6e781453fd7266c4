"""State that cannot be used ends the start with one line, which names the file and the remedy."""

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from functions_host.journal import Journal

APP = "import azure.functions as func\napp = func.FunctionApp()\n"
KEYS = {"function": "f", "master": "m", "system": "s"}


def started(folder: Path, state: Path, limit: Callable[[], None] | None = None) -> "subprocess.CompletedProcess[str]":
    """Try to serve an app without functions on a state."""
    (folder / "function_app.py").write_text(APP, encoding="utf-8")
    command = [sys.executable, "-m", "functions_host", "run", str(folder), "--port", "0", "--state", str(state)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, preexec_fn=limit)


def without_disk() -> None:
    """Let no file grow, as on a full disk, for one process."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def is_no_database(path: Path) -> None:
    """Write something else in the place of a database."""
    path.write_text("no database " * 1000, encoding="utf-8")


def cut_off(path: Path) -> None:
    """Keep only the beginning of a database."""
    with Journal(path):
        pass
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def is_folder(path: Path) -> None:
    """Make a folder in the place of a file."""
    path.mkdir()


def is_file(path: Path) -> None:
    """Write a file in the place of a folder."""
    path.rmdir()
    path.write_text("", encoding="utf-8")


def lacks_a_key(path: Path) -> None:
    """Write keys of which one is missing."""
    path.write_text(json.dumps({"function": "f", "master": "m"}), encoding="utf-8")


DAMAGES = [
    ("journal.sqlite", is_no_database),
    ("journal.sqlite", cut_off),
    ("journal.sqlite", is_folder),
    ("journal.sqlite.lock", is_folder),
    ("keys.json", is_no_database),
    ("keys.json", is_folder),
    ("keys.json", lacks_a_key),
    ("", is_file),
]


@pytest.mark.parametrize(("name", "damage"), DAMAGES)
def test_damage_is_one_line_with_the_place_and_the_way_out(
    tmp_path: Path, name: str, damage: Callable[[Path], None]
) -> None:
    """Nobody has to read a traceback to learn which file to move away."""
    state = tmp_path / "state"
    state.mkdir()
    damage(state / name if name else state)

    ended = started(tmp_path, state)

    (line,) = ended.stderr.splitlines()
    assert ended.returncode == 1
    assert f"{state / name if name else state} cannot be used (" in line
    assert "move" in line


def test_a_full_disk_is_one_line_too(tmp_path: Path) -> None:
    """The line says that the disk is full, and where."""
    state = tmp_path / "state"
    state.mkdir()
    (state / "keys.json").write_text(json.dumps(KEYS), encoding="utf-8")

    ended = started(tmp_path, state, without_disk)

    (line,) = ended.stderr.splitlines()
    assert ended.returncode == 1
    assert f"{state / 'journal.sqlite'} cannot be used" in line
    assert "make room on the disk" in line


def test_the_state_is_private(tmp_path: Path) -> None:
    """Keys and the inputs of jobs are in it: every folder that is made on the way is for its owner alone."""
    with Journal(tmp_path / ".local" / "host" / "journal.sqlite"):
        folders = [tmp_path / ".local", tmp_path / ".local" / "host"]

        assert [oct(folder.stat().st_mode & 0o777) for folder in folders] == ["0o700", "0o700"]
