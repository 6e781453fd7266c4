"""Programs out of textbooks, through the real doors: their counts are what theory says."""

import json
import math
import os
import subprocess
import sys
from collections.abc import Mapping

import pytest

from tests.e2e.real_stack import RealStack

SHOTS = 2000
SIGMAS = 6  # chance goes astray so far once in five hundred million looks

# A state prepared on qubit 0 arrives on qubit 2, where undoing the preparation gives 0. Both corrections are needed.
TELEPORTATION = """
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
bit z_correction;
bit x_correction;
bit arrived;
ry(1.2) q[0]; rz(0.7) q[0];
h q[1]; cx q[1], q[2];
cx q[0], q[1]; h q[0];
z_correction = measure q[0];
x_correction = measure q[1];
if (x_correction) { x q[2]; }
if (z_correction) { z q[2]; }
rz(-0.7) q[2]; ry(-1.2) q[2];
arrived = measure q[2];
"""

# Deutsch and Jozsa with the balanced function x0 XOR (x1 AND x2): never 000, which would mean that it is constant.
DEUTSCH_JOZSA = """
OPENQASM 2.0;
include "qelib1.inc";
qreg asked[3]; qreg told[1]; creg c[3];
x told[0]; h told[0]; h asked;
cx asked[0], told[0]; ccx asked[1], asked[2], told[0];
h asked;
measure asked -> c;
"""

# The Fourier transform of the number 3, written down as phases, and transformed back; qubit 0 is the lowest bit.
INVERSE_FOURIER = """
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
h q;
p(3 * pi / 4) q[0]; p(3 * pi / 2) q[1]; p(3 * pi) q[2];
swap q[0], q[2];
h q[0];
cp(-pi / 2) q[0], q[1]; h q[1];
cp(-pi / 4) q[0], q[2]; cp(-pi / 2) q[1], q[2]; h q[2];
bit[3] c = measure q;
"""

WRITTEN_DOWN = """
namespace Registers {
    operation Write(bits : Bool[], inverted : Bool, angle : Double) : Result[] {
        use qubits = Qubit[Length(bits) + 1];
        for i in 0..Length(bits) - 1 {
            if bits[i] != inverted { X(qubits[i]); }
        }
        Ry(angle, qubits[Length(bits)]);
        return MResetEachZ(qubits);
    }
}
"""

W_STATE = """
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
ry(2 * arccos(sqrt(1.0 / 3))) q[0];
ch q[0], q[1]; cx q[1], q[2]; cx q[0], q[1]; x q[0];
bit[3] c = measure q;
"""
COMPILE = "import sys; from qdk import TargetProfile, openqasm; "
COMPILE += "print(openqasm.compile(sys.stdin.read(), target_profile=TargetProfile.Base))"

PAIR_AND_ROTATION = {
    "qubits": 3,
    "circuit": [
        {"gate": "h", "target": 0},
        {"gate": "cnot", "control": 0, "target": 1},
        {"gate": "ry", "target": 2, "rotation": math.pi / 3},
    ],
}


def assert_counts_follow(counts: Mapping[str, int], theory: Mapping[str, float], shots: int = SHOTS) -> None:
    """Compare counts with probabilities, each within some standard deviations."""
    assert sum(counts.values()) == shots
    assert counts.keys() <= theory.keys()
    for outcome, share in theory.items():
        allowed = SIGMAS * math.sqrt(shots * share * (1 - share)) + 1
        assert counts.get(outcome, 0) == pytest.approx(share * shots, abs=allowed), outcome


@pytest.fixture
def w_state_in_qir() -> str:
    """QIR text, compiled in a process of its own as on the machine of a caller."""
    quiet = {**os.environ, "QDK_PYTHON_TELEMETRY": "none"}
    compiling = [sys.executable, "-c", COMPILE]
    return subprocess.run(compiling, input=W_STATE, env=quiet, capture_output=True, text=True, check=True).stdout


async def test_teleportation_corrects_what_it_measured(stack: RealStack) -> None:
    """A program that measures midway and acts upon it does so in every shot."""
    program = {"format": "openqasm3", "text": TELEPORTATION}

    id_ = await stack.submit({"target": "quantinuum.sim.h2-1e", "shots": SHOTS, "input": program})

    job = await stack.answer_to(id=id_)
    assert_counts_follow(job["result"]["counts"], dict.fromkeys(("000", "010", "100", "110"), 0.25))


async def test_deutsch_and_jozsa_tell_a_balanced_function(stack: RealStack) -> None:
    """A file in OpenQASM 2 with a Toffoli gate, uploaded, interferes as on paper."""
    path = await stack.upload("rigetti.sim.qvm/deutsch-jozsa.qasm", DEUTSCH_JOZSA, shots=str(SHOTS))

    job = await stack.answer_to(blob=path)
    assert_counts_follow(job["result"]["counts"], dict.fromkeys(("100", "101", "110", "111"), 0.25))


async def test_an_inverse_fourier_transform_finds_the_number(stack: RealStack) -> None:
    """An order by queue message for a lopsided number shows phases, angles and the order of the bits to be right."""
    program = {"format": "openqasm3", "text": INVERSE_FOURIER}

    message = await stack.send({"target": "ionq.simulator", "shots": SHOTS, "input": program})

    job = await stack.answer_to(messageId=message)
    assert job["result"]["counts"] == {"110": SHOTS}


async def test_an_operation_takes_arrays_booleans_and_numbers(stack: RealStack) -> None:
    """What a Q# operation is given in JSON arrives as its own types."""
    order = {
        "target": "rigetti.sim.qvm",
        "shots": SHOTS,
        "input": {"format": "qsharp", "text": WRITTEN_DOWN},
        "entryPoint": "Registers.Write",
        "arguments": [[True, False, True, True], True, 2 * math.pi / 3],
    }

    message = await stack.send(order)

    job = await stack.answer_to(messageId=message)
    assert_counts_follow(job["result"]["counts"], {"01000": 0.25, "01001": 0.75})


async def test_qir_that_was_compiled_elsewhere_runs_as_it_is(stack: RealStack, w_state_in_qir: str) -> None:
    """QIR text that Microsoft's compiler wrote on the caller's side needs nothing but its shots."""
    path = await stack.upload("quantinuum.sim.h2-1sc/w-state.ll", w_state_in_qir, shots=str(SHOTS))

    job = await stack.answer_to(blob=path)
    assert_counts_follow(job["result"]["counts"], dict.fromkeys(("001", "010", "100"), 1 / 3))


async def test_an_ionq_circuit_is_read_in_our_order_of_bits(stack: RealStack) -> None:
    """IonQ numbers outcomes with qubit 0 lowest; in counts it is leftmost, as for everybody."""
    path = await stack.upload("ionq.simulator/pair.json", json.dumps(PAIR_AND_ROTATION), shots=str(SHOTS))

    job = await stack.answer_to(blob=path)
    theory = {"000": 0.375, "001": 0.125, "110": 0.375, "111": 0.125}
    assert_counts_follow(job["result"]["counts"], theory)
