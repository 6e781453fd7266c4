"""`qjobs watch` and `qjobs wait`: one job or several to their end."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quantumjobs.cli import showing
from quantumjobs.cli.choosing import chosen
from quantumjobs.cli.client import connect
from quantumjobs.cli.codes import OK, UNSUCCESSFUL
from quantumjobs.cli.options import SHOWN_OUTCOMES
from quantumjobs.cli.text import timestamp
from quantumjobs.cli.watching import display_for, has_news, situation, title
from quantumjobs.errors import UnavailableError, UnreachableError, WatchTimeoutError
from quantumjobs.following import FIRST_PAUSE, GROWTH, OUTAGE_LIMIT, SLOWEST_PAUSE

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Sequence

    from quantumjobs.cli.client import CommandClient
    from quantumjobs.cli.screen import Screen
    from quantumjobs.errors import QuantumJobsError
    from quantumjobs.jobs import JobView


def watch(options: Namespace, screen: Screen) -> int:
    """Follow jobs to their end."""
    with connect(options) as client:
        jobs = chosen(client, options)
        if not jobs:
            screen.note("no jobs match that have not ended")
            return OK
        return follow(client, jobs, options.timeout, screen)


def wait(options: Namespace, screen: Screen) -> int:
    """Wait until jobs have ended, and say how each did."""
    with connect(options) as client:
        jobs = chosen(client, options)
        try:
            if not jobs:
                screen.note("no jobs match that have not ended")
            ended = [view for view in _each(client, jobs, options.timeout, screen) if view.is_final]
        except KeyboardInterrupt:
            _go_on(jobs, screen)
            raise
    for view in ended:
        if screen.form == "table":
            screen.line(f"{view.phase}: {title(view)}" if not screen.quiet else view.id)
    if screen.form != "table":
        documents = [view.raw for view in ended]
        screen.document(documents[0] if len(documents) == 1 else {"jobs": documents})
    return OK if all(view.phase == "succeeded" for view in ended) else UNSUCCESSFUL


def follow(client: CommandClient, jobs: Sequence[JobView | str], timeout: float | None, screen: Screen) -> int:
    """Show jobs on their way, and their counts at the end."""
    try:
        if len(jobs) == 1:
            return _ending(client, _last_of(client, jobs[0], timeout, screen), screen)
        return _follow_all(client, jobs, timeout, screen)
    except KeyboardInterrupt:
        _go_on(jobs, screen)
        raise


def _go_on(jobs: Sequence[JobView | str], screen: Screen) -> None:
    ids = " ".join(job if isinstance(job, str) else job.id for job in jobs)
    which = "the job goes on. To watch it" if len(jobs) == 1 else "the jobs go on. To watch them"
    screen.note(f"stopped watching; {which} again: qjobs watch {ids}")


def _last_of(client: CommandClient, job: JobView | str, timeout: float | None, screen: Screen) -> JobView:
    display = display_for(screen)
    with display.running():
        for view in client.watch(job, timeout=timeout, on_outage=display.outage):
            display.news(view)
    return view


def _ending(client: CommandClient, view: JobView, screen: Screen) -> int:
    if view.phase != "succeeded":
        if not screen.as_json:
            showing.error_of(view, screen)
        return UNSUCCESSFUL
    result = client.result(view.id)
    if screen.as_json:
        screen.json_line({**view.raw, "result": result.raw})
    else:
        showing.result(result, SHOWN_OUTCOMES, screen)
    return OK


def _follow_all(client: CommandClient, jobs: Sequence[JobView | str], timeout: float | None, screen: Screen) -> int:
    """Write a line for each change of each job."""
    ended = []
    for view in _each(client, jobs, timeout, screen):
        if screen.as_json:
            screen.json_line(view.raw)
        else:
            at = view.history[-1].at if view.history else None
            when = f"{timestamp(at)}  " if at else ""
            screen.line(f"{when}{view.id}  {view.phase:<10}  {view.name or ''}  {situation(view)}".rstrip())
        if view.is_final:
            ended.append(view)
    if not screen.as_json:
        succeeded = sum(view.phase == "succeeded" for view in ended)
        screen.line(
            f"{succeeded} of {len(ended)} succeeded; their counts: qjobs result ID, or qjobs counts for the sum"
        )
    return OK if all(view.phase == "succeeded" for view in ended) else UNSUCCESSFUL


def _each(
    client: CommandClient, jobs: Sequence[JobView | str], timeout: float | None, screen: Screen
) -> Iterator[JobView]:
    """Yield every change of every job until all have ended; an outage is borne for a while."""
    round_ = Round(client, screen, [job if isinstance(job, str) else job.id for job in jobs])
    began, pause = time.monotonic(), FIRST_PAUSE
    while round_.open:
        changed = list(round_.look())
        yield from changed
        pause = FIRST_PAUSE if changed else min(pause * GROWTH, SLOWEST_PAUSE)
        left = pause if timeout is None else timeout - (time.monotonic() - began)
        if round_.open and left <= 0:
            first = round_.open[0]
            raise WatchTimeoutError(first, round_.shown[first].phase if first in round_.shown else None)
        time.sleep(min(pause, left) if round_.open else 0)


@dataclass
class Round:
    """Looks at several jobs in turn, as long as each is open."""

    client: CommandClient
    screen: Screen
    open: list[str]
    shown: dict[str, JobView] = field(default_factory=dict)
    last_answer: float = field(default_factory=time.monotonic)
    is_away: bool = False

    def look(self) -> Iterator[JobView]:
        """Yield the views of the jobs that have changed."""
        for job_id in tuple(self.open):
            try:
                view = self.client.get(job_id)
            except (UnreachableError, UnavailableError) as error:
                self._note_outage(error)
                return
            self.last_answer, self.is_away = time.monotonic(), False
            before, self.shown[job_id] = self.shown.get(job_id), view
            if view.is_final:
                self.open.remove(job_id)
            if has_news(before, view):
                yield view

    def _note_outage(self, error: QuantumJobsError) -> None:
        if time.monotonic() - self.last_answer > OUTAGE_LIMIT:
            raise error
        if not self.is_away:
            self.screen.note(f"the deployment is out of reach ({error}); trying again")
        self.is_away = True
