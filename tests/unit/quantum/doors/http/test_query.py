"""Every route says which parameters it takes, refuses all others, and marks its answers as private data."""

import ast
import asyncio
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import quantum
from quantum.contract.routes import BY_DOOR
from quantum.doors.http import frame, jobs, lists, offers
from quantum.doors.http.frame import Door, Request, Response
from tests.support.builders import App, an_order_body

APP = Path(quantum.__file__).parents[1] / "function_app.py"


def doors() -> dict[str, Door]:
    """The doors in the app's table of routes, which can only be loaded with settings."""
    assigned = [node for node in ast.parse(APP.read_text(encoding="utf-8")).body if isinstance(node, ast.AnnAssign)]
    (table,) = [node.value for node in assigned if node.value and ast.unparse(node.target) == "HTTP_DOORS"]
    return {
        name: getattr(import_module(f"quantum.doors.http.{module}"), name)
        for module, names in ast.literal_eval(table).items()
        for name in names
    }


DOORS = doors()


def ask(app: App, door: Door, **request: Any) -> Response:
    """Send a request through a door."""
    return asyncio.run(frame.answer(door, Request(**request), app.core, app.orchestrations))


def test_every_route_has_its_row() -> None:
    """A door that is added has its route in the contract, and no row is left of one that is gone."""
    assert BY_DOOR.keys() == DOORS.keys()


@pytest.mark.parametrize("name", DOORS)
def test_a_parameter_that_nobody_reads_is_refused(name: str) -> None:
    """On every route it is named, and nothing is done."""
    app = App()

    refused = ask(app, DOORS[name], query={"tpo": "3"}, route={"id": "a", "name": "chem"}, body=an_order_body())

    (fault,) = [fault for fault in refused.body["errors"] if fault["field"] == "tpo"]
    assert refused.status == 400
    assert fault["reason"].startswith("is no parameter here; ")
    assert not app.index.entries


def test_the_nearest_parameter_is_named() -> None:
    """Who mistyped one is told which was meant; who needs none, that there is none."""
    typed = ask(App(), lists.list_jobs, query={"Contination": "x"})
    foreign = ask(App(), offers.list_quotas, query={"q": "x"})
    none = ask(App(), jobs.start_from_http, query={"shots": "100"}, body=an_order_body())

    assert typed.body["errors"][0]["reason"].endswith("did you mean 'continuation'?")
    assert foreign.body["errors"][0]["reason"].endswith("known are provider, workspace")
    assert none.body["errors"] == [{"field": "shots", "reason": "is no parameter here; this address takes none"}]


@pytest.mark.parametrize("name", ["code", "Code", "clientId"])
def test_what_the_platform_reads_is_passed_over(name: str) -> None:
    """A key and its name in the address are for Azure Functions."""
    assert ask(App(), jobs.start_from_http, query={name: "x"}, body=an_order_body()).status == 202


@pytest.mark.parametrize("door", [jobs.start_from_http, jobs.read_job, offers.list_formats])
def test_no_answer_is_kept_on_the_way_or_taken_for_a_page(door: Door) -> None:
    """Good answers and problems alike are for who asked, now, and are what they say they are."""
    headers = ask(App(), door).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
