"""Which messages of an instance's inbox enter its next turn: rules 5 to 9 of `engine`."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field

from .execution import Execution
from .history import Event, EventType

CONTROL = frozenset({EventType.EXECUTION_SUSPENDED, EventType.EXECUTION_RESUMED})


@dataclass(frozen=True)
class Batch:
    """The messages, by number in the inbox, that enter a turn, and the stale ones to drop."""

    taken: tuple[int, ...]
    dropped: tuple[int, ...]


def take(execution: Execution, inbox: Mapping[int, Event]) -> Batch:
    """Choose what enters the next turn (rules 5 to 9)."""
    ending = _first_of({EventType.EXECUTION_TERMINATED}, inbox)
    if ending or not execution.started:
        return Batch(ending or _first_of({EventType.EXECUTION_STARTED}, inbox), ())
    control = tuple(number for number, message in inbox.items() if message["EventType"] in CONTROL)
    if control or execution.suspended:
        return Batch(control, ())
    batch = _Batching()
    for number, message in inbox.items():
        if not batch.admit(execution, number, message):
            break
    return Batch(tuple(batch.taken), tuple(batch.dropped))


@dataclass
class _Batching:
    """A batch under construction; `admit` refuses the first message that needs a turn of its own."""

    taken: list[int] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)
    answered: set[int] = field(default_factory=set)
    wakes_code: bool = False

    def admit(self, execution: Execution, number: int, message: Event) -> bool:
        if message["EventType"] == EventType.EVENT_RAISED:
            if execution.awaits(message["Name"]) is None:
                return True
            fits = not self.wakes_code
        else:
            task_id = execution.answers(message)
            if task_id is None or task_id in self.answered:
                self.dropped.append(number)
                return True
            self.answered.add(task_id)
            fits = not (self.wakes_code and execution.moves_retry(message))
        if fits:
            self.taken.append(number)
            self.wakes_code = self.wakes_code or not execution.moves_retry(message)
        return fits


def _first_of(kinds: Container[EventType], inbox: Mapping[int, Event]) -> tuple[int, ...]:
    return tuple(number for number, message in inbox.items() if message["EventType"] in kinds)[:1]
