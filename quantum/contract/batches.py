"""The fields of a batch: many orders that run as one, as targets and values over a base order, or as a list."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Annotated, Any

from quantum.contract.answer_to import WHERE_ANSWERED, AnswerQueue, AnswerTo
from quantum.contract.costs import MOST_COST, Cost
from quantum.contract.fields import OR_NULL, Fault, Row, Table, faults_in, object_schema, table_of
from quantum.contract.kinds import AList, AnObject, Limits, NotYet, Number, Schema, Several, type_of
from quantum.contract.orders import A_NAME, A_SESSION, A_TARGET, OWN_SESSION
from quantum.contract.texts import Unchecked, Words
from quantum.wire.records import record

MAX_MEMBERS = 10_000
MAX_TARGETS = 50
DEFAULT_WINDOW, MAX_WINDOW = 20, 200
INPUTS = "inputs/"  # where a blob of orders is
BATCH_KIND = "batch"  # of a message on the queue of orders
BATCH_ANSWER, MEMBER_ANSWERS, BOTH_ANSWERS = "batch", "members", "both"


@record
class Whole:
    """A whole number within a range."""

    least: int
    most: int

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Validate a value, and return the reason for a fault."""
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        return None if is_whole and self.least <= value <= self.most else f"must be {self._range}"

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe valid values as JSON Schema."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}

    @property
    def _range(self) -> str:
        return f"a whole number from {self.least} to {self.most:,}"


@record
class Real:
    """Any number."""

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Validate a value, and return the reason for a fault."""
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return None if is_number else f"must be a number, not {type_of(value)}"

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe valid values as JSON Schema."""
        return {"type": "number"}


@record
class Flag:
    """True or false."""

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Validate a value, and return the reason for a fault."""
        return None if isinstance(value, bool) else f"must be true or false, not {type_of(value)}"

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe valid values as JSON Schema."""
        return {"type": "boolean"}


@record
class Points:
    """A list with one entry for each point of a sweep; what an entry may be is checked with its place."""

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Validate a value, and return the reason for a fault."""
        if not isinstance(value, list):
            return f"must be a list, not {type_of(value)}"
        if not value:
            return "must not be empty"
        many = f"has {len(value):,} entries; a batch has {MAX_MEMBERS:,} members at most"
        return many if len(value) > MAX_MEMBERS else None

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe valid values as JSON Schema."""
        return {"type": "array", "minItems": 1, "maxItems": MAX_MEMBERS}


@record
class Orders:
    """A list of whole orders."""

    def fault(self, value: Any, limits: Limits) -> str | None:
        """Validate a value, and return the reason for a fault."""
        if isinstance(value, dict):
            named = value.get("blob")
            is_named = value.keys() == {"blob"} and isinstance(named, str) and named.startswith(INPUTS)
            return None if is_named else f'must be a list, or name a blob of orders as {{"blob": "{INPUTS}<name>"}}'
        return Points().fault(value, limits)

    def schema(self, limits: Limits) -> Schema:
        """Describe valid values as JSON Schema."""
        listed = Points().schema(limits) | {"items": {"type": "object", "description": "an order"}}
        named = {"type": "string", "pattern": f"^{INPUTS}", "description": "a blob with an order in each line"}
        blob = {"type": "object", "properties": {"blob": named}, "required": ["blob"], "additionalProperties": False}
        return {"anyOf": [listed, blob]}


@record
class AWindow:
    """How many members are on their way at the same time: a number, or an object that has more for some targets."""

    def fault(self, value: Any, limits: Limits) -> str | None:
        """Validate a value, and return the reason for a fault."""
        if not isinstance(value, dict):
            return WINDOW.fault(value, limits)
        targets = value.get("targets", {})
        fits = value.keys() <= {"all", "targets"} and isinstance(targets, dict) and len(targets) <= MAX_TARGETS
        if not fits:
            return 'must be a number, or an object such as {"all": 20, "targets": {"ionq.qpu": 2}}'
        reasons = (WINDOW.fault(each, limits) for each in (value.get("all", DEFAULT_WINDOW), *targets.values()))
        return next((f"has a number that {reason}" for reason in reasons if reason), None)

    def schema(self, limits: Limits) -> Schema:
        """Describe valid values as JSON Schema."""
        number = WINDOW.schema(limits)
        targets = {"type": "object", "additionalProperties": number, "maxProperties": MAX_TARGETS}
        several = {"type": "object", "properties": {"all": number, "targets": targets}, "additionalProperties": False}
        return {"anyOf": [number, several]}


@record
class ASessionOfAll:
    """The id of a session in which all members run."""

    def fault(self, value: Any, limits: Limits) -> str | None:
        """Validate a value, and return the reason for a fault."""
        if value == OWN_SESSION:
            return f"takes no {OWN_SESSION!r} yet: open a session by POST /api/sessions, and give its id"
        return A_SESSION.fault(value, limits)

    def schema(self, limits: Limits) -> Schema:
        """Describe valid values as JSON Schema."""
        return A_SESSION.schema(limits) | {"not": {"const": OWN_SESSION}}


WINDOW = Whole(1, MAX_WINDOW)
RANGE: Table = {
    "from": Row("from", Real(), "the first value", is_required=True),
    "to": Row("to", Real(), "the last value", is_required=True),
    "count": Row("count", Whole(1, MAX_MEMBERS), "how many values, with equal steps between them", is_required=True),
}


@record
class Sweep:
    """The points of a sweep: exactly one of three forms."""

    arguments: Annotated[
        tuple[Any, ...],
        Points(),
        'arguments for each point: a list by position, or an object with one name, such as `{"theta": 0.1}`',
    ] = ()
    params: Annotated[
        tuple[Any, ...], Points(), "parameters of the provider for each point, laid over those of the order"
    ] = ()
    grid: Annotated[
        Mapping[str, Any],
        AnObject(small=True),
        'equal steps of one argument: `{"theta": {"from": 0, "to": 3.14, "count": 50}}`',
    ] = field(default_factory=dict)


SWEEP: Table = table_of(Sweep)


@record
class ASweep:
    """The kind of the field `sweep`, whose parts have faults of their own."""

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Validate a value, and return the reason for a fault."""
        return None if isinstance(value, dict) else f"must be an object, not {type_of(value)}"

    def schema(self, limits: Limits) -> Schema:
        """Describe valid values as JSON Schema."""
        schema = object_schema(SWEEP, limits)
        grid = {"additionalProperties": object_schema(RANGE, limits), "minProperties": 1, "maxProperties": 1}
        schema["properties"]["grid"] |= grid
        return schema | {"minProperties": 1, "maxProperties": 1}


@record
class BatchRequest:
    """What is ordered as one: `order` with `targets` and `sweep`, or `orders`."""

    name: Annotated[str | None, A_NAME, "how you find the batch again", OR_NULL] = None
    order: Annotated[
        Mapping[str, Any] | None, AnObject(), "the order that all members share, without what they differ in"
    ] = None
    targets: Annotated[
        tuple[str, ...], Several(A_TARGET, MAX_TARGETS, "target"), "the targets to compare; without them, the order's"
    ] = ()
    sweep: Annotated[
        Mapping[str, Any] | None, ASweep(), "the points, each on every target: `arguments`, `params` or `grid`", OR_NULL
    ] = None
    orders: Annotated[
        tuple[Any, ...] | None,
        Orders(),
        'whole orders, in place of `order`: a list, or `{"blob": "inputs/<name>"}` with one order a line',
    ] = None
    rank: Annotated[
        Mapping[str, Any] | None, AnObject(small=True), "what makes a member the best: see the batch's table", OR_NULL
    ] = None
    window: Annotated[
        int | Mapping[str, Any],
        AWindow(),
        'how many members are on their way at the same time; `{"all": 20, "targets": {"ionq.qpu": 2}}` limits targets',
    ] = DEFAULT_WINDOW
    partial: Annotated[
        bool, Flag(), "whether sound members start although others have faults; these become rejected members"
    ] = False
    session: Annotated[
        str | None, ASessionOfAll(), "the id of an open session for all members that name none", OR_NULL
    ] = None
    stop_on_failure: Annotated[bool, Flag(), "whether no more members are started once one has not succeeded"] = False
    answers: Annotated[
        str,
        Words((BATCH_ANSWER, MEMBER_ANSWERS, BOTH_ANSWERS)),
        "what is answered: the batch as one, each member, or both",
    ] = BATCH_ANSWER
    max_cost: Annotated[
        Mapping[str, float] | None,
        Cost(Number(0, MOST_COST, "in the unit"), by_unit=True),
        'the most that all members may cost, by unit, such as `{"USD": 40}`; one that would go over it is rejected',
        OR_NULL,
    ] = None
    answer_to: Annotated[str | AnswerQueue | None, AnswerTo(), WHERE_ANSWERED, OR_NULL] = None


def _reserved(name: str, meaning: str) -> Row:
    return Row(name, NotYet(), f"reserved {meaning}: false, or left out")


BATCH: Table = {
    **table_of(BatchRequest),
    "kind": Row("kind", Words((BATCH_KIND,)), "on the queue of orders, where it tells a batch from an order"),
    "traceparent": Row("traceparent", Unchecked(), "the caller's W3C trace context", admits_null=True),
    "packing": _reserved("packing", "for members that travel as one job"),
    "jobs": _reserved("jobs", "for jobs that exist already"),
}
A_POINT_OF_ARGUMENTS = AList()


def sweep_faults(sweep: Mapping[str, Any], limits: Limits) -> list[Fault]:
    """Validate the forms of a sweep, with the place of each fault."""
    faults = faults_in(sweep, SWEEP, limits, prefix="sweep.")
    forms = [name for name in SWEEP if name in sweep]
    if len(forms) != 1:
        faults.append(Fault("sweep", f"takes exactly one of {', '.join(SWEEP)}; {len(forms)} came"))
    if isinstance(grid := sweep.get("grid"), dict):
        faults += _grid_faults(grid, limits)
    if isinstance(points := sweep.get("arguments"), list):
        faults += _places("sweep.arguments", (_argument_fault(point, limits) for point in points))
    if isinstance(points := sweep.get("params"), list):
        faults += _places("sweep.params", (AnObject(small=True).fault(point, limits) for point in points))
    return faults


def _places(name: str, reasons: Iterable[str | None]) -> list[Fault]:
    return [Fault(f"{name}[{place}]", reason) for place, reason in enumerate(reasons) if reason]


def _argument_fault(point: Any, limits: Limits) -> str | None:
    if isinstance(point, dict):
        if len(point) == 1:
            return None
        return "has several names: arguments by name take one; give more as a list by position"
    return A_POINT_OF_ARGUMENTS.fault(point, limits)


def _grid_faults(grid: Mapping[str, Any], limits: Limits) -> list[Fault]:
    if len(grid) != 1:
        return [Fault("sweep.grid", "takes one argument; give the points of several as lists in `arguments`")]
    ((name, steps),) = grid.items()
    place = f"sweep.grid.{name[:64]}"
    if not isinstance(steps, dict):
        return [Fault(place, f"must be an object of from, to and count, not {type_of(steps)}")]
    return faults_in(steps, RANGE, limits, prefix=f"{place}.")
