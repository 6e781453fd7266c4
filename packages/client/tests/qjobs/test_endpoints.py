"""`qjobs endpoints`: what a local stack says of itself, for shells."""

import json
from pathlib import Path
from typing import Any

import pytest

LOCAL = {
    "api": "http://127.0.0.1:7071",
    "functionKey": "local-key",
    "storage": "AccountName=a;AccountKey=b==;",
    "workspace": {"endpoint": "http://127.0.0.1:7100/", "key": "w"},
    "pids": {"host": 1},
}


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    """The file of a local stack in the command's folder."""
    file = tmp_path / ".local" / "endpoints.json"
    file.parent.mkdir()
    file.write_text(json.dumps(LOCAL))
    return file


@pytest.mark.parametrize("name", ["api", "functionKey", "storage"])
@pytest.mark.usefixtures("stack")
def test_a_value_is_bare_text(qjobs: Any, name: str) -> None:
    """`$(qjobs endpoints …)` is the value and nothing else, whatever deployment the environment names."""
    done = qjobs("endpoints", name)

    assert (done.returncode, done.stdout, done.stderr) == (0, f"{LOCAL[name]}\n", "")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [([], LOCAL), (["--json"], LOCAL), (["workspace"], LOCAL["workspace"]), (["api", "--json"], LOCAL["api"])],
)
@pytest.mark.usefixtures("stack")
def test_what_is_no_single_value_is_json(qjobs: Any, arguments: list[str], expected: object) -> None:
    """Without a name all of it is printed as one document, and so is the workspace."""
    done = qjobs("endpoints", *arguments)

    assert done.returncode == 0
    assert json.loads(done.stdout) == expected


def test_without_a_local_stack_the_error_says_how_to_start_one(qjobs: Any) -> None:
    """A shell's variable stays empty, and the exit code is that of a missing deployment."""
    done = qjobs("endpoints", "storage")

    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "qjobs: no local stack runs in this folder or above\n  do:  start one with `make start`\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [("{", "cannot be read"), ("{}", "names no 'api'"), (json.dumps({"api": "http://h"}), "names no 'storage'")],
)
def test_a_broken_file_is_no_endpoint(qjobs: Any, stack: Path, content: str, message: str) -> None:
    """What the stack did not say is an error, not an empty line."""
    stack.write_text(content)

    done = qjobs("endpoints", "storage")

    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_an_unknown_name_is_refused_with_the_known_ones(qjobs: Any) -> None:
    """A slip of the pen is told before anything is looked for."""
    done = qjobs("endpoints", "storag")

    assert done.returncode == 2
    assert all(name in done.stderr for name in LOCAL.keys() - {"pids"})
