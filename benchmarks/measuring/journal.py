"""Counts the durable steps of a running host in its journal, which its API does not show."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

ORCHESTRATOR_STARTED, TASK_SCHEDULED = 12, 4  # of the journal's events, as DurableTask.Core numbers them
STEPS = "SELECT count(*) FROM history WHERE instance_id = ? AND json_extract(event, '$.EventType') = ?"
TURNS = """
SELECT instance_id, execution_id, count(*) FROM history JOIN instances USING (instance_id)
WHERE json_extract(event, '$.EventType') = ? GROUP BY instance_id
"""


def steps_of(journal: Path, ids: Sequence[str]) -> tuple[float, float]:
    """Count turns and activities of ended orchestrations; return the mean of each for one."""
    with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as rows:
        turns, activities = (
            sum(rows.execute(STEPS, [job_id, kind]).fetchone()[0] for job_id in ids)
            for kind in (ORCHESTRATOR_STARTED, TASK_SCHEDULED)
        )
    return turns / len(ids), activities / len(ids)


class Turns:
    """Counts orchestrators' turns over time: sample often, since a fresh history replaces the former one."""

    def __init__(self, journal: Path) -> None:
        """Take the journal of a host that runs."""
        self._journal = journal
        self._most: dict[tuple[str, str], int] = {}

    def sample(self) -> int:
        """Return the turns of all executions that any sample has seen, each with its longest history."""
        with closing(sqlite3.connect(f"file:{self._journal}?mode=ro", uri=True)) as rows:
            for instance, execution, turns in rows.execute(TURNS, [ORCHESTRATOR_STARTED]):
                self._most[instance, execution] = turns
        return sum(self._most.values())
