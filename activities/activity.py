"""The frame of every activity: reads its request, gives it the App, and returns its outcome as plain JSON.

What a service refuses is an outcome; any other exception leaves the activity as it is, and means "try again". Each call
is a span in its order's trace, and one that will be tried again is counted.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast, get_type_hints

from orchestrators.messages import (
    AnyFailure,
    AnyRequest,
    Broken,
    Busy,
    Failed,
    LockedOut,
    Missing,
    Outcome,
    Overtaken,
    Refused,
    Unauthorized,
    Unavailable,
)
from quantum import wiring
from quantum.app import App
from quantum.jobs.errors import (
    NotFoundError,
    OvertakenError,
    RefusedError,
    ServiceBusyError,
    ServiceError,
    UnauthorizedError,
    UnknownWorkspaceError,
    WorkspaceUnauthorizedError,
)
from quantum.jobs.model import Failure
from quantum.telemetry import names as telemetry
from quantum.telemetry.names import Telemetry

OUTCOMES: Sequence[tuple[type[ServiceError], Callable[[Failure], AnyFailure]]] = (  # the first that fits
    (WorkspaceUnauthorizedError, LockedOut),
    (UnknownWorkspaceError, LockedOut),
    (UnauthorizedError, Unauthorized),
    (RefusedError, Refused),
    (NotFoundError, Missing),
    (ServiceError, Unavailable),
)

type Registered = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


def activity[R: AnyRequest](step: Callable[[R, App], Awaitable[Outcome]]) -> Registered:
    """Make a function of a request and the App into an activity, with the signature that the worker reads."""
    name, kind = step.__name__, get_type_hints(step)["message"]

    async def run(payload: dict) -> dict:  # type: ignore[type-arg]  # the worker takes bare types only
        message: R = kind.from_wire(payload)
        app = wiring.app()
        meter, facts = app.services.telemetry, telemetry.about(message)
        with meter.span(name, message.traceparent, facts) as span:
            try:
                outcome = await step(cast("R", message.traced(span.traceparent)), app)
            except ServiceError as error:
                outcome = _outcome_of(error)
            except Exception:
                _count_retry(meter, name, facts | {telemetry.OUTCOME: Broken.word})
                raise
            facts |= {telemetry.OUTCOME: outcome.word}
            span.note(facts)
            if _is_retried(outcome, message):
                _count_retry(meter, name, facts)
            return outcome.to_wire()

    run.__name__, run.__qualname__, run.__module__, run.__doc__ = name, name, step.__module__, step.__doc__
    return run


def _outcome_of(error: ServiceError) -> AnyFailure | Overtaken:
    """Translate an error into the value that the process branches on."""
    match error:
        case OvertakenError():
            return Overtaken(error.job)
        case ServiceBusyError():
            return Busy(error.failure, error.retry_after or 0.0)
        case _:
            outcome = next(outcome for kind, outcome in OUTCOMES if isinstance(error, kind))
            return outcome(error.failure)


def _is_retried(outcome: Outcome, message: AnyRequest) -> bool:
    """Whether the step will be tried again; a wrong credential ends an order at once, unless its job may run."""
    match outcome:
        case LockedOut():
            return message.may_be_submitted
        case Refused():
            return False
        case _:
            return isinstance(outcome, Failed)


def _count_retry(meter: Telemetry, name: str, facts: dict[str, str]) -> None:
    facts = facts | {telemetry.ACTIVITY: name}
    meter.measure(telemetry.RETRIES, 1, facts)
    telemetry.log_event(telemetry.STEP_RETRIED, facts)
