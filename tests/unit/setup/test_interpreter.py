"""Set-up finds a Python 3.13 wherever people keep one, and says what to install where there is none."""

import os
from pathlib import Path

import pytest

from local.setup.interpreter import find_interpreter


def a_python(file: Path, version: str, *, starts: bool = True) -> str:
    """Write a program that answers as an interpreter of this version does, or fails as a pyenv shim does."""
    file.parent.mkdir(parents=True, exist_ok=True)
    answer = f"echo {version.replace('.', ' ')} {file}" if starts else "echo 'command not found' >&2; exit 127"
    file.write_text(f"#!/bin/sh\n{answer}\n")
    file.chmod(0o755)
    return str(file)


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """Return the environment of a machine that has an old Python on PATH and nothing else."""
    a_python(tmp_path / "bin" / "python3", "3.11")
    return {"PATH": f"{tmp_path / 'bin'}{os.pathsep}/bin", "HOME": str(tmp_path / "home")}


def test_an_old_python_alone_is_not_enough(machine: dict[str, str]) -> None:
    """Python 3.11 cannot run the app, so nothing is found."""
    found = find_interpreter(machine)

    assert found is None


def test_the_python_that_the_person_names_comes_first(machine: dict[str, str], tmp_path: Path) -> None:
    """$PYTHON wins over what is on PATH."""
    a_python(tmp_path / "bin" / "python3.13", "3.13")
    named = a_python(tmp_path / "mine" / "python", "3.14")

    found = find_interpreter({**machine, "PYTHON": named})

    assert found == named


def test_a_named_python_that_is_too_old_is_passed_over(machine: dict[str, str], tmp_path: Path) -> None:
    """A variable that other tools use, too, does not stop set-up."""
    good = a_python(tmp_path / "bin" / "python3.13", "3.13")

    found = find_interpreter({**machine, "PYTHON": "python3"})

    assert found == good


def test_python3_serves_where_it_is_new_enough(machine: dict[str, str], tmp_path: Path) -> None:
    """Not every machine has the versioned name."""
    good = a_python(tmp_path / "bin" / "python3", "3.14")

    found = find_interpreter(machine)

    assert found == good


def test_a_shim_that_does_not_start_leads_to_the_pyenv_folder(machine: dict[str, str], tmp_path: Path) -> None:
    """A `python3.13` that only says where Python is is not taken for one."""
    a_python(tmp_path / "bin" / "python3.13", "3.13", starts=False)
    good = a_python(tmp_path / "home" / ".pyenv" / "versions" / "3.13.0" / "bin" / "python3", "3.13")

    found = find_interpreter(machine)

    assert found == good


def test_of_several_pyenv_versions_the_newest_3_13_is_taken(machine: dict[str, str], tmp_path: Path) -> None:
    """The pinned packages were tested on 3.13; a free-threaded build is another thing."""
    versions = tmp_path / "pyenv" / "versions"
    for version in ("3.9.18", "3.13.2", "3.13.10", "3.13.11t", "3.14.1"):
        a_python(versions / version / "bin" / "python3", ".".join(version.split(".")[:2]))

    found = find_interpreter({**machine, "PYENV_ROOT": str(tmp_path / "pyenv")})

    assert found == str(versions / "3.13.10" / "bin" / "python3")
