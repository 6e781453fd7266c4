"""One function per trigger; each reports its input, over HTTP or on the queue `seen`."""

import json
import sys

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)


@app.route(route="echo/{id:int}/{*rest}", methods=["GET", "POST"], auth_level=func.AuthLevel.ANONYMOUS)
def echo(req: func.HttpRequest) -> func.HttpResponse:
    """Echo the whole request."""
    seen = {
        "method": req.method,
        "url": req.url,
        "route": dict(req.route_params),
        "query": dict(req.params),
        "headers": dict(req.headers),
        "body": req.get_body().decode(),
    }
    return func.HttpResponse(json.dumps(seen), mimetype="application/json")


@app.route(route="echo/latest/{name?}", auth_level=func.AuthLevel.ANONYMOUS)
async def latest(req: func.HttpRequest) -> str:
    """Answer a plain text, on a route that is more literal than the one above."""
    return f"latest {req.route_params.get('name')}"


@app.route(route="teapot", auth_level=func.AuthLevel.ANONYMOUS)
def teapot(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - every HTTP function has a request
    """Answer with bytes, a status, a header and two cookies."""
    answer = func.HttpResponse(b"\x00\xff", status_code=418, headers={"X-Size": "short and stout"})
    answer.headers.add("Set-Cookie", "a=1; Path=/; HttpOnly")
    answer.headers.add("Set-Cookie", "b=2; SameSite=Strict")
    return answer


@app.route(route="size", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
def size(req: func.HttpRequest) -> str:
    """Say how long the body is."""
    return str(len(req.get_body()))


@app.route(route="keyed")
def keyed(req: func.HttpRequest) -> str:  # noqa: ARG001 - every HTTP function has a request
    """Answer whoever has the function key."""
    return "open"


@app.route(route="admin", auth_level=func.AuthLevel.ADMIN)
def admin(req: func.HttpRequest) -> str:  # noqa: ARG001 - every HTTP function has a request
    """Answer whoever has the master key."""
    return "open"


@app.route(route="broken/{how}", auth_level=func.AuthLevel.ANONYMOUS)
def broken(req: func.HttpRequest) -> func.HttpResponse:
    """Fail in the requested way."""
    match req.route_params["how"]:
        case "exit":
            sys.exit(3)
        case "status":
            return func.HttpResponse(status_code=999)
        case _:
            raise ValueError("a secret")


@app.queue_trigger("message", "%ORDERS_QUEUE%", "AzureWebJobsStorage")
@app.queue_output("seen", "seen", "AzureWebJobsStorage")
def take_message(message: func.QueueMessage, seen: func.Out[str]) -> None:
    """Report a message; one that says "bad" fails."""
    body = message.get_body().decode()
    if body == "bad":
        raise ValueError("a bad message")
    facts = {
        "id": message.id,
        "body": body,
        "dequeueCount": message.dequeue_count,
        "popReceipt": message.pop_receipt,
        "inserted": message.insertion_time.isoformat(),
        "expires": message.expiration_time.isoformat(),
        "nextVisible": message.time_next_visible.isoformat(),
    }
    seen.set(json.dumps(facts))


@app.queue_trigger("message", "many-in", "AzureWebJobsStorage")
@app.queue_output("$return", "many-out", "AzureWebJobsStorage")
def copy_twice(message: func.QueueMessage) -> str:
    """Answer a JSON list, which a queue output takes as it is."""
    return message.get_body().decode() * 2


@app.blob_trigger("blob", "uploads/{target}/{name}.txt", "AzureWebJobsStorage", source="EventGrid")
@app.queue_output("seen", "seen-blobs", "AzureWebJobsStorage")
def take_blob(blob: func.InputStream, seen: func.Out[str]) -> None:
    """Report a blob; one that says "bad" fails."""
    body = blob.read().decode()
    if body == "bad":
        raise ValueError("a bad blob")
    facts = {
        "name": blob.name,
        "uri": blob.uri,
        "length": blob.length,
        "body": body,
        "metadata": blob.metadata,
        "contentType": blob.blob_properties["ContentType"],
    }
    seen.set(json.dumps(facts))


@app.event_grid_trigger("event")
@app.queue_output("seen", "seen-events", "AzureWebJobsStorage")
def take_event(event: func.EventGridEvent, seen: func.Out[str]) -> None:
    """Report an event; one whose subject is "bad" fails."""
    if event.subject == "bad":
        raise ValueError("a bad event")
    kind = event.type if isinstance(event, func.CloudEvent) else event.event_type
    data = event.get_json()
    seen.set(json.dumps({"subject": event.subject, "type": kind, "data": data}))


@app.timer_trigger("timer", "0 0 */6 * * *", run_on_startup=False)
@app.queue_output("seen", "seen-rings", "AzureWebJobsStorage")
def ring(timer: func.TimerRequest, seen: func.Out[str]) -> None:
    """Report a ring."""
    seen.set(json.dumps({"pastDue": timer.past_due, "next": timer.schedule_status["Next"]}))
