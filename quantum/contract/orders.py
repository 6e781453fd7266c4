"""The fields of an order. A line of `Order` is all that a new field needs to be validated, documented and shown."""

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, Any, Self

from quantum.contract.answer_to import WHERE_ANSWERED, AnswerQueue, AnswerTo
from quantum.contract.constraints import Constraints, SomeConstraints
from quantum.contract.costs import MOST_COST, Cost
from quantum.contract.fields import OR_NULL, REQUIRED, Row, Table, some_of, table_of
from quantum.contract.kinds import AList, AnObject, NotYet, Number, Several, Shots, Tags
from quantum.contract.reuse import WHEN_REUSED, ReuseResult, ReuseRule
from quantum.contract.texts import Content, Duration, Form, Operation, Text, Unchecked, Words
from quantum.wire import codec
from quantum.wire.records import record

OWN_SESSION = "own"
WITHOUT_SHOTS = "microsoft.qio.v2"  # a solver runs once, without shots

NAME = re.compile(r"(?!.*\.\.)[\w][\w .:+()\[\]=,@#-]{0,127}")
TARGET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
OPERATION = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
WORKSPACE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)
SESSION = re.compile(r"[A-Za-z0-9-]{1,36}")
MEDIA_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]{0,63}(/[A-Za-z0-9][A-Za-z0-9.+-]{0,63})?")
OF_A_PROVIDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_+-]{0,63}(\.[A-Za-z0-9_+-]{1,64}){1,7}")

A_NAME = Text(NAME, 128, "letters, digits, blanks and . _ : + - ( ) [ ] = , @ #, and begins with a letter or digit")
A_TARGET = Text(TARGET, 128, "letters, digits and . _ -")
A_WORKSPACE = Text(WORKSPACE, 40, "small letters, digits and hyphens")
AN_OPERATION = Text(OPERATION, 256, "names joined by full stops, such as Test.GenerateRandomBits")
A_SESSION = Form(
    SESSION,
    f'must be the id of a session (POST /api/sessions opens one), or "{OWN_SESSION}" for one of the job\'s own',
)
A_PRIORITY = Words(("Standard", "High"))
AN_URGENCY = Words(("low", "normal", "high"))
RESULTS_FORM = 'must be a format of results, such as "microsoft.quantum-results.v1"'


@record
class ProgramInput:
    """A caller's program: exactly one of text, base64 and blob (`container/name`) is set.

    `output_format`, `content_type` and `content_encoding` override the format's own.
    """

    format: Annotated[str, Unchecked(("openqasm3", "qir.v1")), "what the program is written in; `GET /api/formats`"]
    text: Annotated[str | None, Content(), "the program as text"] = None
    base64: Annotated[str | None, Content(), "the program's bytes"] = None
    blob: Annotated[str | None, Content(), "`inputs/<name>`, a blob in the app's own storage"] = None
    output_format: Annotated[
        str | None, Form(OF_A_PROVIDER, RESULTS_FORM), "the form in which results are requested"
    ] = None
    content_type: Annotated[
        str | None, Form(MEDIA_TYPE, 'must be a media type, such as "application/json"'), "media type of the program"
    ] = None
    content_encoding: Annotated[str | None, Words(("gzip",)), "`gzip` for a compressed program"] = None


@record
class Order:
    """What is ordered, apart from its program. `deadline` is counted from the acceptance.

    `session` is the id of one that is open, or `own` for one that lives as long as the job; `max_cost` is in the unit
    of the target's prices (`quantum.programs.prices`).
    """

    name: Annotated[str, A_NAME, "how you find the job again, here and in the portal"]
    target: Annotated[
        str,
        A_TARGET,
        "where it runs, such as `ionq.simulator`; `GET /api/targets`; `auto` for the best one by `constraints`",
        REQUIRED,
    ]
    shots: Annotated[
        int, Shots(), "how often it runs, up to `MAX_SHOTS` of the deployment; not needed by a solver", REQUIRED
    ]
    params: Annotated[
        Mapping[str, Any], AnObject(small=True), "further parameters of the provider, such as `errorMitigation`"
    ] = field(default_factory=dict)
    tags: Annotated[Mapping[str, str], Tags(), "texts by name, by which lists and counts find the job"] = field(
        default_factory=dict
    )
    workspace: Annotated[str, A_WORKSPACE, "the workspace that it runs in; `GET /api/workspaces`"] = "default"
    deadline: Annotated[
        str | None, Duration(), "a job that has not ended by then is cancelled and `expired`", OR_NULL
    ] = None
    fallback_targets: Annotated[
        tuple[str, ...],
        Several(A_TARGET, 8, "target"),
        "targets to turn to when the first is not available, or queues for too long of the deadline",
    ] = ()
    entry_point: Annotated[str | None, Operation(AN_OPERATION), "the Q# operation to run", OR_NULL] = None
    arguments: Annotated[tuple[Any, ...], AList(), "the arguments of the operation, such as `[3]`"] = ()
    priority: Annotated[str | None, A_PRIORITY, "as the workspace takes it", OR_NULL] = None
    urgency: Annotated[
        str | None,
        AN_URGENCY,
        "whose turn is first where orders wait to be submitted; `priority` is the workspace's own",
        OR_NULL,
    ] = None
    session: Annotated[
        str | None,
        A_SESSION,
        f"the id of an open session, or `{OWN_SESSION}` for one that lives as long as the job",
        OR_NULL,
    ] = None
    max_cost: Annotated[
        float | Mapping[str, float] | None,
        Cost(Number(0, MOST_COST, "in the unit of the target's prices")),
        'the most that it may cost by the estimate before it runs: amounts by unit, such as `{"USD": 40}` (USD, EUR, '
        "HQC, eHQC), or a number in the unit of the target's prices",
        OR_NULL,
    ] = None
    answer_to: Annotated[
        str | AnswerQueue | None,
        AnswerTo(),
        WHERE_ANSWERED,
        OR_NULL,
    ] = None
    constraints: Annotated[
        Constraints | None,
        SomeConstraints(),
        'what a target must be like that is chosen for `"target": "auto"`',
        OR_NULL,
    ] = None
    reuse_result: Annotated[bool | ReuseRule | None, ReuseResult(), WHEN_REUSED, OR_NULL] = None

    @property
    def reuse(self) -> ReuseRule | None:
        """Which results of equal orders it may be answered with; None where it runs itself."""
        return ReuseRule() if self.reuse_result is True else self.reuse_result or None

    @property
    def targets(self) -> tuple[str, ...]:
        """The target, then its fallbacks, in order."""
        return (self.target, *self.fallback_targets)

    @classmethod
    def from_wire(cls, data: dict[str, Any]) -> Self:
        """Decode the JSON of `quantum.wire.codec.to_wire`; `quantum.orders.read` validates."""
        return codec.from_wire(cls, data)


@record
class SubmittedOrder:
    """An order with its program.

    `traceparent` is the caller's W3C trace context, which is not part of the order.
    """

    order: Order
    input: ProgramInput
    traceparent: str | None = None


A_PROGRAM = Row(
    "input", AnObject(), "the program: its `format`, and one of `text`, `base64` and `blob`", is_required=True
)
A_TRACE = Row(
    "traceparent",
    Unchecked(),
    "the caller's W3C trace context (over HTTP: the header); a wrong one is ignored",
    admits_null=True,
)
RESERVED: Table = {
    "notify": Row("notify", NotYet(), "reserved for answers that are pushed: false, or left out; now: `answerTo`"),
}
INPUT: Table = table_of(ProgramInput)
FIRST = ("name", "target", "shots")
ORDER: Table = {
    **some_of(table_of(Order), FIRST),
    "input": A_PROGRAM,
    **{name: row for name, row in table_of(Order).items() if name not in FIRST},
    "traceparent": A_TRACE,
    **RESERVED,
}
CONTENTS = ("text", "base64", "blob")
