"""Turns a batch's request into its members: pure, and the same in every process, so that no member runs twice.

Members are numbered point by point, each point on every target in turn. An id derives from the batch's id and the
number.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any
from uuid import UUID, uuid5

from quantum.contract.answer_to import NO_ANSWER
from quantum.contract.batches import BATCH_ANSWER
from quantum.contract.constraints import AUTO
from quantum.wire.records import record

type Data = Mapping[str, Any]
NAME_LETTERS = 116  # of a member's name, before its number
UNNAMED = "member"  # where neither a name nor a target tells what it is


@record
class Member:
    """A member: its number, and the order as a caller would write it; `point` is what sets it apart."""

    number: int
    order: Data
    point: Data

    @property
    def target(self) -> str:
        """Where it runs."""
        return str(self.order.get("target", ""))


@record
class Members(Sequence[Member]):
    """The members of a request, each made when it is needed."""

    request: Data

    def __len__(self) -> int:
        if "orders" in self.request:
            return len(self.request["orders"])
        return len(self.points) * max(len(self.targets), 1)

    def target_of(self, number: int) -> str:
        """Return where a member runs, without making it."""
        if "orders" in self.request:
            return str(_order(self.request["orders"][number]).get("target", ""))
        targets = self.targets or (self.request["order"].get("target", ""),)
        return str(targets[number % len(targets)])

    def __getitem__(self, number: Any) -> Any:
        if not 0 <= number < len(self):
            raise IndexError(number)
        return self._member(number)

    @property
    def targets(self) -> Sequence[str]:
        """The targets of a comparison; none where the order has its own."""
        return self.request.get("targets") or ()

    @cached_property
    def points(self) -> Sequence[Data]:
        """The points of a sweep, as changes of the order; one without changes where there is no sweep."""
        sweep = self.request.get("sweep") or {}
        if "arguments" in sweep:
            return [{"arguments": _by_position(point)} for point in sweep["arguments"]]
        if "params" in sweep:
            return [{"params": point} for point in sweep["params"]]
        return _steps(sweep["grid"]) if "grid" in sweep else [{}]

    def id_of(self, batch_id: str, number: int) -> str:
        """Return the id of a member's job: its own, or the one that it takes from an earlier batch."""
        return str(self.reused.get(str(number)) or member_id(batch_id, number))

    @property
    def reused(self) -> Data:
        """The ids of the jobs that have succeeded in an earlier batch, by the numbers of their members."""
        return self.request.get("reused") or {}

    def place_of(self, number: int, field: str) -> str:
        """Return the place in the request of a field of a member's order."""
        if field == "session" and self.request.get("session") is not None:
            return field
        if "orders" in self.request:
            return f"orders[{number}]{'.' if field else ''}{field}"
        head, _, rest = field.partition(".")
        point, target = divmod(number, max(len(self.targets), 1))
        if head == "target" and self.targets:
            return f"targets[{target}]"
        sweep = self.request.get("sweep") or {}
        if head in sweep:
            return f"sweep.{head}[{point}]{'.' if rest else ''}{rest}"
        if head == "arguments" and "grid" in sweep:
            return "sweep.grid"
        return f"order.{field}" if field else "order"

    def value_of(self, number: int) -> Any:
        """Return what is read as a member's order: for a member of a list that is no object, that itself."""
        if "orders" in self.request and not isinstance(one := self.request["orders"][number], dict):
            return one
        return dict(self[number].order)

    def _member(self, number: int) -> Member:
        if "orders" in self.request:
            return Member(number, self._answered(_order(self.request["orders"][number]), number), {})
        point, target = divmod(number, max(len(self.targets), 1))
        changes = dict(self.points[point])
        base = self.request["order"]
        params = {"params": {**base.get("params", {}), **changes["params"]}} if "params" in changes else {}
        named = {"target": self.targets[target]} if self.targets else {}
        return Member(number, self._answered({**base, **changes, **params, **named}, number), changes)

    def _answered(self, order: Data, number: int) -> Data:
        """Name an order, and say where it runs and is answered, as far as that is the batch's."""
        target = order.get("target")
        name = order.get("name") or self.request.get("name") or (UNNAMED if target == AUTO else target)
        answered = dict(order)
        if isinstance(name, str) and "orders" not in self.request:
            answered["name"] = f"{name[:NAME_LETTERS]} [{number}]"
        if self.request.get("session") is not None:
            answered.setdefault("session", self.request["session"])
        if self.request.get("answers", BATCH_ANSWER) == BATCH_ANSWER:
            answered["answerTo"] = NO_ANSWER
        elif self.request.get("answerTo") is not None:
            answered.setdefault("answerTo", self.request["answerTo"])
        return answered


def member_id(batch_id: str, number: int) -> str:
    """Derive a member's id from the batch's."""
    return str(uuid5(UUID(batch_id), f"member:{number}"))


def _order(value: Any) -> Data:
    """Return an order of a list; one that is no object has no fields, and is rejected."""
    return value if isinstance(value, dict) else {}


def _by_position(point: Any) -> Any:
    return list(point.values()) if isinstance(point, dict) else point


def _steps(grid: Data) -> list[Data]:
    ((steps),) = grid.values()
    first, last, count = steps["from"], steps["to"], steps["count"]
    width = (last - first) / (count - 1) if count > 1 else 0
    return [
        {"arguments": [float(last if count > 1 and step == count - 1 else first + step * width)]}
        for step in range(count)
    ]
