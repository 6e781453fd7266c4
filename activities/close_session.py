"""Closes a job's own sessions."""

from activities.activity import activity
from orchestrators.messages import CloseSession, SessionClosed
from quantum.app import App
from quantum.service.sessions import close_own_sessions


@activity
async def close_session(message: CloseSession, app: App) -> SessionClosed:
    """Close the sessions on every target of the job; idempotent."""
    await close_own_sessions(app.services, message.job)
    return SessionClosed()
