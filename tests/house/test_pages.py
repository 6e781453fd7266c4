"""What the pages say is there: files that they name, addresses inside the repository, and commands."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.our_files import ROOT, faults_of, our_files, text_of

PAGES = [path for path in our_files() if path.suffix == ".md"]
FILE = re.compile(r"`([\w.-]+(?:/[\w.-]+)+\.(?:py|md|toml|json|txt|qasm|qs|sh))`")
MADE = {".local/endpoints.json"}  # on a reader's machine, not here


def test_pages_point_at_what_is_there() -> None:
    """Links and names of files lead somewhere, and every `make` command exists."""
    assert faults_of(PAGES, lambda page: dead_links(page, text_of(page))) == []
    assert faults_of(PAGES, lambda page: missing_files(page, text_of(page))) == []
    assert faults_of(PAGES, lambda page: commands_in(text_of(page)) - make_targets()) == []


def test_every_command_is_explained() -> None:
    """README or CONTRIBUTING tells of each `make` command that people type."""
    commands = commands_in(text_of(Path("README.md")) + text_of(Path("CONTRIBUTING.md")))

    assert {"demo", "start", "test", "check"} <= commands


def test_what_leads_nowhere_is_found() -> None:
    """A dead link, a dead anchor, a file that was renamed and a command that is gone are all found."""
    page, text = Path("docs/page.md"), "# A page\n[a](gone.md) [b](#gone) `quantum/gone.py`, `make tea`"

    assert list(dead_links(page, text)) == ["gone.md", "#gone"]
    assert list(missing_files(page, text)) == ["quantum/gone.py"]
    assert commands_in(text) == {"tea"}
    assert "tea" not in make_targets()


def test_what_leads_somewhere_is_let_be() -> None:
    """Links to the page's own headings, to files and folders, and outside are right."""
    text = "# A page\n[a](#a-page) [b](architecture.md) [c](decisions/) [d](https://x.example) `quantum/jobs/model.py`"

    assert list(dead_links(Path("docs/page.md"), text)) == []
    assert list(missing_files(Path("docs/page.md"), text)) == []


def dead_links(page: Path, text: str) -> Iterator[str]:
    """Find links of a page that lead nowhere in this repository."""
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        file, _, anchor = link.partition("#")
        target = ROOT / page.parent / file
        if "://" in link or link.startswith("mailto:"):
            continue
        if (file and not target.exists()) or (
            anchor and anchor not in anchors_in(target.read_text() if file else text)
        ):
            yield link


def anchors_in(text: str) -> set[str]:
    """Name the anchors that headings get where pages are shown."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def missing_files(page: Path, text: str) -> Iterator[str]:
    """Find files that a page names with their folder, and that are not there, seen from the root or from the page."""
    for name in FILE.findall(text):
        if name not in MADE and not (ROOT / name).exists() and not (ROOT / page.parent / name).exists():
            yield name


def commands_in(text: str) -> set[str]:
    """Find the `make` commands of a page: in backticks, or at the beginning of a line."""
    return set(re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE))


def make_targets() -> set[str]:
    """Read the names of the Makefile's targets."""
    return set(re.findall(r"^([a-z]+):", text_of(Path("Makefile")), re.MULTILINE))
