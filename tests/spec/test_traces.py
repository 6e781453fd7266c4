"""One trace tells of an order from the door to its answer, and what is told holds no payload."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from quantum.telemetry.names import ATTRIBUTES, METRICS, TAKE_ORDER, WATCHED
from tests.support.fakes.telemetry import Exported, exporting, span_id, trace_id
from tests.support.product import SIMULATOR, Product, bell, serve_product

TRACE, ABOVE = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
CALLER = f"00-{TRACE}-{ABOVE}-01"
PAYLOAD = ("OPENQASM", "stdgates", "our secret", "our tag")
STEPS = [TAKE_ORDER, "stage_input", "submit_job", "check_job", "collect_result", "send_answer"]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def traced_product(
    azurite: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Product, Exported]]:
    """The product with telemetry switched on, exporting to memory."""
    with exporting() as exported:
        async with serve_product(azurite, tmp_path_factory.mktemp("told"), exported.telemetry) as product:
            yield product, exported


@pytest_asyncio.fixture
async def traced(traced_product: tuple[Product, Exported]) -> AsyncIterator[tuple[Product, Exported]]:
    """The same, with nothing told before the story and nothing left to do after it."""
    product, exported = traced_product
    await product.admin.post("/admin/reset")
    exported.span_exporter.clear()
    exported.log_exporter.clear()
    yield traced_product
    await product.come_to_rest()


@pytest.mark.parametrize("door", ["http", "queue"])
async def test_an_order_and_its_answer_are_one_trace(traced: tuple[Product, Exported], door: str) -> None:
    """The caller's trace goes through every step, and the answer carries it on."""
    product, exported = traced

    if door == "http":
        answered = await product.api.post("/jobs", json=bell(), headers={"traceparent": CALLER})
        answer = await product.answer_to(id=answered.json()["id"])
    else:
        answer = await product.answer_to(messageId=await product.send(json.dumps(bell(traceparent=CALLER))))

    await product.come_to_rest()
    ours = [span for span in exported.spans if (span.attributes or {})["job.id"] == answer["subject"]]
    assert {trace_id(span) for span in ours} == {TRACE}
    assert {span.name for span in ours} == set(STEPS)
    (taken,) = [span for span in ours if span.name == TAKE_ORDER]
    assert taken.parent is not None
    assert (f"{taken.parent.span_id:016x}", (taken.attributes or {})["order.door"]) == (ABOVE, door)
    (sent,) = [span for span in ours if span.name == "send_answer"]
    assert answer["traceparent"] == f"00-{TRACE}-{span_id(sent)}-01"


async def test_without_a_caller_s_trace_one_begins(traced: tuple[Product, Exported]) -> None:
    """A bad trace context is passed over: the order runs in a trace of its own."""
    product, exported = traced

    job = await product.ended(bell(traceparent="00-" + "0" * 32 + "-1-01"))

    await product.come_to_rest()
    assert job["phase"] == "succeeded"
    assert len({trace_id(span) for span in exported.spans}) == 1


async def test_what_is_told_holds_no_payload(traced: tuple[Product, Exported]) -> None:
    """Neither the program nor the order's name, tags or arguments is on a span, a measure or a log line."""
    product, exported = traced
    order = bell(name="our secret", tags={"project": "our tag"})

    job = await product.ended(order)
    await product.post(order | {"target": "nowhere"})

    await product.come_to_rest()
    everything = repr([span.to_json() for span in exported.spans]) + repr((exported.measured, exported.lines))
    assert job["id"] in everything
    assert [part for part in PAYLOAD if part in everything] == []
    assert "nowhere" not in repr(exported.measured)


async def test_each_phase_is_a_line_with_the_job(traced: tuple[Product, Exported]) -> None:
    """Job id, phase and target are fields of their own, to be asked for."""
    product, exported = traced

    job = await product.ended(bell())

    moves = [fields for text, fields in exported.lines if text.startswith("job moved: ")]
    assert {fields["job.id"] for fields in moves} == {job["id"]}
    assert {fields["job.target"] for fields in moves} == {SIMULATOR}
    assert [fields["job.phase"] for fields in moves][-1] == "succeeded"


async def test_orders_phases_queue_polls_retries_and_cost_are_measured(traced: tuple[Product, Exported]) -> None:
    """Each under the name and the attributes of the table, and no other."""
    product, exported = traced
    await product.add_fault(operation="create_job", effect="status", status=429, retryAfter="3", times=1)

    await product.ended(bell(target="ionq.qpu.aria-1"))
    await product.keep_house()

    await product.come_to_rest()
    measured = exported.measured
    # Only a watcher, which needs many waiting jobs, measures what it watches: test_watching.
    assert measured.keys() == {metric.name for metric in METRICS} - {WATCHED.name}
    for metric in METRICS:
        assert (
            {name for point, _ in measured.get(metric.name, ()) for name in point}
            <= {*metric.attributes}
            <= {*ATTRIBUTES}
        )
    assert ({"activity": "submit_job", "outcome": "busy", "job.target": "ionq.qpu.aria-1"}, 1) in measured[
        "quantumjobs.retries"
    ]
    assert ({"job.phase": "succeeded", "job.target": "ionq.qpu.aria-1"}, 1) in measured["quantumjobs.phases"]
    (spent,) = [amount for point, amount in measured["quantumjobs.cost"] if point["job.target"] == "ionq.qpu.aria-1"]
    assert spent > 0
