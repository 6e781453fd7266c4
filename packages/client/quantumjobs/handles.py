"""A job that can be asked to act: its view together with the client that it came from, blocking or asynchronous."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quantumjobs.jobs import JobView

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator, Iterator

    from typing_extensions import Self

    from quantumjobs.aio import AsyncQuantumJobs
    from quantumjobs.sync import QuantumJobs
    from quantumjobs.views import Result


class Handle(JobView):
    """A job view that is replaced whenever its client learns more; two handles are equal if they are of one job."""

    def __init__(self, view: JobView) -> None:
        self.take(view)

    def take(self, view: JobView) -> Self:
        """Show what a newer view of the job says."""
        self.__dict__.update({name: value for name, value in vars(view).items() if name != "client"})
        return self

    @property
    def status(self) -> str:
        """The phase that the job is in, by the name that other libraries have for it."""
        return self.phase

    @property
    def view(self) -> JobView:
        """The job as it was when last seen: a view that stays as it is."""
        return JobView.from_wire(self.raw)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Handle) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)


class Job(Handle):
    """A job of a blocking client; every field of its `JobView` is an attribute, as it was when last seen.

    >>> job = jobs.submit("bell.qasm", target="ionq.simulator", shots=1000)
    >>> job.wait().status
    'succeeded'
    >>> job.result().counts
    {'00': 497, '11': 503}
    """

    client: QuantumJobs

    def __init__(self, view: JobView, client: QuantumJobs) -> None:
        super().__init__(view)
        self.__dict__["client"] = client

    def refresh(self) -> Self:
        """Ask how the job is now."""
        return self.take(self.client.get(self.id))

    def watch(self, *, timeout: float | None = None) -> Iterator[JobView]:
        """Yield the job's view now, at every change, and last at its end, or raise WatchTimeoutError (seconds)."""
        for view in self.client.watch(self, timeout=timeout):
            self.take(view)
            yield view

    def wait(self, *, timeout: float | None = None, check: bool = True, progress: bool | None = None) -> Self:
        """Come back when the job has ended; JobFailedError says why where it did not succeed.

        With `check=False` it comes back from any end. `progress` is shown in a notebook unless it is False, and
        elsewhere, on standard error, if it is True.
        """
        self.client.wait(self, timeout=timeout, check=check, progress=progress)
        return self

    def result(self, *, timeout: float | None = None) -> Result:
        """Wait for the end and read what came back, or raise JobFailedError."""
        if not self.is_final:
            self.wait(timeout=timeout, check=False)
        self.raise_unless_succeeded()
        return self.client.result(self.id)

    def cancel(self) -> Self:
        """Ask for the job to be stopped; it ends in its own time, and perhaps succeeds still."""
        return self.take(self.client.cancel(self.id))


class AsyncJob(Handle):
    """A job of an asynchronous client; to await it is to await its result.

    >>> async def first_counts():
    ...     async with AsyncQuantumJobs() as jobs:
    ...         job = await jobs.submit("bell.qasm", target="ionq.simulator", shots=1000)
    ...         return (await job).counts
    >>> asyncio.run(first_counts())
    {'00': 497, '11': 503}
    """

    client: AsyncQuantumJobs

    def __init__(self, view: JobView, client: AsyncQuantumJobs) -> None:
        super().__init__(view)
        self.__dict__["client"] = client

    def __await__(self) -> Generator[object, None, Result]:
        return self.result().__await__()

    async def refresh(self) -> Self:
        """Ask how the job is now."""
        return self.take(await self.client.get(self.id))

    async def watch(self, *, timeout: float | None = None) -> AsyncIterator[JobView]:
        """Yield the job's view now, at every change, and last at its end, or raise WatchTimeoutError (seconds)."""
        async for view in self.client.watch(self, timeout=timeout):
            self.take(view)
            yield view

    async def wait(self, *, timeout: float | None = None, check: bool = True, progress: bool | None = None) -> Self:
        """Come back when the job has ended; JobFailedError says why where it did not succeed.

        With `check=False` it comes back from any end. `progress` is shown in a notebook unless it is False, and
        elsewhere, on standard error, if it is True.
        """
        await self.client.wait(self, timeout=timeout, check=check, progress=progress)
        return self

    async def result(self, *, timeout: float | None = None) -> Result:
        """Wait for the end and read what came back, or raise JobFailedError."""
        if not self.is_final:
            await self.wait(timeout=timeout, check=False)
        self.raise_unless_succeeded()
        return await self.client.result(self.id)

    async def cancel(self) -> Self:
        """Ask for the job to be stopped; it ends in its own time, and perhaps succeeds still."""
        return self.take(await self.client.cancel(self.id))
