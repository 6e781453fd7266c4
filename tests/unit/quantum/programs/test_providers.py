"""Providers: which row a target has, what its parameters may be, and how they are sent."""

from typing import Any

import pytest

from quantum.contract.kinds import Limits
from quantum.jobs.errors import InvalidOrderError
from quantum.orders.read import parse_order
from quantum.programs.formats import FORMATS, formats_of, input_params, profile_for, row_of, takes
from quantum.programs.providers import KINDS, PROVIDERS, QIO, family_of, param_faults, provider_params
from tests.support.builders import a_program, an_order, an_order_body

SOLVER = "microsoft.paralleltempering-parameterfree.cpu"


def test_every_target_that_a_row_names_is_in_that_row() -> None:
    """The documented targets find their provider."""
    assert [(family_of(target), family) for family, row in PROVIDERS.items() for target in row.targets] == [
        (family, family) for family, row in PROVIDERS.items() for _ in row.targets
    ]
    assert {taker for row in FORMATS.values() for taker in row.takers} == {*PROVIDERS}


@pytest.mark.parametrize(
    ("target", "word", "taken"),
    [
        ("rigetti.sim.qvm", "rigetti.quil.v1", True),
        ("rigetti.sim.qvm", "quantinuum.openqasm.v1", False),
        ("quantinuum.qpu.h2-1", "honeywell.openqasm.v1", True),
        ("pasqal.sim.emu-tn", "qir.v1", False),
        (SOLVER, "microsoft.qio.v2", True),
        (SOLVER, "openqasm3", False),
        ("ionq.simulator", "ionq.circuit.v7", True),  # the provider's own words may be new ones
        ("quantinuum.sim.h2-1e", "honeywell.qir.v2", True),
        ("ionq.simulator", "qir.v2", False),
        ("acme.qpu", "ionq.circuit.v1", True),  # of a provider that nobody knows, nothing is refused
        ("acme.qpu", "acme.pulses.v3", True),
    ],
)
def test_a_target_takes_what_its_provider_reads(target: str, word: str, *, taken: bool) -> None:
    """What a known provider cannot read is known at the door."""
    assert takes(target, word) is taken


def test_of_a_provider_that_nobody_knows_no_format_is_claimed() -> None:
    """Nothing is refused, and nothing promised."""
    assert formats_of("acme.qpu") == ()
    assert formats_of(SOLVER) == ("microsoft.qio.v2",)
    assert profile_for(["acme.qpu"]) == "Base"


def test_a_word_that_nobody_knows_is_passed_on() -> None:
    """Its bytes are not looked at, and the workspace chooses the form of its results."""
    row = row_of("acme.pulses.v3")

    assert (row.submitted, row.output, row.media_type) == ("acme.pulses.v3", None, "application/octet-stream")
    assert row.check(b"\xff\0").faults == ()


@pytest.mark.parametrize(
    ("target", "params", "faults"),
    [
        ("ionq.simulator", {"errorMitigation": True}, {"params.errorMitigation": "must be an object"}),
        ("ionq.simulator", {"error-mitigation": 1}, {"params.error-mitigation": "must be an object"}),
        ("ionq.simulator", {"noiseModel": 7, "noiseSeed": 0.5, "other": [1]}, {
            "params.noiseModel": "must be text",
            "params.noiseSeed": "must be a whole number",
        }),
        ("ionq.simulator", {"noiseModel": "aria-1", "noise": {}}, {
            "params.noiseModel": "stands for 'noise', which is there too",
        }),
        ("rigetti.sim.qvm", {"skipQuilc": 1}, {"params.skipQuilc": "must be true or false"}),
        ("rigetti.sim.qvm", {"substitutions": {"theta": [0.5]}}, {
            "params.substitutions": "must be an object of lists of lists of numbers, by memory region",
        }),
        ("rigetti.sim.qvm", {"substitutions": {"theta": [[0.5], [1]]}, "skipQuilc": False}, {}),
        (SOLVER, {"timeout": "long", "all_betas": [True]}, {
            "params.timeout": "must be a whole number",
            "params.all_betas": "must be a list of numbers",
        }),
        ("acme.qpu", {"skipQuilc": 1}, {}),
    ],
)  # fmt: skip
def test_known_parameters_of_a_wrong_type_are_faults(
    target: str, params: dict[str, Any], faults: dict[str, str]
) -> None:
    """Names that we do not know pass: providers add some."""
    assert {fault.field: fault.reason for fault in param_faults([target], params)} == faults


def test_parameters_of_a_fallback_s_provider_are_looked_at_too() -> None:
    """An order that falls back is right for both."""
    body = an_order_body(fallbackTargets=["rigetti.sim.qvm"], params={"skipQuilc": "no", "noiseModel": 1})

    with pytest.raises(InvalidOrderError) as refused:
        parse_order(body, Limits())

    assert {fault.field for fault in refused.value.faults} == {"params.skipQuilc", "params.noiseModel"}


def test_parameters_are_sent_as_their_provider_spells_them() -> None:
    """Our names are one style; each provider has its own."""
    body = {"errorMitigation": {"debias": False}, "noiseModel": "aria-1", "noiseSeed": 7, "extra": 1}

    assert provider_params("ionq.simulator", body) == {
        "error-mitigation": {"debias": False},
        "noise": {"model": "aria-1", "seed": 7},
        "extra": 1,
    }
    assert provider_params("rigetti.sim.qvm", {"skipQuilc": True}) == {"skipQuilc": True}
    assert provider_params("acme.qpu", body) == body


def test_a_solver_gets_its_parameters_under_one_name_and_no_shots() -> None:
    """As azure-quantum's own solvers sent them."""
    program = a_program(format="microsoft.qio.v2")

    assert input_params(an_order(target=SOLVER, params={"timeout": 5}), program) == {"params": {"timeout": 5}}
    assert input_params(an_order(target=SOLVER, params={"params": {"seed": 1}}), program) == {"params": {"seed": 1}}


def test_a_fallback_gets_parameters_in_its_own_spelling() -> None:
    """The target that the job is on decides."""
    order = an_order(target="ionq.simulator", fallback_targets=("quantinuum.sim.h2-1e",), params={"tketOptLevel": 1})

    params = input_params(order, a_program(entry_point=None, profile=None), "quantinuum.sim.h2-1e")

    assert (params["tket-opt-level"], params["target_profile"]) == (1, "Adaptive_RI")


def test_every_kind_of_parameter_is_one_that_can_be_told() -> None:
    """The table names no kind that is not checked, and QIO has a row of its own."""
    assert {param.kind for row in PROVIDERS.values() for param in row.params} <= {*KINDS}
    assert QIO in PROVIDERS
