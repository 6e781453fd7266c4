"""Requests generated from the API's description, right and wrong ones: none meets a 5xx or an undescribed answer."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from quantum.contract.route import Route
from quantum.contract.routes import ROUTES
from tests.contract.http.busy_app import a_busy_app
from tests.contract.http.served_api import as_asgi

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
CASES = settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

api = schemathesis.openapi.from_asgi("/api/openapi.json", as_asgi(a_busy_app))


@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.door)
def test_no_request_meets_an_undescribed_answer(route: Route, mode: GenerationMode) -> None:
    """Whatever is sent to a route, it answers in one of the ways that the description lists."""
    operation = api[f"/api/{route.path}"][route.method]

    @CASES
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Case) -> None:
        case.call_and_validate(checks=CHECKS)

    if mode is GenerationMode.POSITIVE or route.parameters or route.body:  # else nothing about it can be wrong
        send()
