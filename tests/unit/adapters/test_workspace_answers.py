"""What the workspace answers, read: errors whole but within bounds, costs as they are, and no secret."""

import json
from typing import Any

import pytest

from quantum.adapters.workspace_answers import ROOM, read_cost, read_error, read_job, read_quota, read_session
from quantum.jobs.errors import ServiceUnavailableError
from quantum.jobs.model import Cause, Failure
from quantum.wire import codec

SAS = "https://x.blob.core.windows.net/job-1/inputData?sv=1&sig=abcdefgh"


def test_an_error_without_a_code_takes_that_of_the_innermost_that_has_one() -> None:
    """So that no caller reads `null: null`."""
    error = read_error({"innererror": {"innererror": {"code": "E42", "message": "Cold."}}})

    assert error == Failure("E42", "Cold.", inner_errors=(Cause(), Cause("E42", "Cold.")))
    assert read_error({"details": []}) == Failure("Unknown", "no reason was given")
    assert read_error(None) is None


def test_an_error_of_any_size_stays_small() -> None:
    """A history, a table's row and a queue message have room for it; what comes first is kept."""
    deep: dict[str, Any] = {"code": "leaf"}
    for level in range(100):
        deep = {"code": f"c{level}", "message": "é" * 5000, "innererror": deep}
    deep["details"] = [{"code": "d", "message": "é" * 5000}] * 1000

    error = read_error(deep)

    assert error is not None
    assert error.code == "c99"
    assert len(error.message) <= 2000
    assert len(json.dumps(codec.to_wire([error.inner_errors or (), error.details or ()]))) <= ROOM + 100


def test_an_error_shows_no_signature() -> None:
    """Wherever it stands in it."""
    body = {"code": "C", "message": SAS, "target": SAS, "innererror": {"message": SAS}, "details": [{"message": SAS}]}

    error = read_error(body)

    assert "abcdefgh" not in json.dumps(codec.to_wire(error))
    assert "REDACTED" in json.dumps(codec.to_wire(error))


def test_a_cost_is_kept_with_what_is_billed() -> None:
    """The first events of very many, each without what the service left out."""
    event = {"dimensionName": "Gates", "amountBilled": 2.0, "unitPrice": None, "other": 1}

    cost = read_cost({"currencyCode": "USD", "estimatedTotal": 0.0, "events": [event] * 20})

    assert cost is not None
    assert (cost["estimated"], cost["currency"], cost["source"]) == (0.0, "USD", "service")
    assert cost["items"] == [{"dimension": "Gates", "billed": 2.0}] * 8
    assert read_cost({"currencyCode": "USD", "estimatedTotal": 1.0}) == {
        "estimated": 1.0,
        "currency": "USD",
        "source": "service",
    }


@pytest.mark.parametrize(
    ("params", "shots"), [({"shots": 5}, 5), ({"count": 7}, 7), ({"shots": "5"}, None), ({}, None), (None, None)]
)
def test_shots_are_read_by_either_name(params: Any, shots: int | None) -> None:
    """Older clients say `count`; what is no number is none."""
    assert read_job({"id": "a", "status": "Waiting", "inputParams": params}).shots == shots


@pytest.mark.parametrize("answer", [{}, {"id": "a"}, {"id": "a", "status": "x", "errorData": 7}, []])
def test_an_answer_of_another_form_is_a_service_that_fails(answer: Any) -> None:
    """It is asked again later."""
    for read in (read_job, read_session):
        with pytest.raises(ServiceUnavailableError):
            read(answer)


def test_a_session_and_a_quota_are_read_by_what_they_must_have() -> None:
    """The rest may be missing; a word for its state that nobody knows is that of an open one."""
    session = read_session({"id": "s", "status": "Pondering", "providerId": "IonQ"})
    quota = read_quota({"providerId": "IonQ", "dimension": "qgs"})

    assert (session.provider_id, session.is_open, session.times) == ("ionq", True, {})
    assert (quota.provider, quota.limit, quota.utilization) == ("ionq", None, None)
