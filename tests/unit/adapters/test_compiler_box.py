"""What hostile programs get out of the compiler's box: a fault, in time, and nothing else."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from quantum.adapters.compiler import CHILD, CompilerUnavailableError, QdkCompiler
from quantum.errors import ServiceBusyError, ServiceUnavailableError
from quantum.model import Fault
from quantum.program import Compiled

BELL = 'OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; bit[2] c; h q[0]; cx q[0], q[1]; c = measure q;'
ENDLESS = "operation Main() : Result { use q = Qubit(); mutable i = 0; while true { set i += 1; } M(q) }"
CALLS_ITSELF = (
    "function F(n : Int) : Int { F(n + 1) } operation Main() : Result { use q = Qubit(); let x = F(0); M(q) }"
)
HUGE = "operation Main() : Result { use q = Qubit(); let a = [0, size = 1000000000000]; M(q) }"
NESTED = f"OPENQASM 3.0; int n = {'(' * 100_000}1{')' * 100_000};"
LONG = 'OPENQASM 3.0; include "stdgates.inc"; qubit q; bit c;' + "h q;\n" * 2_000_000 + "c = measure q;"
TOO_SLOW = "more than 2 s of a processor"
BOMBS = {
    "endless loop": (ENDLESS, "qsharp", TOO_SLOW),
    "endless loop in OpenQASM": (
        "OPENQASM 3.0; qubit q; while (true) { }",
        "openqasm3",
        TOO_SLOW,
    ),
    "a billion qubits": (
        "OPENQASM 3.0; qubit[1000000000] q; bit c; c = measure q[0];",
        "openqasm3",
        TOO_SLOW,
    ),
    "deep nesting": (NESTED, "openqasm3", "nested too deeply"),
    "endless recursion": (CALLS_ITSELF, "qsharp", "calls itself without end"),
    "a gate that calls itself": ("gate f a { f a; } qubit q; bit c; f q; c = measure q;", "openqasm3", "calls itself"),
    "huge array": (HUGE, "qsharp", "1024 MiB of memory"),
    "panic": ("OPENQASM 3.0; qubit q; bit[2000000000] c; c[0] = measure q;", "openqasm3", "gave up"),
    "gigantic source": (LONG, "openqasm3", TOO_SLOW),
}


OTHERS = set()


@pytest.fixture(autouse=True)
def know_the_others():
    """Leave out what other tests of this process keep running, such as their storage."""
    OTHERS.clear()
    OTHERS.update(children())


def children():
    """The processes that a test has started and not reaped."""
    started = [pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()]
    return [pid for pid in started if pid not in OTHERS]


def environment(pid):
    """What a process was given as its environment."""
    return Path(f"/proc/{pid}/environ").read_bytes()


async def wait_until(condition):
    """Wait for another process, of which nothing else tells."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - no event tells what a process that we did not start ourselves does
            await asyncio.sleep(0.01)


@pytest.fixture
def compiler():
    """A compiler that loses its patience early."""
    return QdkCompiler(seconds=2, memory_mib=1024, at_once=1)


@pytest.fixture
def compile_text(compiler):
    """Compile a program that needs nothing else."""

    def compile_text(source, language="openqasm3"):
        return compiler.compile(source, language, profile="Base", entry_point=None, arguments=[])

    return compile_text


@pytest.mark.parametrize("bomb", BOMBS)
async def test_a_bomb_is_a_fault(compile_text, bomb):
    """A program that would never end, or take all memory, is refused; nothing is left of it, and the next compiles."""
    source, language, reason = BOMBS[bomb]
    before = children()

    faults = await compile_text(source, language)

    assert children() == before
    assert [fault.field for fault in faults] == ["input"]
    assert reason in faults[0].reason
    assert isinstance(
        await QdkCompiler().compile(BELL, "openqasm3", profile="Base", entry_point=None, arguments=[]), Compiled
    )


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "/proc/self/environ", "../../../../etc/passwd", "etc/passwd", "file:///etc/passwd", "/dev/zero"],
)
async def test_no_file_can_be_included(compile_text, path):
    """An include from disk is an unknown file, wherever it points, and a fault quotes nothing that is in it.

    Nothing of qdk's is replaced for that; the files would be read if qdk found a way round the box.
    """
    faults = await compile_text(f'OPENQASM 3.0;\ninclude "{path}";\nqubit q;\nbit c;\nc = measure q;\n')

    assert faults == (Fault("input", f"Not Found: Could not resolve include file: {path}", 2, 1),)


def test_the_shut_box_opens_nothing():
    """Once shut, the box lets nobody open a file or a socket, or start a process, whoever asks."""
    attempts = """
import os, runpy, socket, sys
box = runpy.run_path(sys.argv[1])
box["shut_the_box"]()
for attempt in (lambda: open("/etc/passwd"), socket.socket, os.pipe, lambda: os.listdir("/")):
    try:
        attempt()
    except OSError:
        continue
    sys.exit("the box is open")
"""

    done = subprocess.run(
        [sys.executable, "-I", "-c", attempts, CHILD[-1]], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")


async def test_the_box_has_no_environment(compile_text, monkeypatch):
    """A child knows none of our settings."""
    monkeypatch.setenv("AzureWebJobsStorage", "AccountKey=secret")
    compiling = asyncio.ensure_future(compile_text(ENDLESS, "qsharp"))
    await wait_until(lambda: [environment(child) for child in children()] == [b"QDK_PYTHON_TELEMETRY=none\0"])

    compiling.cancel()
    await asyncio.wait([compiling])


async def test_cancelling_ends_the_child(compile_text):
    """Nobody compiles for a caller that has gone."""
    compiling = asyncio.ensure_future(compile_text(ENDLESS, "qsharp"))
    await wait_until(children)

    compiling.cancel()
    await asyncio.wait([compiling])

    assert compiling.cancelled()
    assert children() == []


async def test_waiting_is_not_compiling(compile_text):
    """With one place, a program that waits for an endless one still has all its time."""
    late, compiled = await asyncio.gather(compile_text(ENDLESS, "qsharp"), compile_text(BELL))

    assert isinstance(late, tuple)
    assert isinstance(compiled, Compiled)


async def test_waiting_has_an_end():
    """A program whose turn does not come is not refused: the caller is asked to come back."""
    compiler = QdkCompiler(seconds=2, at_once=1, queue_seconds=0.01)
    first = asyncio.ensure_future(compiler.compile(BELL, "openqasm3", profile="Base", entry_point=None, arguments=[]))
    await wait_until(children)

    with pytest.raises(ServiceBusyError) as busy:
        await compiler.compile(BELL, "openqasm3", profile="Base", entry_point=None, arguments=[])

    assert busy.value.retry_after == 2
    assert isinstance(await first, Compiled)


async def test_a_box_too_small_for_the_compiler_is_our_fault():
    """Where qdk itself cannot be loaded, the order is not to blame: it is tried again."""
    compiler = QdkCompiler(memory_mib=48)

    with pytest.raises(CompilerUnavailableError) as unavailable:
        await compiler.compile(BELL, "openqasm3", profile="Base", entry_point=None, arguments=[])

    assert isinstance(unavailable.value, ServiceUnavailableError)


async def test_too_large_a_result_is_a_fault():
    """QIR that nobody could hold is given up while it is being read."""
    gates = 'OPENQASM 3.0; include "stdgates.inc"; qubit q; bit c;' + "rx(0.123456789) q;\n" * 2_000 + "c = measure q;"
    compiler = QdkCompiler(largest_answer=2**16)

    (fault,) = await compiler.compile(gates, "openqasm3", profile="Base", entry_point=None, arguments=[])

    assert "larger than 0.0625 MiB" in fault.reason
    assert children() == []


@pytest.fixture
def answered_by():
    """Compile Bell with a child that runs this Python code."""

    async def answered_by(code, source=BELL):
        compiler = QdkCompiler(command=(sys.executable, "-I", "-c", code))
        return await compiler.compile(source, "openqasm3", profile="Base", entry_point=None, arguments=[])

    return answered_by


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("print('nonsense')", "broke down"),
        ("print('[]')", "broke down"),
        ("print('{}')", "broke down"),
        ("print('{\"faults\": [1]}')", "broke down"),
        ('print(\'{"entryPoint": "x", "qubits": null}\')', "broke down"),
        ("", "broke down"),
        ("raise SystemExit(1)", "broke down on this program (status 1)"),
        (f"import os; os.kill(os.getpid(), {signal.SIGXCPU.value})", "more than 5 s of a processor"),
        (f"import os; os.kill(os.getpid(), {signal.SIGKILL.value})", "2048 MiB of memory"),
    ],
)
async def test_a_child_that_breaks_down_is_a_fault(answered_by, code, reason):
    """Whatever becomes of a child, its program is refused with a reason, and nothing that it says is believed."""
    (fault,) = await answered_by(code)

    assert fault.field == "input"
    assert reason in fault.reason


async def test_faults_of_a_captured_child_are_harmless(answered_by):
    """A child under a program's control can neither name fields of its own nor send escape codes."""
    (fault,) = await answered_by(
        r"""print('{"faults": [{"field": "<b>", "reason": "\\u001b[2J", "line": "1", "column": null}]}')"""
    )

    assert fault == Fault("input", r"\x1b[2J")


async def test_a_child_that_does_not_listen(answered_by):
    """A child that dies before it has read a long program does not break its parent."""
    (fault,) = await answered_by("import os; os.close(0); os._exit(7)", source="x" * 5_000_000)

    assert "status 7" in fault.reason


async def test_no_python_is_not_the_programs_fault():
    """Where no child can be started, the order is tried again."""
    compiler = QdkCompiler(command=("/nowhere/python",))

    with pytest.raises(CompilerUnavailableError, match="no compiler can be started: No such file"):
        await compiler.compile(BELL, "openqasm3", profile="Base", entry_point=None, arguments=[])


@pytest.fixture
def no_packages(monkeypatch):
    """A Python that finds nothing that was installed."""
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.delitem(sys.modules, "qdk", raising=False)  # what another test has loaded counts as found


@pytest.mark.usefixtures("no_packages")
async def test_no_qdk_is_not_the_programs_fault(compile_text):
    """Where qdk is not installed, the order is tried again."""
    with pytest.raises(CompilerUnavailableError, match="not installed"):
        await compile_text(BELL)
