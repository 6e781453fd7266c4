"""The jobs of a list, fetched as they are asked for, blocking or asynchronous; a notebook shows the first of them."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

from quantumjobs import frames, pictures
from quantumjobs.handles import AsyncJob, Job

if TYPE_CHECKING:
    import pandas as pd


class JobList(Iterator[Job]):
    """Jobs one after the other; those that a notebook has shown are included."""

    def __init__(self, jobs: Iterator[Job]) -> None:
        self._jobs = jobs
        self._shown: deque[Job] = deque()

    def __next__(self) -> Job:
        return self._shown.popleft() if self._shown else next(self._jobs)

    def to_dataframe(self) -> pd.DataFrame:
        """Fetch the rest of the list into a pandas DataFrame, a row for each job."""
        return frames.of_jobs(list(self))

    def _repr_html_(self) -> str:
        while len(self._shown) <= pictures.MOST_ROWS and (job := next(self._jobs, None)) is not None:
            self._shown.append(job)
        return pictures.of_jobs(tuple(self._shown))


class AsyncJobList(AsyncIterator[AsyncJob]):
    """Jobs one after the other, of an asynchronous client; `await jobs.list().to_dataframe()` fetches all."""

    def __init__(self, jobs: AsyncIterator[AsyncJob]) -> None:
        self._jobs = jobs

    async def __anext__(self) -> AsyncJob:
        return await anext(self._jobs)

    async def to_dataframe(self) -> pd.DataFrame:
        """Fetch the rest of the list into a pandas DataFrame, a row for each job."""
        return frames.of_jobs([job async for job in self])
