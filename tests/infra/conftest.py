"""The templates, parsed and scanned once in an environment of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.infra.templates import ROOT, Read, Templates

READERS = Path(__file__).parent


@pytest.fixture(scope="session")
def read() -> Read:
    """Have the other environment read the templates; where it cannot be installed, say so and skip."""
    completed = subprocess.run(
        [sys.executable, "-m", "local.setup", "infra"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if completed.returncode and os.environ.get("CI"):
        pytest.fail(completed.stdout + completed.stderr)
    if completed.returncode:
        pytest.skip(f"checkov and pycep-parser cannot be installed here: {completed.stderr.strip()}")
    python = ROOT / ".local" / "tools" / "infra" / "bin" / "python"

    def run(what: str, root: Path = ROOT) -> dict[str, Any]:
        command = [str(python), str(READERS / f"{what}_infra.py"), str(root)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    return run


@pytest.fixture(scope="session")
def parsed(read: Read) -> dict[str, Any]:
    """Every Bicep and YAML file of the deployment, as its parser gives it, and those that it could not read."""
    return read("parse")


@pytest.fixture(scope="session")
def templates(parsed: dict[str, Any]) -> Templates:
    """The Bicep files."""
    assert parsed["broken"] == {}
    return Templates({name: tree for name, tree in parsed["parsed"].items() if name.endswith(".bicep")})


@pytest.fixture(scope="session")
def documents(parsed: dict[str, Any]) -> dict[str, Any]:
    """The YAML files."""
    assert parsed["broken"] == {}
    return {name: tree for name, tree in parsed["parsed"].items() if not name.endswith(".bicep")}
