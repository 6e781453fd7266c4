"""The doors of the app and the functions behind them, in tables; this file alone knows Azure's decorators."""

from collections.abc import Awaitable, Callable
from typing import Any

import azure.durable_functions as df
import azure.functions as func

from activities.cancel_job import cancel_job
from activities.check_job import check_job
from activities.collect_result import collect_result
from activities.record_progress import record_progress
from activities.send_answer import send_answer
from activities.stage_input import stage_input
from activities.submit_job import submit_job
from orchestrators.run_job import run_job
from quantum import wiring
from quantum.doors import blob, events, http, poison, queue
from quantum.housekeeping import keep_house
from quantum.settings import HOST_STORAGE, ORDERS_CONTAINER, ORDERS_QUEUE, POISON_QUEUE

wiring.settings()  # a wrong setting stops the start, by its name
app = df.DFApp(http_auth_level=func.AuthLevel.FUNCTION)

HTTP_DOORS: tuple[tuple[str, str, http.Door], ...] = (
    ("POST", "jobs", http.start_from_http),
    ("GET", "jobs", http.list_jobs),
    ("GET", "jobs/{id}", http.read_job),
    ("GET", "jobs/{id}/result", http.read_result),
    ("POST", "jobs/{id}/cancel", http.request_cancel),
    ("GET", "targets", http.list_targets),
    ("GET", "health", http.read_health),
    ("GET", "poison", http.list_poison),
    ("POST", "poison/{id}/replay", http.replay_poison),
)
ORCHESTRATORS = (run_job,)
ACTIVITIES = (stage_input, submit_job, check_job, cancel_job, collect_result, record_progress, send_answer)


def http_door(door: http.Door) -> Callable[..., Awaitable[func.HttpResponse]]:
    """Translate between a door and an HTTP trigger."""

    async def respond(req: func.HttpRequest, client: Any) -> func.HttpResponse:
        headers = {name.lower(): text for name, text in req.headers.items()}
        request = http.Request(headers, dict(req.params), dict(req.route_params), req.get_body())
        answer = await http.answer(door, request, wiring.intake(), wiring.orchestrations(client))
        return func.HttpResponse(
            answer.encoded(), status_code=answer.status, headers=dict(answer.headers), mimetype=answer.media_type
        )

    respond.__name__ = door.__name__
    return respond


for method, route, door in HTTP_DOORS:
    app.route(route=route, methods=[method])(app.durable_client_input(client_name="client")(http_door(door)))


@app.queue_trigger(arg_name="message", queue_name=ORDERS_QUEUE, connection=HOST_STORAGE)
@app.durable_client_input(client_name="client")
async def start_from_queue(message: func.QueueMessage, client: Any) -> None:
    """Take an order from the queue."""
    orchestrations = wiring.orchestrations(client)
    await queue.start_from_queue(str(message.id), message.get_body(), wiring.intake(), orchestrations)


@app.blob_trigger(
    arg_name="program", path=f"{ORDERS_CONTAINER}/{{name}}", connection=HOST_STORAGE, source=func.BlobSource.EVENT_GRID
)
@app.durable_client_input(client_name="client")
async def start_from_blob(program: func.InputStream, client: Any) -> None:
    """Take an order from an uploaded blob."""
    await blob.start_from_blob(str(program.name), wiring.intake(), wiring.orchestrations(client))


@app.queue_trigger(arg_name="message", queue_name=POISON_QUEUE, connection=HOST_STORAGE)
async def answer_poison(message: func.QueueMessage) -> None:
    """Answer for an order that failed too often."""
    await poison.answer_poison(str(message.id), message.get_body(), wiring.intake())


@app.event_grid_trigger(arg_name="event")
@app.durable_client_input(client_name="client")
async def wake_from_event(event: func.EventGridEvent, client: Any) -> None:
    """Look at a job whose output has appeared."""
    await events.wake_from_event(event.event_type or events.CREATED, event.subject, wiring.orchestrations(client))


@app.timer_trigger(arg_name="timer", schedule="0 */5 * * * *")
@app.durable_client_input(client_name="client")
async def housekeeping(timer: func.TimerRequest, client: Any) -> None:  # noqa: ARG001
    """Start what was lost, purge what is old."""
    await keep_house(wiring.services(), wiring.orchestrations(client), wiring.settings().retention)


for orchestrator in ORCHESTRATORS:
    app.orchestration_trigger(context_name="context")(orchestrator)
for activity in ACTIVITIES:
    app.activity_trigger(input_name="payload")(activity)
