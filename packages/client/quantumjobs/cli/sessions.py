"""What `qjobs` does about sessions, and about jobs that others submitted to a workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quantumjobs.cli import drawing
from quantumjobs.cli.choosing import WHOLE_ID, fitting
from quantumjobs.cli.client import connect
from quantumjobs.cli.codes import OK
from quantumjobs.cli.left_open import key_of, under_a_key
from quantumjobs.cli.watching import title

if TYPE_CHECKING:
    from argparse import Namespace

    from quantumjobs.cli.client import CommandClient
    from quantumjobs.cli.screen import Screen
    from quantumjobs.jobs import JobView
    from quantumjobs.workspace_calls import SessionFields

RECENT = 100  # sessions among which the beginning of an id is looked for


def adopt(options: Namespace, screen: Screen) -> int:
    """Have the deployment care for a job that is in the workspace already."""
    with connect(options) as client:
        tags = dict(options.tag or ()) or None
        view = client.adopt(options.id, tags=tags, workspace=options.workspace, answer_to=options.answer_to)
        client.remember(view)
    if screen.quiet:
        screen.line(view.id)
    elif screen.form != "table":
        screen.answer(view.raw, drawing.jobs([view]))
    else:
        screen.line(f"{view.phase}: {title(view)}")
        screen.line(f"watch it: qjobs watch {view.id}")
    return OK


def open_session(options: Namespace, screen: Screen) -> int:
    """Open a session."""
    fields: SessionFields = {}
    if options.name is not None:
        fields["name"] = options.name
    if options.on_failure is not None:
        fields["job_failure_policy"] = options.on_failure.capitalize()
    if options.tag:
        fields["tags"] = dict(options.tag)
    if options.workspace is not None:
        fields["workspace"] = options.workspace
    key = key_of(options.idempotency_key)
    with connect(options) as client, under_a_key(key, screen, "session", "sessions show"):
        opened = client.open_session(options.target, idempotency_key=key, **fields)
    if screen.form != "table":
        screen.answer(opened.raw, drawing.sessions([opened]))
        return OK
    screen.line(opened.id)
    if not screen.quiet:
        screen.note(f"use it: qjobs submit … --session {opened.id}; then: qjobs sessions close {opened.id}")
    return OK


def close_session(options: Namespace, screen: Screen) -> int:
    """Close a session to new jobs."""
    with connect(options) as client:
        closed = client.close_session(_id(client, options), workspace=options.workspace)
    screen.answer(closed.raw, drawing.sessions([closed]))
    return OK


def show_session(options: Namespace, screen: Screen) -> int:
    """Show a session and its jobs."""
    with connect(options) as client:
        session_id = _id(client, options)
        shown = client.session(session_id, workspace=options.workspace)
        jobs: list[JobView] = list(client.session_jobs(session_id, workspace=options.workspace))
    if screen.form == "csv":
        screen.answer(None, drawing.jobs(jobs))
        return OK
    screen.answer({**shown.raw, "jobs": [job.raw for job in jobs]}, drawing.sessions([shown]))
    if jobs and screen.form == "table":
        screen.table(drawing.jobs(jobs))
    return OK


def list_sessions(options: Namespace, screen: Screen) -> int:
    """Show the workspace's sessions."""
    with connect(options) as client:
        page = client.sessions_page(top=options.top, continuation=options.continuation, workspace=options.workspace)
    if screen.quiet:
        screen.lines(session.id for session in page.sessions)
    else:
        screen.answer(page.raw, drawing.sessions(page.sessions), "no sessions")
    if page.continuation and screen.form == "table":
        screen.note(f"there are more: --continuation {page.continuation}")
    return OK


def _id(client: CommandClient, options: Namespace) -> str:
    """Find the session that an id or the beginning of one means."""
    text: str = options.id
    if WHOLE_ID.fullmatch(text):
        return text
    page = client.sessions_page(top=RECENT, workspace=options.workspace)
    return fitting(text, ((one.id, one.status) for one in page.sessions), "session", "qjobs sessions")
