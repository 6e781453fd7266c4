"""Sessions of the workspace, as orders use them: one that is open already, or one that lives as long as the job.

A session of a job's own has an id that follows from the job's, so that opening and closing it can be tried again. It is
closed when the job ends; where that fails, housekeeping closes it, and the workspace itself ends one that idles.
"""

from contextlib import suppress

from quantum.contract.fields import Fault
from quantum.contract.orders import OWN_SESSION, Order
from quantum.jobs.errors import NotFoundError, RefusedError, ServiceError
from quantum.jobs.model import Job
from quantum.ports import Services
from quantum.workspaces.remote import NewSession


async def session_faults(services: Services, order: Order) -> list[Fault]:
    """Say why an order cannot join the session that it names; where the workspace does not answer, submitting will."""
    if order.session in (None, OWN_SESSION):
        return []
    try:
        workspace = await services.workspaces.named(order.workspace)
        session = await workspace.session(order.session)
    except NotFoundError:
        reason = f"there is no session {order.session!r} in this workspace; POST /api/sessions opens one"
        return [Fault("session", reason)]
    except ServiceError:
        return []
    if not session.is_open:
        reason = f"has ended ({session.status}) and takes no more jobs; POST /api/sessions opens another"
        return [Fault("session", reason)]
    if session.target != order.target:
        return [Fault("session", f"is for {session.target}, not for {order.target}")]
    return []


async def open_own_session(services: Services, job: Job) -> None:
    """Open the session that a job wants for itself, where it wants one."""
    if job.order.session == OWN_SESSION and job.session_id:
        order = job.order
        workspace = await services.workspaces.named(order.workspace)
        await workspace.open_session(
            NewSession(job.session_id, f"{order.name} {job.id}", job.target, None, order.priority, order.tags)
        )


async def close_own_sessions(services: Services, job: Job) -> None:
    """Close the sessions that a job had to itself, on every target that it was on."""
    if not job.own_sessions:
        return
    workspace = await services.workspaces.named(job.order.workspace)
    for session_id in job.own_sessions:
        with suppress(NotFoundError, RefusedError):  # never opened, or ended by itself
            await workspace.close_session(session_id)
