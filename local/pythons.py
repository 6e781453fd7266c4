"""`python -m local.pythons [VERSION…]`: the client's tests on each Python that it takes and this machine has."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from local.setup.checkout import ROOT

CLIENT = ROOT / "packages" / "client"
VERSIONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
NEEDS = ("pytest>=9", "pytest-asyncio", "uvicorn", "starlette", "pandas", "matplotlib")
UV = (sys.executable, "-m", "uv")
TESTS = ["-c", "tests/any_python.ini", "--confcutdir=.", "-p", "no:cacheprovider", "-q", "tests"]


def main(versions: list[str]) -> int:
    """Run the tests on each version in turn, say which are left out, and return 1 if some failed."""
    verdicts = {version: verdict(version) for version in versions or VERSIONS}
    print("\n" + "\n".join(f"{version:<5} {outcome}" for version, outcome in verdicts.items()))
    return 1 if "FAILED" in verdicts.values() else 0


def verdict(version: str) -> str:
    """Run the tests on a version, in an environment of its own that is kept."""
    python = next(interpreters(version), None)
    if python is None:
        return "left out: no interpreter of this version; install one, with pyenv or uv, say"
    place = ROOT / ".local" / "pythons" / version
    print(f"\n== {version}: {python}", flush=True)
    steps = [
        *([] if place.exists() else [[*UV, "venv", "--python", str(python), str(place)]]),
        [*UV, "pip", "install", "--quiet", "--python", str(place), *NEEDS, "--editable", str(CLIENT)],
        [str(python_in(place)), "-m", "pytest", *TESTS],
    ]
    return "ok" if all(subprocess.run(step, cwd=CLIENT, check=False).returncode == 0 for step in steps) else "FAILED"


def python_in(environment: Path) -> Path:
    """Name the interpreter of an environment."""
    return environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def interpreters(version: str) -> Iterator[Path]:
    """Find interpreters of a version that start: on PATH, then in pyenv's folder."""
    on_path = shutil.which(f"python{version}")
    of_pyenv = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python"))
    yield from those_of(version, [*([Path(on_path)] if on_path else []), *of_pyenv])


def those_of(version: str, candidates: Iterable[Path]) -> Iterator[Path]:
    """Keep those that say that they are of a version: a shim of pyenv may stand for none."""
    for python in candidates:
        done = subprocess.run([python, "--version"], capture_output=True, text=True, check=False)
        if re.match(rf"Python {re.escape(version)}\.", done.stdout):
            yield python


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
