"""The journal keeps every confirmed write, in spite of kills."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
import textwrap
from functools import partial
from pathlib import Path

import pytest

from functions_host.journal import Journal, JournalInUseError, JournalVersionError


def insert(db: sqlite3.Connection, key: str) -> None:
    """Write one receipt, which must be new."""
    db.execute("INSERT INTO receipts VALUES (?, '')", (key,))


async def test_what_was_awaited_is_there_after_reopening(tmp_path: Path) -> None:
    """A receipt outlives the journal that took it, and the later value wins."""
    with Journal(tmp_path / "journal.sqlite") as journal:
        await journal.keep_receipt("blob", "first")
        await journal.keep_receipt("blob", "second")

    with Journal(tmp_path / "journal.sqlite") as journal:
        assert (journal.receipt("blob"), journal.receipt("other")) == ("second", None)


async def test_a_write_that_fails_takes_no_other_with_it(tmp_path: Path) -> None:
    """Writes that were committed together are still whole or not at all, each by itself."""
    with Journal(tmp_path / "journal.sqlite") as journal:
        writes = [journal.post(partial(insert, key=key)) for key in ("a", "b", "a", "c")]

        results = await asyncio.gather(*writes, return_exceptions=True)

        assert [type(result) for result in results] == [type(None), type(None), sqlite3.IntegrityError, type(None)]
        assert [row["key"] for row in journal.rows("SELECT key FROM receipts")] == ["a", "b", "c"]


async def test_a_half_done_write_leaves_nothing(tmp_path: Path) -> None:
    """What a write did before it failed is undone."""

    def broken(db: sqlite3.Connection) -> None:
        insert(db, "half")
        raise ValueError("in the middle")

    with Journal(tmp_path / "journal.sqlite") as journal:
        with pytest.raises(ValueError, match="in the middle"):
            await journal.post(broken)

        assert journal.receipt("half") is None


async def test_writes_keep_their_order(tmp_path: Path) -> None:
    """Nobody overtakes."""
    order: list[int] = []

    def note(number: int, _: sqlite3.Connection) -> None:
        order.append(number)

    with Journal(tmp_path / "journal.sqlite") as journal:
        writes = [journal.post(partial(note, number)) for number in range(1_000)]

        await asyncio.gather(*writes)

    assert order == list(range(1_000))


def test_a_journal_has_one_owner(tmp_path: Path) -> None:
    """A second host on the same state is refused, by the file's name."""
    with Journal(tmp_path / "journal.sqlite"), pytest.raises(JournalInUseError, match=r"journal\.sqlite"):
        Journal(tmp_path / "journal.sqlite")


def test_a_killed_owner_leaves_it_free_and_whole(tmp_path: Path) -> None:
    """After SIGKILL the next owner enters at once and finds all that was done, and nothing half done."""
    child = textwrap.dedent("""
        import asyncio, os, signal, sys
        from pathlib import Path
        from functions_host.journal import Journal

        def last(db):
            db.execute("INSERT INTO receipts VALUES ('half', '')")
            os.kill(os.getpid(), signal.SIGKILL)

        async def main():
            journal = Journal(Path(sys.argv[1]))
            for number in range(50):
                await journal.keep_receipt(str(number), "kept")
            await journal.post(last)

        asyncio.run(main())
    """)
    path = tmp_path / "journal.sqlite"

    killed = subprocess.run(
        [sys.executable, "-c", child, str(path)],
        check=False,
    )

    assert killed.returncode == -signal.SIGKILL
    with Journal(path) as journal:
        assert len(journal.rows("SELECT * FROM receipts")) == 50
        assert journal.receipt("half") is None


async def test_a_foreign_journal_is_left_alone(tmp_path: Path) -> None:
    """A file of another version is refused, naming both versions, and can still be opened by its own host."""
    path = tmp_path / "journal.sqlite"
    foreign = sqlite3.connect(path)
    foreign.execute("PRAGMA user_version = 99")
    foreign.close()

    for _ in range(2):
        with pytest.raises(JournalVersionError, match="has version 99, this host writes 1"):
            Journal(path)
