"""`qjobs estimate`: a row for each target, reasons in full, and forms for programs."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from client_support.fake_jobs_api import FakeJobsApi, a_problem
from quantumjobs import EstimateList, Gates
from quantumjobs.wire import ShapeError

PRICES = {"pricesOf": "2025-09-17", "pricesFrom": "somewhere"}
PRICE = {"unit": "USD", "how": "by gates", "isFree": False, **PRICES}
FREE = {"estimated": 0.0, "currency": "USD", "source": "own estimate", **PRICES}
GATES = {"oneQubit": 1, "twoQubit": 1, "measurements": 2}
SAYS_NO = [{"field": "input.format", "reason": "does not take openqasm3\x1b[2J", "line": None, "column": None}]


def a_row(target: str, **fields: Any) -> dict[str, Any]:
    """An estimate as the API sends it."""
    row = {"target": target, "provider": "ionq", "takes": True, "faults": [], "availability": "Available"}
    return {**row, "averageQueueSeconds": 90, "qubits": 2, "gates": GATES, "cost": None, **fields}


ANSWER: dict[str, Any] = {
    "shots": 1000,
    "estimates": [
        a_row("ionq.simulator", cost=FREE, price={**PRICE, "isFree": True}),
        a_row("ionq.qpu.aria-1", cost={**FREE, "estimated": 1098.5}, price=PRICE, availability="Degraded"),
        a_row("rigetti.qpu.x", whyNoCost="it is billed by its execution time", quotas=[], availability="Unavailable"),
        a_row("pasqal.qpu.y", takes=False, faults=SAYS_NO, availability=None, gates=None, qubits=None),
    ],
    "leftOut": [],
    "warnings": ["a delay was left out"],
    "ageSeconds": 3,
}


def test_an_estimate_is_a_row_for_each_target(qjobs: Any, api: FakeJobsApi, bell: str) -> None:
    """Price, queue and date; a target that would not take the order says why, in full on standard error."""
    api.answers("POST /api/estimates", ANSWER)

    done = qjobs("estimate", bell, "--shots", "1000", "--targets", "ionq.simulator, ionq.qpu.aria-1", "--param", "a=1")

    head, *rows = [line.split() for line in done.stdout.splitlines()]
    assert head == ["target", "takes", "it", "qubits", "gates", "queue", "price", "unit", "prices", "of"]
    assert " ".join(rows[0]) == "ionq.simulator yes 2 1 + 1 two-qubit 1 min 30 s free USD 2025-09-17"
    assert " ".join(rows[1]) == "ionq.qpu.aria-1 yes (degraded) 2 1 + 1 two-qubit 1 min 30 s 1,098.5 USD 2025-09-17"
    assert "rigetti.qpu.x: no price: it is billed by its execution time" in done.stderr
    assert "pasqal.qpu.y: input.format: does not take openqasm3" in done.stderr
    assert "warning: a delay was left out" in done.stderr
    assert (done.returncode, "\x1b" in done.stdout + done.stderr) == (0, False)
    sent = api.requests[0].body
    assert (sent["targets"], sent["shots"], sent["params"]) == (["ionq.simulator", "ionq.qpu.aria-1"], 1000, {"a": 1})
    assert sent["input"]["format"] == "openqasm3"


def test_an_estimate_is_written_for_programs(qjobs: Any, api: FakeJobsApi, bell: str) -> None:
    """JSON as it came, CSV with plain numbers, and the names of the targets that take it."""
    api.answers("POST /api/estimates", ANSWER)

    document, table, quiet = (qjobs("estimate", bell, *how) for how in (["--json"], ["-o", "csv"], ["-q"]))

    assert json.loads(document.stdout) == ANSWER
    rows = list(csv.DictReader(table.stdout.splitlines()))
    assert [row["amount"] for row in rows] == ["0.0", "1098.5", "", ""]
    assert [row["averageQueueSeconds"] for row in rows] == ["90", "90", "", "90"]
    assert rows[3]["takes"].startswith("no: input.format")
    assert quiet.stdout.split() == ["ionq.simulator", "ionq.qpu.aria-1", "rigetti.qpu.x"]


def test_one_target_is_named_as_for_a_submission(qjobs: Any, api: FakeJobsApi, bell: str) -> None:
    """`--target` is repeatable, and goes with `--targets`; each is asked for once."""
    api.answers("POST /api/estimates", ANSWER)

    one = qjobs("estimate", bell, "--shots", "9", "--target", "ionq.simulator")
    several = qjobs("estimate", bell, "--shots", "9", "--target", "a.b", "--target", "c.d", "--targets", "c.d,e.f")

    assert (one.returncode, several.returncode) == (0, 0)
    assert [request.body["targets"] for request in api.requests] == [["ionq.simulator"], ["c.d", "e.f", "a.b"]]
    assert all("target" not in request.body for request in api.requests)


def test_without_targets_none_is_sent(qjobs: Any, api: FakeJobsApi, bell: str) -> None:
    """Neither one of the command's own, nor a profile's; who is left out is counted."""
    left = ["pasqal.qpu.y", "pasqal.qpu.z"]
    api.answers("POST /api/estimates", {**ANSWER, "estimates": [], "leftOut": left})
    for setting, value in (("url", api.url), ("key", "the-key"), ("target", "ionq.simulator"), ("shots", "7")):
        qjobs("config", "set", setting, value, "--profile", "work")

    done = qjobs("estimate", bell, "--profile", "work")

    assert api.requests[-1].body.keys() == {"name", "shots", "input"}
    assert done.stdout == ""
    assert "no target of the workspace takes it" in done.stderr
    assert "left out: 2 targets that would not take it; --targets NAME says why" in done.stderr


def test_a_faulty_order_is_refused_as_by_submit(qjobs: Any, api: FakeJobsApi, bell: str) -> None:
    """With every fault, and the same exit code."""
    problem = a_problem(
        400, "The order cannot be estimated as it is", errors=[{"field": "shots", "reason": "is missing"}]
    )
    api.answers("POST /api/estimates", problem)

    done = qjobs("estimate", bell)

    assert done.returncode == 2
    assert "is missing" in done.stderr


def test_names_of_targets_are_needed_after_the_option(qjobs: Any, bell: str) -> None:
    """A comma alone names nothing."""
    done = qjobs("estimate", bell, "--targets", ",")

    assert done.returncode == 2
    assert "names nothing" in done.stderr


async def test_both_clients_ask_for_estimates(call: Any, api: FakeJobsApi, tmp_path: Path) -> None:
    """With the fields of an order; what comes back has attributes."""
    api.answers("POST /api/estimates", ANSWER)
    file = tmp_path / "bell.qasm"
    file.write_text("OPENQASM 3.0; qubit q;")

    answer = await call("estimate", file, targets=("ionq.simulator",), shots=1000, max_cost=5)

    assert isinstance(answer, EstimateList)
    assert api.requests[0].body["maxCost"] == 5
    first, second, third, last = answer.estimates
    assert (first.gates, first.cost.estimated, first.price.is_free, first.quotas) == (Gates(1, 1, 2), 0.0, True, None)
    assert (third.quotas, third.why_no_cost) == ((), "it is billed by its execution time")
    assert (last.takes, last.gates, last.faults[0].field) == (False, None, "input.format")
    assert repr(answer) == (
        "<EstimateList ionq.simulator: 0 USD (own estimate), ionq.qpu.aria-1: 1,098.5 USD (own estimate), "
        "rigetti.qpu.x: unknown, pasqal.qpu.y: no>"
    )
    assert str(second) == "ionq.qpu.aria-1: 1,098.5 USD (own estimate)"


@pytest.mark.parametrize("document", [{}, {"estimates": [{}]}, []])
def test_a_document_that_is_no_list_of_estimates_is_said_to_be_none(document: Any) -> None:
    """What a view cannot do without is named."""

    with pytest.raises(ShapeError):
        EstimateList.from_wire(document)
