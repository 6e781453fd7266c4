"""Closes the session that a job had to itself."""

from activities.activity import activity
from orchestrators.messages import CloseSession, SessionClosed
from quantum.app import App
from quantum.service.sessions import close_own_sessions


@activity
async def close_session(message: CloseSession, app: App) -> SessionClosed:
    """Close it on every target that the job was on; closed twice, it is the same."""
    await close_own_sessions(app.services, message.job)
    return SessionClosed()
