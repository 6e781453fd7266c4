"""Nobody gets in without a key, each key has its own doors, and how long a refusal takes says nothing about one."""

import ast
import inspect
from urllib.parse import quote

import httpx
import pytest
from starlette.requests import Request

from functions_host import keys as keys_module
from functions_host.durable.client_binding import WEBHOOK_PATH
from functions_host.keys import Keys
from tests.security.deployment import ANY_ID, FUNCTION_KEY, MASTER_KEY, SYSTEM_KEY, Deployment

MANAGEMENT = [
    ("GET", "/instances"),
    ("DELETE", "/instances?createdTimeFrom=2000-01-01T00:00:00Z"),
    ("POST", "/orchestrators/run_job"),
    ("GET", f"/instances/{ANY_ID}?showInput=true&showHistory=true"),
    ("DELETE", f"/instances/{ANY_ID}"),
    *(("POST", f"/instances/{ANY_ID}/{verb}") for verb in ("terminate", "suspend", "resume", "restart", "rewind")),
    ("POST", f"/instances/{ANY_ID}/raiseEvent/wake"),
    ("GET", "/entities/any"),
]
WEBHOOKS = [
    ("POST", "/runtime/webhooks/EventGrid?functionName=wake_from_event"),
    ("POST", "/runtime/webhooks/blobs?functionName=Host.Functions.start_from_blob"),
    ("OPTIONS", "/runtime/webhooks/blobs?functionName=start_from_blob"),
]
WRONG_KEYS = ["", "x", FUNCTION_KEY[:-1], FUNCTION_KEY + "=", FUNCTION_KEY.upper(), SYSTEM_KEY, "\xff", "k" * 60_000]


class Incomparable(str):
    """A key that must not be compared letter by letter: `==` would stop at the first difference."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        raise AssertionError("a key was compared in a time that depends on it")


def a_request(key: str) -> Request:
    """A request that offers a key."""
    return Request({"type": "http", "headers": [(b"x-functions-key", key.encode())], "query_string": b""})


@pytest.mark.parametrize("offered", ["right", "wrong", "righ", ""])
def test_keys_are_compared_in_constant_time(offered: str) -> None:
    """How long a refusal takes tells nothing about the key: only `hmac.compare_digest` ever sees one."""
    keys = Keys(*(Incomparable(text) for text in ("right", "master", "system")))

    opened = keys.open_function("FUNCTION", a_request(offered)), keys.open_system(a_request(offered))

    assert opened == (offered == "right", False)
    calls = [node for node in ast.walk(ast.parse(inspect.getsource(keys_module))) if isinstance(node, ast.Call)]
    assert "hmac.compare_digest" in {ast.unparse(call.func) for call in calls}


@pytest.mark.parametrize("place", ["no key", "header", "query"])
async def test_no_route_opens_without_its_key(deployment: Deployment, place: str) -> None:
    """Every method of every route of the app is 401 without the function key, whatever is offered in its place."""
    async with httpx.AsyncClient(base_url=deployment.url) as stranger:
        for method, path in deployment.routes:
            for key in [""] if place == "no key" else WRONG_KEYS:
                headers = {b"x-functions-key": key.encode("latin-1")} if place == "header" else {}
                query = f"?code={quote(key[:30_000])}" if place == "query" else ""
                answer = await stranger.request(method, path + query, headers=headers, content=b"{}")
                assert (answer.status_code, answer.content) == (401, b""), (method, path, key[:40])

    assert {("POST", "/api/jobs"), ("POST", f"/api/jobs/{ANY_ID}/cancel"), ("GET", "/api/health")} < {
        *deployment.routes
    }


async def test_no_other_method_writes_for_a_stranger(deployment: Deployment) -> None:
    """What is no route of the app does nothing: 404, or 401 where there is one."""
    async with httpx.AsyncClient(base_url=deployment.url) as stranger:
        for path in {path for _, path in deployment.routes} | {"/", "/admin/host/keys", "/admin/functions"}:
            for method in ("PUT", "POST", "DELETE", "PATCH", "TRACE", "PROPFIND"):
                answer = await stranger.request(method, path, content=b"{}")
                assert answer.status_code in {401, 404}, (method, path)


@pytest.mark.parametrize("key", [None, FUNCTION_KEY, "x", ""])
async def test_a_caller_cannot_use_what_the_host_keeps_for_itself(deployment: Deployment, key: str | None) -> None:
    """The durable API and the webhooks open for the system key only; a caller's function key is no help."""
    headers = {} if key is None else {"x-functions-key": key}
    basic = None if key is None else ("worker", key)
    async with httpx.AsyncClient(base_url=deployment.url) as caller:
        for method, path in [*((method, WEBHOOK_PATH + path) for method, path in MANAGEMENT), *WEBHOOKS]:
            for answer in (
                await caller.request(method, path, headers=headers),
                await caller.request(method, path, auth=basic),
                await caller.request(method, path, params={"code": key} if key else {}),
            ):
                assert (answer.status_code, answer.content) == (401, b""), (method, path)


async def test_the_right_keys_do_open(deployment: Deployment) -> None:
    """Refusing everybody would pass the other tests: function, master and system key each open their doors."""
    management = f"{deployment.url}{WEBHOOK_PATH}/instances"
    async with httpx.AsyncClient() as holder:
        opened = [
            await holder.get(f"{deployment.url}/api/jobs", headers={"x-functions-key": FUNCTION_KEY}),
            await holder.get(f"{deployment.url}/api/jobs", params={"code": FUNCTION_KEY}),
            await holder.get(f"{deployment.url}/api/jobs", headers={"x-functions-key": MASTER_KEY}),
            await holder.get(management, headers={"x-functions-key": SYSTEM_KEY}),
            await holder.get(management, auth=("worker", SYSTEM_KEY)),
        ]

    assert [answer.status_code for answer in opened] == [200] * 5


async def test_a_key_in_an_address_is_not_logged(deployment: Deployment) -> None:
    """The log has the request, not the query with the key; a path cannot bring lines of its own into it."""
    async with httpx.AsyncClient() as holder:
        await holder.get(f"{deployment.url}/api/targets", params={"code": FUNCTION_KEY})
        await holder.get(f"{deployment.url}/api/%0a2026-11-21 INFO forged: line%0d%1b[31m", params={"code": "x"})

    log = await deployment.logged("GET /api/targets 200", "GET /api/%0a2026")
    assert not [line for line in log.splitlines() if line.startswith("2026-11-21 INFO forged")]
    assert not [key for key in (FUNCTION_KEY, quote(FUNCTION_KEY, safe="")) if key in log]
