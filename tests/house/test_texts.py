"""Nothing is committed that is somebody's own: no secret, no path of a machine, no registry, no large file."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.our_files import ROOT, faults_of, our_files

LARGEST = 2 * 1024 * 1024
AZURITE_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="  # public
FORBIDDEN = {
    "a package registry's host": r"\b(?:pypi|pythonhosted|npmjs|yarnpkg|anaconda|crates|rubygems)\.(?:org|com|io)\b",
    "an index in place of the reader's own": r"--(?:extra-)?index-url|--registry[ =]http",
    "a path of one machine": r"(?<![\w.})\]])/(?:(?:work|root|Users)/|home/(?!ada\b))\w+|\b[A-Z]:\\Users\\",
    "an account key": r"AccountKey=(?!\s*Eby8vdM02)[A-Za-z0-9+/]{40,}|(?<![\w+/])[A-Za-z0-9+/]{86}==(?![\w=])",
    "a shared access signature": r"[?&]sig=[A-Za-z0-9%+/]{20,}",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY",
    "a token": r"\b(?:gh[pousr]_\w{30,}|xox[bp]-\w{10,}|AKIA[0-9A-Z]{16}|eyJ[\w-]{20,}\.[\w-]{20,}\.)",
    "work put off": r"\b(?:TO[D]O|FIX[M]E|XX[X])\b",
}


LEAKS = (
    ("a package registry's host", "https://files.python" + "hosted.org/packages"),
    ("a package registry's host", "registry.npm" + "js.org"),
    ("an index in place of the reader's own", "pip install --index" + "-url http://mirror"),
    ("a path of one machine", "see /ro" + "ot/notes.txt"),
    ("a path of one machine", "cd /ho" + "me/bob/app"),
    ("an account key", "AccountKey=" + "A1b2" * 21 + "=="),
    ("an account key", "key = '" + "A1b2" * 21 + "Zz==' "),
    ("a shared access signature", "http://x/y?sv=1&sig" + "=" + "Ab1%" * 6),
    ("a private key", "-----BEGIN RSA PRIVATE" + " KEY-----"),
    ("a token", "gh" + "p_" + "a1" * 18),
    ("work put off", "# TO" + "DO: later"),
)


def test_no_file_holds_anything_private() -> None:
    """What is committed can be read by anybody and works for everybody."""
    assert faults_of(our_files(), faults_in_file) == []


def test_each_leak_is_detected() -> None:
    """Each pattern finds its own kind; Azurite's account is the same everywhere, and no secret."""
    detected = [(fault.partition(":")[0], text) for _, text in LEAKS for fault in faults_in(text)]

    assert detected == list(LEAKS)
    assert list(faults_in(f"AccountKey={AZURITE_KEY};")) == []


def faults_in_file(path: Path) -> Iterator[str]:
    """Find what must not be committed in a file, or that the file is too large."""
    if (ROOT / path).stat().st_size > LARGEST:
        yield "too large"
    yield from faults_in(readable(path))


def readable(path: Path) -> str:
    """Read a file as text; npm's integrity hashes, which look like keys, left out."""
    text = (ROOT / path).read_bytes().decode(errors="replace")
    return re.sub(r'"integrity": "[^"]*"', "", text) if path.name == "package-lock.json" else text


def faults_in(text: str) -> Iterator[str]:
    """Find what must not be committed, with the line; the text itself is not repeated."""
    text = text.replace(AZURITE_KEY, "")
    for kind, pattern in FORBIDDEN.items():
        for match in re.finditer(pattern, text):
            yield f"{kind}: line {text.count('\n', 0, match.start()) + 1}"
