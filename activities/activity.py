"""The frame of every activity: decodes its request, passes it the App, and encodes its outcome as plain JSON.

A ServiceError becomes an outcome; any other exception leaves the activity and is retried. Each call is a span in its
order's trace, and a failure that will be retried is counted.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast, get_type_hints

from orchestrators.batch_messages import AnyBatchRequest
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
from orchestrators.watcher_messages import WatchWorkspace
from quantum import wiring
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
from quantum.ports import Orchestrations
from quantum.telemetry import names as telemetry
from quantum.telemetry.names import Telemetry

OUTCOMES: Sequence[tuple[type[ServiceError], Callable[[Failure], AnyFailure]]] = (  # the first match wins
    (WorkspaceUnauthorizedError, LockedOut),
    (UnknownWorkspaceError, LockedOut),
    (UnauthorizedError, Unauthorized),
    (RefusedError, Refused),
    (NotFoundError, Missing),
    (ServiceError, Unavailable),
)

type Registered = Callable[..., Awaitable[dict[str, Any]]]


def activity(step: Callable[..., Awaitable[Outcome]]) -> Registered:
    """Turn a function of a request and the App into an activity with the signature that the worker needs.

    A third parameter receives the durable engine, from the activity's binding `client`.
    """
    name, hints = step.__name__, get_type_hints(step)
    kind: Any = hints["message"]

    async def act(payload: dict[str, Any], *engine: Orchestrations) -> dict[str, Any]:
        message = kind.from_wire(payload)
        app = wiring.app()
        meter, facts = app.services.telemetry, telemetry.about(message)
        with meter.span(name, message.traceparent, facts) as span:
            try:
                outcome = await step(message.traced(span.traceparent), app, *engine)
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

    async def run(payload: dict) -> dict:  # type: ignore[type-arg]  # the worker accepts bare types only
        return await act(payload)

    async def run_with_engine(payload: dict, client: str) -> dict:  # type: ignore[type-arg]  # as above
        return await act(payload, wiring.orchestrations(client))

    registered: Registered = run_with_engine if "orchestrations" in hints else run
    return _named(registered, step)


def _named(run: Any, step: Callable[..., Any]) -> Registered:
    name = step.__name__
    run.__name__, run.__qualname__, run.__module__, run.__doc__ = name, name, step.__module__, step.__doc__
    return cast("Registered", run)


def _outcome_of(error: ServiceError) -> AnyFailure | Overtaken:
    """Translate an error into an outcome."""
    match error:
        case OvertakenError():
            return Overtaken(error.job)
        case ServiceBusyError():
            return Busy(error.failure, error.retry_after or 0.0)
        case _:
            outcome = next(outcome for kind, outcome in OUTCOMES if isinstance(error, kind))
            return outcome(error.failure)


def _is_retried(outcome: Outcome, message: AnyRequest | WatchWorkspace | AnyBatchRequest) -> bool:
    """Say whether the step will be retried; an invalid credential ends a job at once, unless it may be submitted."""
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
