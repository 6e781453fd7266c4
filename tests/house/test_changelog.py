"""CHANGELOG.md keeps the form of Keep a Changelog, so that people and programs can read it."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.our_files import text_of

KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
RELEASE = re.compile(r"\[(?P<version>\d+\.\d+\.\d+)\] - (?P<date>\d{4}-\d{2}-\d{2})(?: \[YANKED\])?")
UNRELEASED = "# Changelog\n\n## [Unreleased]\n\n"


def test_the_changelog_keeps_its_form() -> None:
    """What is not released yet comes first, then releases, the latest first, each change under its kind."""
    assert list(faults_in(text_of(Path("CHANGELOG.md")))) == []


BROKEN = (
    "# History\n\n## [Unreleased]\n",
    "# Changelog\n\n## [1.0.0] - 2026-11-01\n\n### Added\n- This.\n",
    UNRELEASED + "### New\n- This.\n",
    UNRELEASED + "### Added\n",
    UNRELEASED + "- This.\n",
    UNRELEASED + "### Added\nThis.\n",
    UNRELEASED + "### Added\n- This.\n\n### Added\n- That.\n",
    UNRELEASED + "## 1.0.0\n",
    UNRELEASED + "## [1.0.0] - 2026-11-01\n### Added\n- A.\n\n## [1.1.0] - 2026-12-01\n### Added\n- B.\n",
)
RELEASED = UNRELEASED + "## [1.0.0] - 2026-11-01\n\n### Added\n- This,\n  at length.\n\n### Fixed\n- That.\n"


def test_a_broken_form_is_detected() -> None:
    """A wrong title, a missing heading, an unknown or empty kind, a change outside, releases in the wrong order."""
    assert [text for text in BROKEN if not list(faults_in(text))] == []
    assert list(faults_in(RELEASED)) == []


def faults_in(text: str) -> Iterator[str]:
    """Find where the text leaves the form."""
    title, *sections = re.split(r"^## ", text, flags=re.MULTILINE)
    if not title.startswith("# Changelog\n"):
        yield "the title is not Changelog"
    headings = [section.partition("\n")[0].strip() for section in sections]
    if headings[:1] != ["[Unreleased]"]:
        yield "the first section is not [Unreleased]"
    yield from faults_in_releases(headings[1:])
    for section in sections:
        yield from faults_in_section(section)


def faults_in_releases(headings: list[str]) -> Iterator[str]:
    """Find headings that name no release, and releases that do not get older."""
    matches = [RELEASE.fullmatch(heading) for heading in headings]
    yield from (f"no release: {heading}" for heading, match in zip(headings, matches, strict=True) if not match)
    releases = [([int(part) for part in match["version"].split(".")], match["date"]) for match in matches if match]
    if releases != sorted(releases, reverse=True):
        yield "the latest release does not come first"


def faults_in_section(section: str) -> Iterator[str]:
    """Find unknown, repeated and empty kinds of change, and changes that are no list items."""
    (heading, *kinds) = re.split(r"^### ", section, flags=re.MULTILINE)
    if heading.partition("\n")[2].strip():
        yield f"text without a kind: {heading.strip()}"
    names = [kind.partition("\n")[0].strip() for kind in kinds]
    if not set(names) <= KINDS or len(set(names)) < len(names):
        yield f"kinds of change: {names}"
    for kind in kinds:
        lines = [line for line in kind.splitlines()[1:] if line.strip()]
        if not lines or not lines[0].startswith("- ") or not all(line.startswith(("- ", "  ")) for line in lines):
            yield f"not a list: {kind}"
