"""docs/first-deployment.md: what no source settles stands there with source and date, and that it was not run."""

import re
from pathlib import Path

import pytest

from local.hooks.preflight import CHECKS
from quantumjobs.cli import signs

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "first-deployment.md").read_text()
SIGNS = re.findall(r"^### Sign (\d+): .*?(?=^### |\Z)", PAGE, re.MULTILINE | re.DOTALL)
SECTIONS = dict(zip(SIGNS, re.split(r"^### Sign \d+: ", PAGE, flags=re.MULTILINE)[1:], strict=True))


def test_signs_are_numbered_in_order() -> None:
    """Hooks and doctor name them by number."""
    assert list(SECTIONS) == [str(number) for number in range(1, len(SECTIONS) + 1)]


@pytest.mark.parametrize("number", range(1, 14))
def test_what_is_unsure_stands_on_the_page(number: int) -> None:
    """Each of the thirteen."""
    assert f"**U{number}**" in PAGE


@pytest.mark.parametrize("sign", SECTIONS)
def test_a_sign_has_its_source_and_date(sign: str) -> None:
    """And says that it was not run."""
    (source,) = re.findall(r"^Source: .*?\.$(?=\n\n|\Z|\n\Z)", SECTIONS[sign].strip(), re.MULTILINE | re.DOTALL)

    assert source.endswith("Not run in Azure.")
    assert re.search(r"20\d\d|REST reference", source)


def test_every_check_of_the_hook_has_a_row() -> None:
    """A reader finds the word that was printed."""
    rows = set(re.findall(r"^\| `([^`…]+?)(?: …)?` \|", SECTIONS["1"], re.MULTILINE))

    assert {name.rstrip("s") for name, _ in CHECKS} <= {row.rstrip("s") for row in rows}


def test_variables_that_it_names_are_read() -> None:
    """By the templates or by the hooks."""
    named = set(re.findall(r"`([A-Z]+_[A-Z_]+)(?:=\w+)?`", PAGE))
    read = (ROOT / "infra" / "main.parameters.json").read_text()
    read += "".join(path.read_text() for path in (ROOT / "local" / "hooks").glob("*.py"))
    read += (ROOT / "quantum" / "settings.py").read_text()

    assert {name for name in named if name not in read} == set()


def test_the_doctor_names_signs_that_are_there() -> None:
    """A reader who is sent there finds it, under the number that was said."""
    numbers = {value for name, value in vars(signs).items() if name.isupper() and name != "PAGE"}

    assert numbers <= set(SECTIONS)
    assert (ROOT / signs.PAGE).read_text() == PAGE


def test_hooks_name_signs_that_are_there() -> None:
    """In their remedies."""
    texts = "".join(path.read_text() for path in (ROOT / "local" / "hooks").glob("*.py"))

    assert set(re.findall(r"sign (\d+)", texts)) <= set(SECTIONS)
