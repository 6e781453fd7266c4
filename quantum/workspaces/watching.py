"""Decides which jobs a watcher wakes, by comparing a workspace's list of unfinished jobs with what the index says.

A list may be stale in either direction, and a wake is only a hint to look: a job that is no longer listed may run, and
the job itself asks the workspace. The same observation wakes a job again only after a pause that doubles.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import sqrt
from typing import NamedTuple

from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job
from quantum.jobs.parts import has_ended, phase_of_part
from quantum.wire import codec
from quantum.wire.records import record
from quantum.workspaces.remote import ListedJob

MANY = 25  # waiting jobs: from here on a request for the list every few seconds costs less than a request for each job
FEW = 10  # a watcher ends below: the gap keeps a number near the limit from starting and ending it again and again
NEW = timedelta(seconds=30)  # a job may be missing from the list for so long after it was created
REPEAT, LONGEST_REPEAT = timedelta(minutes=1), timedelta(minutes=15)
COVERED = frozenset({Phase.WAITING, Phase.EXECUTING})
REFRESH = timedelta(minutes=10)  # jobs that moved to another target or were adopted are watched from the next reading
GUESSES = 50  # more new jobs than this, and a quarter of the others, are read from the index
PAUSE_SECONDS = 5.0  # after one page; n pages take the square root of n as long: 16 s for ten
MOST_WOKEN = 1_000  # in one round: a list that is empty by mistake must not wake ten thousand jobs at once
STRIDE = 0.6
LONGEST_PAUSE_SECONDS = 60.0  # the estimates of queues, too, come from these rounds
COST_SHARE = 20  # a round may take a twentieth of the time


class WatchedJob(NamedTuple):
    """A job in the workspace: its id here, and its phase as the index or, for a new job, the first list says."""

    job_id: str
    phase: Phase
    since: datetime


class Report(NamedTuple):
    """The observations for which a job was woken, None for its absence; they count again from `due` on."""

    observed: frozenset[Phase | None]
    times: int
    due: datetime

    def after(self, observed: Phase | None, now: datetime) -> "Report":
        """Add an observation."""
        pause = min(REPEAT * 2 ** min(self.times, 10), LONGEST_REPEAT)
        return Report(self.observed | {observed}, self.times + 1, now + pause)


NOTHING_REPORTED = Report(frozenset(), 0, datetime.min.replace(tzinfo=UTC))


@record
class Reading:
    """One reading of the list: when it began, its jobs by their remote id, and whether it reached the end."""

    began: datetime
    listed: Mapping[str, ListedJob]
    is_complete: bool = True

    @property
    def covers_until(self) -> datetime:
        """The time of creation up to which it has every job: lists are oldest first."""
        times = [job.created for job in self.listed.values() if job.created]
        return self.began if self.is_complete else max(times, default=self.began)


@record
class Wakes:
    """The remote ids of the jobs to wake: at once, and those woken before, which the index should be asked about."""

    first: Sequence[str]
    repeated: Sequence[str]


@dataclass
class Watch:
    """What one process knows of a workspace's jobs; lost with the process, and then read again from the index.

    `scanned_at` is when the last reading of the index began. `guessed` are new jobs whose owner it does not know,
    `ignored` those that need no watch, both since that reading.
    """

    scanned_at: datetime | None = None
    jobs: dict[str, WatchedJob] = field(default_factory=dict)
    guessed: set[str] = field(default_factory=set)
    ignored: set[str] = field(default_factory=set)
    reports: dict[str, Report] = field(default_factory=dict)

    def needs_index(self, now: datetime) -> bool:
        """Say whether to read the index again."""
        many = len(self.guessed) > GUESSES + (len(self.jobs) - len(self.guessed)) // 4
        return self.scanned_at is None or now - self.scanned_at >= REFRESH or many

    def replace_jobs(self, jobs: Iterable[Job], at: datetime) -> None:
        """Take over the open jobs of the index, whose reading began at this moment."""
        in_workspace = (job for job in jobs if job.phase in COVERED)
        self.jobs = {remote_id: watched for job in in_workspace for remote_id, watched in _watched(job).items()}
        self.guessed, self.ignored = set(), set()
        self.reports = {remote_id: report for remote_id, report in self.reports.items() if remote_id in self.jobs}
        self.scanned_at = at

    def correct(self, remote_id: str, job: Job | None) -> bool:
        """Take over what the index says of one job; return False where it need not be watched any more."""
        watched = _watched(job) if job and job.phase in COVERED else {}
        if remote_id not in watched:
            self.forget(remote_id)
            return False
        self.jobs[remote_id] = watched[remote_id]
        self.guessed.discard(remote_id)
        return True

    def forget(self, remote_id: str) -> None:
        """Stop watching a job, though the list may still have it."""
        self.ignored.add(remote_id)
        self.jobs.pop(remote_id, None)
        self.guessed.discard(remote_id)
        self.reports.pop(remote_id, None)

    def compare(self, reading: Reading, now: datetime) -> Wakes:
        """Choose whom to wake, and remember for what."""
        self._guess(reading)
        first: list[str] = []
        repeated: list[str] = []
        for remote_id, observed in self._changed(reading):
            report = self.reports.get(remote_id, NOTHING_REPORTED)
            if observed in report.observed and now < report.due:
                continue
            if not report.times and len(first) == MOST_WOKEN:
                continue  # in the next round
            (repeated if report.times else first).append(remote_id)
            self.reports[remote_id] = report.after(observed, now)
        return Wakes(first, repeated)

    def has_changed(self, remote_id: str, reading: Reading) -> bool:
        """Say whether the list differs from the last phase of a job; a missing job that is new has not changed."""
        watched, listed = self.jobs[remote_id], reading.listed.get(remote_id)
        if listed is not None:
            return listed.phase is not watched.phase
        return reading.is_complete and reading.began - watched.since >= NEW

    def waiting(self, reading: Reading) -> Mapping[str, int]:
        """Count the jobs that wait, by target."""
        return Counter(target for target, _ in self._waiting_since(reading))

    def oldest(self, reading: Reading) -> Mapping[str, datetime]:
        """Return, by target, when the job was submitted that has waited longest."""
        oldest: dict[str, datetime] = {}
        for target, since in self._waiting_since(reading):
            oldest[target] = min(since, oldest.get(target, since))
        return oldest

    def youngest(self, reading: Reading) -> datetime:
        """Return when the job was submitted that has waited least."""
        return max((since for _, since in self._waiting_since(reading)), default=reading.began)

    def _waiting_since(self, reading: Reading) -> Iterator[tuple[str, datetime]]:
        for remote_id, job in self.jobs.items():
            listed = reading.listed.get(remote_id)
            if listed and listed.phase is Phase.WAITING:
                yield listed.target, job.since

    def _changed(self, reading: Reading) -> Iterator[tuple[str, Phase | None]]:
        for remote_id in self.jobs:
            if self.has_changed(remote_id, reading):
                listed = reading.listed.get(remote_id)
                yield remote_id, listed.phase if listed else None

    def _guess(self, reading: Reading) -> None:
        """Watch the jobs that were created after the index was read: most have the same id in the workspace and here.

        To wake a job of somebody else is harmless: no instance has its id.
        """
        if self.scanned_at is None:
            return
        for remote_id in reading.listed.keys() - self.jobs.keys() - self.ignored:
            since = reading.listed[remote_id].created or reading.began
            if since >= self.scanned_at - NEW:
                # Its orchestration has seen it wait, or looks often: only another phase is news.
                self.jobs[remote_id] = WatchedJob(remote_id, Phase.WAITING, since)
                self.guessed.add(remote_id)


def pause_after(pages: int, cost_seconds: float, youngest: timedelta = timedelta()) -> float:
    """Return the pause in seconds before the next round: longer for a long list or a costly round.

    It is no longer than the pause of the youngest job would be if it looked for itself (`orchestrators.cadence`).
    """
    own_pause = STRIDE * sqrt(max(youngest.total_seconds(), 0.0))
    return max(PAUSE_SECONDS * sqrt(max(pages, 1)), min(own_pause, LONGEST_PAUSE_SECONDS), COST_SHARE * cost_seconds)


def _watched(job: Job) -> dict[str, WatchedJob]:
    """Return what to watch of a job, by remote id: of a divided one, the parts that have not ended."""
    since = codec.moment(job.remote.since or job.created_at)
    if not job.remote.parts:
        return {job.remote_id: WatchedJob(job.id, job.phase, since)}
    phases = {part.remote_id: phase_of_part(part) for part in job.remote.parts if not has_ended(part)}
    return {remote_id: WatchedJob(job.id, phase or job.phase, since) for remote_id, phase in phases.items()}
