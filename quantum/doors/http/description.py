"""The doors that tell what the API is: its description in OpenAPI, and where a path leads that is no route."""

from difflib import get_close_matches

from quantum.app import App
from quantum.contract.kinds import printable
from quantum.contract.routes import ROUTES, methods_at
from quantum.doors.http.frame import Request, Response, problem
from quantum.ports import Orchestrations
from quantum.programs.formats import FORMATS


async def describe_api(_: Request, app: App, __: Orchestrations) -> Response:
    """`GET /api/openapi.json`: the routes, and what goes in and comes out, as OpenAPI 3.1."""
    from quantum.contract.openapi import openapi  # noqa: PLC0415  # nothing else needs it, and a start should be quick

    return Response(200, openapi(tuple(FORMATS), app.services.limits))


async def zz_unknown_route(request: Request, _: App, __: Orchestrations) -> Response:
    """Any other path below `/api/`: 405 with the methods that it takes, or 404 with the nearest path that there is.

    Azure Functions takes the first route that fits in the order of the functions' names: this one has to be the last.
    """
    path = request.route.get("path", "").strip("/")
    if allowed := methods_at(path):
        methods = ", ".join(allowed)
        refused = problem(405, "The method is not allowed here", f"/api/{printable(path)} takes {methods}.")
        return Response(405, refused.body, {"Allow": methods}, refused.media_type)
    near = get_close_matches(path[:64].lower(), {route.path for route in ROUTES}, n=1, cutoff=0.5)
    hint = f"Did you mean /api/{near[0]}?" if near else "GET /api/openapi.json describes the routes."
    return problem(404, "There is no such route", f"/api/{printable(path)} leads nowhere. {hint}")
