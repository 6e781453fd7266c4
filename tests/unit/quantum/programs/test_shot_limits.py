"""How many shots targets take at once, and what cannot be divided."""

from typing import Any

import pytest

from quantum.contract.kinds import Limits
from quantum.programs.shot_limits import division_faults, most_shots, shots_at_once, sizes_of
from tests.support.builders import an_order

OWN = Limits(target_shots={"ionq.simulator": 300, "ionq.qpu.aria-1": 5})


@pytest.mark.parametrize(
    ("target", "most"),
    [
        ("ionq.qpu.forte-1", 10_000),
        ("quantinuum.qpu.h2-1", 10_000),
        ("rigetti.sim.qvm", 10_000),
        ("ionq.simulator", None),
        ("quantinuum.sim.h2-1e", None),
        ("quantinuum.sim.h2-1sc", None),
        ("new.qpu", None),
    ],
)
def test_a_limit_is_known_by_the_target_s_name(target: str, most: int | None) -> None:
    """Without one, no order is divided."""
    assert most_shots(target, Limits()) == most


def test_a_deployment_may_know_better() -> None:
    """Its own limits go first."""
    assert [most_shots(target, OWN) for target in ("ionq.simulator", "ionq.qpu.aria-1")] == [300, 5]


def test_only_targets_that_take_fewer_shots_are_limited() -> None:
    """An order within all limits is a job as ever."""
    order = an_order(fallback_targets=("ionq.qpu.forte-1",))

    assert shots_at_once(order, OWN) == {"ionq.simulator": 300}
    assert shots_at_once(order, Limits()) is None
    assert sizes_of("ionq.simulator", order, OWN) == (250, 250, 250, 250)
    assert sizes_of("ionq.qpu.forte-1", order, OWN) == (1000,)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"shots": 6001}, "shots"),
        ({"params": {"noiseSeed": 7}}, "params"),
        ({"params": {"noise": {"model": "aria-1", "seed": 7}}}, "params"),
        ({"params": {"substitutions": {"theta": [[0.1]]}}}, "params.substitutions"),
    ],
)
def test_what_cannot_be_divided_is_refused(changes: dict[str, Any], field: str) -> None:
    """The reason says what to do instead; within the limit all of it is taken."""
    (fault,) = division_faults(an_order(**changes), OWN)

    assert fault.field == field
    assert division_faults(an_order(**changes | {"shots": 300}), OWN) == []


def test_a_noise_model_without_a_seed_is_divided() -> None:
    """The samples of its parts differ."""
    assert division_faults(an_order(params={"noise": {"model": "aria-1"}}), OWN) == []
