"""Importing the app or the client opens no connection, starts no process and no thread, and writes no file."""

import subprocess
import sys
from pathlib import Path

from tests.house.our_files import DEPLOYED, ROOT, module_of, python_files

WATCHED = """
import importlib, os, sys
places = sys.argv[1].split(os.pathsep)
EFFECTS = {"socket.connect", "socket.sendto", "socket.getaddrinfo", "sqlite3.connect", "subprocess.Popen", "os.fork",
           "os.posix_spawn", "_thread.start_new_thread", "_thread.start_joinable_thread"}

def watch(event, args):
    writes_here = event == "open" and args[2] & (os.O_WRONLY | os.O_RDWR) and str(args[0]).startswith(tuple(places))
    # platform.uname, which a library asks what it runs on, starts that program.
    if writes_here or (event in EFFECTS and args[0] != "uname"):
        print(module, event, args[0], flush=True)

sys.dont_write_bytecode = True
sys.path[:0] = places
sys.addaudithook(watch)
for module in sys.argv[2:]:
    importlib.import_module(module)
"""
SETTINGS = {
    "AzureWebJobsStorage": "UseDevelopmentStorage=true",
    "AZURE_QUANTUM_CONNECTION_STRING": "SubscriptionId=00000000-0000-0000-0000-000000000001;ResourceGroupName=r;"
    "WorkspaceName=w;ApiKey=k;QuantumEndpoint=http://127.0.0.1:1/;",
    "QDK_PYTHON_TELEMETRY": "none",
}


def modules_below(*tops: str) -> list[str]:
    """Name the modules that are there to be imported, and not to be run."""
    return [module_of(path) for path in python_files(*tops) if path.stem not in {"__main__", "child"}]


def test_importing_does_nothing_else() -> None:
    """A process that only imports the app, or the client, connects to nothing and leaves nothing behind."""
    places = (ROOT, ROOT / "packages" / "client")

    assert effects_of_importing(modules_below(*DEPLOYED), *places) == ""
    assert effects_of_importing(modules_below("packages/client"), *places) == ""


def test_each_effect_is_noticed(tmp_path: Path) -> None:
    """The watch sees each of the effects that it is there for."""
    for number, line in enumerate(EFFECTS):
        (tmp_path / f"careless{number}.py").write_text(line)
    modules = [f"careless{number}" for number in range(len(EFFECTS))]

    noticed = effects_of_importing(modules, tmp_path).splitlines()

    assert sorted({line.partition(" ")[0] for line in noticed if line}) == modules


EFFECTS = (
    "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('127.0.0.1', 9))",
    "import subprocess; subprocess.run(['true'])",
    "import threading; threading.Thread(target=print, args=('',)).start()",
    "open(__file__ + '.log', 'w').close()",
)


def effects_of_importing(modules: list[str], *places: Path) -> str:
    """Import modules in a fresh process under an audit hook; give its report, a line an effect."""
    command = [sys.executable, "-c", WATCHED, ":".join(map(str, places)), *modules]
    done = subprocess.run(command, env=SETTINGS, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
