"""Where an order wants its answer: on the queue of all, on a queue of its own, or nowhere."""

import re
from typing import Annotated, Any

from quantum.contract.fields import REQUIRED, faults_in, object_schema, table_of
from quantum.contract.kinds import Limits, Schema, type_of
from quantum.contract.texts import Duration, Text
from quantum.storage import ANSWERS_PREFIX
from quantum.wire.records import record

DEFAULT_ANSWER, NO_ANSWER = "default", "none"
ANSWER_WORDS = (DEFAULT_ANSWER, NO_ANSWER)
WHERE_ANSWERED = (
    'where the answer goes: `"default"` (the queue `job-answers`), `"none"`, or `{"queue": "<name>", "keepFor": '
    '"P7D"}` for the queue `answers-<name>`'
)
LONGEST_NAME = 63 - len(ANSWERS_PREFIX)  # a queue's name has up to 63 characters
QUEUE_NAME = Text(
    re.compile(rf"(?!{ANSWERS_PREFIX})[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII),
    LONGEST_NAME,
    "small letters, digits and single hyphens between them",
)


@record
class QueueName:
    """The name of a queue of answers, without the prefix that keeps it apart from the queues of the system."""

    def fault(self, value: Any, limits: Limits) -> str | None:
        """Say what is wrong with a value."""
        if isinstance(value, str) and value.startswith(ANSWERS_PREFIX):
            return f"is the name without the prefix {ANSWERS_PREFIX}, which is put before it"
        return QUEUE_NAME.fault(value, limits)

    def schema(self, limits: Limits) -> Schema:
        """Describe what is right, as JSON Schema."""
        return QUEUE_NAME.schema(limits)


@record
class AnswerQueue:
    """A queue in the app's own storage account, which is made for the first answer that goes there."""

    queue: Annotated[str, QueueName(), f"the answer goes to the queue `{ANSWERS_PREFIX}<queue>`", REQUIRED]
    keep_for: Annotated[str, Duration(), "how long it is kept there unless somebody takes it"] = "P7D"


@record
class AnswerTo:
    """One of the words for a place, or a queue."""

    def fault(self, value: Any, limits: Limits) -> str | None:
        """Say what is wrong with a value."""
        if isinstance(value, dict):
            faults = faults_in(value, table_of(AnswerQueue), limits)
            return "; ".join(f"{fault.field} {fault.reason}" for fault in faults) or None
        if isinstance(value, str) and value in ANSWER_WORDS:
            return None
        shown = repr(value[:64]) if isinstance(value, str) else type_of(value)
        return f'must be "default", "none" or {{"queue": "<name>"}} for the queue {ANSWERS_PREFIX}<name>, not {shown}'

    def schema(self, limits: Limits) -> Schema:
        """Describe what is right, as JSON Schema."""
        words = {"type": "string", "enum": list(ANSWER_WORDS)}
        return {"anyOf": [words, object_schema(table_of(AnswerQueue), limits), {"type": "null"}]}
