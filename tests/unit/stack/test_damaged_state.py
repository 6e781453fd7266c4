"""State that cannot be used ends a command with a line that names the file and the remedy."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from local.setup.checkout import ROOT
from local.stack import supervisor_lock
from local.stack.__main__ import main
from local.stack.errors import PartFailedError
from local.stack.ports_and_keys import load_or_choose
from quantum_emulator.store import Store

KEPT = "kept by somebody else " * 500


def is_text(path: Path) -> None:
    """Write a text in the place of what was kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(KEPT, encoding="utf-8")


def is_folder(path: Path) -> None:
    """Make a folder in the place of a file."""
    path.mkdir(parents=True)


def has_keys_that_are_no_texts(path: Path) -> None:
    """Write a key as a number."""
    path.write_text(json.dumps({"functionKey": 7}), encoding="utf-8")


def has_ports_that_are_no_numbers(path: Path) -> None:
    """Write a port that nobody can listen to."""
    path.write_text(json.dumps({"ports": {"host": 70_000}}), encoding="utf-8")


def is_cut_off(path: Path) -> None:
    """Keep the first half of a database."""
    Store(path.parent).close()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("stack.json", is_text),
        ("stack.json", is_folder),
        ("stack.json", has_keys_that_are_no_texts),
        ("stack.json", has_ports_that_are_no_numbers),
        ("stack.lock", is_folder),
        ("parts.lock", is_folder),
        ("logs", is_text),
    ],
)
def test_a_stack_that_cannot_use_its_folder_says_so_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, damage: Callable[[Path], None]
) -> None:
    """The place that is damaged, what is wrong with it, and what to do: no traceback."""
    damage(tmp_path / name)

    code = main(["emulator", "--state", str(tmp_path)])

    (line,) = capsys.readouterr().err.splitlines()
    assert code == 1
    assert line.startswith(f"{tmp_path / name} cannot be used (")
    assert "move it away" in line


def test_a_file_in_the_place_of_the_folder_is_told_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The folder itself may be what is wrong."""
    is_text(tmp_path / "state")

    code = main(["emulator", "--state", str(tmp_path / "state")])

    (line,) = capsys.readouterr().err.splitlines()
    assert (code, line.partition(" (")[0]) == (1, f"{tmp_path / 'state'} cannot be used")


@pytest.mark.parametrize(
    ("name", "damage"),
    [("workspace.db", is_text), ("workspace.db", is_folder), ("workspace.db", is_cut_off), ("", is_text)],
)
def test_an_emulator_that_cannot_use_its_folder_says_so_in_one_line(
    tmp_path: Path, name: str, damage: Callable[[Path], None]
) -> None:
    """Before it serves anything."""
    state = tmp_path / "state"
    damage(state / name if name else state)

    line = only_line_of("quantum_emulator", state)

    assert f"{state / 'workspace.db'} cannot be used (" in line
    assert "move it away" in line


@pytest.mark.parametrize("name", ["secrets.json", "ca.pem"])
def test_a_vault_that_cannot_use_its_folder_says_so_in_one_line(tmp_path: Path, name: str) -> None:
    """A certificate and secrets are kept; either can be damaged."""
    for each in {name, "key.pem"}:
        is_text(tmp_path / each)

    line = only_line_of("quantum_emulator.vault", tmp_path)

    assert str(tmp_path if name == "ca.pem" else tmp_path / name) in line
    assert "move it away" in line


def only_line_of(module: str, state: Path) -> str:
    """Run a command that must end with an error, and give the one line that it says."""
    directory = {"tenantId": "t", "tokenKey": "k", "principals": []}
    ended = subprocess.run(
        [sys.executable, "-m", module, "--port", "0", "--state", str(state)],
        cwd=ROOT,
        env={"VAULT_DIRECTORY": json.dumps(directory), "AzureWebJobsStorage": "UseDevelopmentStorage=true"}
        | {"PYTHONPATH": os.environ["PYTHONPATH"]},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    (line,) = ended.stderr.splitlines()
    assert ended.returncode == 2
    return line


def test_what_a_part_says_and_what_it_leaves_unsaid_are_told() -> None:
    """One line where the part said one; a program of others is helped out."""
    assert str(PartFailedError("host", 1, "no")) == "host ended with exit code 1 before it was ready: no"
    assert str(PartFailedError("azurite", 1, "a\nb", "Move it.")).splitlines()[1:] == ["a", "b", "Move it."]


def test_the_checkouts_own_state_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that was made for all to read is closed; keys are kept in it."""
    ours = tmp_path / ".local"
    ours.mkdir(mode=0o755)
    monkeypatch.setattr(supervisor_lock, "OUR_STATE", ours)

    with supervisor_lock.locked(ours / "emulator-alone"):
        load_or_choose(ours / "emulator-alone" / "stack.json")

    assert [oct(folder.stat().st_mode & 0o777) for folder in (ours, ours / "emulator-alone")] == ["0o700", "0o700"]
