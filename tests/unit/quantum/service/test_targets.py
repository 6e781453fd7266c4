"""The target list: how old it may be, and what an order gets wrong about it."""

import pytest

from quantum.jobs.errors import ServiceUnavailableError
from quantum.service.targets import CACHE_SECONDS, Targets, select_targets, target_faults
from tests.support.builders import App, a_target

QUANTINUUM = a_target(id="quantinuum.sim.h2-1e", provider="quantinuum")


async def test_the_list_is_asked_for_once_a_minute() -> None:
    """Many orders cost one call."""
    app = App()
    targets = Targets(app.services)

    for seconds in (0, CACHE_SECONDS, 1):
        app.pass_time(seconds=seconds)
        await targets.fresh()

    assert app.workspace.times_asked_for_targets == 2


async def test_a_workspace_that_fails_is_said_to_fail() -> None:
    """Who asks for the list itself is not shown an old one."""
    app = App()
    app.workspace.failure = ServiceUnavailableError("down")

    with pytest.raises(ServiceUnavailableError):
        await Targets(app.services).fresh()


async def test_orders_are_taken_while_the_workspace_fails() -> None:
    """What was last known is good enough to find typing errors."""
    app = App()
    targets = Targets(app.services)
    assert await targets.best_effort() == app.workspace.target_list

    app.workspace.failure = ServiceUnavailableError("down")
    app.pass_time(hours=1)

    assert await targets.best_effort() == [a_target()]
    assert (await targets.fresh(max_age=3600)).age_seconds(app.clock) == 3600


async def test_without_any_list_there_is_none_at_hand() -> None:
    """An order is taken even if the workspace has never answered."""
    app = App()
    app.workspace.failure = ServiceUnavailableError("down")

    assert await Targets(app.services).best_effort() == ()


async def test_a_list_says_how_old_it_is() -> None:
    """A caller sees whether it was read now or a while ago."""
    app = App()
    targets = Targets(app.services)
    assert (await targets.fresh()).age_seconds(app.clock) == 0

    app.pass_time(seconds=CACHE_SECONDS)

    assert (await targets.fresh()).age_seconds(app.clock) == CACHE_SECONDS


def test_targets_are_chosen_by_name() -> None:
    """The order of the list is kept."""
    assert select_targets([a_target(), QUANTINUUM], [QUANTINUUM.id, "xyzzy"]) == [QUANTINUUM]


def test_an_unknown_target_is_named_with_the_nearest() -> None:
    """A typing error is found at once, in the fallbacks too."""
    listed = [a_target(), QUANTINUUM]
    faults = target_faults(("ionq.simulater", "xyzzy"), "openqasm3", listed)

    assert [(fault.field, fault.reason) for fault in faults] == [
        ("target", "'ionq.simulater' is not in this workspace; the nearest are ionq.simulator"),
        (
            "fallbackTargets",
            "'xyzzy' is not in this workspace, which has ionq.simulator, quantinuum.sim.h2-1e",
        ),
    ]


def test_a_retired_target_is_refused_with_what_to_do_instead() -> None:
    """By its name, also where the workspace lists it still or does not answer."""
    estimator = a_target(id="microsoft.estimator", provider="microsoft")

    for available in ([], [QUANTINUUM], [estimator]):
        (fault,) = target_faults((estimator.id,), "qsharp", available)

        assert fault.field == "target"
        assert "pip install" in fault.reason


def test_a_target_that_does_not_take_the_format_says_what_it_takes() -> None:
    """No job is sent to a machine that cannot read it."""
    targets = [a_target(), QUANTINUUM]

    (fault,) = target_faults([target.id for target in targets], "ionq.circuit.v1", targets)

    assert fault.field == "input.format"
    assert fault.reason == (
        f"{QUANTINUUM.id} does not take ionq.circuit.v1; it takes openqasm2, openqasm3, qsharp, qir.v1,"
        " honeywell.openqasm.v1, quantinuum.openqasm.v1"
    )


def test_without_a_list_only_the_format_is_known_to_be_wrong() -> None:
    """Whether the target is there, the submission will tell; what its provider reads is known."""
    assert [fault.field for fault in target_faults(("rigetti.sim.qvm",), "ionq.circuit.v1", [])] == ["input.format"]
    assert target_faults(("ionq.simulator",), "openqasm3", []) == []
    assert target_faults(("ionq.simulator",), None, [a_target()]) == []
