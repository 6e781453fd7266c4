"""The field `rank` of a batch: its short forms, and all its faults at once."""

from typing import Any

import pytest

from quantum.batches.rank import Rank, Reference, rank_faults, read_rank

COUNTS = {"00": 0.5, "11": 0.5}


@pytest.mark.parametrize(
    ("data", "rank"),
    [
        (None, None),
        ({"by": "cost"}, Rank("cost")),
        ({"by": "fidelity", "reference": "ideal"}, Rank("fidelity", None, Reference(is_ideal=True))),
        ({"by": "fidelity", "reference": {"member": 3}}, Rank("fidelity", None, Reference(member=3))),
        ({"by": "fidelity", "reference": {"counts": COUNTS}}, Rank("fidelity", None, Reference(COUNTS))),
        ({"by": "fidelity", "reference": COUNTS}, Rank("fidelity", None, Reference(COUNTS))),
        ({"by": "solution"}, Rank("solution")),
        (
            {"by": "weights", "weights": {"fidelity": 2, "time": 1}, "reference": "ideal"},
            Rank("weights", {"fidelity": 2, "time": 1}, Reference(is_ideal=True)),
        ),
    ],
)
def test_each_form_is_read(data: Any, rank: Rank | None) -> None:
    """A bare distribution is short for `counts`."""
    assert data is None or rank_faults(data, 4) == []
    assert read_rank(data) == rank


@pytest.mark.parametrize(
    ("data", "places"),
    [
        ({}, ["rank.by"]),
        ({"by": "luck", "size": 1}, ["rank.size", "rank.by"]),
        ({"by": "fidelity"}, ["rank.reference"]),
        ({"by": "fidelity", "reference": "best"}, ["rank.reference"]),
        ({"by": "fidelity", "reference": {}}, ["rank.reference.counts"]),
        ({"by": "fidelity", "reference": {"counts": [1]}}, ["rank.reference.counts"]),
        ({"by": "fidelity", "reference": {"counts": {"0": 0, "1": 0}}}, ["rank.reference.counts"]),
        ({"by": "fidelity", "reference": {"counts": {"0": -1, "1": True}}}, ["counts.0", "counts.1"]),
        ({"by": "fidelity", "reference": {"counts": {"0": float("nan")}}}, ["counts.0"]),
        ({"by": "fidelity", "reference": {"0": 1, "11": 1}}, ["rank.reference.counts"]),
        ({"by": "fidelity", "reference": {"counts": COUNTS, "member": 0}}, ["rank.reference"]),
        ({"by": "fidelity", "reference": {"member": 4}}, ["rank.reference.member"]),
        ({"by": "fidelity", "reference": {"member": True}}, ["rank.reference.member"]),
        ({"by": "cost", "weights": {"cost": 1}}, ["rank.weights"]),
        ({"by": "weights"}, ["rank.weights"]),
        ({"by": "weights", "weights": {"cost": 0}}, ["rank.weights"]),
        ({"by": "weights", "weights": {"cost": "1", "beauty": 1}}, ["rank.weights.cost", "rank.weights.beauty"]),
        ({"by": "weights", "weights": {"fidelity": 1}}, ["rank.reference"]),
    ],
)
def test_each_fault_has_its_place(data: Any, places: list[str]) -> None:
    """Also several at once."""
    faults = rank_faults(data, 4)

    assert len(faults) == len(places)
    assert all(fault.field.endswith(place) for fault, place in zip(faults, places, strict=True))


def test_a_hostile_reference_has_a_bounded_answer() -> None:
    """A hundred thousand faults are not a hundred thousand lines."""
    counts = {str(number): -1 for number in range(100_000)}

    assert len(rank_faults({"by": "fidelity", "reference": {"counts": counts}}, 4)) <= 21
