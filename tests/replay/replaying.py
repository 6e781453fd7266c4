"""Replays a recording with today's code, on the real durable SDK: would an instance that is under way go on?

Every turn of every round is taken anew from the history before it, as if the code had been deployed at that moment.
The kinds and names of steps, and their order, must stay; what is passed to them, and when timers fire, may change.
"""

from collections.abc import Callable, Sequence
from typing import Any

from azure.durable_functions import Orchestrator

from functions_host.durable.actions import Answer, read_answer, read_failure
from functions_host.durable.execution import Execution
from functions_host.durable.history import to_text
from functions_host.durable.live import Live
from tests.replay.recordings import Recording

type Code = Callable[[Any], Any]

ADVICE = (
    "An instance that has come this far fails when this code is deployed. Put new steps after those that exist; or "
    "let what runs finish first, then deploy; or give the new process a name of its own, and keep this one "
    "registered until its instances have ended. Then record anew: .venv/bin/python -m tests.replay.record"
)


class BrokenReplayError(AssertionError):
    """Today's code does not take the steps that a recorded instance has taken."""

    def __init__(self, recording: Recording, place: str, problem: str) -> None:
        super().__init__(f"{recording.orchestrator}, story {recording.story!r}, {place}: {problem}.\n{ADVICE}")


def replay(recording: Recording, code: Code) -> int:
    """Take every turn of a recording with this code, and count them; raises BrokenReplayError."""
    handle = Orchestrator.create(code)
    for number, part in enumerate(recording.rounds, 1):
        live = Live(recording.instance_id, Execution("", recording.orchestrator), None, to_text(part.input), None)
        before: list[str] = []
        for place, turn in enumerate(part.turns, 1):
            texts = part.texts(turn)
            if problem := _problem(before, _answer(handle, live.context(texts))):
                raise BrokenReplayError(recording, f"round {number}, turn {place}", problem)
            live.keep(texts)
            before += turn.took
    return sum(len(part.turns) for part in recording.rounds)


def _answer(handle: Code, context: str) -> Answer:
    try:
        return read_answer(handle(context))
    except Exception as error:  # noqa: BLE001  # whatever the code raises is what the host would report
        return read_failure(f"{type(error).__name__}: {error}", "")


def _problem(before: Sequence[str], answer: Answer) -> str | None:
    if answer.error is not None:
        return f"it raises {answer.error.strip()}"
    now = [action.signature for action in answer.actions]
    for index, former in enumerate(before):
        if now[index : index + 1] != [former]:
            current = repr(now[index]) if index < len(now) else "nothing"
            return f"its step {index + 1} was {former!r} and is {current} today"
    return None
