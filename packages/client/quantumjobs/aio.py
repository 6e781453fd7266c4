"""The asynchronous client: runs the calls of `calls` and `following` over `httpx.AsyncClient`."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import httpx

from quantumjobs import calls, estimates, transport, workspace_calls
from quantumjobs.budget_methods import AsyncBudgetMethods
from quantumjobs.deployment import Deployment, find_deployment
from quantumjobs.following import Following
from quantumjobs.handles import AsyncJob
from quantumjobs.joblist import AsyncJobList
from quantumjobs.listing import Listing
from quantumjobs.orders import OrderFields, Program, build_order
from quantumjobs.progress import progress_of
from quantumjobs.versions import explained

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence
    from os import PathLike

    from typing_extensions import Self, Unpack

    from quantumjobs.calls import JobFilter, Named, OwnWorkspace
    from quantumjobs.estimates import EstimateList
    from quantumjobs.exchange import Reply, Request, Steps
    from quantumjobs.formats import FormatList
    from quantumjobs.jobs import JobPage, JobView
    from quantumjobs.orders import Json
    from quantumjobs.prices import CostSum
    from quantumjobs.sums import CountsSum
    from quantumjobs.views import Health, PoisonList, Result, TargetList
    from quantumjobs.workspace_calls import SessionFields
    from quantumjobs.workspace_views import QuotaList, Session, SessionPage
    from quantumjobs.workspaces import Workspace, WorkspaceList


T = TypeVar("T")


class AsyncQuantumJobs(AsyncBudgetMethods):
    """A deployment of Durable Quantum Jobs, for asyncio; `url` and `key` are found by `find_deployment` when left out.

    Every method may raise UnreachableError, UnauthorizedError, UnavailableError, UnexpectedAnswerError or, where the
    deployment is of another version than this client, VersionError. Wherever a job is asked for, an `AsyncJob`, a view
    of it or its id goes; `top` is a maximum everywhere.
    """

    def __init__(self, url: str | Deployment | None = None, key: str | None = None, *, timeout: float = 30.0) -> None:
        self.deployment = url if isinstance(url, Deployment) else find_deployment(url, key)
        self._http = httpx.AsyncClient(**transport.options(self.deployment, timeout))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.deployment.url} ({self.deployment.source})>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def submit(
        self,
        program: Program | Mapping[str, Json] | str | PathLike[str] | object,
        *,
        idempotency_key: str | None = None,
        **fields: Unpack[OrderFields],
    ) -> AsyncJob:
        """Hand over an order: a program or circuit with fields, a program file's path, or a whole order.

        RefusedError names every fault of the order. A key given twice with the same order is one job.
        """
        view = await self._run(calls.submit(build_order(program, **fields), idempotency_key))
        return AsyncJob(view, self)

    async def estimate(
        self,
        program: Program | Mapping[str, Json] | str | PathLike[str] | object,
        *,
        targets: Sequence[str] | None = None,
        **fields: Unpack[OrderFields],
    ) -> EstimateList:
        """Ask what an order would need and cost, on these targets, else its own, else all that take it; no job runs."""
        return await self._run(estimates.estimate(build_order(program, **fields), targets))

    async def get(self, job: Named) -> AsyncJob:
        """Read a job, or raise NotFoundError."""
        return AsyncJob(await self._run(calls.get(job)), self)

    async def result(self, job: Named) -> Result:
        """Read what came back, without waiting; NoResultError says why there is nothing, or nothing yet."""
        return await self._run(calls.result(job))

    async def raw(self, job: Named, *, part: int | None = None) -> AsyncIterator[bytes]:
        """Yield what the workspace put out, untouched, piece by piece; `part` counts those of a divided job from 1."""
        at, size = 0, 1
        while at < size:
            content, size = await self._run(calls.raw_part(job, at, part))
            at += len(content)
            yield content

    async def program(self, job: Named) -> AsyncIterator[bytes]:
        """Yield a job's program as it was submitted, part by part; its format is `input_format` of the job."""
        at, size = 0, 1
        while at < size:
            content, size = await self._run(calls.program_part(job, at))
            at += len(content)
            yield content

    async def cancel(self, job: Named) -> AsyncJob:
        """Ask for a job to be stopped; watch it to see how it ends."""
        return AsyncJob(await self._run(calls.cancel(job)), self)

    async def watch(
        self,
        job: Named,
        *,
        timeout: float | None = None,
        on_outage: Callable[[str | None], None] = lambda _: None,
    ) -> AsyncIterator[JobView]:
        """Yield the job's view now, at every change, and last at its end, or raise WatchTimeoutError (seconds).

        Outages are waited out: `on_outage` hears the reason of each, and None while all is well.
        """
        following = Following(job, timeout, on_outage)
        while not following.is_over:
            yield await self._run(following.next_news())

    async def wait(
        self, job: Named, *, timeout: float | None = None, check: bool = True, progress: bool | None = None
    ) -> AsyncJob:
        """Come back with the job at its end, or raise WatchTimeoutError; JobFailedError where it did not succeed.

        With `check=False` it comes back from any end. `progress` is shown in a notebook unless it is False, and
        elsewhere, on standard error, if it is True.
        """
        display = progress_of(progress)
        async for view in self.watch(job, timeout=timeout, on_outage=display.outage):
            display.news(view)
        ended = job.take(view) if isinstance(job, AsyncJob) else AsyncJob(view, self)
        if check:
            ended.raise_unless_succeeded()
        return ended

    async def list_page(
        self, *, top: int | None = None, continuation: str | None = None, **filters: Unpack[JobFilter]
    ) -> JobPage:
        """Read one page of the jobs, latest first unless another order is asked for."""
        return await self._run(calls.list_page(top, continuation, **filters))

    def list(
        self, *, top: int | None = None, page_size: int | None = None, **filters: Unpack[JobFilter]
    ) -> AsyncJobList:
        """Yield the jobs that match, `top` at most, fetching page after page of `page_size` as they are asked for."""
        views = self._through(partial(calls.list_page, **filters), top, page_size)
        return AsyncJobList(AsyncJob(view, self) async for view in views)

    async def counts(
        self,
        ids: Sequence[Named] | None = None,
        *,
        top: int | None = None,
        continuation: str | None = None,
        **filters: Unpack[JobFilter],
    ) -> CountsSum:
        """Add up the counts of the jobs with these ids, or of those that a list would give, `top` of them at most.

        Says which jobs it used, and which it left out and why.
        """
        return await self._run(calls.counts(ids, top, continuation, **filters))

    async def targets(self, *, workspace: str | None = None) -> TargetList:
        """Read where jobs can run, in the default workspace or another."""
        return await self._run(calls.targets(workspace))

    async def formats(self, *, workspace: str | None = None) -> FormatList:
        """Read what programs may come in, what providers make of them, and what a workspace's targets take."""
        return await self._run(calls.formats(workspace))

    async def costs(
        self,
        by: str | None = None,
        *,
        top: int | None = None,
        continuation: str | None = None,
        **filters: Unpack[JobFilter],
    ) -> CostSum:
        """Add up what the jobs have cost that a list would give, by target, provider, workspace or unit.

        Amounts of two units are never added. Says which jobs it left out and why.
        """
        return await self._run(calls.costs(by, top, continuation, **filters))

    async def quotas(self, provider: str | None = None, *, workspace: str | None = None) -> QuotaList:
        """Read what providers let the default workspace use, or another, and what is used of it."""
        return await self._run(workspace_calls.quotas(provider, workspace))

    async def adopt(
        self,
        job_id: str,
        *,
        tags: Mapping[str, str] | None = None,
        workspace: str | None = None,
        answer_to: str | Mapping[str, str] | None = None,
    ) -> AsyncJob:
        """Have the deployment care for a job that is in the workspace already, or raise NotFoundError."""
        return AsyncJob(await self._run(workspace_calls.adopt(job_id, tags, workspace, answer_to)), self)

    async def open_session(
        self, target: str, *, idempotency_key: str | None = None, **fields: Unpack[SessionFields]
    ) -> Session:
        """Open a session; submit into it by an order's field `session`."""
        return await self._run(workspace_calls.open_session(target, idempotency_key, **fields))

    async def session(self, session: Named, *, workspace: str | None = None) -> Session:
        """Read a session, or raise NotFoundError."""
        return await self._run(workspace_calls.session(session, workspace))

    async def close_session(self, session: Named, *, workspace: str | None = None) -> Session:
        """Close a session to new jobs; those that are in it go on."""
        return await self._run(workspace_calls.close_session(session, workspace))

    async def sessions_page(
        self, *, top: int | None = None, continuation: str | None = None, workspace: str | None = None
    ) -> SessionPage:
        """Read one page of the sessions, latest first."""
        return await self._run(workspace_calls.sessions_page(top, continuation, workspace))

    async def session_jobs(self, session: Named, *, workspace: str | None = None) -> AsyncIterator[JobView]:
        """Yield the jobs of a session, latest first, as the workspace tells of them."""
        async for job in self._through(partial(workspace_calls.session_jobs_page, session, workspace=workspace)):
            yield job

    async def poison(self) -> PoisonList:
        """Read which orders the deployment itself failed on; they are kept until they are replayed."""
        return await self._run(calls.poison())

    async def replay_poison(self, poison_id: str) -> str:
        """Have a poisoned order tried again and give its job's id, or raise NotFoundError."""
        return await self._run(calls.replay_poison(poison_id))

    async def workspaces(self) -> WorkspaceList:
        """Read which workspaces an order can name, without their secrets."""
        return await self._run(calls.workspaces())

    async def workspace(self, name: str) -> Workspace:
        """Read one of these workspaces, without its secret; NotFoundError where there is none of this name."""
        return await self._run(calls.workspace(name))

    async def add_workspace(self, **own: Unpack[OwnWorkspace]) -> Workspace:
        """Add a workspace that its credential opens, or give one a new credential; RefusedError says why not."""
        return await self._run(calls.add_workspace(**own))

    async def remove_workspace(self, name: str) -> None:
        """Have a workspace forgotten; NotFoundError, or ApiError (409) while jobs are on their way in it."""
        await self._run(calls.remove_workspace(name))

    async def health(self) -> Health:
        """Read how the deployment and each of its dependencies are."""
        return await self._run(calls.health())

    async def _through(
        self,
        page: Callable[[int | None, str | None], Steps[JobPage]],
        top: int | None = None,
        page_size: int | None = None,
    ) -> AsyncIterator[JobView]:
        listing = Listing(page, top, page_size)
        while not listing.is_over:
            for view in await self._run(listing.next_jobs()):
                yield view

    async def _run(self, steps: Steps[T]) -> T:
        steps = explained(steps)
        try:
            request = next(steps)
            while True:
                await asyncio.sleep(request.after)
                request = steps.send(await self._exchange(request))
        except StopIteration as end:
            outcome: T = end.value
            return outcome

    async def _exchange(self, request: Request) -> Reply:
        try:
            return transport.answer(await self._http.request(**transport.arguments(request)))
        except httpx.RequestError as error:
            return transport.no_answer(error)
