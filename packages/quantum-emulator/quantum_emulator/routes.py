"""The REST data plane: one row for each operation, and the functions between HTTP and the operations."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from quantum_emulator.jobs import Json
from quantum_emulator.operations import jobs, offers, sessions
from quantum_emulator.operations.context import Context
from quantum_emulator.operations.listing import Page
from quantum_emulator.requests import authorise, body_of, context_of, workspace_of

type Operation = Callable[[Context, str, Request], Awaitable[Response]]

BASE = "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Quantum/workspaces/{workspace}"
OFFER = "/subscriptions/{subscription}/providers/Microsoft.Quantum/suiteOffers/{provider}"


async def create_job(context: Context, workspace: str, request: Request) -> Response:
    """Answer PUT of a job."""
    return JSONResponse(jobs.create(context, workspace, request.path_params["job"], await body_of(request)))


async def get_job(context: Context, workspace: str, request: Request) -> Response:
    """Answer GET of a job."""
    return JSONResponse(jobs.get(context, workspace, request.path_params["job"]))


async def list_jobs(context: Context, workspace: str, request: Request) -> Response:
    """Answer a page of the jobs."""
    return _paged(request, jobs.list_all(context, workspace, request.query_params))


async def cancel_job(context: Context, workspace: str, request: Request) -> Response:
    """Answer a request for cancellation, which completes later."""
    jobs.cancel(context, workspace, request.path_params["job"])
    return Response(status_code=204)


async def update_job(context: Context, workspace: str, request: Request) -> Response:
    """Answer PATCH of a job, on either path."""
    return JSONResponse(jobs.change(context, workspace, request.path_params["job"], await body_of(request)))


async def delete_job(context: Context, workspace: str, request: Request) -> Response:
    """Answer DELETE of a job."""
    jobs.delete(context, workspace, request.path_params["job"])
    return Response(status_code=204)


async def open_session(context: Context, workspace: str, request: Request) -> Response:
    """Answer PUT of a session."""
    body = await body_of(request)
    return JSONResponse(sessions.open_session(context, workspace, request.path_params["session"], body))


async def get_session(context: Context, workspace: str, request: Request) -> Response:
    """Answer GET of a session."""
    return JSONResponse(sessions.get(context, workspace, request.path_params["session"]))


async def close_session(context: Context, workspace: str, request: Request) -> Response:
    """Answer the closing of a session."""
    return JSONResponse(sessions.close(context, workspace, request.path_params["session"]))


async def list_sessions(context: Context, workspace: str, request: Request) -> Response:
    """Answer a page of the sessions."""
    return _paged(request, sessions.list_all(context, workspace, request.query_params))


async def list_session_jobs(context: Context, workspace: str, request: Request) -> Response:
    """Answer a page of a session's jobs."""
    session = request.path_params["session"]
    return _paged(request, jobs.list_of_session(context, workspace, session, request.query_params))


async def list_top_level_items(context: Context, workspace: str, request: Request) -> Response:
    """Answer a page of sessions, and of jobs without one."""
    return _paged(request, jobs.list_top_level(context, workspace, request.query_params))


async def provider_status(context: Context, _workspace: str, _request: Request) -> Response:
    """Answer the providers with their targets."""
    return _listed(offers.providers(context))


async def quotas(context: Context, workspace: str, _request: Request) -> Response:
    """Answer the workspace's quotas."""
    return _listed(offers.quotas(context, workspace))


async def quota_usages(context: Context, workspace: str, request: Request) -> Response:
    """Answer the usage of targets, of one provider or all."""
    return _listed(offers.quota_usages(context, workspace, request.query_params.get("providerId")))


async def sas_uri(context: Context, _workspace: str, request: Request) -> Response:
    """Answer a URL in the linked storage account."""
    return JSONResponse(await offers.sas_uri(context, await body_of(request)))


async def offer_usages(request: Request) -> Response:
    """Answer a provider's usage in the subscription."""
    authorise(request)
    return _listed(offers.offer_usages(context_of(request), request.path_params["provider"]))


async def offer_status(request: Request) -> Response:
    """Answer a provider's status in the subscription."""
    authorise(request)
    return JSONResponse(offers.provider(context_of(request), request.path_params["provider"]))


async def redirect_to_storage(request: Request) -> Response:
    """Redirect requests for a job's container, or a blob in it, to storage, with the SAS."""
    storage = context_of(request).storage
    return RedirectResponse(storage.behind(request.url.path, request.url.query), status_code=307)


def _paged(request: Request, page: Page) -> Response:
    document: Json = {"value": page.items, "nextLink": None}
    if page.following is not None:
        query = {**request.query_params, **page.following}
        document["nextLink"] = f"{request.url.replace(query='')}?{urlencode(query)}"
    return JSONResponse(document)


def _listed(items: list[Json]) -> Response:
    return JSONResponse({"value": items, "nextLink": None})


OPERATIONS: tuple[tuple[str, str, Operation], ...] = (
    ("GET", "/jobs", list_jobs),
    ("PUT", "/jobs/{job}", create_job),
    ("POST", "/jobs/{job}:cancel", cancel_job),
    ("GET", "/jobs/{job}", get_job),
    ("PATCH", "/jobs/{job}", update_job),
    ("PATCH", "/jobUpdateOptions/{job}", update_job),
    ("DELETE", "/jobs/{job}", delete_job),
    ("GET", "/sessions", list_sessions),
    ("PUT", "/sessions/{session}", open_session),
    ("GET", "/sessions/{session}", get_session),
    ("POST", "/sessions/{session}:close", close_session),
    ("GET", "/sessions/{session}/jobs", list_session_jobs),
    ("GET", "/topLevelItems", list_top_level_items),
    ("GET", "/providerStatus", provider_status),
    ("GET", "/quotas", quotas),
    ("GET", "/quotaUsages", quota_usages),
    ("POST", "/storage/sasUri", sas_uri),
)


def _endpoint(operation: Operation) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        authorise(request)
        context, workspace = context_of(request), workspace_of(request)
        context = replace(context, storage=context.storage.seen_from(str(request.base_url).rstrip("/")))
        await context.engine.settle()
        return await operation(context, workspace, request)

    return endpoint


def data_plane() -> list[Route]:
    """The routes; each is named after its operation."""
    rows = [
        Route(BASE + path, _endpoint(operation), methods=[method], name=operation.__name__)
        for method, path, operation in OPERATIONS
    ]
    return [
        *rows,
        Route(f"{OFFER}/quotaUsages", offer_usages, methods=["GET"], name="offer_usages"),
        Route(f"{OFFER}/providerStatus", offer_status, methods=["GET"], name="offer_status"),
        Route("/job-{rest:path}", redirect_to_storage, methods=["GET", "PUT", "DELETE"], name="redirect_to_storage"),
    ]
