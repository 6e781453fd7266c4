"""Signing in with Microsoft Entra ID: azure-identity itself, with a stand-in of the token endpoint of App Service."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from client_support.fake_jobs_api import KEY, FakeJobsApi, a_problem

pytest.importorskip("azure.identity", reason="azure-identity is not installed")

SCOPE = "api://11111111-1111-4111-8111-111111111111/.default"
TOKEN = "a-token-of-nobody"


@contextmanager
def token_endpoint(status: int = 200) -> Iterator[tuple[str, list[dict[str, list[str]]]]]:
    """Serve tokens as an App Service's identity endpoint does, and keep what was asked."""
    queries: list[dict[str, list[str]]] = []

    class Endpoint(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            queries.append(parse_qs(urlsplit(self.path).query))
            document = {"access_token": TOKEN, "expires_on": "4102444800", "token_type": "Bearer"}
            body = json.dumps(document if status == 200 else {"error": "invalid_scope"}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Endpoint) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/token", queries
        server.shutdown()


def signed_in(qjobs: Any, url: str, endpoint: str) -> Any:
    """Make a profile that signs in, and list the jobs with it."""
    for name, value in (("url", url), ("key", KEY), ("auth", "entra"), ("scope", SCOPE)):
        assert qjobs("config", "set", name, value, "--profile", "work").returncode == 0
    environment = {
        "IDENTITY_ENDPOINT": endpoint,
        "IDENTITY_HEADER": "x",
        "AZURE_TOKEN_CREDENTIALS": "ManagedIdentityCredential",  # not whoever is signed in on this machine
        "PYTHONWARNINGS": None,  # azure-identity has some of its own
    }
    return qjobs("list", "--profile", "work", "--json", env=environment)


def test_a_profile_signs_in_and_sends_the_token(qjobs: Any, api: FakeJobsApi) -> None:
    """The token is for the scope of the profile; its key is sent as well."""
    api.answers("GET /api/jobs", {"jobs": [], "continuation": None})

    with token_endpoint() as (endpoint, queries):
        done = signed_in(qjobs, api.url, endpoint)

    assert (done.returncode, done.stderr) == (0, "")
    assert queries[0]["resource"] == [SCOPE.removesuffix("/.default")]
    assert api.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert api.requests[0].headers["x-functions-key"] == KEY
    assert TOKEN not in done.stdout


def test_a_refused_sign_in_says_what_to_do(qjobs: Any, api: FakeJobsApi) -> None:
    """Nothing is sent to the deployment, and the command ends as for a faulty line."""
    with token_endpoint(400) as (endpoint, _):
        done = signed_in(qjobs, api.url, endpoint)

    assert done.returncode == 2
    assert "az login" in done.stderr
    assert "Traceback" not in done.stderr
    assert api.requests == []


@pytest.mark.parametrize(
    ("status", "title", "remedy"),
    [
        (401, "Nobody is signed in", "qjobs config set auth entra"),
        (403, "A role is missing", "have the role assigned in Microsoft Entra ID"),
    ],
)
def test_a_refusal_of_the_deployment_is_not_blamed_on_the_key(
    qjobs: Any, api: FakeJobsApi, status: int, title: str, remedy: str
) -> None:
    """The key was right: the problem says what is missing, and the command how to get it."""
    api.answers("GET /api/jobs", a_problem(status, title, detail="See docs/sign-in.md."))

    done = qjobs("list")

    assert done.returncode == 3
    assert title in done.stderr
    assert remedy in done.stderr
    assert "QJOBS_KEY" not in done.stderr


def test_doctor_tells_a_missing_sign_in_from_a_wrong_key(qjobs: Any, api: FakeJobsApi) -> None:
    """What is wrong is not the key."""
    api.answers("GET /api/health", {"status": "ok", "checks": []})
    api.answers("GET /api/jobs", a_problem(401, "Nobody is signed in"))

    done = qjobs("doctor")

    assert "sign-in" in done.stdout + done.stderr
    assert "qjobs config set auth entra" in done.stdout + done.stderr
