"""The health door: each dependency by name, and for each fault a remedy that gives nothing away."""

from typing import Any

import pytest

from quantum.doors.http import frame, health
from quantum.doors.http.frame import Request, Response
from quantum.jobs.errors import NotFoundError, ServiceBusyError, ServiceUnavailableError, UnauthorizedError
from quantum.service.health import AWAY, ROLES
from tests.support.builders import App

PARTS = ("blobs", "index", "answers", "workspace", "vault")


async def ask(app: App) -> Response:
    """Ask how the app is."""
    return await frame.answer(health.read_health, Request(), app.core, app.orchestrations)


async def test_health_is_good_when_everything_answers() -> None:
    """200, part by part."""
    response = await ask(App())

    assert (response.status, response.body["status"]) == (200, "ok")
    assert response.body["checks"].keys() == {*PARTS, "engine", "identity"}


@pytest.mark.parametrize("part", PARTS)
async def test_health_names_what_does_not_answer(part: str) -> None:
    """503 for those who route, and the part and what to do for those who repair."""
    app = App()
    fail(app, part, ServiceUnavailableError("It failed.", code="Unreachable"))

    response = await ask(app)

    checks = response.body["checks"]
    assert (response.status, response.body["status"]) == (503, "degraded")
    assert checks.pop(part) == {"status": "unavailable", "detail": "Unreachable: It failed.", "remedy": AWAY[part]}
    assert {check["status"] for check in checks.values()} == {"ok"}


@pytest.mark.parametrize("part", PARTS)
async def test_health_names_the_role_that_is_missing(part: str) -> None:
    """And says that the identity is not let in there."""
    app = App()
    fail(app, part, UnauthorizedError("Refused.", code="AuthorizationPermissionMismatch", status=403))

    checks = (await ask(app)).body["checks"]

    assert ROLES[part] in checks[part]["remedy"]
    assert checks["identity"]["detail"] == f"not let in: {part}"


async def test_a_workspace_that_is_not_there_is_a_matter_of_settings() -> None:
    """A busy one is not."""
    remedies = []
    for error in (NotFoundError("No such workspace."), ServiceBusyError("Later.")):
        app = App()
        fail(app, "workspace", error)
        remedies.append((await ask(app)).body["checks"]["workspace"]["remedy"])

    assert "AZURE_QUANTUM_" in remedies[0]
    assert remedies[1] == AWAY["workspace"]


async def test_the_durable_engine_is_asked_too() -> None:
    """Without it nothing goes on."""
    app = App()
    app.orchestrations.failure = ServiceUnavailableError("The durable engine does not answer.")

    checks = (await ask(app)).body["checks"]

    assert checks["engine"] == {
        "status": "unavailable",
        "detail": "ServiceUnavailable: The durable engine does not answer.",
        "remedy": AWAY["engine"],
    }


def fail(app: App, part: str, error: Exception) -> None:
    """Let one dependency fail."""
    dependency: Any = getattr(app, part)
    dependency.failure = error
