"""Microsoft's worker library, behind our bridge: what it indexes, runs and refuses."""

import os
import textwrap
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from functions_host.worker import (
    AppIndexError,
    Bytes,
    Completed,
    Failed,
    Http,
    HttpAnswer,
    Json,
    Text,
    Worker,
)

HEAD = """
import asyncio, json, os, sys
import azure.functions as func
app = func.FunctionApp()
"""
type Serve = Callable[[str], "Worker"]


@pytest_asyncio.fixture(loop_scope="session")
async def worker() -> AsyncIterator[Worker]:
    """Give a worker that is stopped after the test."""
    worker = Worker()
    yield worker
    await worker.stop()


def an_app(folder: Path, code: str) -> Path:
    """Write an app of the functions in `code`."""
    (folder / "function_app.py").write_text(HEAD + textwrap.dedent(code))
    return folder


HTTP = """
@app.route(route="hello/{name}")
def hello(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(f"{req.method} {req.route_params['name']} {req.get_body()}", status_code=201)
"""


async def test_functions_are_reported_with_their_bindings(worker: Worker, tmp_path: Path) -> None:
    """The host learns of each function its name and its bindings, trigger included."""
    await worker.start(an_app(tmp_path, HTTP))

    hello = worker.functions["hello"]
    assert hello.trigger["type"] == "httpTrigger"
    assert hello.trigger["route"] == "hello/{name}"
    assert [binding["type"] for binding in hello.bindings] == ["httpTrigger", "http"]


async def test_an_http_function_answers(worker: Worker, tmp_path: Path) -> None:
    """A request goes in, an answer with status, headers and bytes comes out."""
    await worker.start(an_app(tmp_path, HTTP))
    request = Http("PUT", "http://host/api/hello/bell", params={"name": "bell"}, body=b"x")

    outcome = await worker.invoke("hello", {"req": request})

    headers = {"content-type": "text/plain; charset=utf-8"}
    assert outcome == Completed(HttpAnswer(201, headers, b"PUT bell b'x'"), {})


async def test_every_attribute_of_a_cookie_is_kept(worker: Worker, tmp_path: Path) -> None:
    """The worker takes cookies apart; the bridge puts them together again."""
    expires = "Wed, 21 Oct 2026 07:28:00 GMT"
    cookie = f"id=7; Domain=d.example; Path=/p; Expires={expires}; Max-Age=60; Secure; HttpOnly; SameSite=Lax"
    code = f"""
    @app.route(route="x")
    def x(req: func.HttpRequest) -> func.HttpResponse:
        return func.HttpResponse("", headers={{"Set-Cookie": "{cookie}"}})
    """
    await worker.start(an_app(tmp_path, code))

    outcome = await worker.invoke("x", {"req": Http("GET", "http://host/")})

    assert isinstance(outcome, Completed)
    assert isinstance(outcome.return_value, HttpAnswer)
    assert outcome.return_value.cookies == (cookie,)


@pytest.mark.parametrize(("value", "body"), [(Text("ä"), "ä"), (Bytes(b"\xff"), "ÿ")])
async def test_trigger_metadata_and_outputs_pass(
    worker: Worker, tmp_path: Path, value: Text | Bytes, body: str
) -> None:
    """Texts, numbers and times of a trigger reach the function, and its outputs come back by name."""
    code = """
    @app.queue_trigger("message", "q", "S")
    @app.queue_output("out", "q2", "S")
    def take(message: func.QueueMessage, out: func.Out[str]) -> None:
        body = message.get_body().decode("utf-8" if message.id == "Text" else "latin-1")
        out.set(f"{message.id} {message.dequeue_count} {message.insertion_time.isoformat()} {body}")
    """
    await worker.start(an_app(tmp_path, code))
    metadata = {"Id": type(value).__name__, "DequeueCount": 3, "InsertionTime": "2026-11-21T08:00:00+00:00"}

    outcome = await worker.invoke("take", {"message": value}, metadata)

    expected = f"{type(value).__name__} 3 2026-11-21T08:00:00+00:00 {body}"
    assert outcome == Completed(None, {"out": expected})


async def test_json_goes_in_and_comes_out(worker: Worker, tmp_path: Path) -> None:
    """What a function answers as JSON is told from a text."""
    code = """
    @app.timer_trigger("timer", "0 0 * * * *")
    @app.queue_output("$return", "q", "S")
    async def ring(timer: func.TimerRequest):
        return [str(timer.past_due)]
    """
    await worker.start(an_app(tmp_path, code))

    outcome = await worker.invoke("ring", {"timer": Json('{"IsPastDue": true}')})

    assert outcome == Completed(Json('["True"]'), {})


@pytest.mark.parametrize("how", ["def", "async def"])
@pytest.mark.parametrize(
    ("code", "message"), [("raise ValueError('no')", "ValueError: no"), ("sys.exit(3)", "SystemExit: 3")]
)
async def test_a_function_that_raises_has_failed(
    worker: Worker, tmp_path: Path, how: str, code: str, message: str
) -> None:
    """The message and the traceback come back as a value, even of an exit."""
    app = f"""
    @app.route(route="x")
    {how} broken(req: func.HttpRequest) -> str:
        {code}
    """
    await worker.start(an_app(tmp_path, app))

    outcome = await worker.invoke("broken", {"req": Http("GET", "http://host/")})

    assert isinstance(outcome, Failed)
    assert outcome.message == message
    assert "in broken" in outcome.stack_trace


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("@app.route(route='x')\ndef lost(request: func.HttpRequest) -> str: ...", "lost function"),
        ("@app.route(route='x')\ndef lost(req: func.TimerRequest) -> str: ...", "lost function"),
        ("import no_such_module", r"no_such_module.*\(function_app\.py:\d+\)"),
        ("os.environ['NO_SUCH_SETTING']", r"NO_SUCH_SETTING.*\(function_app\.py:\d+\)"),
        ("def (", r"function_app\.py, line \d+"),
        ("", "registers no function"),
    ],
)
async def test_an_app_that_does_not_index_is_refused_in_one_line(
    worker: Worker, tmp_path: Path, code: str, reason: str
) -> None:
    """The error names the function, or the line, and the reason; nothing stays behind."""
    with pytest.raises(AppIndexError, match=reason) as caught:
        await worker.start(an_app(tmp_path, code))

    assert "\n" not in str(caught.value)
    assert "sys.path" not in str(caught.value)
    await worker.start(an_app(tmp_path, HTTP))


async def test_a_folder_without_an_app_is_refused(worker: Worker, tmp_path: Path) -> None:
    """The error says which file is missing, and where."""
    with pytest.raises(AppIndexError, match=r"no function_app\.py in"):
        await worker.start(tmp_path)


async def test_settings_are_there_while_the_app_is_indexed(worker: Worker, tmp_path: Path) -> None:
    """Apps read their settings from the environment; a stopped worker leaves it as it was."""
    code = """
    COLOUR = os.environ["COLOUR_OF_TEST"]
    @app.route(route="x")
    def x(req: func.HttpRequest) -> str:
        return COLOUR
    """
    await worker.start(an_app(tmp_path, code), {"COLOUR_OF_TEST": "blue"})

    outcome = await worker.invoke("x", {"req": Http("GET", "http://host/")})

    assert outcome == Completed("blue", {})
    await worker.stop()
    assert "COLOUR_OF_TEST" not in os.environ


async def test_a_second_app_must_wait_for_the_first(
    worker: Worker, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """One app a process: the worker's registry is global. After a stop another app can start."""
    other_app = an_app(tmp_path_factory.mktemp("other"), HTTP.replace("hello", "other"))
    await worker.start(an_app(tmp_path, HTTP))
    second = Worker()

    with pytest.raises(RuntimeError, match="one app a process"):
        await second.start(other_app)
    await worker.stop()
    await second.start(other_app)

    assert set(second.functions) == {"other"}
    await second.stop()
