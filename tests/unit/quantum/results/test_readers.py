"""Outputs of every provider become one kind of histogram, or are said to be unreadable."""

import json
from math import isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantum.results.histograms import (
    MAX_OUTCOMES,
    MAX_SHOTS,
    Histogram,
    Register,
    Solutions,
    UnreadableResultError,
    from_counts,
    from_probabilities,
    widths_of,
)
from quantum.results.readers import MAX_PARSED_BYTES, MAX_QUBITS, READERS, read_result

V1, V2, IONQ = "microsoft.quantum-results.v1", "microsoft.quantum-results.v2", "ionq.quantum-results.v1"


def read(output: object, output_format: str, shots: int = 100, qubits: int | None = None) -> Histogram:
    """Read an output that is JSON, and holds what was measured."""
    histogram = read_result(json.dumps(output).encode(), output_format, shots, qubits)
    assert isinstance(histogram, Histogram)
    return histogram


def v2(*entries: tuple[object, object]) -> dict[str, object]:
    """An output of `microsoft.quantum-results.v2`."""
    histogram = [{"Outcome": outcome, "Display": "", "Count": count} for outcome, count in entries]
    return {"DataFormat": V2, "Results": [{"Histogram": histogram, "Shots": []}]}


@pytest.mark.parametrize(
    ("outcomes", "widths"),
    [(["01 1", "10 0"], (2, 1)), (["01", "1"], ()), (["0a"], ()), (["0 a"], ()), (["01  1"], ()), ([""], ()), ([], ())],
)
def test_registers_have_widths_only_where_all_outcomes_are_bits(outcomes: list[str], widths: tuple[int, ...]) -> None:
    """Of the same registers: a letter or an empty part is none."""
    assert widths_of(outcomes) == widths


def test_version_2_counts_are_taken_as_they_are() -> None:
    """Leftmost bit is qubit 0, and probabilities follow from the counts."""
    histogram = read(v2(([1, 0], 3), ([0, 0], 1)), V2)

    assert histogram == Histogram({"00": 1, "10": 3}, {"00": 0.25, "10": 0.75}, sampled=True, registers=(Register(2),))


def test_one_outcome_in_several_places_is_counted_together() -> None:
    """Whatever the spelling, the same bits are the same outcome."""
    histogram = read(v2(([0, 1], 3), ([False, True], 4)), V2)

    assert histogram.counts == {"01": 7}


@pytest.mark.parametrize(
    ("outcome", "written"),
    [
        (1, "1"),
        (True, "1"),
        (0, "0"),
        ([[0, 1], [1]], "01 1"),
        ({"Item1": [0, 1], "Item2": 1}, "01 1"),
        ({"Item1": 0, "Item2": 1}, "01"),
        ([0, "-"], "0-"),
        (7, "7"),
        (0.5, "0.5"),
        ([0, 2], "0,2"),
        ([1, 10], "1,10"),
        ([11, 0], "11,0"),
        ("()", "()"),
        ({"other": 1}, "{'other': 1}"),
    ],
)
def test_outcomes_of_every_shape_are_written_as_bits_where_they_are_bits(outcome: object, written: str) -> None:
    """Registers are parted by a blank, lost qubits are a dash, other values stay readable."""
    assert read(v2((outcome, 1)), V2).counts == {written: 1}


def test_shots_that_broke_are_left_out_and_told_of() -> None:
    """The counts are of what was measured, and the warning says what is missing."""
    histogram = read(v2(([0], 3), ({"Error": {"Code": 7}}, 2), ({"Error": {"Code": 8}}, 1)), V2)

    assert histogram.counts == {"0": 3}
    assert histogram.warnings == ("3 shots ended in an error and are not counted: 7 (2), 8 (1)",)


def test_version_1_probabilities_become_counts_that_add_up() -> None:
    """The remainders go to those that were rounded most."""
    histogram = read({"Histogram": ["[0, 0]", 0.335, "[1, 1]", 0.335, "[0, 1]", 0.33]}, V1, shots=100)

    assert histogram.counts == {"00": 34, "01": 33, "11": 33}
    assert histogram.probabilities == {"00": 0.335, "01": 0.33, "11": 0.335}
    assert not histogram.sampled


def test_the_largest_remainder_gets_the_shot_that_is_left() -> None:
    """Wherever it stands, and however large its share."""
    histogram = read({"Histogram": ["[0]", 0.61, "[1]", 0.25, "[2]", 0.14]}, V1, shots=10)

    assert histogram.counts == {"0": 6, "1": 3, "2": 1}


def test_version_1_outcomes_that_are_no_lists_stay_as_they_are() -> None:
    """An outcome is never lost for its form, and two spellings of one share it."""
    histogram = read({"Histogram": ["(One, Zero)", 0.5, "[0,1]", 0.25, "[0, 1]", 0.25]}, V1, shots=4)

    assert histogram.counts == {"(One, Zero)": 2, "01": 2}


def test_ionq_keys_are_read_from_their_lowest_bit() -> None:
    """Key 1 is qubit 0 alone, and every qubit has its place."""
    histogram = read({"histogram": {"0": 0.5, "1": 0.5}}, IONQ, shots=10, qubits=3)

    assert histogram.counts == {"000": 5, "100": 5}


def test_ionq_without_a_number_of_qubits_is_as_wide_as_its_widest_key() -> None:
    """Nothing is cut off."""
    assert read({"histogram": {"4": 1.0}}, IONQ, shots=10).counts == {"001": 10}


def test_impossible_outcomes_have_a_probability_and_no_count() -> None:
    """A count of nothing is not listed."""
    histogram = read({"histogram": {"0": 1.0, "1": 0.0}}, IONQ, shots=10, qubits=1)

    assert histogram.counts == {"0": 10}
    assert histogram.probabilities == {"0": 1.0, "1": 0.0}


NO_V2: list[object] = [{}, [], 7, {"Results": 1}, {"Results": []}, v2(), v2(([0], 0))]
UNREADABLE = [
    (b"", V2),
    (b"{}", "rigetti.quil-results.v9"),
    (b"\xff\xfe", V1),
    *[(json.dumps(output).encode(), V2) for output in NO_V2],
    *[(json.dumps(v2(([0], count))).encode(), V2) for count in (-1, 1.5, "1", None, 2**62)],
    *[
        (json.dumps({"Histogram": flat}).encode(), V1)
        for flat in (["[0]"], ["[0]", 1.0, "[1]"], [], ["[0]", "much"], ["[0]", "nan"], 5)
    ],
    *[(json.dumps({"Histogram": ["[0]", share]}).encode(), V1) for share in (0.2, 1.7)],
    (json.dumps({"Histogram": ["[0]", 1.5, "[1]", -0.5]}).encode(), V1),
    *[
        (json.dumps({"histogram": solutions}).encode(), IONQ)
        for solutions in ({}, {"x": 1}, {"-1": 1}, {"0": None}, [1])
    ],
    (json.dumps({"histogram": {str(2**300): 1.0}}).encode(), IONQ),
    (json.dumps(v2(*((f"{n}", 1) for n in range(MAX_OUTCOMES + 1)))).encode(), V2),
]


@pytest.mark.parametrize(("raw", "output_format"), UNREADABLE, ids=range(len(UNREADABLE)))
def test_what_is_not_of_its_form_is_unreadable_and_nothing_else(raw: bytes, output_format: str) -> None:
    """A provider's surprise is one known error."""
    with pytest.raises(UnreadableResultError):
        read_result(raw, output_format, 100, None)


def test_as_much_as_is_allowed_is_read() -> None:
    """Each limit is itself within the limit."""
    widest = read({"histogram": {str(2 ** (MAX_QUBITS - 1)): 1.0}}, IONQ)
    most = from_counts({f"{n}": 1 for n in range(MAX_OUTCOMES)})
    largest = read(v2(([0], MAX_SHOTS)), V2)

    assert widest.counts == {"0" * (MAX_QUBITS - 1) + "1": 100}
    assert (len(most.counts), largest.counts) == (MAX_OUTCOMES, {"0": MAX_SHOTS})


def test_a_circuit_that_claims_a_billion_qubits_costs_no_memory() -> None:
    """A key is never padded to what a stranger says."""
    with pytest.raises(UnreadableResultError, match="1,000,000,000 qubits"):
        read({"histogram": {"0": 1.0}}, IONQ, qubits=1_000_000_000)


numbers = st.integers(-3, 2**64) | st.floats(allow_nan=False) | st.text("0123456789e.-na", max_size=6)
anything = st.recursive(
    st.none() | st.booleans() | numbers,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["Results", "Histogram", "Outcome", "Count", "histogram", "Error", "Item1", "Item2", "0", "3"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(deadline=None, max_examples=200)
@given(anything, st.sampled_from([*READERS, "other"]), st.integers(1, 10**6), st.none() | st.integers(1, 2**62))
def test_no_output_raises_anything_else(output: object, output_format: str, shots: int, qubits: int | None) -> None:
    """Any JSON gives a histogram with counts that add up, or an UnreadableResultError."""
    try:
        histogram = read(output, output_format, shots, qubits)
    except UnreadableResultError:
        return

    assert sum(histogram.counts.values()) == shots or histogram.sampled
    assert all(count >= 0 for count in histogram.counts.values())
    assert histogram.counts.keys() <= histogram.probabilities.keys()


@settings(deadline=None, max_examples=200)
@given(
    st.dictionaries(st.text("01", min_size=1, max_size=6), st.floats(0, 1), min_size=1, max_size=12),
    st.integers(1, 10**8),
)
def test_counts_from_probabilities_always_add_up_to_the_shots(shares: dict[str, float], shots: int) -> None:
    """Rounding neither adds a shot nor loses one, and moves no count by more than one."""
    try:
        histogram = from_probabilities(shares, shots)
    except UnreadableResultError:
        return

    total = sum(shares.values())
    assert sum(histogram.counts.values()) == shots
    assert all(abs(histogram.counts.get(key, 0) - share / total * shots) <= 1.001 for key, share in shares.items())


@settings(deadline=None, max_examples=100)
@given(st.dictionaries(st.text("01", min_size=3, max_size=3), st.integers(1, 10**6), min_size=1))
def test_sampled_counts_are_kept_to_the_shot(counts: dict[str, int]) -> None:
    """What was measured is what is told, and the probabilities add up to one."""
    histogram = read(v2(*(([int(bit) for bit in key], count) for key, count in counts.items())), V2)

    assert histogram.counts == counts
    assert isclose(sum(histogram.probabilities.values()), 1)


def test_many_shots_by_register_are_counted_without_being_parsed() -> None:
    """Providers that list every shot are read up to the limit of the output, not of what is parsed."""
    width, rows = 32, MAX_PARSED_BYTES // 32
    rigetti = b'{"ro": [' + b"[%s], " % b",".join([b"0"] * width) * rows + b"[%s]]}" % b",".join([b"1"] * width)
    quantinuum = b'{"c": [' + b'"%s",' % (b"0" * width) * rows + b'"%s"]}' % (b"1" * width)

    for raw, output_format in ((rigetti, "rigetti.quil-results.v1"), (quantinuum, "honeywell.quantum-results.v1")):
        histogram = read_result(raw, output_format, rows + 1, None)
        assert len(raw) > MAX_PARSED_BYTES
        assert isinstance(histogram, Histogram)
        assert histogram.counts == {"0" * width: rows, "1" * width: 1}


@pytest.mark.parametrize(
    ("raw", "output_format"),
    [
        (json.dumps({"ro": [[n] for n in range(MAX_OUTCOMES + 1)]}).encode(), "rigetti.quil-results.v1"),
        (json.dumps({"c": [f"{n:020b}" for n in range(MAX_OUTCOMES + 1)]}).encode(), "honeywell.quantum-results.v1"),
        (json.dumps({f"{n:020b}": 1 for n in range(MAX_OUTCOMES + 1)}).encode(), "pasqal.pulser-results.v1"),
        (json.dumps({"histogram": {str(n): 1e-5 for n in range(MAX_OUTCOMES + 1)}}).encode(), IONQ),
    ],
)
def test_more_outcomes_than_can_be_told_are_said_to_be_too_many(raw: bytes, output_format: str) -> None:
    """As of thirty qubits in a superposition: memory stays bounded, and the reason is clear."""
    with pytest.raises(UnreadableResultError, match=r"100,00[01] outcomes"):
        read_result(raw, output_format, 10**6, 20)


@pytest.mark.parametrize(
    "raw",
    [
        b"[]",
        b"{}",
        b'{"ro": 1}',
        b'{"ro": []}',
        b'{"ro": [[0]]',
        b'{"ro": [[0]]} x',
        b'{"ro": [[0]], "ro": [[1]]}',
        b'{"ro": [[0], [1]], "b": [[1]]}',
        b'{"ro": [[0 0]]}',
        b'{"ro": ["0"]}',
        b'{"\xff": [[0]]}',
        b'{"ro": [' + b"[[]," * 10_000,
    ],
)
def test_shots_by_register_that_are_not_of_their_form_are_unreadable(raw: bytes) -> None:
    """Neither lost nor counted halfway."""
    with pytest.raises(UnreadableResultError):
        read_result(raw, "rigetti.quil-results.v1", 1, None)


def test_an_output_of_very_many_registers_is_not_read() -> None:
    """Memory stays bounded in their number, too."""
    raw = json.dumps({f"r{n}": [[0]] for n in range(1025)}).encode()

    with pytest.raises(UnreadableResultError, match="more than 1,024 registers"):
        read_result(raw, "rigetti.quil-results.v1", 1, None)


def test_solutions_come_best_first_whatever_their_order() -> None:
    """And a single solution of an older solver is one of them."""
    solutions = [{"configuration": {"0": 1}, "cost": cost} for cost in (2.5, -1)]

    several = read_result(json.dumps({"solutions": solutions}).encode(), "microsoft.qio-results.v2", 1, None)
    single = read_result(json.dumps(solutions[0]).encode(), "microsoft.qio-results.v2", 1, None)

    assert isinstance(several, Solutions)
    assert [solution["cost"] for solution in several.solutions] == [-1.0, 2.5]
    assert single == Solutions(({"configuration": {"0": 1}, "cost": 2.5},))


@pytest.mark.parametrize(
    "entry",
    [
        {"configuration": {"0": 1.5}, "cost": 1},
        {"configuration": {"0": True}, "cost": 1},
        {"configuration": {"0": 1}, "cost": "1"},
        {"configuration": {"0": 1}, "cost": True},
        {"configuration": [1], "cost": 1},
        {"cost": 1},
    ],
)
def test_what_is_no_solution_is_unreadable(entry: dict[str, object]) -> None:
    """Values are whole numbers, and a cost is a number."""
    with pytest.raises(UnreadableResultError, match="not of the form"):
        read_result(json.dumps({"solutions": [entry]}).encode(), "microsoft.qio-results.v2", 1, None)


def test_an_output_with_too_many_outcomes_is_unreadable() -> None:
    """Its histogram would take many times its bytes; so would what stands beside the shots."""
    entry = {"Outcome": 0, "Count": 1}
    half = {"Histogram": [entry] * (MAX_OUTCOMES // 2 + 1)}

    with pytest.raises(UnreadableResultError, match=f"more than {MAX_OUTCOMES:,} outcomes"):
        read_result(json.dumps({"Results": [half, half]}).encode(), V2, 1, None)
    with pytest.raises(UnreadableResultError, match="bytes beside its shots"):
        read_result(b'{"Results": "' + b"x" * MAX_PARSED_BYTES + b'"}', V2, 1, None)
