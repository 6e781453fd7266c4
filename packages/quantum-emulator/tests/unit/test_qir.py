"""QIR as `qdk` compiles it, run in the sandbox, for compilers must die in the thread that made them."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from functools import cache
from typing import Any

import pytest

from quantum_emulator.errors import ProgramError
from quantum_emulator.sandbox import Sandbox
from quantum_emulator.settings import Limits

SHOTS = 200

SOURCE = """
namespace Test {
    operation Tuple() : (Result, Result[]) {
        use (a, b) = (Qubit(), Qubit());
        X(b);
        return (MResetZ(a), [MResetZ(b), MResetZ(a)]);
    }
    operation Branches() : (Bool, Int, Result) {
        use (a, b) = (Qubit(), Qubit());
        H(a);
        mutable count = 2;
        let first = M(a);
        if first == One { X(b); set count = -3; }
        Reset(a);
        return (first == One, count, MResetZ(b));
    }
    operation Reuses() : Result[] {
        use a = Qubit();
        X(a);
        let first = MResetZ(a);
        let second = MResetZ(a);
        X(a);
        return [first, second, MResetZ(a)];
    }
}
"""

COMPILE = """
import sys
import pyqir
from qdk import Context, TargetProfile
context = Context(target_profile=TargetProfile.Adaptive_RIF)
context.eval(sys.argv[1])
text = str(context.compile(sys.argv[2]))
bitcode = pyqir.Module.from_ir(pyqir.Context(), text).bitcode
sys.stdout.buffer.write(bitcode if sys.argv[3] == "bitcode" else text.encode())
"""


@cache
def compiled(operation: str, encoding: str = "text") -> bytes:
    """QIR of one operation of `SOURCE`."""
    command = [sys.executable, "-c", COMPILE, SOURCE, f"Test.{operation}()", encoding]
    return subprocess.run(command, check=True, capture_output=True, env={"QDK_PYTHON_TELEMETRY": "none"}).stdout


@pytest.fixture(scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    """A sandbox for all these programs."""
    sandbox = Sandbox(Limits(seconds=20))
    yield sandbox
    await sandbox.close()


async def run(sandbox: Sandbox, program: bytes, **changes: Any) -> bytes:
    """Run QIR and return its output."""
    header = {"format": "qir.v1", "output": "microsoft.quantum-results.v2", "shots": SHOTS, "seed": 1, "qubits": 20}
    return await sandbox.run({**header, **changes}, program)


async def outcomes(sandbox: Sandbox, operation: str) -> set[str]:
    """The distinct values that an operation of `SOURCE` gives."""
    [result] = json.loads(await run(sandbox, compiled(operation)))["Results"]
    assert len(result["Shots"]) == SHOTS
    return {item["Display"] for item in result["Histogram"]}


async def test_tuples_and_arrays_come_back_as_recorded(sandbox: Sandbox) -> None:
    """The nesting is the program's own, with results in the order of the records."""
    assert await outcomes(sandbox, "Tuple") == {"(0, [1, 0])"}


async def test_a_program_that_branches_is_interpreted(sandbox: Sandbox) -> None:
    """Booleans, negative integers and results keep their types, and correlate as the program says."""
    assert await outcomes(sandbox, "Branches") == {"(false, 2, 0)", "(true, -3, 1)"}


async def test_a_qubit_used_after_its_reset_starts_anew(sandbox: Sandbox) -> None:
    """A reset waits until its qubit is used, and is not forgotten."""
    assert await outcomes(sandbox, "Reuses") == {"[1, 0, 1]"}


async def test_bitcode_runs_as_text_does(sandbox: Sandbox) -> None:
    """The same program in both encodings gives the same shots."""
    assert await run(sandbox, compiled("Branches")) == await run(sandbox, compiled("Branches", "bitcode"))


@pytest.mark.parametrize(
    "program", [b"", b"rubbish", b"\xff", b"BC\xc0\xde" + bytes(40), b"define void @f() { ret void }"]
)
async def test_what_is_not_qir_is_refused(sandbox: Sandbox, program: bytes) -> None:
    """Anything else ends the job with one code."""
    with pytest.raises(ProgramError) as caught:
        await run(sandbox, program)

    assert caught.value.code == "QIRPreProcessingFailed"


async def test_more_qubits_than_the_target_has_are_refused(sandbox: Sandbox) -> None:
    """The message says how many there are."""
    with pytest.raises(ProgramError, match="uses 2 qubits; the target has 1"):
        await run(sandbox, compiled("Branches"), qubits=1)
