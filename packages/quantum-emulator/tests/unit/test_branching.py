"""QIR that branches, written by hand, as other exporters than qdk write it."""

import json
import math
import time
from collections import Counter
from typing import Any

import numpy as np
import pyqir
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import Statevector

from quantum_emulator.errors import ProgramError
from quantum_emulator.programs import branching, interpreted, qir
from quantum_emulator.programs.branching.arithmetic import wrapped
from quantum_emulator.programs.branching.state import State
from quantum_emulator.programs.formats import execute
from quantum_emulator.programs.run import Run, Shots

RUN = Run(format="qir.v1", output="microsoft.quantum-results.v2", shots=1000, seed=1, qubits=40)
DECLARED = """
declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__x__body(ptr)
declare void @__quantum__qis__rx__body(double, ptr)
declare void @__quantum__qis__cx__body(ptr, ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare void @__quantum__qis__reset__body(ptr)
declare i1 @__quantum__qis__read_result__body(ptr)
declare void @__quantum__rt__array_record_output(i64, ptr)
declare void @__quantum__rt__tuple_record_output(i64, ptr)
declare void @__quantum__rt__result_record_output(ptr, ptr)
declare void @__quantum__rt__int_record_output(i64, ptr)
declare void @__quantum__rt__bool_record_output(i1, ptr)
declare void @__quantum__rt__double_record_output(double, ptr)
"""


def at(number: int) -> str:
    """A qubit or a result of this number."""
    return f"ptr inttoptr (i64 {number} to ptr)"


def call(name: str, *arguments: str) -> str:
    """A call of a gate, or of another operation."""
    return f"  call void @__quantum__qis__{name}({', '.join(arguments)})"


def record(kind: str, what: str) -> str:
    """A record, without a label."""
    return f"  call void @__quantum__rt__{kind}_record_output({what}, ptr null)"


def module(*lines: str, qubits: int = 3, results: int = 3, label: str = "adaptive_profile", more: str = "") -> str:
    """A program of these instructions; the first block is `entry`."""
    attributes = f'"entry_point" "qir_profiles"="{label}" "required_num_qubits"="{qubits}"'
    body = "\n".join(lines)
    return (
        f"define void @main() #0 {{\nentry:\n{body}\n  ret void\n}}\n{more}{DECLARED}"
        f'attributes #0 = {{ {attributes} "required_num_results"="{results}" }}\n'
    )


# Qubit 0 is 1, so qubit 1 becomes 1; qubit 2 stays 0.
FORWARD = (
    call("x__body", at(0)),
    call("mz__body", at(0), at(0)),
    f"  %read = call i1 @__quantum__qis__read_result__body({at(0)})",
    "  br i1 %read, label %then, label %after\nthen:",
    call("x__body", at(1)),
    "  br label %after\nafter:",
    "  %n = phi i64 [ 7, %entry ], [ -5, %then ]",
    call("mz__body", at(1), at(1)),
    call("mz__body", at(2), at(2)),
)
TWO_ARRAYS = [record("array", "i64 2"), *(record("result", at(n)) for n in (0, 1)), record("array", "i64 1")]
NESTINGS = [
    ([*TWO_ARRAYS, record("result", at(2))], [[1, 1], [0]]),
    ([record("result", at(1)), record("result", at(2))], [1, 0]),
    ([record("result", at(1))], 1),
    ([], [1, 1, 0]),
    ([record("tuple", "i64 2"), record("int", "i64 %n"), record("bool", "i1 %read")], {"Item1": -5, "Item2": True}),
    ([record("array", "i64 2"), record("int", "i64 -5"), record("double", "double 0.5")], [-5, 0.5]),
    ([record("array", "i64 0"), record("result", at(0))], [[], 1]),
]


def shots_of(program: str, **changes: Any) -> list[Any]:
    """What each shot gave."""
    [result] = json.loads(execute({**vars(RUN), **changes}, program.encode()))["Results"]
    shots: list[Any] = result["Shots"]
    return shots


@pytest.mark.parametrize("label", ["adaptive_profile", "custom"])
@pytest.mark.parametrize(("records", "value"), NESTINGS)
def test_outputs_come_back_in_every_nesting(records: list[str], value: Any, label: str) -> None:
    """Several at top level, side by side, none at all; whatever the module calls its profile."""
    assert shots_of(module(*FORWARD, *records, label=label), shots=3) == [value] * 3


@pytest.mark.parametrize(("records", "value"), NESTINGS)
def test_qdk_s_simulator_gives_the_same_nestings(records: list[str], value: Any) -> None:
    """It takes one array of leaves only, and programs of its own label only."""
    parsed = pyqir.Module.from_ir(pyqir.Context(), module(*FORWARD, *records, label="custom"))
    entry = next(filter(pyqir.is_entry_point, parsed.functions))

    shots = interpreted.run(parsed, entry, Run(**{**vars(RUN), "shots": 2}), "cpu")

    expected = value if not isinstance(value, dict) else tuple(value.values())
    assert shots.values == [expected] * 2


def test_a_negative_constant_keeps_its_sign_in_a_straight_line() -> None:
    """LLVM keeps it without: -5 of 64 bits, and true of one."""
    records = [record("tuple", "i64 2"), record("int", "i64 -5"), record("bool", "i1 true")]

    assert shots_of(module(*records), shots=1) == [{"Item1": -5, "Item2": True}]


def test_chance_deals_the_shots_out() -> None:
    """A coin decides a turn; both branches, and their shares, are the exact ones within five sigma."""
    angle = 1.1
    lines = [
        call("h__body", at(0)),
        call("mz__body", at(0), at(0)),
        f"  %read = call i1 @__quantum__qis__read_result__body({at(0)})",
        "  br i1 %read, label %then, label %after\nthen:",
        call("rx__body", f"double {angle}", at(1)),
        call("cx__body", at(1), at(2)),
        "  br label %after\nafter:",
        call("reset__body", at(0)),
        *(call("mz__body", at(n), at(n)) for n in (1, 2)),
    ]
    counts = Counter(map(tuple, shots_of(module(*lines), shots=20_000)))

    one = math.sin(angle / 2) ** 2 / 2
    for outcome, share in {(0, 0, 0): 0.5, (1, 1, 1): one, (1, 0, 0): 0.5 - one}.items():
        assert abs(counts[outcome] - 20_000 * share) < 5 * math.sqrt(20_000 * share * (1 - share))
    assert counts.total() == 20_000


def test_loops_functions_and_memory_are_run() -> None:
    """A function with a loop of its own is called with a qubit, and its sum comes back."""
    more = """
define i64 @flips(ptr %qubit, i64 %times) {
start:
  %count = alloca i64
  store i64 0, ptr %count
  br label %again
again:
  %now = load i64, ptr %count
  call void @__quantum__qis__x__body(ptr %qubit)
  %next = add i64 %now, 1
  store i64 %next, ptr %count
  %more = icmp slt i64 %next, %times
  br i1 %more, label %again, label %done
done:
  switch i64 %next, label %other [ i64 3, label %three ]
three:
  ret i64 30
other:
  ret i64 %next
}
"""
    lines = [
        f"  %three = call i64 @flips({at(0)}, i64 3)",
        f"  %two = call i64 @flips({at(1)}, i64 2)",
        *(call("mz__body", at(n), at(n)) for n in (0, 1)),
        *(record("result", at(n)) for n in (0, 1)),
        *(record("int", f"i64 %{name}") for name in ("three", "two")),
    ]
    assert shots_of(module(*lines, more=more), shots=1) == [[1, 0, 30, 2]]


@pytest.mark.parametrize(
    ("computed", "value"),
    [
        ("add i8 127, %one", -128),
        ("sdiv i8 -7, %two", -3),
        ("srem i8 -7, %two", -1),
        ("udiv i8 -1, %two", 127),
        ("urem i8 -1, %two", 1),
        ("lshr i8 -2, %one", 127),
        ("ashr i8 -2, %one", -1),
        ("shl i8 65, %one", -126),
        ("xor i8 5, %one", 4),
        ("select i1 %read, i8 3, i8 4", 3),
    ],
)
def test_whole_numbers_are_of_their_width(computed: str, value: int) -> None:
    """As LLVM defines each instruction."""
    lines = [*FORWARD[:3], "  %one = zext i1 %read to i8", "  %two = add i8 %one, 1", f"  %out = {computed}"]
    widened = ["  %wide = sext i8 %out to i64", record("int", "i64 %wide")]

    assert shots_of(module(*lines, *widened), shots=1) == [value]
    assert wrapped(value + 256, 8) == value


@pytest.mark.parametrize(
    ("compared", "value"),
    [("icmp ult i8 -1, %one", False), ("icmp slt i8 -1, %one", True), ("icmp ne i8 1, %one", False)],
)
def test_comparisons_know_signs(compared: str, value: object) -> None:
    """-1 is the greatest number without a sign."""
    lines = [*FORWARD[:3], "  %one = zext i1 %read to i8", f"  %out = {compared}", record("bool", "i1 %out")]

    assert shots_of(module(*lines), shots=1) == [value]


def test_a_wide_clifford_program_is_run_by_stabilizers() -> None:
    """Forty qubits in superposition, which no state vector holds."""
    lines = [call("h__body", at(0)), *(call("cx__body", at(n), at(n + 1)) for n in range(39))]
    lines += [call("mz__body", at(0), at(0)), *FORWARD[2:6], call("mz__body", at(39), at(1))]
    shots = shots_of(module(*lines, qubits=40, results=2), shots=50)

    assert {tuple(shot) for shot in shots} == {(0, 0), (1, 1)}


def test_what_is_known_by_no_simulator_is_refused() -> None:
    """A declared operation that has no body."""
    program = module(*FORWARD[:7], call("mx__body", at(0)), more="declare void @__quantum__qis__mx__body(ptr)\n")

    with pytest.raises(ProgramError, match="calls __quantum__qis__mx__body, an operation that this simulator does not"):
        shots_of(program)


def test_too_many_shots_for_the_time_say_how_long_they_take() -> None:
    """The first history that is done tells the speed."""
    lines = [call("h__body", at(0)), *FORWARD[1:]]

    with pytest.raises(ProgramError, match=r"at this speed 1000 shots need about \d+ s: ask for fewer") as refused:
        shots_of(module(*lines), seconds=0.0)

    assert refused.value.code == "ProviderTimeout"


def test_the_state_is_that_of_qiskit() -> None:
    """Gates on plain and on live qubits alike, held against a full state vector."""
    random, state, circuit = np.random.default_rng(5), State(), QuantumCircuit(5)
    for _ in range(120):
        method, angles, qubits = [("h", 0, 1), ("t", 0, 1), ("rx", 1, 1), ("cx", 0, 2), ("rzz", 1, 2), ("ccx", 0, 3)][
            random.integers(6)
        ]
        values, places = [float(random.normal())] * angles, [int(n) for n in random.permutation(5)[:qubits]]
        state.apply(method, values, places)
        getattr(circuit, method)(*values, *places)
    exact = Statevector(circuit)

    for qubit in range(5):
        assert state.chance(qubit) == pytest.approx(exact.probabilities([qubit])[1])


def test_plain_qubits_cost_nothing() -> None:
    """What is measured leaves the vector."""
    state = State()
    state.apply("x", [], [30])
    state.apply("h", [], [0])
    state.apply("ccx", [], [0, 30, 7])
    assert state.live == [0, 7]

    state.collapse(0, 1)
    state.collapse(7, 1)
    assert (state.live, state.vector.size, state.chance(7)) == ([], 1, 1.0)


def test_both_ways_of_running_a_program_agree() -> None:
    """Our interpreter and qdk's, on the same module."""
    text = module(call("h__body", at(0)), *FORWARD[1:], record("int", "i64 %n"))
    parsed = qir._module(text.encode())
    ours = branching.run(qir._entry_point(parsed, None), RUN)
    other = interpreted.run(parsed, qir._entry_point(parsed, None), RUN, "cpu")

    assert isinstance(ours, Shots)
    assert Counter(map(str, ours.values)).keys() == Counter(map(str, other.values)).keys() == {"7", "-5"}


ITEMS = ({"entryPoint": "main", "arguments": []}, {"entryPoint": None, "arguments": []})


def test_every_item_has_a_result_of_its_own() -> None:
    """As the service writes a batch, in the order of the items."""
    document = json.loads(execute({**vars(RUN), "shots": 4, "items": ITEMS}, module(*FORWARD).encode()))

    assert [result["Shots"] for result in document["Results"]] == [[[1, 1, 0]] * 4] * 2


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"items": ITEMS, "output": "microsoft.quantum-results.v1"}, "several items are written in microsoft"),
        ({"items": ITEMS[:1], "format": "rigetti.quil.v1"}, "'items' name entry points"),
        ({"items": ({"entryPoint": "other", "arguments": []},)}, "The entry point 'other' is not in the program"),
        ({"items": ({"entryPoint": "main", "arguments": [1]},)}, "compile the arguments in"),
    ],
)
def test_items_that_cannot_be_run_are_refused(changes: dict[str, Any], reason: str) -> None:
    """Only QIR has entry points, and only one format holds several results."""
    with pytest.raises(ProgramError, match=reason):
        execute({**vars(RUN), **changes}, module(*FORWARD).encode())


UNKNOWN = {"entryPoint": "other", "arguments": []}


def test_a_failed_item_spares_the_others_where_the_order_says_so() -> None:
    """It has no shots, and its reason; the shape is our own choice, since the service's is not documented."""
    header = {**vars(RUN), "shots": 2, "items": (UNKNOWN, ITEMS[0]), "params": {"resumeAfterFailedItem": True}}
    failed, whole = json.loads(execute(header, module(*FORWARD).encode()))["Results"]

    assert (failed["Histogram"], failed["Shots"], failed["status"]) == ([], [], "error")
    assert failed["code"] == "QIRPreProcessingFailed"
    assert "items[0]: The entry point 'other'" in failed["message"]
    assert whole["Shots"] == [[1, 1, 0]] * 2


def test_without_a_sound_item_the_job_fails() -> None:
    """With the first reason; and without `resumeAfterFailedItem` the first failure ends it."""
    header = {**vars(RUN), "shots": 2, "items": (UNKNOWN, UNKNOWN), "params": {"resumeAfterFailedItem": True}}
    with pytest.raises(ProgramError, match=r"items\[0\]: The entry point 'other'"):
        execute(header, module(*FORWARD).encode())
    with pytest.raises(ProgramError, match=r"items\[1\]: The entry point 'other'"):
        execute({**header, "items": (ITEMS[0], UNKNOWN), "params": {}}, module(*FORWARD).encode())


def test_one_item_can_fail_on_purpose() -> None:
    """Whatever its program is."""
    header = {**vars(RUN), "shots": 2, "items": ITEMS, "failing_item": 1, "params": {"resumeAfterFailedItem": True}}
    whole, failed = json.loads(execute(header, module(*FORWARD).encode()))["Results"]

    assert len(whole["Shots"]) == 2
    assert failed["code"] == "RuntimeError"


def test_what_an_item_leaves_out_stands_beside_the_items() -> None:
    """The entry point, here a wrong one."""
    with pytest.raises(ProgramError, match="The entry point 'beside'"):
        execute({**vars(RUN), "items": ITEMS[1:], "entry_point": "beside"}, module(*FORWARD).encode())


@pytest.mark.parametrize("branches", [False, True])
def test_pytket_s_gate_of_one_qubit_is_known(branches: object) -> None:
    """A half turn about an axis in the plane flips, whichever way the program is run."""
    more = "declare void @__quantum__qis__phasedx__body(double, double, ptr)\n"
    lines = [call("phasedx__body", f"double {math.pi}", "double 0.3", at(2)), *(FORWARD if branches else FORWARD[-1:])]

    assert shots_of(module(*lines, more=more), shots=1) == [[1, 1, 1] if branches else [0, 0, 1]]


@pytest.mark.parametrize("branches", [False, True])
def test_quantinuum_s_gates_of_two_qubits_are_known(branches: object) -> None:
    """Two half turns about ZZ, and one about XX, as pytket-qir writes them."""
    more = (
        "declare void @__quantum__qis__zzmax__body(ptr, ptr)\n"
        "declare void @__quantum__qis__rxxyyzz__body(double, double, double, ptr, ptr)\n"
    )
    flips = call("rxxyyzz__body", f"double {math.pi}", "double 0.0", "double 0.7", at(1), at(2))
    lines = [call("zzmax__body", at(1), at(2)), flips, *(FORWARD if branches else FORWARD[-1:])]

    assert shots_of(module(*lines, more=more), shots=1) == [[1, 0, 1] if branches else [0, 0, 1]]


def test_shots_that_share_a_history_cost_nothing() -> None:
    """A hundred thousand shots of a program whose branch is certain, in a fraction of a second's work."""
    began = time.process_time()

    assert Counter(map(tuple, shots_of(module(*FORWARD), shots=100_000))) == {(1, 1, 0): 100_000}
    assert time.process_time() - began < 5
