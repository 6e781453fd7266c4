"""The verdict on a run of tests: only what is marked as flaky gets a second try, and the verdict names it."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from local import checks
from local.setup.checkout import ROOT

SECOND_TIME = '''
import pathlib
import pytest

pytestmark = [{marks}]


def test_it():
    """Pass the second time."""
    seen = pathlib.Path(__file__).with_suffix(".seen")
    if not seen.exists():
        seen.touch()
        raise AssertionError
'''


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder inside the checkout, for conftest.py to hold, that git ignores."""
    (ROOT / "dist").mkdir(exist_ok=True)
    with TemporaryDirectory(dir=ROOT / "dist") as name:
        yield Path(name)


def verdict_on(folder: Path, marks: str) -> str:
    """Judge a test that passes the second time alone."""
    file = folder / "test_second.py"
    file.write_text(SECOND_TIME.format(marks=marks), encoding="utf-8")
    return checks.verdict("tests", ["pytest", "-p", "no:cacheprovider", "-n", "1", str(file)])


def test_a_flaky_test_is_tried_twice_and_named(folder: Path) -> None:
    """The verdict counts it, so that nobody takes it for sound."""
    verdict = verdict_on(folder, "pytest.mark.flaky(reason='races with the clock')")

    assert verdict.startswith("ok (1 flaky on the second try: ")
    assert "test_second.py::test_it" in verdict


def test_any_other_test_is_tried_once(folder: Path) -> None:
    """What fails fails, though it would pass if it were tried again."""
    assert verdict_on(folder, marks="") == "FAILED"


def test_what_is_left_to_chaos_is_said(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A test that takes minutes is skipped with its reason."""
    verdict = verdict_on(folder, "pytest.mark.chaos(reason='orders by the hundred')")

    assert verdict == "ok"
    assert "left to `make chaos`: orders by the hundred" in capfd.readouterr().out
