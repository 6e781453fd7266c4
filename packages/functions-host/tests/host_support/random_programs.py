"""Orchestrations as data: drawn at random, run by one orchestrator on the real SDK, and predicted by a reference.

A program is a list of steps, each a dict with `do`. The reference is a few lines of plain Python, without tasks, ids,
turns or replays; where the order of completion decides, it lists the possible outcomes.
"""

import itertools
from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from azure.durable_functions import RetryOptions
from hypothesis import strategies as st

from host_support.sdk_app import Context, Steps

type Step = Mapping[str, Any]

FAILED = "failed"

activities = st.fixed_dictionaries({"do": st.just("activity"), "failures": st.integers(0, 1)})
retried = st.fixed_dictionaries(
    {"do": st.just("retried"), "attempts": st.integers(1, 3), "failures": st.integers(0, 3)}
)
timers = st.fixed_dictionaries({"do": st.just("timer"), "days": st.integers(0, 14)})
events = st.just({"do": "event"})
plain = activities | retried | timers | events


def programs(depth: int) -> st.SearchStrategy[list[Step]]:
    """Draw programs that call programs, `depth` deep."""
    if depth == 0:
        return st.lists(plain, max_size=3)
    inner = programs(depth - 1)
    child = st.fixed_dictionaries(
        {"do": st.sampled_from(["child", "retried child"]), "rounds": st.lists(inner, min_size=1, max_size=2)}
    )
    tasks = st.lists(plain | child, min_size=1, max_size=4)
    steps = st.one_of(
        plain,
        child,
        st.fixed_dictionaries({"do": st.sampled_from(["all", "any"]), "of": tasks}),
        st.fixed_dictionaries({"do": st.just("try"), "body": inner, "otherwise": inner}),
    )
    return st.lists(steps, max_size=4)


def numbered(program: Sequence[Step], numbers: Iterator[int]) -> list[Step]:
    """Give every step a number of its own, to recognise its outcome."""
    return [_numbered(step, numbers) for step in program]


def _numbered(step: Step, numbers: Iterator[int]) -> Step:
    step = {**step, "number": next(numbers)}
    for name in ("of", "body", "otherwise"):
        if name in step:
            step[name] = numbered(step[name], numbers)
    if "rounds" in step:
        step["rounds"] = [numbered(part, numbers) for part in step["rounds"]]
    return step


# What runs


def interpret(context: Context) -> Steps:
    """Run a program per round, each in an execution of its own, and return the outcomes of all steps."""
    order = context.get_input()
    results = [*order["results"], (yield from _run(context, order["rounds"][0]))]
    if rest := order["rounds"][1:]:
        context.continue_as_new({"rounds": rest, "results": results})
        return None
    return results


def _run(context: Context, program: Sequence[Step]) -> Steps:
    results: list[Any] = []
    for step in program:
        results += [(yield from _take(context, step))]
    return results


def _take(context: Context, step: Step) -> Steps:
    match step["do"]:
        case "all":
            return [_value(result) for result in (yield context.task_all(_started(context, step)))]
        case "any":
            tasks = _started(context, step)
            winner = yield context.task_any(tasks)
            return {
                "won": next(place for place, task in enumerate(tasks) if task is winner),
                "gave": _value(winner.result),
            }
        case "try":
            return (yield from _try(context, step))
        case _:
            return _value((yield _begin(context, step)))


def _try(context: Context, step: Step) -> Steps:
    try:
        return (yield from _run(context, step["body"]))
    except Exception:  # noqa: BLE001  # the SDK raises no other type
        return {"otherwise": (yield from _run(context, step["otherwise"]))}


def _started(context: Context, step: Step) -> list[Any]:
    return [_begin(context, task) for task in step["of"]]


def _begin(context: Context, step: Step) -> Any:
    child: dict[str, Any] = {"rounds": step.get("rounds"), "results": []}
    match step["do"]:
        case "activity":
            return context.call_activity("work", step)
        case "retried":
            return context.call_activity_with_retry("work", RetryOptions(1000, step["attempts"]), step)
        case "child":
            return context.call_sub_orchestrator("interpret", child)
        case "retried child":
            return context.call_sub_orchestrator_with_retry("interpret", RetryOptions(1000, 2), child)
        case "timer":
            return context.create_timer(context.current_utc_datetime + timedelta(days=step["days"]))
        case _:
            return context.wait_for_external_event(event_of(step))


def _value(result: Any) -> Any:
    """Make a result comparable: the SDK gives [None] for a timer that it had to split, the exception for a failure."""
    if isinstance(result, Exception):
        return FAILED
    return None if result == [None] else result


def event_of(step: Step) -> str:
    """Name the event that a step waits for."""
    return f"event {step['number']}"


def events_in(program: Sequence[Step]) -> Generator[str]:
    """Find all events that a program itself may wait for; those of its children are theirs."""
    for step in program:
        if step["do"] == "event":
            yield event_of(step)
        for name in ("of", "body", "otherwise"):
            yield from events_in(step.get(name, ()))


# The expected outcomes


class StepFailedError(Exception):
    """The reference predicts that a step fails."""


class AnyOf:
    """One of several outcomes, depending on which task ended first."""

    def __init__(self, outcomes: Sequence[Any]) -> None:
        self.outcomes = outcomes

    def __eq__(self, other: object) -> bool:
        """Whether this is one of them, for the right task."""
        return any(other == {"won": place, "gave": outcome} for place, outcome in enumerate(self.outcomes))

    def __hash__(self) -> int:
        """Equal to many, so all alike."""
        return 0

    def __repr__(self) -> str:
        """Show the possible outcomes."""
        return f"AnyOf({self.outcomes})"


def expected(rounds: Sequence[Sequence[Step]]) -> list[Any]:
    """Predict an orchestration's output; raises StepFailedError where it fails."""
    return [_expected_of(program) for program in rounds]


def _expected_of(program: Sequence[Step]) -> list[Any]:
    return [_outcome(step) for step in program]


def _outcome(step: Step) -> Any:
    match step["do"]:
        case "activity" | "retried":
            return _result_of(step)
        case "child" | "retried child":
            return expected(step["rounds"])
        case "timer" | "event" as kind:
            return {"heard": event_of(step)} if kind == "event" else None
        case "all":
            return [_outcome(task) for task in step["of"]]
        case "any":
            return AnyOf([_collected(task) for task in step["of"]])
        case _:
            return _tried(step)


def _result_of(step: Step) -> Any:
    if step["failures"] >= step.get("attempts", 1):
        raise StepFailedError
    return {"did": step["number"]}


def _collected(task: Step) -> Any:
    try:
        return _outcome(task)
    except StepFailedError:
        return FAILED


def _tried(step: Step) -> Any:
    try:
        return _expected_of(step["body"])
    except StepFailedError:
        return {"otherwise": _expected_of(step["otherwise"])}


def number_all(rounds: Sequence[Sequence[Step]]) -> list[list[Step]]:
    """Number the steps of a drawn orchestration."""
    numbers = itertools.count()
    return [numbered(program, numbers) for program in rounds]
