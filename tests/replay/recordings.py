"""Recorded histories: what running instances of an orchestrator met, and the steps that they took. A file a story."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from functions_host.durable.history import REPLAYED, Event, EventType, event, moment, to_text

FOLDER = Path(__file__).parent / "recorded"


@dataclass(frozen=True)
class Turn:
    """One turn: its time, the events that the code met in it, and the steps that were new in its answer."""

    at: str
    met: tuple[Event, ...]
    took: tuple[str, ...]


@dataclass(frozen=True)
class Round:
    """One execution, between two continue-as-new; `input` is JSON."""

    input: Any
    turns: tuple[Turn, ...]

    @classmethod
    def from_history(cls, start_input: Any, events: Iterable[Event]) -> Self:
        """Read a history as the host's journal has it; the host's own book-keeping is left out."""
        return cls(start_input, tuple(_turns(events)))

    def texts(self, turn: Turn) -> list[str]:
        """Write what entered a turn as the journal had it."""
        at = moment(turn.at)
        texts = [to_text(event(EventType.ORCHESTRATOR_STARTED, at))]
        for met in turn.met:
            fresh = {"Input": to_text(self.input)} if met["EventType"] == EventType.EXECUTION_STARTED else {}
            fields = _without(fresh | met, "EventType")
            texts.append(to_text(event(EventType(met["EventType"]), at, **fields)))
        return texts


@dataclass(frozen=True)
class Recording:
    """The whole life of one instance."""

    story: str
    orchestrator: str
    instance_id: str
    rounds: tuple[Round, ...]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file that `write` wrote."""
        data = json.loads(path.read_text(encoding="utf-8"))
        rounds = tuple(Round(part["input"], tuple(map(_turn, part["turns"]))) for part in data["rounds"])
        return cls(path.stem, data["orchestrator"], data["instanceId"], rounds)

    def write(self, folder: Path) -> Path:
        """Write a file that a person can read and compare, a turn a line."""
        path = folder / f"{self.story}.json"
        facts = f'"orchestrator": {_text(self.orchestrator)}, "instanceId": {_text(self.instance_id)}'
        rounds = ",\n".join(_round(part) for part in self.rounds)
        path.write_text(f'{{{facts}, "rounds": [\n{rounds}\n]}}\n', encoding="utf-8")
        return path


def all_recordings() -> dict[str, Recording]:
    """Read every recording that is kept, by story."""
    return {path.stem: Recording.read(path) for path in sorted(FOLDER.glob("*.json"))}


def _turns(events: Iterable[Event]) -> Iterator[Turn]:
    at = ""
    met: list[Event] = []
    for item in events:
        match EventType(item["EventType"]):
            case EventType.ORCHESTRATOR_STARTED:
                at, met = item["Timestamp"], []
            case EventType.ORCHESTRATOR_COMPLETED:
                yield Turn(at, tuple(met), tuple(item["Actions"]))
            case EventType.EXECUTION_STARTED:
                met.append(_without(item, "EventId", "Timestamp", "Input"))  # the round has it
            case kind if kind in REPLAYED:
                met.append(_without(item, "EventId", "Timestamp"))
            case _:
                pass


def _turn(data: dict[str, Any]) -> Turn:
    return Turn(data["at"], tuple(data["met"]), tuple(data["took"]))


def _round(part: Round) -> str:
    turns = ",\n".join(f"    {_text(asdict(turn))}" for turn in part.turns)
    return f'  {{"input": {_text(part.input)}, "turns": [\n{turns}\n  ]}}'


def _without(item: Event, *names: str) -> Event:
    return {name: value for name, value in item.items() if name not in names}


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
