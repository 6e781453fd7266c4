"""Sessions for orders: an open session of the workspace, or a job's own one.

The id of a job's own session follows from the job's id, so that opening and closing can be retried. It is closed when
the job ends; where that fails, housekeeping closes it, and the workspace itself ends an idle session.
"""

from contextlib import suppress

from quantum.contract.fields import Fault
from quantum.contract.orders import OWN_SESSION, Order
from quantum.jobs.errors import NotFoundError, RefusedError, ServiceError
from quantum.jobs.model import Job
from quantum.ports import Services
from quantum.workspaces.remote import NewSession, Session


async def session_faults(services: Services, order: Order) -> list[Fault]:
    """Validate the session that an order names; without an answer of the workspace, the submission decides."""
    session, faults = await named_session(services, order)
    return faults or faults_at(session, order.target)


async def named_session(services: Services, order: Order) -> tuple[Session | None, list[Fault]]:
    """Read the session that an order names, and report one that takes no jobs; None where nothing is known of it."""
    if order.session in (None, OWN_SESSION):
        return None, []
    try:
        workspace = await services.workspaces.get(order.workspace)
        session = await workspace.session(order.session)
    except NotFoundError:
        reason = f"there is no session {order.session!r} in this workspace; POST /api/sessions opens one"
        return None, [Fault("session", reason)]
    except ServiceError:
        return None, []
    if not session.is_open:
        reason = f"has ended ({session.status}) and takes no more jobs; POST /api/sessions opens another"
        return None, [Fault("session", reason)]
    return session, []


def faults_at(session: Session | None, target: str) -> list[Fault]:
    """Report that a session is for another target."""
    if session is None or session.target == target:
        return []
    return [Fault("session", f"is for {session.target}, not for {target}")]


async def open_own_session(services: Services, job: Job) -> None:
    """Open a job's own session, if its order asks for one."""
    if job.order.session == OWN_SESSION and job.session_id:
        order = job.order
        workspace = await services.workspaces.get(order.workspace)
        await workspace.open_session(
            NewSession(job.session_id, f"{order.name} {job.id}", job.target, None, order.priority, order.tags)
        )


async def close_own_sessions(services: Services, job: Job) -> None:
    """Close a job's own sessions, on all its targets."""
    if not job.own_sessions:
        return
    workspace = await services.workspaces.get(job.order.workspace)
    for session_id in job.own_sessions:
        with suppress(NotFoundError, RefusedError):  # never opened, or ended by itself
            await workspace.close_session(session_id)
