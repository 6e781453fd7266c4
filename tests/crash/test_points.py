"""No durable step of the host can be added past the crash points, and without a listener they do nothing."""

import ast
import asyncio
import json
import sys
from pathlib import Path

import pytest

import functions_host.durable.records
import functions_host.journal
from functions_host import crash_points
from quantum.jobs.parts import part_id
from tests.crash.chronicle import Chronicle, shape
from tests.crash.sweep import faults_of

HOST = Path(functions_host.__file__).parent
LOADED = (functions_host.journal, functions_host.durable.records)  # these mark their transactions when they are loaded


def test_whatever_is_posted_to_the_journal_is_marked() -> None:
    """A transaction that the matrix does not know of cannot reach the journal."""
    posted = [name for file in HOST.rglob("*.py") for name in posted_in(file.read_text(encoding="utf-8"))]

    assert LOADED
    assert set(posted) == crash_points.TRANSACTIONS


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("journal.post(partial(records.forget, number=1))", ["forget"]),
        ("self._journal.post(partial(forget, 1))", ["forget"]),
        ("journal.post(forget)", ["forget"]),
        ("journal.post(lambda db: db.execute(''))", ["<lambda>"]),
    ],
)
def test_every_way_to_post_is_seen(line: str, names: list[str]) -> None:
    """However a transaction is handed to the journal, its name is found."""
    assert posted_in(line) == names


async def test_the_host_waits_for_the_word_of_who_listens(tmp_path: Path) -> None:
    """A point that is reached is told by name, and nothing goes on until it is answered."""
    points: list[object] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            points.append(json.loads(line))
            writer.write(b"\n")
        writer.close()

    code = "from functions_host.crash_points import around\nwith around('commit', ['a', 'b']): print('done')"
    async with await asyncio.start_unix_server(listen, tmp_path / "socket"):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, env={"CRASH_POINTS": str(tmp_path / "socket")}, cwd=HOST.parent
        )
        await process.wait()

    assert process.returncode == 0
    assert points == [{"kind": "commit", "steps": ["a", "b"], "side": side} for side in ("before", "after")]


def test_a_step_that_is_taken_again_keeps_its_name() -> None:
    """What was begun and lost has the same name when it is begun anew; what was committed does not."""
    chronicle = Chronicle()

    def begin() -> list[str]:
        called = chronicle.report("activityTrigger", ["check_job"], "before")
        return [*called, chronicle.request("table", "GET", "/account/jobs(PartitionKey='x')")]

    first = begin()
    chronicle.host_died()
    again = begin()
    for kind, step in (("activityTrigger", "check_job"), ("commit", "finish_work")):
        chronicle.report(kind, [step], "after")
    second = begin()

    assert first == again == ["check_job 1", "check_job 1: table GET jobs(PartitionKey='x') 1"]
    assert second == ["check_job 2", "check_job 2: table GET jobs(PartitionKey='x') 1"]


def test_a_request_is_named_without_what_changes() -> None:
    """Two orders' requests have one name, two kinds of request have two."""
    order = "0c6f3a52-5f5e-5a1c-9d7e-7a2f1b0c4d11"
    workspace = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Quantum/workspaces/lane"

    assert shape(f"{workspace}/jobs/{order}:cancel?api-version=1") == "jobs/{id}:cancel"
    assert shape(f"/lane/programs/{order}/0123456789abcdef") == "programs/{id}/{hash}"
    assert shape("/lane/job-orders/messages/1?popreceipt=2") == "job-orders/messages/{id}"
    assert shape("/lane/orders?restype=container") == "orders container"


@pytest.mark.parametrize(
    ("answers", "jobs", "executions"), [([], 1, 1), (["a-succeeded", "a-failed"], 1, 1), (["a-succeeded"], 2, 2)]
)
def test_a_broken_promise_is_found(answers: list[str], jobs: int, executions: int) -> None:
    """No answer, two different answers, and a second job are each a fault; one answer sent twice is none."""
    sent = {"a": [{"id": id_, "data": {}} for id_ in answers]}

    assert faults_of(["a"], "succeeded", sent, {"a": {"jobs": jobs, "executions": executions}})
    assert not faults_of(["a"], "succeeded", {"a": [{"id": "a-succeeded"}] * 2}, {"a": {"jobs": 1, "executions": 1}})


def test_a_part_of_an_order_that_ran_twice_or_never_is_found() -> None:
    """A divided order has one job and one execution for each part."""
    order, once = "0c6f3a52-5f5e-5a1c-9d7e-7a2f1b0c4d11", {"jobs": 1, "executions": 1}
    second, sent = part_id(order, 2), {order: [{"id": f"{order}-succeeded"}]}

    assert not faults_of([order], "succeeded", sent, {order: once, second: once}, parts=2)
    assert faults_of([order], "succeeded", sent, {order: once}, parts=2)
    assert faults_of([order], "succeeded", sent, {order: once, second: {"jobs": 2, "executions": 2}}, parts=2)


def posted_in(source: str) -> list[str]:
    """Name the transactions that a module hands to a journal."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    posts = [c for c in calls if isinstance(c.func, ast.Attribute) and c.func.attr == "post" and c.args]
    return [name_of(call.args[0]) for call in posts if "journal" in ast.unparse(call.func) or in_journal(call)]


def in_journal(call: ast.Call) -> bool:
    """Whether the journal posts to itself."""
    return ast.unparse(call.func) == "self.post"


def name_of(posted: ast.expr) -> str:
    """Name one transaction."""
    match posted:
        case ast.Call(args=[function, *_]):
            return name_of(function)
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return "<lambda>"
