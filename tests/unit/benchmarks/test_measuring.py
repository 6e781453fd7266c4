"""What the benchmarks count: processor time of a process tree, requests and rows, tracebacks, steps of a journal."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.burst import Burst
from benchmarks.measuring.counting import POLLING, Call, Counted, operation, rows_read, rows_written
from benchmarks.measuring.journal import ORCHESTRATOR_STARTED, TASK_SCHEDULED, Turns, steps_of
from benchmarks.measuring.noise import summary, tracebacks
from benchmarks.measuring.processes import TICKS_A_SECOND, Process, parsed, total_seconds

BATCH = (
    b"--x\r\n\r\nPATCH http://127.0.0.1/jobs(PartitionKey='a') HTTP/1.1\r\n\r\n"
    b"--x\r\n\r\nPOST http://127.0.0.1/jobs HTTP/1.1\r\n"
)


def test_a_tree_of_processes_is_added_up() -> None:
    """A process counts with all its descendants, and nobody else's."""
    processes = [Process(1, 0, 8.0), Process(2, 1, 1.0), Process(3, 2, 2.0), Process(4, 1, 4.0)]

    assert total_seconds(2, processes) == 3.0


def test_the_times_of_a_process_are_read() -> None:
    """Own time and that of ended children; the command's name may hold anything."""
    fields = " ".join(["S", "7", *["0"] * 9, "1", "2", "3", "4", "0"])

    assert parsed(9, f"9 (a) b (c) {fields}") == Process(9, 7, 10 / TICKS_A_SECOND)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (Call("Table", "POST", "/$batch", BATCH, b""), "Table transaction"),
        (Call("Table", "GET", "/jobs(PartitionKey='a',RowKey='b')", b"", b"{}"), "Table get"),
        (Call("Table", "GET", "/jobs()?$filter=x", b"", b"{}"), "Table query"),
        (Call("Queue", "GET", "/job-orders/messages?n=1", b"", b"<QueueMessagesList />"), POLLING),
        (Call("Queue", "GET", "/job-orders/messages", b"", b"<QueueMessage>"), "Queue message"),
        (Call("Blob", "GET", "/orders?restype=container&comp=list", b"", b""), POLLING),
        (Call("Blob", "GET", "/results?restype=container&comp=list", b"", b""), "Blob list"),
        (Call("Blob", "PUT", "/results/x", b"", b""), "Blob write"),
        (Call("Blob", "HEAD", "/results/x", b"", b""), "Blob read"),
    ],
)
def test_requests_are_classed_as_they_are_priced(call: Call, name: str) -> None:
    """Every request belongs to one operation of the price lists; the host's own polls stand apart."""
    assert operation(call) == name


def test_rows_are_counted() -> None:
    """A transaction changes a row in each of its parts; an answer has one row or a list."""
    assert rows_written(Call("Table", "POST", "/$batch", BATCH, b"")) == 2
    assert rows_written(Call("Table", "PATCH", "/jobs(PartitionKey='a',RowKey='b')", b"{}", b"")) == 1
    assert rows_written(Call("Table", "POST", "/Tables", b"{}", b"")) == 0
    assert rows_read(Call("Table", "GET", "/jobs()", b"", b'{"value": [{}, {}]}')) == 2
    assert rows_read(Call("Table", "GET", "/jobs(x)", b"", b'{"RowKey": "b"}')) == 1


def test_counts_since_a_moment() -> None:
    """What was counted before does not count."""
    counted = Counted()
    call = Call("Table", "POST", "/$batch", BATCH, b"")
    counted.add(call)
    before = counted.copy()
    counted.add(call)

    assert counted.since(before) == Counted({"Table transaction": 1}, 2, 0)  # type: ignore[arg-type]  # equal to a Counter


def test_tracebacks_are_counted_by_their_error(tmp_path: Path) -> None:
    """A log of a thousand lines is one line: how many, of which errors, and where they are."""
    text = 'Traceback (most recent call last):\n  File "x", line 1, in y\n    raise z\nhttpx.ReadError: gone\n' * 3
    log = tmp_path / "bell.log"
    log.write_text(text, encoding="utf-8")

    assert tracebacks(text.splitlines()) == {"ReadError": 3}
    assert summary(log) == f"12 lines on standard error, 3 tracebacks (ReadError 3): {log}"
    assert summary(tmp_path / "none.log") == ""


def test_turns_survive_a_fresh_history(tmp_path: Path) -> None:
    """An execution that was replaced keeps the turns that were seen of it."""
    journal = tmp_path / "journal.sqlite"
    with closing(sqlite3.connect(journal, autocommit=True)) as rows:
        rows.execute("CREATE TABLE instances (instance_id TEXT, execution_id TEXT)")
        rows.execute("CREATE TABLE history (instance_id TEXT, event TEXT)")
        rows.execute("INSERT INTO instances VALUES ('a', 'first')")
        for kind in (ORCHESTRATOR_STARTED, TASK_SCHEDULED, ORCHESTRATOR_STARTED):
            rows.execute("INSERT INTO history VALUES ('a', ?)", [f'{{"EventType": {kind}}}'])
    turns = Turns(journal)

    assert turns.sample() == 2
    assert steps_of(journal, ["a"]) == (2, 1)
    with closing(sqlite3.connect(journal, autocommit=True)) as rows:
        rows.execute("UPDATE instances SET execution_id = 'second'")
        rows.execute("DELETE FROM history WHERE event LIKE '%4}'")
    assert turns.sample() == 4


def test_a_burst_is_summed_up() -> None:
    """The rate is over the whole burst; half of it is the order in the middle, by arrival."""
    burst = Burst(4, [1.0, 2.0, 3.0, 8.0], {"host": 0.4}, [0.1], 0.0, 0)

    assert (burst.a_second, burst.half_after, burst.milliseconds("host")) == (0.5, 0.25, 100.0)
