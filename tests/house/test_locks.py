"""Everything that is installed is pinned by version and hash, and comes from the reader's own registry."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.house.our_files import faults_of, our_files, text_of

LOCKS = [path for path in our_files() if path.suffix == ".txt" and path.name.startswith("requirements")]
PINNED = re.compile(r"(?P<name>[a-z0-9][a-z0-9._-]*)(?:\[[a-z0-9,-]+\])?==(?P<version>[^\s;]+)(?: ?;[^\\]+)?")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
DIFFERENT = {"cryptography": "azure-quantum, a witness that is not deployed, takes no later one than 46.0.3"}
NOT_DEPLOYED = {"azure-quantum", "azure-functions-worker", "qiskit", "numpy", "pytest", "starlette", "uvicorn", "httpx"}


def test_requirements_are_pinned_by_hash() -> None:
    """A package that was changed after it was chosen is not installed."""
    assert LOCKS
    assert faults_of(LOCKS, lambda path: unpinned(text_of(path))) == []


def test_what_is_tested_is_what_is_deployed() -> None:
    """The development environment has the deployed packages in the same versions."""
    deployed = versions(text_of(Path("requirements.txt")))
    development = versions(text_of(Path("requirements-dev.txt")))

    assert deployed
    assert {name for name in deployed if deployed[name] != development.get(name)} == DIFFERENT.keys()


def test_what_is_deployed_is_small() -> None:
    """No simulator, no test tool and no second worker goes to Azure."""
    assert versions(text_of(Path("requirements.txt"))).keys() & NOT_DEPLOYED == set()


def test_npm_packages_are_pinned_by_hash() -> None:
    """The lock names no registry, and every package has its hash."""
    assert list(loose_packages(json.loads(text_of(Path("package-lock.json"))))) == []


LOOSE = (
    "httpx==1.0\n",
    "httpx>=1.0 \\\n    --hash=sha256:" + "a" * 64,
    "httpx==1.0 \\\n    --hash=md5:" + "a" * 32,
    "--index" + "-url https://mirror.example\nhttpx==1.0 \\\n    --hash=sha256:" + "a" * 64,
    "httpx @ https://mirror.example/httpx.whl \\\n    --hash=sha256:" + "a" * 64,
)
LOOSE_NPM = (
    {"version": "1.0.0"},
    {"integrity": "sha512-x"},
    {"version": "1.0.0", "integrity": "sha512-x", "resolved": "x"},
)


def test_what_is_loose_is_detected() -> None:
    """No hash, no exact version, a weak hash, an index or an address of its own: none is pinned, of pip and of npm."""
    assert [text for text in LOOSE if not list(unpinned(text))] == []
    assert [
        each for each in LOOSE_NPM if not list(loose_packages({"packages": {"": {}, "node_modules/x": each}}))
    ] == []


def requirements(text: str) -> Iterator[tuple[str, list[str]]]:
    """Split a requirements file into requirements, each with its options."""
    for line in text.replace("\\\n", " ").splitlines():
        head, *options = re.split(r"\s+(?=--)", line.strip())
        if head and not head.startswith("#"):
            yield head, options


def unpinned(text: str) -> Iterator[str]:
    """Find requirements without an exact version and good hashes."""
    for head, options in requirements(text):
        if not PINNED.fullmatch(head) or not options or not all(map(HASH.fullmatch, options)):
            yield head


def versions(text: str) -> dict[str, str]:
    """Read the version of each package in a requirements file."""
    matches = (PINNED.fullmatch(head) for head, _ in requirements(text))
    return {match["name"]: match["version"] for match in matches if match}


def loose_packages(lock: dict[str, Any]) -> Iterator[str]:
    """Find packages of an npm lock that have no version or hash, or an address."""
    for name, package in lock["packages"].items():
        if name and (not package.get("version") or not package.get("integrity") or "resolved" in package):
            yield name
