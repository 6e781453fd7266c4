"""A jobs API that answers what a test tells it to, over a real socket, and records the requests."""

import json
import socket
import threading
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

KEY = "the-key"
JOB_ID = "7d444840-9dc0-11d1-b245-5ffdce74fad2"


def a_view(phase: str = "accepted", **fields: Any) -> dict[str, Any]:
    """Build a job view as the API sends it."""
    way = ["accepted", "staging", "waiting", "executing", "collecting"]
    passed = [*way[: way.index(phase) if phase in way else len(way)], phase]
    history = [{"phase": word, "at": f"2026-11-21T08:00:0{second}Z"} for second, word in enumerate(passed)]
    return {
        "id": JOB_ID,
        "name": "bell",
        "target": "ionq.simulator",
        "shots": 1000,
        "phase": phase,
        "history": history,
        "polls": 0,
        "createdAt": "2026-11-21T08:00:00Z",
        **fields,
    }


def a_result(**fields: Any) -> dict[str, Any]:
    """Build a result as the API sends it."""
    return {
        "id": JOB_ID,
        "target": "ionq.simulator",
        "shots": 1000,
        "counts": {"00": 497, "11": 503},
        "probabilities": {"00": 0.497, "11": 0.503},
        "outputFormat": "microsoft.quantum-results.v2",
        "rawBlob": f"results/{JOB_ID}.raw.json",
        "durationSeconds": 3.5,
        "queueSeconds": 1.25,
        **fields,
    }


def a_problem(status: int, title: str, **fields: Any) -> "Scripted":
    """Build a problem+json answer."""
    document = {"type": "about:blank", "status": status, "title": title, **fields}
    return Scripted(status, document, {"content-type": "application/problem+json"})


@dataclass
class Scripted:
    """One answer; `cut` breaks the connection in the middle of it."""

    status: int = 200
    document: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False

    def to_response(self) -> Response:
        """Encode for the wire."""
        body = self.document if isinstance(self.document, bytes) else json.dumps(self.document).encode()
        if self.cut:
            return Response(b"{", 200, {"content-length": "1000"})
        return Response(body, self.status, {"content-type": "application/json", **self.headers})


@dataclass(frozen=True)
class ReceivedRequest:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


class FakeJobsApi:
    """Scripted answers by method and path; the last one of each script stays."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.forget()

    def forget(self) -> None:
        """Begin anew, for the next test."""
        self.requests: list[ReceivedRequest] = []
        self._scripts: dict[str, deque[Scripted]] = defaultdict(deque)

    def answers(self, call: str, *scripted: Scripted | dict[str, Any]) -> None:
        """Script a call such as `GET /api/jobs`; a plain document is a 200."""
        self._scripts[call] = deque(s if isinstance(s, Scripted) else Scripted(200, s) for s in scripted)

    def serves_job(self, *views: dict[str, Any], result: dict[str, Any] | None = None) -> None:
        """Script the life of one job: its submission, its views one after the other, its result."""
        self.answers("POST /api/jobs", Scripted(202, views[0]))
        self.answers(f"GET /api/jobs/{JOB_ID}", *views)
        self.answers(f"GET /api/jobs/{JOB_ID}/result", result or a_result())

    async def handle(self, request: Request) -> Response:
        """Record the request and play the next answer."""
        raw = await request.body()
        path, query = request.url.path, dict(request.query_params)
        seen_request = ReceivedRequest(
            request.method, path, query, dict(request.headers), json.loads(raw) if raw else None
        )
        self.requests.append(seen_request)
        if request.headers.get("x-functions-key") != KEY:
            return Response(status_code=401)
        script = self._scripts[f"{request.method} {path}"]
        if not script:
            return a_problem(404, "Not found", detail="there is no such job").to_response()
        return (script.popleft() if len(script) > 1 else script[0]).to_response()


@contextmanager
def running_fake() -> Iterator[FakeJobsApi]:
    """Serve a fake on a free port until the end of the block."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        fake = FakeJobsApi(f"http://127.0.0.1:{listener.getsockname()[1]}")
        app = Starlette(routes=[Route("/{path:path}", fake.handle, methods=["GET", "PUT", "POST", "DELETE"])])
        config = uvicorn.Config(app, log_level="critical", lifespan="off", ws="none", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield fake
        server.should_exit = True
        thread.join()
