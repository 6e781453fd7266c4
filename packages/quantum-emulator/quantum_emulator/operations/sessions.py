"""Open, read, list and close sessions."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from quantum_emulator import errors, sessions
from quantum_emulator.jobs import Job, Json
from quantum_emulator.operations.context import Context
from quantum_emulator.operations.definitions import session_definition
from quantum_emulator.operations.listing import Page, Row, fields_of, page
from quantum_emulator.sessions import Session


def open_session(context: Context, workspace: str, session_id: str, body: Json) -> Json:
    """Open a session, or return the existing one where its definition is the same."""
    definition = session_definition(session_id, body)
    stored = context.store.session(workspace, session_id)
    if stored is None:
        _check_target(context, definition)
        stored = Session(**definition, workspace=workspace, created=context.clock.now())
        context.store.save_session(stored)
    elif stored.submitted != definition["submitted"]:
        raise errors.session_exists(session_id)
    return _view(context, stored)


def _check_target(context: Context, definition: Json) -> None:
    offered = {(target.id, target.provider) for target in context.behaviour}
    if (definition["target"], definition["provider"]) not in offered:
        raise errors.invalid_property("target", f"'{definition['provider']}' offers no '{definition['target']}'")


def get(context: Context, workspace: str, session_id: str) -> Json:
    """One session."""
    return _view(context, find(context, workspace, session_id))


def close(context: Context, workspace: str, session_id: str) -> Json:
    """Close a session to new jobs; one that has ended does not change."""
    session = find(context, workspace, session_id)
    if _accepts_jobs(context, session):
        session = replace(session, closed=context.clock.now())
        context.store.save_session(session)
    return _view(context, session)


def list_all(context: Context, workspace: str, query: Mapping[str, str]) -> Page:
    """A page of the sessions that match the filter."""
    return page(rows(context, workspace), query)


def rows(context: Context, workspace: str) -> Iterable[Row]:
    """The workspace's sessions, for a list."""
    for session in context.store.sessions(workspace):
        view = _view(context, session)
        yield Row(fields_of(view), view.copy)


def find(context: Context, workspace: str, session_id: str) -> Session:
    """The session, or 404."""
    session = context.store.session(workspace, session_id)
    if session is None:
        raise errors.session_not_found(session_id)
    return session


def require_open(context: Context, workspace: str, session_id: str, target_id: str) -> None:
    """Raise unless the session accepts a job for this target."""
    session = context.store.session(workspace, session_id)
    if session is None:
        raise errors.invalid_job(f"there is no session '{session_id}'")
    if session.target != target_id:
        raise errors.invalid_job(f"the session '{session_id}' is for '{session.target}'")
    if not _accepts_jobs(context, session):
        raise errors.invalid_job(f"the session '{session_id}' takes no more jobs")


def _accepts_jobs(context: Context, session: Session) -> bool:
    idle = context.settings.session_idle
    return sessions.accepts_jobs(session, _jobs_of(context, session), context.clock.now(), idle)


def _jobs_of(context: Context, session: Session) -> list[Job]:
    return context.store.jobs_of_session(session.workspace, session.id)


def _view(context: Context, session: Session) -> Json:
    idle = context.settings.session_idle
    return sessions.view(session, _jobs_of(context, session), context.clock.now(), idle)
