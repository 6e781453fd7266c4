"""What a target must be like that the app chooses for an order with `"target": "auto"`."""

import re
from typing import Annotated, Any

from quantum.contract.fields import OR_NULL, faults_in, object_schema, table_of
from quantum.contract.kinds import Limits, Number, Schema, Several, type_of
from quantum.contract.texts import Duration, Text, Words
from quantum.wire.records import record

AUTO = "auto"
BESIDE = "maxCost"
MOST_NAMES = 16
A_WORD = Text(re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}"), 128, "letters, digits and . _ -")


@record
class Constraints:
    """Limits of the choice; the most that it may cost is the order's own `maxCost`."""

    providers: Annotated[tuple[str, ...], Several(A_WORD, MOST_NAMES, "provider"), "only targets of these"] = ()
    formats: Annotated[
        tuple[str, ...], Several(A_WORD, MOST_NAMES, "format"), "only targets that take these formats, too"
    ] = ()
    kind: Annotated[str | None, Words(("simulator", "hardware")), "only simulators, or only hardware", OR_NULL] = None
    qubits: Annotated[
        float | None, Number(1, 1_000_000, "the least that the target has"), "the least that it has", OR_NULL
    ] = None
    max_queue_time: Annotated[str | None, Duration(), "the longest average queue time", OR_NULL] = None


@record
class SomeConstraints:
    """An object of constraints."""

    def fault(self, value: Any, limits: Limits) -> str | None:
        """Validate a value, and return the reason for a fault."""
        if not isinstance(value, dict):
            return f"must be an object, not {type_of(value)}"
        own = {name: limit for name, limit in value.items() if name != BESIDE}
        reasons = [f"{fault.field} {fault.reason}" for fault in faults_in(own, table_of(Constraints), limits)]
        if BESIDE in value:
            reasons.append(f"{BESIDE} belongs beside constraints, as a field of the order itself")
        return "; ".join(reasons) or None

    def schema(self, limits: Limits) -> Schema:
        """Describe valid values as JSON Schema."""
        return object_schema(table_of(Constraints), limits)
