"""An upload is an order whatever becomes of its event, and a job's end is told whatever becomes of its wake-up."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from tests.faults.uploads_and_events import OUTPUT, Uploads, a_name, serve_uploads

MANY, SOME = 200, 28  # of the latter, too, each fate meets both halves twice
MINUTES = timedelta(minutes=1)
REFUSALS = (401, 403, 404, 503)
FATES = ("delivered", "dropped", "refused", "delivered twice", "delayed", "delayed and changed", "dropped and changed")


@pytest.fixture
async def uploads(storage_account: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Uploads]:
    """The product with its events in hand."""
    async with serve_uploads(storage_account, tmp_path_factory.mktemp("uploads")) as uploads:
        yield uploads


def fate_of(number: int) -> str:
    """What becomes of an upload's event."""
    return FATES[number % len(FATES)]


def those(numbers: range, *fates: str) -> list[int]:
    """The uploads that have one of these fates."""
    return [number for number in numbers if fate_of(number) in fates]


async def meet(uploads: Uploads, numbers: range) -> list[int]:
    """Upload so many programs, let their events meet their fates, and give what Event Grid was answered."""
    await uploads.together(*(uploads.upload(a_name(number)) for number in numbers))
    delivered = those(numbers, "delivered", "delivered twice") + those(numbers, "delivered twice")
    refused = those(numbers, "refused")
    answered = await uploads.together(
        *(uploads.deliver(a_name(number)) for number in delivered),
        *(uploads.deliver(a_name(number), refused=REFUSALS[number % 4]) for number in refused),
    )
    changed = those(numbers, "delayed and changed", "dropped and changed")
    await uploads.together(*(uploads.change(a_name(number)) for number in changed[::2]))
    return answered


async def test_the_blob_door_loses_no_upload(uploads: Uploads, chaos: object) -> None:
    """With events delivered, dropped, refused or delayed, and the app stopped in between; none runs twice.

    `make chaos` uploads 200 programs, every other run 28.
    """
    count = MANY if chaos else SOME
    half, all_of_them = count // 2, range(count)
    names = [a_name(number) for number in all_of_them]
    async with uploads.app():
        assert await uploads.keep_house(after=0 * MINUTES) == 0
        answered = await meet(uploads, range(half))
    answered_while_stopped = await meet(uploads, range(half, count))
    async with uploads.app():
        counts = [await uploads.keep_house(after=6 * MINUTES)]
        await uploads.together(*(uploads.change(a_name(each)) for each in those(all_of_them, "delayed and changed")))
        late = those(all_of_them, "delayed", "delayed and changed")
        await uploads.together(*(uploads.deliver(a_name(number)) for number in late))
        jobs = await uploads.answers_to(names, 300)
        await uploads.together(*(uploads.change(a_name(each)) for each in all_of_them[::3]))
        counts += [await uploads.keep_house(after=(12 + each) * MINUTES) for each in range(3)]
        await uploads.together(*(uploads.deliver(a_name(number)) for number in late[::4]))

    executed = await uploads.executions()
    assert {202, 401, 403, 404, 503} >= set(answered) > {202}
    assert set(answered_while_stopped) == {503}
    assert {job["phase"] for job in jobs} == {"succeeded"}
    assert len({job["id"] for job in jobs}) == count
    assert sorted(executed) == sorted(job["id"] for job in jobs)
    assert (counts[0] >= count // 2, counts[1:]) == (True, [0, 0, 0])
    assert {path: len({each["id"] for each in answers}) for path, answers in uploads.answers.items()} == {
        f"orders/{name}": 1 for name in names
    }


@pytest.mark.parametrize("refused", REFUSALS)
async def test_a_wake_up_that_is_refused_costs_time_and_no_order(uploads: Uploads, refused: int) -> None:
    """The app looks by itself: minutes late after an hour of waiting, and nothing else differs."""
    queue_seconds = 3600
    async with uploads.app():
        await uploads.admin.patch("/admin/targets/ionq.qpu.aria-1", json={"queueSeconds": queue_seconds})
        name = f"ionq.qpu.aria-1/{refused}.json"
        await uploads.upload(name)
        assert await uploads.deliver(name) == 202
        (job,) = await uploads.answers_to([name], 60)
        answer = await uploads.announce("EventGrid", "wake_from_event", OUTPUT.format(job["id"]), refused=refused)

    began, ended = (datetime.fromisoformat(job["history"][place]["at"]) for place in (0, -1))
    assert (answer, job["phase"], job["wakes"]) == (refused, "succeeded", 0)
    assert ended - began < timedelta(seconds=queue_seconds) + 5 * MINUTES
    assert (await uploads.executions()).count(job["id"]) == 1
