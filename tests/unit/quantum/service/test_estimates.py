"""Estimates: rows with reasons, faults all at once, and nothing that is run or stored."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from quantum.contract.fields import Fault
from quantum.contract.kinds import Limits
from quantum.doors.http import estimates, frame
from quantum.doors.http.frame import Request, Response
from quantum.jobs.errors import CompilerBusyError, ServiceUnavailableError
from quantum.jobs.program import Compiled
from quantum.orders.read import MAX_ORDER_BYTES
from quantum.ports import COMPILER_PATIENCE_SECONDS
from quantum.service.admission import Admission
from quantum.workspaces.remote import Quota, Session, Target
from tests.support.builders import BELL, CIRCUIT, App, a_target
from tests.support.fakes.compiler import FakeCompiler

SIMULATOR, ARIA, H2, QVM = "ionq.simulator", "ionq.qpu.aria-1", "quantinuum.sim.h2-1e", "rigetti.sim.qvm"
CEPHEUS, FRESNEL = "rigetti.qpu.cepheus-1-108q", "pasqal.qpu.fresnel"
NAMES = (SIMULATOR, ARIA, H2, QVM, CEPHEUS, FRESNEL)
TARGETS = [a_target(id=name, provider=name.partition(".")[0], average_queue_seconds=60, qubits=20) for name in NAMES]
MODULE = """\
define void @ENTRYPOINT__main() #0 {
  call void @__quantum__qis__h__body(ptr null)
  call void @__quantum__qis__cx__body(ptr null, ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  ret void
}
"""
FAULT = Fault("input", "branches on a measurement", 3, 1)


class CompilerByProfile(FakeCompiler):
    """A compiler whose answer depends on the profile."""

    def __init__(self, answers: dict[str, Compiled | tuple[Fault, ...]]) -> None:
        super().__init__(answers["Base"])
        self.answers = answers

    async def compile(self, source: str, language: str, **options: Any) -> Compiled | tuple[Fault, ...]:
        """Answer for the profile."""
        await super().compile(source, language, **options)
        return self.answers[options["profile"]]


def an_app(targets: Sequence[Target] = TARGETS) -> App:
    """The app, with targets of several providers, and a compiler whose module has gates."""
    app = App(compiler=FakeCompiler(Compiled(MODULE, "ENTRYPOINT__main", 2, notes=("a delay was left out",))))
    app.workspace.target_list[:] = targets
    return app


def a_request(**changes: Any) -> dict[str, Any]:
    """The request for a Bell pair; a change to None leaves a field out."""
    body = {"shots": 1000, "input": {"format": "openqasm3", "text": BELL}} | changes
    return {name: value for name, value in body.items() if value is not None}


async def post(app: App, body: Any) -> Response:
    """Ask for an estimate."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await frame.answer(estimates.estimate_order, Request(body=content), app.core, app.orchestrations)


async def rows(app: App, **changes: Any) -> dict[str, dict[str, Any]]:
    """The estimates by target."""
    answer = await post(app, a_request(**changes))
    assert answer.status == 200, answer.body
    return {row["target"]: row for row in answer.body["estimates"]}


def reasons(answer: Response) -> dict[str, str]:
    """The faults of a problem, by field."""
    assert answer.status == 400, answer.body
    assert answer.body["title"] == "The order cannot be estimated as it is"
    return {fault["field"]: fault["reason"] for fault in answer.body["errors"]}


async def test_prices_are_in_the_unit_of_the_target_with_their_date() -> None:
    """Free is 0; gates come from the compiled program; what is billed by time has a reason in place of a price."""
    by_target = await rows(an_app(), targets=[SIMULATOR, ARIA, H2, CEPHEUS])

    costs = {
        name: row["cost"] and (row["cost"]["estimated"], row["cost"]["currency"]) for name, row in by_target.items()
    }
    assert costs == {SIMULATOR: (0.0, "USD"), ARIA: (98.695, "USD"), H2: (10.2, "eHQC"), CEPHEUS: None}
    assert by_target[ARIA]["gates"] == {"oneQubit": 1, "twoQubit": 1, "measurements": 3}
    assert (by_target[ARIA]["qubits"], by_target[ARIA]["averageQueueSeconds"]) == (2, 60)
    assert {by_target[name]["cost"]["pricesOf"] for name in (SIMULATOR, ARIA, H2)} == {"2025-09-17"}
    assert "execution time" in by_target[CEPHEUS]["whyNoCost"]
    assert by_target[CEPHEUS]["price"]["unit"] == "USD"
    assert all(row["takes"] for row in by_target.values())


async def test_a_program_is_compiled_once_for_each_profile() -> None:
    """However many targets there are; nothing is stored, claimed, started or submitted."""
    app = an_app()

    answer = await post(app, a_request(targets=[SIMULATOR, ARIA, QVM, CEPHEUS, H2]))

    assert [request["profile"] for request in app.compiler.requests] == ["Base", "Adaptive_RI"]
    assert app.compiler.patience == [COMPILER_PATIENCE_SECONDS] * 2
    assert answer.body["warnings"] == ["a delay was left out"]
    assert (app.blobs.contents, app.index.entries, app.workspace.ledger) == ({}, {}, [])
    assert app.orchestrations.started == {}


async def test_a_target_that_cannot_take_the_order_is_a_row_with_its_reason() -> None:
    """Unknown, retired, of another format, too small, too dear, of another session: a row each, and no error."""
    app = an_app([*TARGETS[:-1], replace(TARGETS[-1], qubits=None), a_target(id="acme.qpu", provider="acme", qubits=1)])

    by_target = await rows(
        app,
        targets=["ionq.qpu.arai", "microsoft.estimator", FRESNEL, "acme.qpu", ARIA, CEPHEUS, SIMULATOR],
        maxCost=50,
        params={"errorMitigation": 3},
    )

    faults = {name: [fault["reason"] for fault in row["faults"]] for name, row in by_target.items()}
    assert not any(row["takes"] for row in by_target.values() if row["target"] != "rigetti.sim.qvm")
    assert "the nearest are ionq.qpu.aria-1" in faults["ionq.qpu.arai"][0]
    assert by_target["ionq.qpu.arai"]["availability"] is None
    assert "no longer a target" in faults["microsoft.estimator"][0]
    assert "does not take openqasm3" in faults[FRESNEL][0]
    assert faults["acme.qpu"][0] == "needs 2 qubits; acme.qpu has 1"
    assert faults[ARIA] == [
        "must be an object",
        f"is 50; on {ARIA} this costs 98.69 USD by an estimate with the prices of 2025-09-17",
    ]
    assert faults[CEPHEUS][0].startswith("cannot be kept")
    assert faults[SIMULATOR] == ["must be an object"]
    assert by_target[FRESNEL]["gates"] is None


async def test_a_workspace_without_targets_takes_nothing() -> None:
    """It answered, so that is known; the program is still checked."""
    named = await rows(an_app([]), targets=[SIMULATOR])
    answer = await post(an_app([]), a_request())

    assert (named[SIMULATOR]["takes"], named[SIMULATOR]["qubits"]) == (False, 2)
    assert "has no targets" in named[SIMULATOR]["faults"][0]["reason"]
    assert (answer.status, answer.body["estimates"], answer.body["leftOut"]) == (200, [], [])


async def test_without_targets_all_that_take_it_are_shown() -> None:
    """The others are named; so are none where no target does."""
    answer = await post(an_app(), a_request(maxCost=50))
    circuit = await post(an_app(TARGETS[3:]), a_request(input={"format": "ionq.circuit.v1", "text": CIRCUIT}))

    assert [row["target"] for row in answer.body["estimates"]] == [SIMULATOR, H2, QVM]
    assert answer.body["leftOut"] == [ARIA, CEPHEUS, FRESNEL]
    assert (circuit.status, circuit.body["estimates"], circuit.body["leftOut"]) == (200, [], [QVM, CEPHEUS, FRESNEL])


async def test_an_order_s_own_targets_are_taken_where_no_others_are_named() -> None:
    """A whole order can be sent as it is; `targets` wins over its own."""
    app = an_app()
    own = {"target": ARIA, "fallbackTargets": [SIMULATOR]}

    assert list(await rows(app, **own)) == [ARIA, SIMULATOR]
    assert list(await rows(app, **own, targets=[H2])) == [H2]


async def test_a_program_that_one_profile_refuses_is_a_reason_of_its_targets() -> None:
    """A machine that can branch takes what another cannot."""
    app = an_app()
    app = replace_compiler(app, {"Base": (FAULT,), "Adaptive_RI": Compiled(MODULE, "ENTRYPOINT__main", 2)})

    by_target = await rows(app, targets=[SIMULATOR, H2])

    assert (by_target[SIMULATOR]["takes"], by_target[H2]["takes"]) == (False, True)
    assert by_target[SIMULATOR]["faults"] == [{"field": "input", "reason": FAULT.reason, "line": 3, "column": 1}]


def replace_compiler(app: App, answers: dict[str, Compiled | tuple[Fault, ...]]) -> App:
    """The same app with a compiler whose answers depend on the profile."""
    other = App(compiler=CompilerByProfile(answers))
    other.workspace.target_list[:] = app.workspace.target_list
    return other


async def test_a_program_that_compiles_nowhere_is_an_invalid_order() -> None:
    """Its faults come once, with place, and with all others of the order at once."""
    app = replace_compiler(an_app(), {"Base": (FAULT,), "Adaptive_RI": (FAULT,)})

    alone = await post(app, a_request(targets=[SIMULATOR, H2]))
    with_others = await post(app, a_request(targets=[SIMULATOR, H2], shots=0, workspace="nowhere", nam="x"))

    assert alone.body["errors"] == [{"field": "input", "reason": FAULT.reason, "line": 3, "column": 1}]
    assert reasons(with_others).keys() == {"input", "shots", "workspace", "nam"}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"targets": "ionq.simulator"}, {"targets"}),
        (
            {"targets": [SIMULATOR, SIMULATOR], "target": 5, "fallbackTargets": [7]},
            {"targets", "target", "fallbackTargets"},
        ),
        ({"shots": None, "input": None}, {"shots", "input"}),
        (
            {"targets": ["a"] * 2, "input": {"format": "openqasm3"}, "workspace": "nowhere"},
            {"targets", "input", "workspace"},
        ),
        ({"targets": []}, {"targets"}),
        ({"resources": True, "entryPoint": "a b"}, {"resources", "entryPoint"}),
    ],
)
async def test_all_faults_of_a_request_come_at_once(changes: dict[str, Any], fields: set[str]) -> None:
    """By field, of the order and of what is asked about it."""
    answer = await post(an_app(), a_request(**changes))

    assert reasons(answer).keys() == fields


@pytest.mark.parametrize("name", ["order", "orders", "sweep", "jobs"])
async def test_a_batch_is_refused_by_name(name: str) -> None:
    """What it lacks as an order is not told beside that."""
    answer = await post(an_app(), {name: [{}], "targets": [SIMULATOR]})

    assert reasons(answer).keys() == {name}
    assert "estimates of batches are not available yet" in reasons(answer)[name]


@pytest.mark.parametrize("body", [b"", b"[1]", b"{", b"\xff"])
async def test_what_is_no_order_is_refused(body: bytes) -> None:
    """With the reason, as at the door for orders."""
    assert reasons(await post(an_app(), body)).keys() == {""}


async def test_a_request_that_is_too_large_is_a_413() -> None:
    """As an order of the same size."""
    assert (await post(an_app(), b" " * (MAX_ORDER_BYTES + 1))).status == 413


async def test_a_service_that_fails_is_a_503() -> None:
    """The workspace has the queue times; a busy compiler is passing, and a faulty order is refused without it."""
    down, busy = an_app(), an_app()
    down.workspace.failure = ServiceUnavailableError("down")
    busy.compiler.failure = CompilerBusyError("busy")

    assert [(await post(app, a_request())).status for app in (down, busy)] == [503, 503]
    assert reasons(await post(busy, a_request(shots=0))).keys() == {"shots"}


async def test_estimates_need_a_place_like_orders() -> None:
    """They compile programs; what comes when all places are taken is told when to come back."""
    app = App(limits=Limits(orders_at_once=1))
    app.core = replace(app.core, admission=Admission(1, patience=0.01))

    async with app.core.admission.place():
        answer = await post(app, a_request())

    assert (answer.status, int(answer.headers["Retry-After"]) >= 1) == (429, True)


async def test_quotas_are_those_of_the_provider_of_a_target_that_is_not_free() -> None:
    """Without leave to read them, the rest is told."""
    app = an_app()
    app.workspace.known_quotas[:] = [
        Quota("rigetti", "minutes", "Workspace", "Monthly", 100.0, 1.5, 0.5),
        Quota("ionq", "qgs", "Workspace", "Monthly", 9.0, 0.0, 0.0),
    ]

    by_target = await rows(app, targets=[SIMULATOR, ARIA, CEPHEUS])

    assert "quotas" not in by_target[SIMULATOR]
    assert [quota["dimension"] for quota in by_target[ARIA]["quotas"]] == ["qgs"]
    assert [quota["limit"] for quota in by_target[CEPHEUS]["quotas"]] == [100.0]


async def test_a_session_is_for_its_own_target() -> None:
    """The others say so; one that is not there is a fault of the order."""
    app = an_app()
    app.workspace.sessions_by_id["s"] = Session("s", "mine", ARIA, "ionq", "Waiting")

    by_target = await rows(app, targets=[SIMULATOR, ARIA], session="s")
    missing = await post(app, a_request(session="other"))

    assert [row["takes"] for row in by_target.values()] == [False, True]
    assert by_target[SIMULATOR]["faults"][0]["reason"] == f"is for {ARIA}, not for {SIMULATOR}"
    assert reasons(missing).keys() == {"session"}


async def test_a_program_without_a_count_of_gates_says_so() -> None:
    """Where a provider bills by gates, and its own format tells none."""
    (row,) = (
        await rows(an_app(), targets=[H2], input={"format": "honeywell.openqasm.v1", "text": "OPENQASM 2.0;"})
    ).values()

    assert (row["cost"], row["gates"]) == (None, None)
    assert "cannot be counted" in row["whyNoCost"]
