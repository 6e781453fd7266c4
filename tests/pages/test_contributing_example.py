"""The example of CONTRIBUTING is a change that works: a line in a table, one consumer, one test."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHECK = """
from quantum.contract.kinds import Limits
from quantum.contract.openapi import openapi
from quantum.contract.orders import Order
from quantum.jobs.errors import InvalidOrderError
from quantum.orders.read import parse_order
from quantum.service.answers import job_view
from tests.support.builders import a_job, an_order, an_order_body

schemas = openapi((), Limits())["components"]["schemas"]
assert schemas["Order"]["properties"]["seed"]["maximum"] == 2**31
assert "seed" in schemas["JobView"]["properties"]
assert job_view(a_job(an_order(seed=7)))["seed"] == 7
try:
    parse_order(an_order_body(seed="x"), Limits())
except InvalidOrderError as error:
    assert error.faults[0].reason == "must be a number from 0 to 2,147,483,648, chosen by you"
else:
    raise AssertionError
"""


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """A copy of the code with the change that the page shows."""
    for name in ("quantum", "orchestrators", "tests"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (diff,) = re.findall(r"^```diff\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert_succeeds(tmp_path, ["git", "apply", "-"], diff)
    return tmp_path


def test_the_example_of_a_new_field_works(changed: Path) -> None:
    """The field is validated, described, shown and used, and the test that comes with it passes."""
    assert_succeeds(changed, [sys.executable, "-c", CHECK])
    assert_succeeds(
        changed, [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/unit/quantum/test_seed.py"]
    )


def assert_succeeds(folder: Path, command: list[str], text: str = "") -> None:
    """Run a command in the copy alone, which has to succeed."""
    done = subprocess.run(command, cwd=folder, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
