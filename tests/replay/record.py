"""`python -m tests.replay.record [STORY …]`: runs the stories on the embedded host and keeps their histories."""

import asyncio
import json
import logging
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import groupby
from pathlib import Path

from local.stack import Stack
from tests.replay.recordings import FOLDER, Recording, Round
from tests.replay.stories import STORIES, Story
from tests.support.product import Product, serve_product

# A continue-as-new deletes the history before it, so every event is copied when it enters the journal. The database
# does that itself: the host is not touched, and nothing can slip through between two looks.
COPYING = """
CREATE TABLE recorded (instance_id TEXT, name TEXT, execution_id TEXT, input TEXT, event TEXT);
CREATE TRIGGER record AFTER INSERT ON history BEGIN
    INSERT INTO recorded SELECT instance_id, name, execution_id, input, new.event
    FROM instances WHERE instance_id = new.instance_id;
END;
"""


class Recorder:
    """Copies every history that enters a journal."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def recording(self, instance_id: str, story: str) -> Recording:
        """Give the rounds of one instance."""
        query = "SELECT name, execution_id, input, event FROM recorded WHERE instance_id = ? ORDER BY rowid"
        rows = self._db.execute(query, (instance_id,)).fetchall()
        rounds = [list(part) for _, part in groupby(rows, key=lambda row: row[1])]
        parts = (Round.from_history(_input(part[0][2]), [json.loads(row[3]) for row in part]) for part in rounds)
        return Recording(story, rows[0][0], instance_id, tuple(parts))


def _input(stored: str) -> object:
    # The SDK's client and a continue-as-new both keep JSON text inside a JSON string.
    value = json.loads(stored)
    return json.loads(value) if isinstance(value, str) else value


@contextmanager
def recorder(journal: Path) -> Iterator[Recorder]:
    """Copy what enters this journal from now on, beside the host that has it open."""
    with closing(sqlite3.connect(journal, isolation_level=None)) as db:
        db.executescript(COPYING)
        yield Recorder(db)


async def record(product: Product, recorder: Recorder, story: Story) -> Recording:
    """Run one story and give the history of its job."""
    await product.admin.post("/admin/reset")
    job_id = await story(product)
    await product.host.hub.wait_for(job_id)
    return recorder.recording(job_id, story.__name__)


async def main(names: list[str]) -> None:
    """Record the stories of these names, or all, over what is kept of them."""
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder)
        async with Stack(state / "stack", app=None) as stack, serve_product(stack.endpoints.storage, state) as product:
            with recorder(state / "journal.sqlite") as copies:
                for story in STORIES:
                    if not names or story.__name__ in names:
                        path = (await record(product, copies, story)).write(FOLDER)
                        print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    # The durable SDK leaves its HTTP session to the end of the process, which asyncio remarks on.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    asyncio.run(main(sys.argv[1:]))
