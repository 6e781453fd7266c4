"""Names what the host does for one order, so that a step has the same name whenever it is taken, again too.

A step is a call of one of the app's functions, a request that such a call (or the host itself) makes, or a
transaction of the journal. Retries keep their names because everything is counted by what is done for good: the third
`record_progress` is the one that begins after the outcomes of two have been committed, however often it begins.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

COMMIT = "commit"
MOST = {"check_job": 3}  # a third look at a job is like all later ones, of which nobody knows the number
IGNORED = frozenset({"orchestrationTrigger"})  # a turn does nothing but what its commit does
OWN = re.compile(r"queue \w+ job-orders|blob PUT orders container")  # requests of the host itself, not of the app
CHANGING = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "{id}"),
    (re.compile(r"\{id\}/[0-9a-f]{16}$"), "{id}/{hash}"),
    (re.compile(r"'\d{13}-"), "'{time}-"),
    (re.compile(r"order-\w+"), "{order}"),
    (re.compile(r"'[0-9a-f]{64}'"), "'{key}'"),
)


class Point(NamedTuple):
    """An instant at which a host may die: `before` or `after` a step."""

    step: str
    side: str

    @property
    def call(self) -> str:
        """The call or the transaction that the step belongs to."""
        return self.step.partition(":")[0]

    @property
    def kind(self) -> str:
        """The point without the numbers that tell one of its kind from another."""
        return re.sub(r" \d+\b", "", str(self))

    def __str__(self) -> str:
        return f"{self.side} {self.step}"


@dataclass
class Call:
    """A function that runs, and the requests that it has made so far."""

    function: str
    name: str
    requests: Counter[str] = field(default_factory=Counter)


@dataclass
class Chronicle:
    """
    What has been done for one order by one host after another.

    `habits` says which functions make a request, learned while one runs alone: where two run, it tells whose it is.
    """

    habits: dict[str, set[str]] = field(default_factory=dict)
    finished: Counter[str] = field(default_factory=Counter)
    last_finished: str = "the start"
    committed: Counter[str] = field(default_factory=Counter)
    running: list[Call] = field(default_factory=list)
    unsaved: list[str] = field(default_factory=list)

    def host_died(self) -> None:
        """Forget what only the host's memory knew."""
        self.running.clear()
        self.unsaved.clear()

    def report(self, kind: str, steps: Sequence[str], side: str) -> Sequence[str]:
        """Name what a host reports: a commit, or a function's call by its kind of trigger."""
        if kind == COMMIT:
            named = self.named_commit(steps)
            return named if side == "before" else self._committed(steps, named)
        return [] if kind in IGNORED else [self._call(kind, steps[0], side)]

    def request(self, service: str, method: str, target: str) -> str:
        """Name a request, by the call that makes it and its place among those of its kind."""
        kind = f"{service} {method} {shape(target)}"
        if not self.running or OWN.match(kind):
            return f"host: {kind}"
        whose = self.habits.setdefault(kind, set())
        if len(self.running) == 1:
            whose.add(self.running[0].function)
        call = next((call for call in reversed(self.running) if call.function in whose), self.running[-1])
        call.requests[kind] += 1
        return f"{call.name}: {kind} {call.requests[kind]}"

    def named_commit(self, transactions: Sequence[str]) -> list[str]:
        """Name the transactions that are committed together."""
        now, activities = Counter(self.committed), list(self.unsaved)
        names = []
        for transaction in transactions:
            now[transaction] += 1
            name = f"{transaction} {now[transaction]}"
            if transaction == "finish_work" and activities:
                name = f"finish_work of {self._numbered(activities.pop(0))}"
            elif transaction == "commit_turn":
                name = f"{name} after {self.last_finished}"
            names.append(name)
        return names

    def _committed(self, transactions: Sequence[str], names: Sequence[str]) -> Sequence[str]:
        for transaction in transactions:
            self.committed[transaction] += 1
            if transaction == "finish_work" and self.unsaved:
                self.last_finished = self._numbered(self.unsaved[0])
                self.finished[self.unsaved.pop(0)] += 1
                self.committed["commit_turn"] = 0  # turns are counted from the last outcome that they had
        return names

    def _call(self, kind: str, function: str, side: str) -> str:
        if side == "before":
            self.running.append(Call(function, self._numbered(function)))
            return self.running[-1].name
        if kind == "activityTrigger":
            self.unsaved.append(function)
        # A door may run twice at once, for a message whose lease was lost, or a caller who asked again.
        ended = next(call for call in self.running if call.function == function)
        self.running.remove(ended)
        return ended.name

    def _numbered(self, function: str) -> str:
        number = self.finished[function] + 1
        return f"{function} {min(number, MOST.get(function, number))}"


def shape(target: str) -> str:
    """Describe a request's target by what is the same for every order."""
    parts = urlsplit(target)
    segments = unquote(parts.path).split("/")
    # Behind the account, or behind the workspace: their names differ from lane to lane.
    text = "/".join(segments[segments.index("workspaces") + 2 :] if "workspaces" in segments else segments[2:])
    for pattern, word in CHANGING:
        text = pattern.sub(word, text)
    text = re.sub(r"(messages)/.*", r"\1/{id}", text)
    query = parse_qs(parts.query)
    about = [query[name][0] for name in ("restype", "comp") if name in query]
    return " ".join([text, *about])
