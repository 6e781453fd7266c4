"""The tables of the app's functions and their triggers; only this file uses Azure's decorators.

The durable bindings are declared by their types: `DFApp` has decorators for them, but loads the durable SDK and all its
dependencies before anything can be served. Here the first call that needs the SDK loads it.
"""

from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from inspect import signature
from typing import Any

import azure.functions as func

from activities.activity import Registered
from activities.advance_batch import advance_batch
from activities.cancel_job import cancel_job
from activities.check_approval import check_approval
from activities.check_job import check_job
from activities.close_session import close_session
from activities.collect_result import collect_result
from activities.finish_batch import finish_batch
from activities.record_progress import record_progress
from activities.send_answer import send_answer
from activities.stage_input import stage_input
from activities.submit_job import submit_job
from activities.watch_workspace import watch_workspace
from orchestrators.run_batch import run_batch
from orchestrators.run_job import run_job
from orchestrators.run_watcher import run_watcher
from quantum import wiring
from quantum.contract.routes import BY_DOOR
from quantum.doors import blob, events, queue
from quantum.doors.http import frame
from quantum.doors.retries import retry_while_unavailable
from quantum.settings import HOST_STORAGE
from quantum.storage import BLOB_POISON_QUEUE, ORDERS_CONTAINER, ORDERS_QUEUE, POISON_QUEUE

wiring.settings()  # an invalid setting stops the start with an error that names it
app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)

# The doors of each module below `quantum.doors.http`, which loads at its first request, since a start would wait for
# all of them. Their routes are in `quantum.contract.routes`.
HTTP_DOORS: Mapping[str, tuple[str, ...]] = {
    "adopt": ("adopt_job",),
    "batch_controls": (
        "cancel_batch",
        "pause_batch",
        "resume_batch",
        "rerun_batch",
    ),
    "batches": (
        "start_batch_from_http",
        "list_batches",
        "read_batch",
        "list_members",
        "read_table",
    ),
    "budgets": (
        "read_budgets",
        "write_budgets",
        "approve_job",
        "deny_job",
        "approve_batch",
        "deny_batch",
    ),
    "description": ("describe_api",),
    "estimates": ("estimate_order",),
    "files": (
        "read_raw",
        "read_program",
    ),
    "health": ("read_health",),
    "jobs": (
        "start_from_http",
        "read_job",
        "read_result",
        "request_cancel",
    ),
    "lists": (
        "list_jobs",
        "count_jobs",
        "sum_costs",
    ),
    "offers": (
        "list_targets",
        "list_quotas",
        "list_formats",
    ),
    "poison": (
        "list_poison",
        "replay_poison",
    ),
    "sessions": (
        "open_session",
        "list_sessions",
        "read_session",
        "end_session",
        "list_session_jobs",
    ),
    "workspaces": (
        "list_workspaces",
        "add_own_workspace",
        "read_workspace",
        "remove_own_workspace",
    ),
}
ORCHESTRATORS = (run_job, run_watcher, run_batch)
ACTIVITIES = (
    stage_input,
    submit_job,
    check_approval,
    check_job,
    cancel_job,
    collect_result,
    close_session,
    record_progress,
    send_answer,
    watch_workspace,
    advance_batch,
    finish_batch,
)


def durable_client(door: Callable[..., Any]) -> Any:
    """Bind a door's `client` to the durable engine; the worker passes it as text."""
    return app.generic_input_binding(arg_name="client", type="durableClient")(door)


def http_door(module: str, name: str) -> Callable[..., Awaitable[func.HttpResponse]]:
    """Adapt a door to an HTTP trigger."""

    async def respond(req: func.HttpRequest, client: str) -> func.HttpResponse:
        door: frame.Door = getattr(import_module(f"quantum.doors.http.{module}"), name)
        headers = {name.lower(): text for name, text in req.headers.items()}
        request = frame.Request(headers, dict(req.params), dict(req.route_params), req.get_body(), req.method)
        answer = await frame.answer(door, request, wiring.app(), wiring.orchestrations(client))
        return func.HttpResponse(answer.encoded(), status_code=answer.status, headers=answer.all_headers())

    respond.__name__ = name
    return respond


for module, names in HTTP_DOORS.items():
    for name in names:
        row = BY_DOOR[name]
        app.route(route=row.path, methods=[row.method])(durable_client(http_door(module, name)))
app.route(route="{*path}")(durable_client(http_door("description", "zz_unknown_route")))


@app.queue_trigger(arg_name="message", queue_name=ORDERS_QUEUE, connection=HOST_STORAGE)
@durable_client
async def start_from_queue(message: func.QueueMessage, client: str) -> None:
    """Take an order from the queue."""
    order, delivery = (str(message.id), message.get_body()), message.dequeue_count or 1
    await retry_while_unavailable(
        lambda: queue.start_from_queue(*order, wiring.app(), wiring.orchestrations(client), delivery=delivery)
    )


@app.blob_trigger(
    arg_name="program", path=f"{ORDERS_CONTAINER}/{{name}}", connection=HOST_STORAGE, source=func.BlobSource.EVENT_GRID
)
@durable_client
async def start_from_blob(program: func.InputStream, client: str) -> None:
    """Take an order from an uploaded blob."""
    path = str(program.name)
    await retry_while_unavailable(lambda: blob.start_from_blob(path, wiring.app(), wiring.orchestrations(client)))


@app.queue_trigger(arg_name="message", queue_name=POISON_QUEUE, connection=HOST_STORAGE)
async def answer_poison(message: func.QueueMessage) -> None:
    """Answer an order from the queue that failed too often."""
    report = (str(message.id), message.get_body())
    await retry_while_unavailable(lambda: queue.answer_poison(*report, wiring.app()))


@app.queue_trigger(arg_name="message", queue_name=BLOB_POISON_QUEUE, connection=HOST_STORAGE)
async def answer_poisoned_blob(message: func.QueueMessage) -> None:
    """Answer an uploaded order that failed too often."""
    report = (str(message.id), message.get_body())
    await retry_while_unavailable(lambda: queue.answer_poisoned_blob(*report, wiring.app()))


@app.event_grid_trigger(arg_name="event")
@durable_client
async def wake_from_event(event: func.EventGridEvent, client: str) -> None:
    """Wake a job whose output has appeared; the worker passes a CloudEvent as one, whatever the annotation says."""
    kind = event.type if isinstance(event, func.CloudEvent) else event.event_type
    await events.wake_from_event(str(kind), str(event.subject), wiring.orchestrations(client))


@app.timer_trigger(arg_name="timer", schedule="0 */5 * * * *")
@durable_client
async def housekeeping(timer: func.TimerRequest, client: str) -> None:  # noqa: ARG001
    """Find unannounced uploads, restart lost jobs, continue stalled jobs, purge old histories."""
    # Imported here, since the first caller after a cold start does not wait for what only a timer needs.
    from orchestrators.manual_steps import ManualSteps  # noqa: PLC0415
    from quantum.service.housekeeping import keep_house  # noqa: PLC0415
    from quantum.service.lost_uploads import LostUploads  # noqa: PLC0415

    current, settings = wiring.app(), wiring.settings()
    lost = LostUploads(current.intake, settings.lost_uploads)
    manual_steps = ManualSteps(run_job, {each.__name__: each for each in ACTIVITIES}, current.services.now)
    await keep_house(current.services, wiring.orchestrations(client), settings.retention, manual_steps.take_step, lost)


def replayed(process: Callable[[Any], Any]) -> Callable[[Any], str]:
    """Run an orchestrator through the durable SDK: one call replays its history and takes one turn."""

    def turn(context: func.OrchestrationContext) -> str:
        return wiring.replayed(process)(context)

    turn.__name__ = process.__name__
    return turn


for process in ORCHESTRATORS:
    app.generic_trigger(arg_name="context", type="orchestrationTrigger")(replayed(process))


def starting_watchers(activity: Registered) -> Callable[..., Awaitable[dict[str, Any]]]:
    """Start a workspace's watcher where this activity has met many jobs that wait there."""

    async def act(payload: dict, client: str) -> dict:  # type: ignore[type-arg]  # the worker accepts bare types only
        outcome = await activity(payload)
        await wiring.app().watching.start_where_needed(lambda: wiring.orchestrations(client))
        return outcome

    act.__name__ = activity.__name__
    return act


def waking_called(activity: Registered) -> Callable[..., Awaitable[dict[str, Any]]]:
    """Wake the jobs that may have the place which this activity has given back."""

    async def act(payload: dict, client: str) -> dict:  # type: ignore[type-arg]  # the worker accepts bare types only
        try:
            return await activity(payload)
        finally:
            await wiring.app().submissions.wake_called(lambda: wiring.orchestrations(client))

    act.__name__ = activity.__name__
    return act


def waking_others(activity: Registered) -> Callable[..., Awaitable[dict[str, Any]]]:
    """Wake the batch of a member that has ended, and the jobs that wait for its result."""

    async def act(payload: dict, client: str) -> dict:  # type: ignore[type-arg]  # the worker accepts bare types only
        outcome = await activity(payload)
        if batch_id := payload["job"]["source"].get("batch"):
            await wiring.app().batches.wake(batch_id, payload["job"]["id"], wiring.orchestrations(client))
        if payload["job"]["order"].get("reuseResult"):
            await wiring.app().wake_waiting(payload["job"]["id"], wiring.orchestrations(client))
        return outcome

    act.__name__ = activity.__name__
    return act


WRAPPED = {
    check_job: starting_watchers,
    stage_input: waking_called,
    submit_job: waking_called,
    send_answer: waking_others,
}
for activity in ACTIVITIES:
    step = WRAPPED[activity](activity) if activity in WRAPPED else activity
    bound = durable_client(step) if "client" in signature(step).parameters else step
    app.generic_trigger(arg_name="payload", type="activityTrigger")(bound)
