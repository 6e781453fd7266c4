"""Following a job, without a socket and on a clock of the test's own."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from client_support.fake_jobs_api import JOB_ID, a_view
from quantumjobs import JobView, NotFoundError, UnavailableError, UnreachableError, WatchTimeoutError
from quantumjobs.exchange import Answer, NoAnswer, Reply, Request
from quantumjobs.following import OUTAGE_LIMIT, SLOWEST_PAUSE, Following


@dataclass
class Deployment:
    """Plays a deployment for one watcher, whose pauses move the clock."""

    replies: list[Reply]
    now: float = 0.0
    requests: list[Request] = field(default_factory=list)

    def clock(self) -> float:
        """Tell the time."""
        return self.now

    def news(self, following: Following) -> JobView:
        """Play until the watcher has news; the last reply stays."""
        steps = following.next_news()
        try:
            request = next(steps)
            while True:
                self.now += request.after
                self.requests.append(request)
                request = steps.send(self.replies.pop(0) if len(self.replies) > 1 else self.replies[0])
        except StopIteration as end:
            view: JobView = end.value
            return view


def reply(phase: str, retry_after: str = "", **fields: Any) -> Answer:
    """Build the answer with a view."""
    return Answer(200, {"retry-after": retry_after}, json.dumps(a_view(phase, **fields)).encode())


def test_every_change_is_news_and_the_final_phase_is_the_last() -> None:
    """Views that differ are passed on, repetitions are not."""
    estimated = reply("waiting", estimatedQueueSeconds=1)
    plays = Deployment([reply("waiting"), reply("waiting"), estimated, reply("succeeded")])
    following = Following(JOB_ID, clock=plays.clock)

    news = []
    while not following.is_over:
        news.append(plays.news(following))

    assert [(view.phase, view.estimated_queue_seconds) for view in news] == [
        ("waiting", None),
        ("waiting", 1),
        ("succeeded", None),
    ]
    assert len(plays.requests) == 4


def test_a_view_in_hand_is_the_first_news() -> None:
    """After a submission nothing is asked for what is known already."""
    view = JobView.from_wire(a_view("accepted"))
    plays = Deployment([reply("succeeded")])
    following = Following(view, clock=plays.clock)

    assert plays.news(following) is view
    assert plays.requests == []


def test_the_server_sets_the_pace() -> None:
    """Between two looks lies at least what Retry-After asked for."""
    plays = Deployment([reply("waiting", "8"), reply("waiting", "20"), reply("succeeded")])
    following = Following(JOB_ID, clock=plays.clock)

    plays.news(following)
    plays.news(following)

    assert [request.after for request in plays.requests] == [0, 8, 20]


def test_without_a_wish_the_pauses_grow_to_a_limit() -> None:
    """A job that does not move is looked at ever more rarely, yet not too rarely."""
    plays = Deployment([*[reply("waiting")] * 20, reply("succeeded")])
    following = Following(JOB_ID, clock=plays.clock)

    plays.news(following)
    plays.news(following)

    pauses = [request.after for request in plays.requests[1:]]
    assert pauses[0] < 1
    assert SLOWEST_PAUSE * 0.8 <= pauses[-1] <= SLOWEST_PAUSE * 1.2


@pytest.mark.parametrize(
    "trouble", [NoAnswer("refused"), Answer(503, {}, b""), Answer(429, {"retry-after": "60"}, b"")]
)
def test_an_outage_is_waited_out_and_reported(trouble: Reply) -> None:
    """A deployment that goes away and comes back does not end the watching."""
    outages: list[str | None] = []
    plays = Deployment([reply("waiting"), *[trouble] * 8, reply("succeeded")])
    following = Following(JOB_ID, on_outage=outages.append, clock=plays.clock)

    plays.news(following)
    last = plays.news(following)

    assert last.phase == "succeeded"
    assert len(outages) == 9
    assert all(outages[:8])
    assert outages[8] is None


@pytest.mark.parametrize(
    ("trouble", "error"), [(NoAnswer("refused"), UnreachableError), (Answer(503, {}, b""), UnavailableError)]
)
def test_an_endless_outage_ends_the_watching(trouble: Reply, error: type[Exception]) -> None:
    """After the limit the watcher gives up, with the last trouble."""
    plays = Deployment([reply("waiting"), trouble])
    following = Following(JOB_ID, clock=plays.clock)
    plays.news(following)

    with pytest.raises(error):
        plays.news(following)

    assert OUTAGE_LIMIT <= plays.now < OUTAGE_LIMIT + 2 * SLOWEST_PAUSE


def test_a_job_that_is_gone_ends_the_watching_at_once() -> None:
    """What waiting cannot mend is raised."""
    plays = Deployment([reply("waiting"), Answer(404, {}, b"")])
    following = Following(JOB_ID, clock=plays.clock)
    plays.news(following)

    with pytest.raises(NotFoundError):
        plays.news(following)


def test_the_timeout_cuts_the_last_pause_short() -> None:
    """The watcher looks once more at the very end of its time, then says how far the job is."""
    plays = Deployment([reply("waiting", "50")])
    following = Following(JOB_ID, timeout=60, clock=plays.clock)
    plays.news(following)

    with pytest.raises(WatchTimeoutError) as raised:
        plays.news(following)

    assert plays.now == 60
    assert (raised.value.job_id, raised.value.phase) == (JOB_ID, "waiting")
