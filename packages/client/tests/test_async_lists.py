"""The lists of the asynchronous client: jobs one by one, or all of them as a data frame."""

import pytest

from client_support.fake_jobs_api import KEY, FakeJobsApi, a_view
from quantumjobs import AsyncJob, AsyncQuantumJobs

PAGES = (
    {"jobs": [a_view(id="a"), a_view("succeeded", id="b")], "continuation": "more"},
    {"jobs": [a_view(id="c")], "continuation": None},
)


async def test_a_list_gives_jobs_as_they_are_asked_for(api: FakeJobsApi) -> None:
    """A page is fetched when the one before is used up, and each job can be awaited."""
    api.answers("GET /api/jobs", *PAGES)

    async with AsyncQuantumJobs(api.url, KEY) as jobs:
        listed = jobs.list(phase="waiting", page_size=2)
        first = await anext(listed)
        calls_before = len(api.requests)
        rest = [job async for job in listed]

    assert isinstance(first, AsyncJob)
    assert [job.id for job in (first, *rest)] == ["a", "b", "c"]
    assert (calls_before, len(api.requests)) == (1, 2)


async def test_a_list_becomes_a_data_frame(api: FakeJobsApi) -> None:
    """With a row for each job, as the blocking client's does."""
    pytest.importorskip("pandas", reason="pandas is not installed")
    api.answers("GET /api/jobs", *PAGES)

    async with AsyncQuantumJobs(api.url, KEY) as jobs:
        frame = await jobs.list().to_dataframe()

    assert list(frame.id) == ["a", "b", "c"]
    assert list(frame.phase) == ["accepted", "succeeded", "accepted"]
