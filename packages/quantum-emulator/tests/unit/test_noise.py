"""Noise: held against the analytic values of depolarising channels, and the two simulators against each other."""

import json
import math
from collections import Counter
from typing import Any

import pyqir
import pytest
from qiskit.quantum_info import Operator, average_gate_fidelity
from qiskit_aer.noise import depolarizing_error, pauli_error

from emulator_support.programs import BELL, BELL_IONQ, ghz
from emulator_support.programs import qir as written
from quantum_emulator.errors import ProgramError
from quantum_emulator.programs import branching, qir
from quantum_emulator.programs.error_rates import MODELS, TARGETS, Rates, depolarised, infidelities
from quantum_emulator.programs.formats import execute
from quantum_emulator.programs.noise import settle
from quantum_emulator.programs.run import Run, Shots
from quantum_emulator.settings import Settings, configured
from quantum_emulator.targets import InvalidSettingError

V2 = "microsoft.quantum-results.v2"
EMULATOR = "quantinuum.sim.h2-1e"
SHOTS = 20_000
OFF = {"p1": 0, "p2": 0, "p_meas": 0}
TOFFOLI = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[3];\ncreg c[3];\nccx q[0], q[1], q[2];\nmeasure q -> c;\n'
CONDITIONAL = (
    'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\ncreg c[1];\ncreg d[1];\n'
    "x q[0];\nmeasure q[0] -> c[0];\nif (c == 1) x q[1];\nmeasure q[1] -> d[0];\n"
)


def ran(program: str, params: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Execute QIR, or what the changes say, and return the document."""
    run = Run(format="qir.v1", output=V2, shots=SHOTS, seed=11, qubits=40, target=EMULATOR, params=params)
    document: dict[str, Any] = json.loads(execute({**vars(run), **changes}, program.encode()))
    return document


def shares(program: str, params: dict[str, Any], **changes: Any) -> dict[str, float]:
    """The share of each outcome."""
    shots = changes.get("shots", SHOTS)
    [result] = ran(program, params, **changes)["Results"]
    return {entry["Display"]: entry["Count"] / shots for entry in result["Histogram"]}


def near(share: float, expected: float) -> bool:
    """Whether a share of the shots is within five standard errors."""
    return abs(share - expected) <= 5 * math.sqrt(expected * (1 - expected) / SHOTS)


def branching_shares(program: str, rates: Rates) -> dict[str, float]:
    """The same from the interpreter of programs that branch, which can run straight lines, too."""
    entry = qir._entry_point(qir._module(program.encode()), None)
    run = Run(format="qir.v1", output=V2, shots=SHOTS, seed=5, qubits=40, rates=rates)
    outcome = branching.run(entry, run)
    assert isinstance(outcome, Shots)
    return {key: count / SHOTS for key, count in Counter(map(str, outcome.values)).items()}


def test_a_fault_of_one_qubit_flips_in_two_of_three_cases() -> None:
    """Of X, Y and Z behind the gate, X and Y change what is measured."""
    program = written(1, ["h(0)", "h(0)"])
    chance = 0.03
    flipped = 2 / 3 * chance
    # Behind the first gate Y and Z change the end, behind the second X and Y.
    expected = 2 * flipped * (1 - flipped)

    assert near(shares(program, {"error-params": {**OFF, "p1": chance}})["[1]"], expected)
    assert near(branching_shares(program, Rates(one=chance))["[1]"], expected)


def test_a_fault_of_two_qubits_breaks_a_pair_in_eight_of_fifteen_cases() -> None:
    """Those in which exactly one of the two Pauli operators flips its qubit."""
    chance = 0.06
    measured = shares(BELL, {"error-params": {**OFF, "p2": chance}})
    other = branching_shares(BELL, Rates(two=chance))

    assert near(measured["[0, 1]"] + measured["[1, 0]"], 8 / 15 * chance)
    assert near(other["[0, 1]"] + other["[1, 0]"], 8 / 15 * chance)


def test_a_0_and_a_1_are_misread_with_their_own_chances() -> None:
    """`p_meas` has two numbers; the first is of a 0."""
    idle, pair = written(1, []), {"error-params": {**OFF, "p_meas": [0.02, 0.3]}}

    assert near(shares(idle, pair)["[1]"], 0.02)
    assert near(shares(BELL, pair)["[0, 0]"], 0.5 * 0.98**2 + 0.5 * 0.3**2)
    assert near(branching_shares(BELL, Rates(reads=(0.02, 0.3)))["[0, 0]"], 0.5 * 0.98**2 + 0.5 * 0.3**2)


def test_a_fresh_qubit_may_be_1() -> None:
    """`p_init`, in both simulators."""
    assert near(shares(written(1, []), {"error-params": {**OFF, "p_init": 0.05}})["[1]"], 0.05)
    assert near(branching_shares(written(1, []), Rates(fresh=0.05))["[1]"], 0.05)


def test_the_two_simulators_agree_on_a_whole_program() -> None:
    """qiskit-aer is the witness of our own interpreter."""
    rates = Rates(one=0.01, two=0.04, reads=(0.02, 0.05), fresh=0.01)
    params = {"error-params": {"p1": 0.01, "p2": 0.04, "p_meas": [0.02, 0.05], "p_init": 0.01}}
    aer, ours = shares(ghz(4), params), branching_shares(ghz(4), rates)

    assert sum(abs(aer.get(key, 0) - ours.get(key, 0)) for key in aer | ours) / 2 < 0.02


def test_a_program_that_branches_has_errors_too() -> None:
    """A misread condition leads into the other branch."""
    measured = ran(CONDITIONAL, {"error-params": {**OFF, "p_meas": [0.0, 0.2]}}, format="quantinuum.openqasm.v1",
                output="quantinuum.quantum-results.v1")  # fmt: skip

    assert near(measured["c"].count("0") / SHOTS, 0.2)
    assert near(measured["d"].count("1") / SHOTS, 0.8 * 0.8)


def test_turns_about_z_are_bookkeeping_of_quantinuum_s_machines() -> None:
    """They have no error there."""
    program = written(1, [f"rz({0.5 + step}, 0)" for step in range(5)])

    assert shares(program, {"error-params": {**OFF, "p1": 1.0}}) == {"[0]": 1.0}


def test_a_gate_on_three_qubits_is_written_out() -> None:
    """Each of its gates has its error."""
    measured = ran(TOFFOLI, {"error-params": {**OFF, "p2": 0.2}}, format="quantinuum.openqasm.v1",
                output="quantinuum.quantum-results.v1", shots=1000)  # fmt: skip

    assert len(set(measured["c"])) > 2


def test_ionq_s_model_samples_and_its_seed_repeats() -> None:
    """Without a model the simulator gives exact probabilities."""
    changes = {"format": "ionq.circuit.v1", "output": "ionq.quantum-results.v1", "exact": True, "shots": 2000}
    changes["target"] = "ionq.simulator"
    program = json.dumps(BELL_IONQ)
    models = [ran(program, {"noise": {"model": "aria-1", "seed": seed}}, **changes) for seed in (3, 3, 4)]

    assert models[0] == models[1] != models[2]
    assert set(models[0]["histogram"]) == {"0", "1", "2", "3"}
    assert ran(program, {"noise": {"model": "ideal", "seed": 3}}, **changes) == {"histogram": {"0": 0.5, "3": 0.5}}


def test_published_rates_are_used_where_a_target_is_set_so() -> None:
    """`error-model` false switches them off; without the setting the default is no noise."""
    measured = shares(ghz(6), {}, noisy=True)
    ends = measured["[0, 0, 0, 0, 0, 0]"] + measured["[1, 1, 1, 1, 1, 1]"]
    rates = TARGETS[EMULATOR]
    read = ((1 - rates.reads[0]) ** 6 + (1 - rates.reads[1]) ** 6) / 2

    assert abs(ends - read * (1 - rates.two) ** 5) < 0.01
    assert set(shares(ghz(6), {"error-model": False}, noisy=True)) == set(shares(ghz(6), {}))
    assert len(shares(ghz(6), {"error-model": True})) > 2


def test_a_single_parameter_leaves_the_others_as_published() -> None:
    """As Quantinuum's emulators do; scales multiply."""
    one = branching_rates({"p2": 0.1, "scale": 2.0, "meas_scale": 0.5})

    assert (one.two, one.one) == pytest.approx((0.2, 2 * TARGETS[EMULATOR].one))
    assert one.reads == pytest.approx(TARGETS[EMULATOR].reads)


def branching_rates(changes: dict[str, Any]) -> Rates:
    """The rates that `error-params` make."""
    run = Run(format="qir.v1", output=V2, shots=1, seed=1, qubits=1, target=EMULATOR, params={"error-params": changes})
    rates = settle(run).rates
    assert rates is not None
    return rates


REFUSED = [
    ({"noise": {"model": "aria-1"}}, EMULATOR, "NotSupportedByEmulator", "'noise' is a parameter of ionq targets"),
    ({"noise": {"model": "harmony"}}, "ionq.simulator", "NotSupportedByEmulator", "the model 'harmony'"),
    ({"noise": {"model": "forte-enterprise-1"}}, "ionq.simulator", "NotSupportedByEmulator", "knows no error rates"),
    ({"noise": {"model": "aria-1", "seed": 0}}, "ionq.simulator", "InvalidInputData", "seed of 'noise'"),
    ({"noise": {"models": "aria-1"}}, "ionq.simulator", "InvalidInputData", "'models'"),
    ({"noise_model": "forte-1"}, "ionq.simulator", "NotSupportedByEmulator", "'noise_model' asks"),
    ({"gate-noise": [0.1, 0, 0]}, "rigetti.sim.qvm", "NotSupportedByEmulator", "'gate-noise' asks"),
    ({"error-params": {"p2": 0.1}}, "rigetti.sim.qvm", "NotSupportedByEmulator", "parameter of quantinuum targets"),
    ({"error-params": {"p_crosstalk_meas": 1e-5}}, EMULATOR, "NotSupportedByEmulator", "'p_crosstalk_meas'"),
    ({"error-params": {"p2": 2}}, EMULATOR, "InvalidInputData", "'p2' of 'error-params' must be a number from 0 to 1"),
    ({"error-params": {"p2": 0.6, "scale": 2}}, EMULATOR, "InvalidInputData", "p2 with its scales"),
    ({"error-params": {"p_meas": [0.1]}}, EMULATOR, "InvalidInputData", "'p_meas' may be two"),
    ({"error-params": [1]}, EMULATOR, "InvalidInputData", "must be an object"),
    ({"error-model": "yes"}, EMULATOR, "InvalidInputData", "'error-model' must be true or false"),
    ({"error-model": True}, "quantinuum.sim.h9", "NotSupportedByEmulator", "no error rates of quantinuum.sim.h9"),
    ({"simulator": "tensor"}, EMULATOR, "NotSupportedByEmulator", "'simulator' is 'tensor'"),
]


@pytest.mark.parametrize(("params", "target", "code", "reason"), REFUSED)
def test_what_cannot_be_simulated_is_refused_by_name(
    params: dict[str, Any], target: str, code: str, reason: str
) -> None:
    """It is never passed over."""
    with pytest.raises(ProgramError, match=reason) as refused:
        ran(BELL, params, target=target)

    assert refused.value.code == code


def test_a_target_without_published_rates_cannot_be_set_noisy() -> None:
    """A noiseless result would be taken for a noisy one."""
    with pytest.raises(ProgramError, match="no published error rates of rigetti"):
        ran(BELL, {}, target="rigetti.qpu.cepheus-1-108q", noisy=True)


def test_a_model_has_the_qubits_of_its_machine() -> None:
    """25 of aria-1, though the simulator has 29."""
    with pytest.raises(ProgramError, match="uses 26 qubits; the target has 25"):
        ran(ghz(26), {"noise": {"model": "aria-1"}}, target="ionq.simulator", qubits=29)


def test_the_stabilizer_simulator_runs_clifford_gates_only() -> None:
    """`simulator`, with noise and without."""
    params = {"simulator": "stabilizer"}

    assert set(shares(ghz(30), params, shots=100)) <= {str([0] * 30), str([1] * 30)}
    assert shares(written(1, [f"rz({math.pi / 2}, 0)"]), params, shots=10) == {"[0]": 1.0}
    with pytest.raises(ProgramError, match="Clifford gates only, and the program has rz"):
        shares(written(1, ["rz(0.3, 0)"]), params, shots=10)


def test_every_rate_has_a_source_and_a_date() -> None:
    """And is a probability."""
    for rates in (*MODELS.values(), *TARGETS.values()):
        assert rates.source.startswith("https://")
        assert rates.dated[:2] == "20"
        assert 0 < rates.one < rates.two < 0.02


@pytest.mark.parametrize("qubits", [1, 2])
def test_published_numbers_become_faults(qubits: int) -> None:
    """Held against qiskit's own fidelity and channel."""
    number = 0.01
    fault = infidelities(number, number)[qubits - 1]
    strength = fault * 4**qubits / (4**qubits - 1)
    channel = depolarizing_error(strength, qubits)
    none = Operator.from_label("I" * qubits)

    assert average_gate_fidelity(channel, none) == pytest.approx(1 - number)
    assert (
        depolarizing_error(number, qubits).to_quantumchannel()
        == pauli_error(
            [("I" * qubits, 1 - depolarised(number, number)[qubits - 1]), *_faults(qubits, number)]
        ).to_quantumchannel()
    )


def _faults(qubits: int, strength: float) -> list[tuple[str, float]]:
    letters = "IXYZ" if qubits == 1 else [first + second for first in "IXYZ" for second in "IXYZ"]
    others = list(letters)[1:]
    return [(word, depolarised(strength, strength)[qubits - 1] / len(others)) for word in others]


def test_a_noisy_program_outside_the_simulators_is_refused() -> None:
    """Here a gate on three qubits in a program that branches, which has no rate."""
    with pytest.raises(ProgramError, match="does not simulate noise for programs with"):
        qir._branching_with_errors(
            _with_a_toffoli(), Run(format="qir.v1", output=V2, shots=1, seed=1, qubits=3, rates=Rates())
        )


def _with_a_toffoli() -> pyqir.Function:
    module = pyqir.SimpleModule("toffoli", 3, 0)
    pyqir.qis.ccx(module.builder, *module.qubits)
    return next(filter(pyqir.is_entry_point, pyqir.Module.from_ir(pyqir.Context(), module.ir()).functions))


def test_the_configuration_makes_noisy_what_is_noisy_in_azure() -> None:
    """And leaves noiseless simulators as they are."""
    noisy = {target.id: target.noise for target in configured(Settings(storage=""), {"noise": True}).targets}

    assert noisy[EMULATOR] == noisy["ionq.qpu.forte-1"] == "published"
    assert noisy["ionq.simulator"] == noisy["rigetti.sim.qvm"] == noisy["quantinuum.sim.h2-1sc"] == "asked"
    with pytest.raises(InvalidSettingError, match="noise must be true or false"):
        configured(Settings(storage=""), {"noise": "much"})
