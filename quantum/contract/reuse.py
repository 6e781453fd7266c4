"""Whether an order may be answered with the result of an equal one, and with how old a result."""

from typing import Annotated, Any

from quantum.contract.fields import faults_in, object_schema, table_of
from quantum.contract.kinds import Flag, Limits, Schema, type_of
from quantum.contract.texts import Duration
from quantum.wire.records import record

WHEN_REUSED = (
    "`true`: an equal order that has succeeded, or that runs now, gives the result, and nothing runs twice; "
    '`{"maxAge": "P1D"}` takes no older result, `{"hardware": true}` those of hardware too'
)


@record
class ReuseRule:
    """Which results of equal orders may be reused."""

    max_age: Annotated[str | None, Duration(), "the age of the oldest result that is taken; without it any"] = None
    hardware: Annotated[bool, Flag(), "results of hardware too, which differ from run to run"] = False


@record
class ReuseResult:
    """True or false, or a rule."""

    def fault(self, value: Any, limits: Limits) -> str | None:
        """Validate a value, and return the reason for a fault."""
        if isinstance(value, dict):
            faults = faults_in(value, table_of(ReuseRule), limits)
            return "; ".join(f"{fault.field} {fault.reason}" for fault in faults) or None
        if isinstance(value, bool):
            return None
        return f'must be true, false or an object such as {{"maxAge": "P1D", "hardware": true}}, not {type_of(value)}'

    def schema(self, limits: Limits) -> Schema:
        """Describe valid values as JSON Schema."""
        return {"anyOf": [{"type": "boolean"}, object_schema(table_of(ReuseRule), limits), {"type": "null"}]}
