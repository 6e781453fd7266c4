"""Set-up shows uv where people keep a Python 3.13, and makes an environment only when its lock changed."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from local.setup import environments
from local.setup.environments import Environment, make_environment, search_path
from local.setup.tool_uv import Uv

TOOL = Environment(".local/tools/tool", "requirements-tool.txt", "a tool")
OURS = Environment(".venv", "requirements-tool.txt", "a tool", has_packages=True)


def a_python(file: Path) -> str:
    """Write a program that can be found."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("#!/bin/sh\n")
    file.chmod(0o755)
    return str(file)


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A checkout with a lock and a package, and the commands that set-up runs in it."""
    (tmp_path / "requirements-tool.txt").write_text("tool==1\n")
    (tmp_path / "packages" / "mine").mkdir(parents=True)
    (tmp_path / "packages" / "mine" / "pyproject.toml").write_text("[project]\n")
    commands: list[list[str]] = []

    def note(_: str, command: Sequence[str], environ: Any, __: Path) -> None:
        commands.append(list(command[1:]))
        a_python(Path(environ["VIRTUAL_ENV"]) / "bin" / "python")

    monkeypatch.setattr(environments, "run", note)
    monkeypatch.setattr(environments, "get_uv", lambda *_: Uv("uv", {}))
    return commands


def test_the_python_that_the_person_names_comes_first(tmp_path: Path) -> None:
    """$PYTHON wins over what is on PATH, and both over pyenv's folder."""
    named = a_python(tmp_path / "mine" / "python3.13")
    pyenv = a_python(tmp_path / "home" / ".pyenv" / "versions" / "3.13.0" / "bin" / "python3")

    places = search_path({"PATH": "/bin", "HOME": str(tmp_path / "home"), "PYTHON": named})

    assert places.split(os.pathsep) == [str(Path(named).parent), "/bin", str(Path(pyenv).parent)]


def test_of_several_pyenv_versions_the_newest_3_13_comes_first(tmp_path: Path) -> None:
    """The pinned packages were tested on 3.13; a free-threaded build is another thing, and an older one too old."""
    for version in ("3.9.18", "3.13.2", "3.13.10", "3.13.11t", "3.14.1"):
        a_python(tmp_path / "versions" / version / "bin" / "python3")

    _, *places = search_path({"PATH": "/bin", "PYENV_ROOT": str(tmp_path)}).split(os.pathsep)

    assert [Path(place).parent.name for place in places] == ["3.13.10", "3.13.2", "3.14.1"]


def test_a_variable_that_names_nothing_does_not_stop_set_up(tmp_path: Path) -> None:
    """Other tools use $PYTHON, too."""
    assert search_path({"PATH": "/bin", "HOME": str(tmp_path), "PYTHON": "no-such-python"}) == "/bin"


def test_an_environment_is_made_from_its_lock_once(tmp_path: Path, ran: list[list[str]]) -> None:
    """A second set-up does nothing until the lock changes."""
    make_environment(TOOL, {"PATH": "/bin"}, tmp_path)
    make_environment(TOOL, {"PATH": "/bin"}, tmp_path)
    before = [words[:2] for words in ran]
    (tmp_path / "requirements-tool.txt").write_text("tool==2\n")
    make_environment(TOOL, {"PATH": "/bin"}, tmp_path)

    assert before == [["venv", "--quiet"], ["pip", "sync"]]
    assert [words[:2] for words in ran] == before * 2


def test_our_packages_are_installed_so_that_they_can_be_edited(tmp_path: Path, ran: list[list[str]]) -> None:
    """With nothing looked up, and anew when one of them needs something else."""
    make_environment(OURS, {"PATH": "/bin"}, tmp_path)
    install = ran[-1]
    (tmp_path / "packages" / "mine" / "pyproject.toml").write_text("[project] # another\n")
    make_environment(OURS, {"PATH": "/bin"}, tmp_path)

    assert install[-2:] == ["--editable", str(tmp_path / "packages" / "mine")]
    assert {"--no-deps", "--no-build-isolation"} <= set(install)
    assert ran[3:] == ran[:3]


def test_the_environment_of_another_checkout_is_left_alone(tmp_path: Path, ran: list[list[str]]) -> None:
    """A link in the place of ours is replaced; what it leads to stays as it is."""
    theirs = tmp_path / "theirs" / "venv"
    a_python(theirs / "bin" / "python")
    (tmp_path / ".venv").symlink_to(theirs)

    make_environment(OURS, {"PATH": "/bin"}, tmp_path)

    assert ran
    assert not (tmp_path / ".venv").is_symlink()
    assert sorted(path.name for path in theirs.rglob("*")) == ["bin", "python"]
