"""`python -m local.package`: builds the deployment package, `dist/app` and `dist/app.zip`; same files, same bytes.

The packages are those of requirements.txt, checked by their hashes, for the Python and the Linux that the app has in
Azure: a remote build has used another Python. Everything is compiled, since a mounted package cannot write a cache.
"""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from local.setup.checkout import ROOT, SetupError, run, say
from local.setup.tool_uv import get_uv

PYTHON = "3.13"
PLATFORM = "x86_64-manylinux_2_35"  # qdk's wheels ask for this glibc; Azure's image for Python 3.13 has a newer one
PACKAGES = Path(".python_packages", "lib", "site-packages")
BACKENDS = ("AzureStorage", "DurableTaskScheduler")
# Scripts and records hold the paths of the machine that installed them; the app never reads them.
OF_THE_INSTALLATION = ("bin", ".lock", "*.dist-info/RECORD", "*.dist-info/INSTALLER", "*.dist-info/REQUESTED")
EPOCH = (1980, 1, 1, 0, 0, 0)
TAKE_ALL = "# All that is here is deployed, byte code too.\n"


def build(target: Path, environ: Mapping[str, str], root: Path = ROOT) -> Path:
    """Build the folder `target` and the zip beside it, and return the zip; raise `SetupError` if it cannot be built."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in deployed_files(root):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, target / name)
    choose_backend(target / "host.json", environ.get("DURABLE_BACKEND") or BACKENDS[0])
    install(target, environ, root)
    compile_all(target, environ)
    archive = zip_folder(target, target.with_name(f"{target.name}.zip"))
    (target / ".funcignore").write_text(TAKE_ALL, encoding="ascii")  # without it azd excludes the byte code
    return archive


def deployed_files(root: Path) -> list[str]:
    """List the files that git tracks or would track, without those in `.funcignore`."""
    tracked = _git_files(root, "--exclude-standard")
    return sorted(tracked - _git_files(root, "--ignored", "--exclude-from=.funcignore"))


def _git_files(root: Path, *options: str) -> set[str]:
    command = ["git", "ls-files", "-z", "--cached", "--others", *options]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if listed.returncode:
        raise SetupError(f"git cannot list the files of {root}: {listed.stderr.strip()}")
    return {name for name in listed.stdout.split("\0") if (root / name).is_file()}


def choose_backend(host_json: Path, backend: str) -> None:
    """Choose another backend of the durable engine than the default in host.json."""
    if backend not in BACKENDS:
        raise SetupError(f"DURABLE_BACKEND must be one of {', '.join(BACKENDS)}, not {backend!r}")
    if backend == BACKENDS[0]:
        return
    host: dict[str, Any] = json.loads(host_json.read_text(encoding="utf-8"))
    connection = "DURABLE_TASK_SCHEDULER_CONNECTION_STRING"
    host["extensions"]["durableTask"]["storageProvider"] = {"type": "azureManaged", "connectionStringName": connection}
    host_json.write_text(json.dumps(host, indent=2) + "\n", encoding="utf-8")


def install(target: Path, environ: Mapping[str, str], root: Path) -> None:
    """Install the pinned packages beside the app, where the worker looks for them."""
    uv = get_uv(environ, root)
    place = ["--target", str(target / PACKAGES), "--link-mode", "copy"]
    wheels = ["--python-version", PYTHON, "--python-platform", PLATFORM, "--only-binary", ":all:"]
    command = [uv.command, "pip", "install", "--quiet", *place, *wheels, "--require-hashes", "-r", "requirements.txt"]
    run(f"installing the packages for Python {PYTHON} on Linux", command, uv.environ, root)
    for pattern in OF_THE_INSTALLATION:
        for path in (target / PACKAGES).glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def compile_all(target: Path, environ: Mapping[str, str]) -> None:
    """Write byte code for this Python; without checks against the source, so times do not matter."""
    if f"{sys.version_info.major}.{sys.version_info.minor}" != PYTHON:
        say(f"this is not Python {PYTHON}: the package holds no byte code, and starts more slowly")
        return
    places = ["-s", str(target), "--invalidation-mode", "unchecked-hash"]
    # The order of sets is part of the byte code, which belongs into the package and not into a cache elsewhere.
    fixed = {**environ, "PYTHONHASHSEED": "0", "PYTHONPYCACHEPREFIX": ""}
    run("compiling", [sys.executable, "-m", "compileall", "-q", *places, str(target)], fixed, target)


def zip_folder(folder: Path, archive: Path) -> Path:
    """Pack a folder, in one order and with one date, whenever and wherever it is done."""
    with zipfile.ZipFile(archive, "w") as packed:
        for file in _files(folder):
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), EPOCH)
            entry.create_system = 3  # Unix, whose permissions follow
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, file.read_bytes())
    return archive


def _files(folder: Path) -> Iterator[Path]:
    return iter(sorted(path for path in folder.rglob("*") if path.is_file()))


def main() -> int:
    """Build the package; on errors print the remedy and return 1."""
    try:
        archive = build(ROOT / "dist" / "app", os.environ)
    except SetupError as error:
        print(f"packaging stopped: {error}", file=sys.stderr)
        return 1
    print(f"{archive.relative_to(ROOT)}: {archive.stat().st_size / 2**20:.0f} MiB, ready for `azd deploy`")
    return 0


if __name__ == "__main__":
    sys.exit(main())
