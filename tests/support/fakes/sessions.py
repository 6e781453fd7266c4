"""The sessions and quotas of a workspace in memory: they change when a test says so."""

from collections.abc import Sequence
from dataclasses import replace

from quantum.jobs.errors import NotFoundError
from quantum.workspaces.remote import NewSession, Quota, RemoteJob, Session
from tests.support.fakes.failing import Failing


class InMemorySessions(Failing):
    """That part of the Workspace port; `sessions_by_id` are in the order in which they were opened."""

    def __init__(self) -> None:
        super().__init__()
        self.sessions_by_id: dict[str, Session] = {}
        self.known_quotas: list[Quota] = []
        self.jobs: dict[str, RemoteJob] = {}

    async def quotas(self) -> Sequence[Quota]:
        """List what every provider lets the workspace use."""
        self._answer()
        return list(self.known_quotas)

    async def open_session(self, new: NewSession) -> Session:
        """Open a session, or return it if it is there already, as it is."""
        self._answer()
        tags = tuple(f"{name}={text}" for name, text in new.tags.items())
        provider = new.target.partition(".")[0]
        policy = new.job_failure_policy or "Abort"
        opened = Session(new.id, new.name, new.target, provider, "Waiting", policy, new.priority, tags)
        return self.sessions_by_id.setdefault(new.id, opened)

    async def session(self, session_id: str) -> Session:
        """Read a session; NotFoundError where there is none."""
        self._answer()
        if session_id not in self.sessions_by_id:
            raise NotFoundError("There is no such session.")
        return self.sessions_by_id[session_id]

    async def close_session(self, session_id: str) -> Session:
        """Close a session to new jobs; one that is over stays as it ended."""
        session = await self.session(session_id)
        if session.is_open:
            self.sessions_by_id[session_id] = replace(session, status="Succeeded")
        return self.sessions_by_id[session_id]

    async def sessions(self, skip: int, top: int) -> tuple[Sequence[Session], bool]:
        """List sessions newest first, and say whether there are more."""
        self._answer()
        newest = [*self.sessions_by_id.values()][::-1]
        return newest[skip : skip + top], len(newest) > skip + top

    async def session_jobs(self, session_id: str, skip: int, top: int) -> tuple[Sequence[RemoteJob], bool]:
        """List the jobs of a session newest first, and say whether there are more."""
        await self.session(session_id)
        newest = [job for job in self.jobs.values() if job.session == session_id][::-1]
        return newest[skip : skip + top], len(newest) > skip + top
