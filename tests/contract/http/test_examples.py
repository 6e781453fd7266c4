"""The API's description is true of the app: its examples are taken, and what comes back is as described."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from quantum.contract.parameters import ORDERINGS, PHASES
from quantum.contract.route import PROBLEM_JSON, Route
from quantum.contract.routes import ROUTES
from quantum.contract.texts import Words
from quantum.jobs.lifecycle import Phase
from quantum.jobs.lists import Ordering
from quantum.service.answers import answer
from tests.contract.http.busy_app import FAILED_ID, REJECTED_ID, WAITING_ID, a_busy_app, some_jobs
from tests.contract.http.conforming import described, differences
from tests.contract.http.served_api import InMemory

OPERATIONS = [
    pytest.param(path, method, operation, id=operation["operationId"])
    for path, methods in described()["paths"].items()
    for method, operation in methods.items()
]


async def send(operation: Mapping[str, Any], method: str, path: str) -> httpx.Response:
    """Send the request that an operation shows as its example."""
    shown = [parameter for parameter in operation["parameters"] if "example" in parameter]
    for parameter in shown:
        path = path.replace(f"{{{parameter['name']}}}", parameter["example"])
    query = {parameter["name"]: parameter["example"] for parameter in shown if parameter["in"] == "query"}
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
    async with httpx.AsyncClient(transport=InMemory(a_busy_app()), base_url="http://app") as client:
        body = None if content is None else json.dumps(content).encode()
        return await client.request(method, path, params=query, content=body)


def undescribed(operation: Mapping[str, Any], response: httpx.Response) -> list[str]:
    """Say what of an answer the description does not tell."""
    reply = operation["responses"].get(str(response.status_code))
    if reply is None:
        return [f"the status {response.status_code} is not described: {response.text[:200]}"]
    if "content" not in reply:
        return [] if not response.content or response.status_code == 204 else ["there is a body"]
    media_type = response.headers["Content-Type"]
    if media_type not in reply["content"]:
        return [f"the media type {media_type} is not described"]
    schema = reply["content"][media_type]["schema"]
    return list(differences(response.json(), schema)) if schema else []


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
async def test_an_example_is_taken_and_answered_as_described(
    path: str, method: str, operation: Mapping[str, Any]
) -> None:
    """Whoever copies a request out of the description gets a good answer, of the form that it promises."""
    response = await send(operation, method.upper(), path)

    assert response.status_code < 300, response.text
    assert undescribed(operation, response) == []


@pytest.mark.parametrize("job_id", [WAITING_ID, FAILED_ID, REJECTED_ID])
@pytest.mark.parametrize("path", ["/api/jobs/{id}", "/api/jobs/{id}/result", "/api/jobs/{id}/result/raw"])
async def test_a_job_in_another_phase_is_as_described(job_id: str, path: str) -> None:
    """Whatever has become of a job, its view and the reason why there is no result are documented."""
    async with httpx.AsyncClient(transport=InMemory(a_busy_app()), base_url="http://app") as client:
        response = await client.get(path.replace("{id}", job_id))

    assert undescribed(described()["paths"][path]["get"], response) == []


@pytest.mark.parametrize("job", some_jobs(), ids=lambda job: job.phase.value)
def test_an_answer_on_the_queue_is_as_described(job: Any) -> None:
    """The CloudEvents envelope is part of the contract, too."""
    envelope = answer(job, {"counts": {"00": 1}})

    assert list(differences(envelope, {"$ref": "#/components/schemas/Answer"})) == []


@pytest.mark.parametrize(("words", "core_words"), [(PHASES, Phase), (ORDERINGS, Ordering)], ids=["phases", "orderings"])
def test_the_contract_spells_words_as_the_core_does(words: Words, core_words: Any) -> None:
    """A phase or an order that is added to the core is added to the contract."""
    assert set(words.words) == {word.value for word in core_words}


def test_no_two_routes_of_a_method_fit_one_path() -> None:
    """Azure tries functions in the order of their names, so an overlap would make one of them unreachable."""
    overlaps = [
        (one.path, other.path)
        for place, one in enumerate(ROUTES)
        for other in ROUTES[place + 1 :]
        if one.method == other.method and may_meet(one, other)
    ]

    assert overlaps == []
    assert all(route.door < "zz" for route in ROUTES)


def may_meet(one: Route, other: Route) -> bool:
    """Say whether some path fits both."""
    pairs = list(zip(one.path.split("/"), other.path.split("/"), strict=False))
    same_length = one.path.count("/") == other.path.count("/")
    return same_length and all("{" in left + right or left == right for left, right in pairs)


def test_every_reference_leads_to_a_schema() -> None:
    """The description is complete in itself."""
    text = json.dumps(described())
    names = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}

    assert names == described()["components"]["schemas"].keys() - {"Answer", "BatchAnswer"}


async def test_the_app_serves_its_description() -> None:
    """Tools find it at one address."""
    async with httpx.AsyncClient(transport=InMemory(a_busy_app()), base_url="http://app") as client:
        response = await client.get("/api/openapi.json")

    assert response.json() == json.loads(json.dumps(described()))


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/api/job", 404, "Did you mean /api/jobs?"),
        ("GET", "/api/entirely/elsewhere/than/that", 404, "GET /api/openapi.json"),
        ("DELETE", "/api/jobs", 405, "takes POST, GET"),
        ("GET", "/api/jobs/adopt/", 404, "no such"),
        ("PUT", "/api/WORKSPACES/chem-lab", 405, "takes GET, DELETE"),
    ],
)
async def test_what_leads_nowhere_is_a_problem(method: str, path: str, status: int, words: str) -> None:
    """An unknown path names the nearest one, a wrong method the right ones."""
    async with httpx.AsyncClient(transport=InMemory(a_busy_app()), base_url="http://app") as client:
        response = await client.request(method, path, params={"top": "3"} if status == 405 else {})

    assert (response.status_code, response.headers["Content-Type"]) == (status, PROBLEM_JSON)
    assert words.lower() in json.dumps(response.json()).lower()
    assert ("Allow" in response.headers) is (status == 405)


LOCATED = [
    operation
    for operation in OPERATIONS
    if any("Location" in reply.get("headers", {}) for reply in operation.values[2]["responses"].values())
]


@pytest.mark.parametrize(("path", "method", "operation"), LOCATED)
async def test_every_location_leads_somewhere(path: str, method: str, operation: Mapping[str, Any]) -> None:
    """Whoever follows a Location finds what was made."""
    transport = InMemory(a_busy_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
        for parameter in operation["parameters"]:
            path = path.replace(f"{{{parameter['name']}}}", str(parameter.get("example")))
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
        created = await client.request(method, path, content=json.dumps(body).encode() if body else None)
        followed = await client.get(created.headers["Location"])

    assert followed.status_code == 200
