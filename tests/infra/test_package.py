"""What `make package` makes is the app, all that it needs and nothing else, and it runs where nothing else is."""

import asyncio
import hashlib
import json
import os
import re
import shutil
import sys
import zipfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import embedded_server
import functions_host
from local.package import PACKAGES, PYTHON, build, choose_backend, zip_folder
from local.setup.checkout import SetupError
from local.stack import Stack
from local.stack.endpoints import Endpoints
from quantum.settings import TELEMETRY
from quantumjobs import Program, QuantumJobs, Result
from tests.infra.templates import ROOT
from tests.support.fakes.ingestion import ALONE, ingesting

PATIENCE_SECONDS = 60
# What the embedded host itself imports; in Azure the host is not made of Python.
OF_THE_HOST = ("starlette", "uvicorn", "anyio", "h11", "click")
BELL = 'OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; bit[2] c; h q[0]; cx q[0], q[1]; c = measure q;'


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip, built as for a deployment."""
    return build(tmp_path_factory.mktemp("package") / "app", os.environ)


@pytest.fixture(scope="session")
def names(package: Path) -> set[str]:
    """The files in the zip."""
    with zipfile.ZipFile(package) as packed:
        return set(packed.namelist())


def test_only_the_app_is_deployed(names: set[str]) -> None:
    """Not the tests, not the local host, not the settings of this machine."""
    tops = {name.partition("/")[0] for name in names}

    assert {"function_app.py", "host.json", "requirements.txt", "orchestrators", "activities", "quantum"} <= tops
    elsewhere = {"local", "packages", "conftest.py", "tests", "infra", "docs", "benchmarks", "dist"}
    assert tops & (elsewhere | {".venv", ".local", ".git"}) == set()
    assert {name for name in names if name.endswith(("local.settings.json", ".env", ".md"))} == markdown_of_others(
        names
    )


def test_the_packages_are_those_that_are_pinned(names: set[str]) -> None:
    """All of requirements.txt, in its versions, and no other; built for Linux and our Python."""
    text = (ROOT / "requirements.txt").read_text()
    pinned = {
        line.split(" ", 1)[0] for line in text.splitlines() if "==" in line and "sys_platform == 'win32'" not in line
    }
    folders = {re.match(rf"{PACKAGES}/([\w.-]+)-([\w.]+)\.dist-info/", name) for name in names}
    installed = {f"{match[1].lower().replace('_', '-')}=={match[2]}" for match in folders if match}
    built = {name for name in names if name.endswith(".so")}

    assert installed
    assert installed == {plain(line) for line in pinned} & installed
    assert {plain(line).partition("==")[0] for line in pinned} - {
        line.partition("==")[0] for line in installed
    } <= OTHERS
    assert {name for name in built if not re.search(r"cpython-313-x86_64-linux|abi3", name)} == set()


OTHERS = {"colorama", "pywin32", "msvc-runtime"}  # wanted on other systems only


def test_all_of_it_is_compiled(names: set[str]) -> None:
    """A mounted package keeps no cache, so each start would compile it again."""
    sources = {name for name in names if name.endswith(".py") and name.count("/") < 3}

    assert f"{sys.version_info.major}.{sys.version_info.minor}" == PYTHON
    assert sources
    assert {source for source in sources if compiled(source) not in names} == set()


def test_the_package_names_no_machine(package: Path) -> None:
    """Neither this machine's folders nor its user stand in it."""
    with zipfile.ZipFile(package) as packed:
        texts = {name: packed.read(name) for name in packed.namelist() if not name.startswith(str(PACKAGES))}

    assert texts
    assert [
        name for name, text in texts.items() if str(ROOT).encode() in text or str(package.parent).encode() in text
    ] == []


def test_the_same_files_are_the_same_zip(tmp_path: Path) -> None:
    """Neither the time nor the order in which files were made is in it."""
    archives = []
    for names in (["b.py", "a.py"], ["a.py", "b.py"]):
        folder = tmp_path / f"from-{names[0]}"
        folder.mkdir()
        for age, name in enumerate(names):
            (folder / name).write_text(f"# {name}")
            os.utime(folder / name, (10**9 + age, 10**9 + age))
        archives.append(zip_folder(folder, tmp_path / f"{names[0]}.zip"))

    first, second = (hashlib.sha256(archive.read_bytes()).hexdigest() for archive in archives)

    assert first == second


def test_a_package_can_be_made_for_the_scheduler(tmp_path: Path) -> None:
    """host.json then names the Durable Task Scheduler, and keeps everything else."""
    host_json = tmp_path / "host.json"
    shutil.copyfile(ROOT / "host.json", host_json)

    choose_backend(host_json, "DurableTaskScheduler")

    before, after = json.loads((ROOT / "host.json").read_text()), json.loads(host_json.read_text())
    provider = after["extensions"]["durableTask"].pop("storageProvider")
    before["extensions"]["durableTask"].pop("storageProvider")
    assert provider == {"type": "azureManaged", "connectionStringName": "DURABLE_TASK_SCHEDULER_CONNECTION_STRING"}
    assert before == after


def test_a_backend_that_there_is_not_is_refused(tmp_path: Path) -> None:
    """By name, with those that there are."""
    with pytest.raises(SetupError, match="AzureStorage, DurableTaskScheduler"):
        choose_backend(tmp_path / "host.json", "Netherite")


async def test_the_package_runs_a_job(package: Path, tmp_path: Path) -> None:
    """Unpacked elsewhere, with its own packages alone, it takes an order and answers with the counts of a Bell pair."""
    app = tmp_path / "wwwroot"
    shutil.unpack_archive(package, app)

    with ingesting() as insights:
        switched = {TELEMETRY: "true", "APPLICATIONINSIGHTS_CONNECTION_STRING": insights.connection_string, **ALONE}
        async with (
            Stack(tmp_path / "state", app=None) as stack,
            host_of(app, stack.endpoints, tmp_path, switched) as url,
        ):
            result = await asyncio.to_thread(bell_pair, url, stack.endpoints.function_key)

    assert sum(result.counts.values()) == 100
    assert result.counts.keys() == {"00", "11"}
    # The worker's switch was on: the order and its steps were told, in one trace, by the packages of the zip.
    items = [item for item in insights.items if item["data"]["baseType"] in {"RequestData", "RemoteDependencyData"}]
    assert {"take_order", "check_job", "send_answer"} <= {item["data"]["baseData"]["name"] for item in items}
    assert len({item["tags"]["ai.operation.id"] for item in items}) == 1


def bell_pair(url: str, key: str) -> Result:
    """Order a Bell pair and wait for its result."""
    with QuantumJobs(url, key) as api:
        job = api.submit(Program("openqasm3", BELL), target="ionq.simulator", shots=100)
        api.wait(job, timeout=PATIENCE_SECONDS)
        return api.result(job.id)


@asynccontextmanager
async def host_of(app: Path, endpoints: Endpoints, folder: Path, settings: Mapping[str, str]) -> AsyncIterator[str]:
    """Serve the unpacked package by a Python that sees it, the embedded host and the standard library."""
    around = folder / "host"
    around.mkdir()
    for source in (*map(Path, [*functions_host.__path__, *embedded_server.__path__]), *packages_of_the_host()):
        (around / source.name).symlink_to(source)
    environ = {
        "PATH": os.defpath,
        "PYTHONPATH": f"{app / PACKAGES}{os.pathsep}{around}",
        "PYTHONUNBUFFERED": "1",
        "AzureWebJobsStorage": endpoints.storage,
        "AZURE_QUANTUM_CONNECTION_STRING": endpoints.workspace.connection_string,
        "FUNCTIONS_KEY": endpoints.function_key,
        **settings,
    } | {name: text for name, text in os.environ.items() if name == "LD_LIBRARY_PATH"}
    # -S: without the packages of the environment in which the tests run.
    command = [
        sys.executable,
        "-S",
        "-m",
        "functions_host",
        "run",
        str(app),
        "--port",
        "0",
        "--state",
        str(folder / "journal"),
    ]
    with (folder / "host.log").open("w") as log:
        host = await asyncio.create_subprocess_exec(
            *command, env=environ, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=log
        )
        try:
            yield await address(host, folder / "host.log")
        finally:
            host.terminate()
            await host.communicate()


async def address(host: asyncio.subprocess.Process, log: Path) -> str:
    """Read where the host serves, from the line that it prints."""
    assert host.stdout is not None
    async with asyncio.timeout(PATIENCE_SECONDS):
        line = (await host.stdout.readline()).decode()
    match = re.fullmatch(r"Serving on (\S+)\n", line)
    assert match, f"it did not come up: {log}"
    return match[1]


def packages_of_the_host() -> Iterator[Path]:
    """Find the host's own packages among those of the tests."""
    (site,) = (Path(folder) for folder in sys.path if folder.endswith("site-packages"))
    return (site / name for name in OF_THE_HOST)


def compiled(source: str) -> str:
    """Name the byte code of a source file."""
    folder, _, name = source.rpartition("/")
    return f"{folder}/__pycache__/{name[:-3]}.cpython-313.pyc".lstrip("/")


def plain(requirement: str) -> str:
    """Write a requirement as its folder is named."""
    return re.sub(r"\[.*?\]", "", requirement).lower().replace("_", "-")


def markdown_of_others(names: set[str]) -> set[str]:
    """Packages may bring pages of their own."""
    return {name for name in names if name.startswith(str(PACKAGES)) and name.endswith(".md")}
