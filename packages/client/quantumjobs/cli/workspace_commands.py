"""What `qjobs` does about the workspace itself: its sessions, its quotas, and jobs that others submitted to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quantumjobs.cli import drawing
from quantumjobs.cli.exits import OK
from quantumjobs.cli.left_open import under_a_key
from quantumjobs.cli.watching import title
from quantumjobs.sync import QuantumJobs

if TYPE_CHECKING:
    from argparse import Namespace

    from quantumjobs.cli.screen import Screen
    from quantumjobs.jobs import JobView
    from quantumjobs.workspace_calls import SessionFields
    from quantumjobs.workspace_views import Session


def adopt(options: Namespace, screen: Screen) -> int:
    """Have the deployment care for a job that is in the workspace already."""
    with _client(options) as client:
        view = client.adopt(options.id, tags=dict(options.tag or ()) or None, workspace=options.workspace)
    if screen.as_json:
        screen.document(view.raw)
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
    with _client(options) as client, under_a_key(options, screen, "session", "session") as key:
        opened = client.open_session(options.target, idempotency_key=key, **fields)
    if screen.as_json:
        screen.document(opened.raw)
    else:
        screen.line(opened.id)
        screen.note(f"use it: qjobs submit … --session {opened.id}; then: qjobs close-session {opened.id}")
    return OK


def close_session(options: Namespace, screen: Screen) -> int:
    """Close a session to new jobs."""
    with _client(options) as client:
        closed = client.close_session(options.id, workspace=options.workspace)
    return _show((closed,), closed.raw, screen)


def session(options: Namespace, screen: Screen) -> int:
    """Show a session and its jobs."""
    with _client(options) as client:
        found = client.session(options.id, workspace=options.workspace)
        jobs: list[JobView] = list(client.session_jobs(options.id, workspace=options.workspace))
    code = _show((found,), {**found.raw, "jobs": [job.raw for job in jobs]}, screen)
    if jobs and not screen.as_json:
        screen.show(drawing.jobs(jobs))
    return code


def sessions(options: Namespace, screen: Screen) -> int:
    """Show the workspace's sessions."""
    with _client(options) as client:
        page = client.sessions_page(top=options.top, continuation=options.continuation, workspace=options.workspace)
    code = _show(page.sessions, page.raw, screen)
    if page.continuation and not screen.as_json:
        screen.note(f"there are more: --continuation {page.continuation}")
    return code


def _show(found: tuple[Session, ...], document: object, screen: Screen) -> int:
    if screen.as_json:
        screen.document(document)
    elif found:
        screen.show(drawing.sessions(found))
    else:
        screen.note("no sessions")
    return OK


def quotas(options: Namespace, screen: Screen) -> int:
    """Show what providers let the workspace use."""
    with _client(options) as client:
        found = client.quotas(options.provider, workspace=options.workspace)
    if screen.as_json:
        screen.document(found.raw)
    elif found.quotas:
        screen.show(drawing.quotas(found.quotas))
    else:
        screen.note("no quotas")
    return OK


def _client(options: Namespace) -> QuantumJobs:
    return QuantumJobs(options.url, options.key)
