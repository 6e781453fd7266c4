"""The instances in memory, each an exact copy of its rows in the journal."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field

from functions_host.journal import Journal

from . import records
from .execution import Execution
from .history import Event, code_input, to_replay, to_text
from .lane import OLDEST, Age

CONTEXT_OF_EVERY_TURN = {
    "upperSchemaVersion": 2,
    "maximumShortTimerDuration": "6.00:00:00",
    "longRunningTimerIntervalDuration": "3.00:00:00",
}
KEPT_IN_MEMORY = 1_000  # some 10 KB each; to load one again costs a fifth of a millisecond


@dataclass
class Live:
    """A running instance: the fold of its history, the texts that the SDK replays, and its inbox."""

    instance_id: str
    execution: Execution
    version: str | None
    input: str | None
    parent: records.Parent | None
    inbox: dict[int, Event] = field(default_factory=dict)
    played: list[str] = field(default_factory=list)
    stored: int = 0
    queued: bool = False
    age: Age = OLDEST

    def context(self, new_texts: Iterable[str]) -> str:
        """Return the JSON with which the orchestrator function is called."""
        history = ",".join(self.played + to_replay(new_texts, played=False))
        rest = {
            "input": code_input(self.input),
            "instanceId": self.instance_id,
            "isReplaying": bool(self.played),
            "parentInstanceId": self.parent.instance_id if self.parent else None,
            **CONTEXT_OF_EVERY_TURN,
        }
        return f'{{"history":[{history}],{to_text(rest)[1:]}'

    def keep(self, texts: Iterable[str]) -> None:
        """Add the events of a recorded turn to the replayed history."""
        texts = tuple(texts)
        self.played += to_replay(texts, played=True)
        self.stored += len(texts)


class LiveInstances:
    """Loads running instances on demand and keeps them while there is room; those with work stay."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._lives: dict[str, Live] = {}

    def get(self, instance_id: str) -> Live | None:
        """Return a running instance; None if it is unknown or has ended."""
        # From here to the caller's next await nothing else can put a message in: what is not yet committed
        # is in memory already, because an instance is loaded before a message is posted to it.
        live = self._lives.get(instance_id)
        if live is None and (live := self._loaded(instance_id)) is not None:
            self._make_room()
            self._lives[instance_id] = live
        return live

    def replace(self, live: Live) -> None:
        """Replace an execution by the next one."""
        self._lives[live.instance_id] = live

    def forget(self, live: Live) -> None:
        """Drop an instance that ended, or whose memory may differ from the journal."""
        if self._lives.get(live.instance_id) is live:
            del self._lives[live.instance_id]

    def _make_room(self) -> None:
        if len(self._lives) < KEPT_IN_MEMORY:
            return
        idle = [live for live in self._lives.values() if not live.queued and not live.inbox]
        for live in idle[: KEPT_IN_MEMORY // 10]:
            del self._lives[live.instance_id]

    def age(self, instance_id: str) -> Age:
        """Return the age of an instance's outermost orchestration; an unknown instance is the oldest."""
        row = records.load_instance(self._journal.rows, instance_id)
        while row is not None and row["parent_id"] is not None:
            parent = records.load_instance(self._journal.rows, row["parent_id"])
            # Another orchestration may have this id meanwhile, a child of this one even.
            if parent is None or parent["execution_id"] != row["parent_execution_id"]:
                break
            row = parent
        return OLDEST if row is None else Age(row["created_at"], row["instance_id"])

    def _loaded(self, instance_id: str) -> Live | None:
        row = records.load_instance(self._journal.rows, instance_id)
        if row is None or row["status"] in records.FINISHED:
            return None
        texts = records.load_history(self._journal.rows, instance_id)
        history = [json.loads(text) for text in texts]
        live = Live(
            instance_id,
            Execution.replayed(row["execution_id"], row["name"], history),
            row["version"],
            row["input"],
            _parent(row),
            records.load_inbox(self._journal.rows, instance_id),
            age=self.age(instance_id),
        )
        live.keep(texts)
        return live


def _parent(row: sqlite3.Row) -> records.Parent | None:
    if row["parent_id"] is None:
        return None
    return records.Parent(row["parent_id"], row["parent_execution_id"], row["parent_task_id"])
