"""A deployment that is older or newer than the client is named as the cause of what went wrong."""

from typing import Any

import pytest

from client_support.fake_jobs_api import JOB_ID, FakeJobsApi, a_problem
from quantumjobs import NotFoundError, QuantumJobsError, UnexpectedAnswerError, VersionError


def described(version: str) -> dict[str, Any]:
    """The API's description, of a version."""
    return {"openapi": "3.1.0", "info": {"title": "Durable Quantum Jobs", "version": version}}


async def test_a_newer_deployment_asks_for_a_newer_client(call: Any, api: FakeJobsApi) -> None:
    """Its answers do not look as they did."""
    api.answers("GET /api/targets", {"places": []})
    api.answers("GET /api/openapi.json", described("2"))

    with pytest.raises(VersionError, match=r"newer than this client .*pip install --upgrade quantumjobs"):
        await call("targets")


@pytest.mark.parametrize("version", ["0", "1"])
async def test_an_older_deployment_does_not_know_a_call(call: Any, api: FakeJobsApi, version: str) -> None:
    """A route that is not there is told from a job that is not there."""
    api.answers("GET /api/targets", a_problem(404, "There is no such route", detail="/api/targets leads nowhere."))
    api.answers("GET /api/openapi.json", described(version))

    with pytest.raises(VersionError, match="older than this client, and does not know this call"):
        await call("targets")


@pytest.mark.parametrize("description", [{}, {"info": {"title": "Something else", "version": "2"}}, [1]])
async def test_another_app_is_not_called_old(call: Any, api: FakeJobsApi, description: Any) -> None:
    """Where nothing says which version it is, the error stays as it was."""
    api.answers("GET /api/targets", {"places": []})
    api.answers("GET /api/openapi.json", description)

    with pytest.raises(UnexpectedAnswerError, match="lacks 'targets'"):
        await call("targets")


async def test_of_a_job_that_is_not_there_nothing_more_is_asked(call: Any, api: FakeJobsApi) -> None:
    """An ordinary error costs one request."""
    with pytest.raises(QuantumJobsError) as raised:
        await call("get", JOB_ID)

    assert type(raised.value) is NotFoundError
    assert len(api.requests) == 1
