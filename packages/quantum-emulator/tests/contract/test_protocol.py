"""The wire, call by call, where the SDK would hide it: repeats, conflicts, addresses, errors."""

import gzip
from typing import Any

import pytest

from emulator_support.harness import KEY, SUBSCRIPTION, Emulator, definition
from emulator_support.programs import BELL


def test_the_same_submission_again_is_the_same_job(timed: Emulator) -> None:
    """A repeated PUT answers with the job that is there, though it carries another SAS, and runs nothing twice."""
    body = definition(timed.upload("twice", BELL))
    timed.call("PUT", "/jobs/twice", json=body)
    timed.job("twice")

    another_sas = timed.call("POST", "/storage/sasUri", json={"containerName": "job-twice"}).json()["sasUri"] + "&x=1"
    again = timed.call("PUT", "/jobs/twice", json={**body, "containerUri": another_sas})

    assert (again.status_code, again.json()["status"]) == (200, "Succeeded")
    assert timed.ledger("twice") == ["jobCreated", "executionStarted", "executionEnded"]


def test_another_submission_under_the_same_id_is_refused(timed: Emulator) -> None:
    """A PUT with another definition answers 409 and changes nothing."""
    body = definition(timed.upload("once", BELL))
    timed.call("PUT", "/jobs/once", json=body)

    other = timed.call("PUT", "/jobs/once", json={**body, "inputParams": {"shots": 11}})

    assert (other.status_code, other.json()["error"]["code"]) == (409, "JobAlreadyExists")
    assert timed.job("once")["inputParams"] == {"shots": 10}


def test_addresses_lose_their_sas_and_get_fresh_ones(timed: Emulator) -> None:
    """What PUT echoes carries no SAS; what GET answers carries one that can only read."""
    put = timed.call("PUT", "/jobs/sas", json=definition(timed.upload("sas", BELL))).json()
    got = timed.job("sas")

    addresses = ("containerUri", "inputDataUri", "outputDataUri")
    assert not any("?" in put[name] for name in addresses)
    assert all("sig=" in got[name] for name in addresses)
    assert timed.http.get(got["inputDataUri"]).text == BELL
    assert timed.http.put(got["inputDataUri"], headers={"x-ms-blob-type": "BlockBlob"}).status_code == 403


def test_a_job_has_the_services_shape(timed: Emulator) -> None:
    """A finished job has the fields and the nulls of the real service."""
    job = timed.job(timed.submit(providerId="Quantinuum", tags=["a"]))

    assert job["providerId"] == "quantinuum"
    assert (job["itemType"], job["jobType"], job["priority"]) == ("Job", "QuantumComputing", "Standard")
    assert (job["errorData"], job["sessionId"], job["isCancelling"]) == (None, None, False)
    assert job["costEstimate"]["events"][0]["amountConsumed"] == 10.0
    assert set(job["costEstimate"]) == {"currencyCode", "estimatedTotal", "events"}


@pytest.mark.parametrize("path", ["/jobs/patched", "/jobUpdateOptions/patched"])
def test_both_paths_of_an_update_work(timed: Emulator, path: str) -> None:
    """PATCH is answered on the current path and on the older one."""
    timed.submit(id="patched")

    reply = timed.call("PATCH", path, json={"tags": ["x"]})

    assert (reply.status_code, reply.json()["tags"]) == (200, ["x"])
    assert timed.call("PATCH", path, json={}).status_code == 400


def test_a_running_job_is_not_deleted(timed: Emulator) -> None:
    """DELETE is refused until the job has ended."""
    timed.behave("quantinuum.sim.h2-1e", queueSeconds=5)
    job = timed.submit()

    assert timed.call("DELETE", f"/jobs/{job}").status_code == 409
    timed.clock.advance(seconds=5)
    assert timed.call("DELETE", f"/jobs/{job}").status_code == 204


def test_a_compressed_program_runs(timed: Emulator) -> None:
    """A program uploaded with gzip encoding is unpacked first."""
    container = timed.upload("packed", gzip.compress(BELL.encode()), {"x-ms-blob-content-encoding": "gzip"})
    timed.call("PUT", "/jobs/packed", json=definition(container))

    assert timed.status("packed") == "Succeeded"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"inputParams": {"shots": 0}}, "InvalidInputData"),
        ({"inputParams": {"shots": "many"}}, "InvalidInputData"),
        ({"inputParams": {"shots": 10, "entryPoint": "nowhere"}}, "QIRPreProcessingFailed"),
        ({"inputParams": {"arguments": [3]}}, "QIRPreProcessingFailed"),
        ({"inputParams": {"items": ["main"]}}, "InvalidInputData"),
        ({"inputParams": {"items": [{"entryPoint": "nowhere"}]}}, "QIRPreProcessingFailed"),
        ({"inputParams": {"noise": {"model": "aria-1"}}}, "NotSupportedByEmulator"),  # of IonQ's simulator only
        ({"inputParams": {"entryPoint": 5}}, "QIRPreProcessingFailed"),
        ({"outputDataFormat": "nobody.knows.v9"}, "CannotTranslateOutputData"),
        ({"inputDataFormat": "honeywell.openqasm.v1"}, "InvalidInputData"),
    ],
)
def test_a_faulty_order_fails_with_the_reason(timed: Emulator, changes: dict[str, Any], code: str) -> None:
    """What can be seen only when the job runs ends it in Failed, with a code."""
    job = timed.job(timed.submit(**changes))

    assert (job["status"], job["errorData"]["code"]) == ("Failed", code)


def test_a_missing_program_fails(timed: Emulator) -> None:
    """A job whose input blob was never uploaded ends in Failed."""
    container = timed.upload("empty", BELL)
    body = definition(container, inputDataUri=f"{container.partition('?')[0]}/elsewhere")
    timed.call("PUT", "/jobs/empty", json=body)

    assert timed.job("empty")["errorData"]["code"] == "InvalidInputData"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": None}, "PropertyNotSpecified"),
        ({"target": 5}, "InvalidProperty"),
        ({"name": "n" * 2000}, "InvalidProperty"),
        ({"containerUri": "https://elsewhere.example/job-x"}, "InvalidProperty"),
        ({"inputDataUri": "http://127.0.0.1:1/devstoreaccount1/c/b"}, "InvalidProperty"),
        ({"inputParams": [1]}, "InvalidProperty"),
        ({"tags": "a"}, "InvalidProperty"),
        ({"priority": "Highest"}, "InvalidProperty"),
        ({"itemType": "Session"}, "InvalidProperty"),
        ({"providerId": "ionq"}, "InvalidJobDefinition"),
        ({"inputDataFormat": "rigetti.quil.v1"}, "InvalidJobDefinition"),
        ({"sessionId": "nowhere"}, "InvalidJobDefinition"),
    ],
)
def test_a_faulty_definition_is_refused(timed: Emulator, changes: dict[str, Any], code: str) -> None:
    """What can be seen at once is refused with 400, and no job is created."""
    body = {**definition(timed.upload("faulty", "")), **changes}

    reply = timed.call("PUT", "/jobs/faulty", json=body)

    assert (reply.status_code, reply.json()["error"]["code"]) == (400, code)
    assert reply.headers["x-ms-error-code"] == code
    assert timed.call("GET", "/jobs/faulty").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"name": NaN}',
        b'{"name": "\\ud800"}',
        b'{"name": 1e999}',
    ],
)
def test_a_malformed_body_is_refused(timed: Emulator, body: bytes) -> None:
    """A body that is no JSON object answers 400, never 500."""
    for method, path in (("PUT", "/jobs/x"), ("PUT", "/sessions/x"), ("POST", "/storage/sasUri")):
        assert timed.call(method, path, content=body).status_code == 400


def test_a_huge_body_is_refused(timed: Emulator) -> None:
    """A body above 1 MiB answers 413."""
    assert timed.call("PUT", "/jobs/x", content=b" " * (1024 * 1024 + 1)).status_code == 413


@pytest.mark.parametrize(
    "query",
    [
        {"filter": "Colour eq 'red'"},
        {"filter": "State eq"},
        {"filter": "startswith(Name, 'a'"},
        {"filter": "CreationTime ge yesterday"},
        {"filter": "(" * 5000},
        {"filter": "State eq 'x' or"},
        {"orderby": "Colour asc"},
        {"orderby": "Name sideways"},
        {"top": "-1"},
        {"skip": "many"},
    ],
)
def test_a_faulty_query_is_refused(timed: Emulator, query: dict[str, str]) -> None:
    """A list call that cannot be understood answers 400."""
    reply = timed.call("GET", "/jobs", params=query)

    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "InvalidQueryParameter")


@pytest.mark.parametrize("name", ["", "A", "ab", "a--b", "a" * 64, "../x", None, 5])
def test_a_faulty_container_name_is_refused(timed: Emulator, name: object) -> None:
    """Only names that storage takes get an address."""
    assert timed.call("POST", "/storage/sasUri", json={"containerName": name}).status_code == 400


def test_a_missing_key_is_answered_as_recorded(timed: Emulator) -> None:
    """Without a key the answer is 401 with an empty body and the reason in a header."""
    reply = timed.call("GET", "/jobs", headers={})

    assert (reply.status_code, reply.content) == (401, b"")
    assert reply.headers["www-authenticate"] == 'Bearer error="invalid_token"'


def test_unknown_paths_and_methods_are_answered_in_words(timed: Emulator) -> None:
    """What is not served answers 404 or 405 in the service's own shape."""
    assert timed.call("GET", "/nothing").json()["error"]["code"] == "ResourceNotFound"
    assert timed.call("POST", "/jobs").json()["error"]["code"] == "MethodNotAllowed"


def test_workspaces_do_not_see_each_other(timed: Emulator) -> None:
    """A job belongs to the workspace in whose path it was put; the path's case does not matter."""
    timed.submit(id="mine")

    assert timed.call("GET", "/jobs/mine", workspace="other").status_code == 404
    assert timed.call("GET", "/jobs/mine", workspace="RAW").status_code == 200


def test_offers_of_the_subscription_are_answered(timed: Emulator) -> None:
    """The two paths under the subscription give a provider's status and use."""
    timed.job(timed.submit())
    base = f"{timed.url}/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Quantum/suiteOffers"

    usages = timed.http.get(f"{base}/quantinuum/quotaUsages", headers=KEY).json()["value"]
    status = timed.http.get(f"{base}/quantinuum/providerStatus", headers=KEY).json()

    assert sum(item["usage"]["executions"] for item in usages) == 1
    assert (status["id"], status["currentAvailability"]) == ("quantinuum", "Available")
    assert timed.http.get(f"{base}/nobody/providerStatus", headers=KEY).status_code == 404
    assert timed.call("GET", "/quotaUsages", params={"providerId": "ionq"}).json()["value"]
