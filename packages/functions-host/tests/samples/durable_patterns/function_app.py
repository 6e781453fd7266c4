"""The well-known Durable patterns, each as small as it can be; nothing here knows which host runs it."""

import json
from collections import Counter
from collections.abc import Generator
from datetime import timedelta
from typing import Any

import azure.functions as func
from azure import durable_functions as df

app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS)
type Steps = Generator[Any, Any, Any]
attempts: Counter[str] = Counter()


@app.route(route="start/{name}/{instance?}", methods=["POST"])
@app.durable_client_input(client_name="client")
async def start(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    """Start any of the orchestrators below and say how to follow it."""
    text = req.get_body().decode()
    order = json.loads(text) if text else None
    instance_id = await client.start_new(req.route_params["name"], req.route_params.get("instance"), order)
    return client.create_check_status_response(req, instance_id)


@app.route(route="run/{name}", methods=["POST"])
@app.durable_client_input(client_name="client")
async def run(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    """Start an orchestrator and wait a little for its output."""
    text = req.get_body().decode()
    order = json.loads(text) if text else None
    instance_id = await client.start_new(req.route_params["name"], None, order)
    return await client.wait_for_completion_or_create_check_status_response(req, instance_id, 20_000, 50)


@app.route(route="events/{instance}/{event}", methods=["POST"])
@app.durable_client_input(client_name="client")
async def send(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    """Raise an event through the SDK's client."""
    route = req.route_params
    await client.raise_event(route["instance"], route["event"], json.loads(req.get_body() or b"null"))
    return func.HttpResponse(status_code=202)


# Chaining: one activity after another


@app.orchestration_trigger(context_name="context")
def hello_cities(context: df.DurableOrchestrationContext) -> Steps:
    """Greet the cities in turn."""
    greetings = []
    for city in context.get_input() or ["Tokyo", "Seattle", "London", "Oslo", "Rome"]:
        greetings.append((yield context.call_activity("say_hello", city)))
        context.set_custom_status({"greeted": len(greetings)})
    return greetings


@app.activity_trigger(input_name="city")
def say_hello(city: str) -> str:
    """Greet one city."""
    return f"Hello {city}!"


# Fan-out, fan-in: many at once, then the sum


@app.orchestration_trigger(context_name="context")
def add_squares(context: df.DurableOrchestrationContext) -> Steps:
    """Square all numbers at once and add them up."""
    squares = yield context.task_all([context.call_activity("square", n) for n in range(context.get_input())])
    return sum(squares or [])  # the SDK gives None for no tasks at all


@app.activity_trigger(input_name="number")
def square(number: int) -> int:
    """Square one number."""
    return number * number


# Monitor: look, sleep on a timer, look again


@app.orchestration_trigger(context_name="context")
def watch_weather(context: df.DurableOrchestrationContext) -> Steps:
    """Look once an hour until the sky is clear, within the requested time."""
    hours = context.get_input()["hours"]
    until = context.current_utc_datetime + timedelta(hours=hours)
    looks = 0
    while context.current_utc_datetime < until:
        looks += 1
        if (yield context.call_activity("look_at_sky", {"look": looks, **context.get_input()})):
            return {"clear": True, "looks": looks}
        yield context.create_timer(context.current_utc_datetime + timedelta(hours=1))
    return {"clear": False, "looks": looks}


@app.activity_trigger(input_name="sky")
def look_at_sky(sky: dict) -> bool:
    """Tell whether it has cleared up."""
    return sky["look"] >= sky["clearAt"]


# Human interaction: whichever comes first, the answer or the deadline


@app.orchestration_trigger(context_name="context")
def ask_for_approval(context: df.DurableOrchestrationContext) -> Steps:
    """Wait three days for an answer, then escalate."""
    deadline = context.create_timer(context.current_utc_datetime + timedelta(days=3))
    answer = context.wait_for_external_event("Approval")
    winner = yield context.task_any([answer, deadline])
    if winner == deadline:
        return "escalated"
    deadline.cancel()
    return {"answer": answer.result}


# Eternal: starts over with an empty history


@app.orchestration_trigger(context_name="context")
def count_down(context: df.DurableOrchestrationContext) -> Steps:
    """Count down to zero, one execution a number, a minute apart."""
    remaining = context.get_input()
    context.set_custom_status(remaining)
    if remaining == 0:
        return "lift-off"
    yield context.create_timer(context.current_utc_datetime + timedelta(minutes=1))
    context.continue_as_new(remaining - 1)
    return None


@app.orchestration_trigger(context_name="context")
def collect_events(context: df.DurableOrchestrationContext) -> Steps:
    """Take one event an execution, until as many came as asked."""
    order = context.get_input()
    order["seen"].append((yield context.wait_for_external_event("item")))
    if len(order["seen"]) == order["wanted"]:
        return order["seen"]
    context.continue_as_new(order)
    return None


# Sub-orchestrations


@app.orchestration_trigger(context_name="context")
def greet_continents(context: df.DurableOrchestrationContext) -> Steps:
    """Greet the cities of each continent in an orchestration of its own."""
    continents = context.get_input()
    children = [context.call_sub_orchestrator("hello_cities", continents[name]) for name in sorted(continents)]
    return (yield context.task_all(children))


@app.orchestration_trigger(context_name="context")
def survive_a_child(context: df.DurableOrchestrationContext) -> Steps:
    """Catch a child's failure as an exception."""
    try:
        yield context.call_sub_orchestrator("fail_at_once", None, f"{context.instance_id}-child")
    except Exception as error:  # noqa: BLE001 - the SDK raises bare Exceptions for failed tasks
        return str(error)


@app.orchestration_trigger(context_name="context")
def fail_at_once(context: df.DurableOrchestrationContext) -> Steps:
    """Fail because an activity does."""
    yield context.call_activity("stumble", {"name": "", "succeedAt": 0})


# Retries


@app.orchestration_trigger(context_name="context")
def try_again(context: df.DurableOrchestrationContext) -> Steps:
    """Try an activity up to so many times, beside others whose ids interleave with its own."""
    order = context.get_input()
    retry = df.RetryOptions(60_000, order["attempts"])
    stumbling = context.call_activity_with_retry("stumble", retry, order)
    greetings = [context.call_activity("say_hello", city) for city in order.get("cities", [])]
    results = yield context.task_all([stumbling, *greetings])
    return [*results, (yield context.call_activity("say_hello", "again"))]


@app.orchestration_trigger(context_name="context")
def try_child_again(context: df.DurableOrchestrationContext) -> Steps:
    """Try a whole orchestration again."""
    retry = df.RetryOptions(1_000, 3)
    return (yield context.call_sub_orchestrator_with_retry("stumble_once", retry, context.get_input()))


@app.orchestration_trigger(context_name="context")
def stumble_once(context: df.DurableOrchestrationContext) -> Steps:
    """Pass an activity's failure on."""
    return (yield context.call_activity("stumble", context.get_input()))


@app.activity_trigger(input_name="order")
def stumble(order: dict) -> int:
    """Fail until called often enough under this name."""
    attempts[order["name"]] += 1
    if attempts[order["name"]] < order["succeedAt"] or not order["succeedAt"]:
        raise ValueError(f"attempt {attempts[order['name']]} stumbled")
    return attempts[order["name"]]


# What fails


@app.orchestration_trigger(context_name="context")
def call_nobody(context: df.DurableOrchestrationContext) -> Steps:
    """Call an activity that is not there."""
    yield context.call_activity("nobody", None)


@app.orchestration_trigger(context_name="context")
def use_entity(context: df.DurableOrchestrationContext) -> Steps:
    """Call an entity."""
    return (yield context.call_entity(df.EntityId("Counter", "mine"), "get"))


@app.orchestration_trigger(context_name="context")
def change_its_mind(context: df.DurableOrchestrationContext) -> Steps:
    """Take other steps in a replay than before: what must never be done."""
    if context.is_replaying:
        yield context.call_activity("square", 2)
    else:
        yield context.call_activity("say_hello", "you")
    yield context.call_activity("square", 3)


@app.orchestration_trigger(context_name="context")
def set_large_status(context: df.DurableOrchestrationContext) -> Steps:
    """Set a custom status of the requested size."""
    context.set_custom_status("x" * context.get_input())
    yield context.call_activity("square", 1)
