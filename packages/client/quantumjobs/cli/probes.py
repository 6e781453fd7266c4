"""What a deployment's workspace and its first job show from outside: a role that is not enough, a slow start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from quantumjobs.cli import signs
from quantumjobs.errors import QuantumJobsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from quantumjobs.jobs import JobView
    from quantumjobs.sync import QuantumJobs
    from quantumjobs.workspace_views import SessionPage

SLOW_ANSWER = 5.0  # seconds; a warm app takes a fraction of one
SLOW_SUBMISSION = 60.0
READY = "An instance that is always ready costs money and takes this away"


@dataclass(frozen=True)
class Finding:
    """The answer to one question."""

    name: str
    status: Literal["ok", "warning", "failed"]
    detail: str
    remedy: str | None = None


def workspace(client: QuantumJobs, name: str | None) -> Iterator[Finding]:
    """Ask for each thing of the workspace that a role may leave out: targets, quotas, sessions."""
    probes: tuple[tuple[str, Callable[[], str]], ...] = (
        ("targets", lambda: f"{len(client.targets(workspace=name).targets)} offered"),
        ("quotas", lambda: f"{len(client.quotas(workspace=name).quotas)} read"),
        ("sessions", lambda: _sessions(client.sessions_page(top=1, workspace=name))),
    )
    for topic, probe in probes:
        try:
            yield Finding(topic, "ok", probe())
        except QuantumJobsError as error:
            remedy = "The app's role on the workspace may not be enough for it, or not hold yet"
            yield Finding(topic, "warning", str(error), signs.with_sign(remedy, signs.ROLES))


def _sessions(page: SessionPage) -> str:
    return "read" if page.sessions else "none yet"


def answered(seconds: float) -> Finding:
    """Judge the first answer: a slow one met an app that had no instance."""
    if seconds < SLOW_ANSWER:
        return Finding("reachable", "ok", f"answered in {seconds * 1000:.0f} ms")
    detail = f"answered after {seconds:.0f} s: no instance was running, or far away"
    return Finding("reachable", "warning", detail, signs.with_sign(READY, signs.PACE))


def submission(job: JobView) -> Iterator[Finding]:
    """Judge how long the app took from the order to the workspace; nothing where the job does not tell."""
    submitted = next((change.at for change in job.history if change.phase == "waiting"), None)
    if submitted is None or job.created_at is None:
        return
    seconds = (submitted - job.created_at).total_seconds()
    detail = f"handed to the workspace {seconds:.0f} s after it came"
    if seconds < SLOW_SUBMISSION:
        yield Finding("submission", "ok", detail)
    else:
        yield Finding("submission", "warning", detail, signs.with_sign(READY, signs.PACE))


def sign_of_refusal(error: QuantumJobsError) -> str | None:
    """Name the sign that an order's refusal is, where it is one."""
    return signs.see(signs.COMPILES) if "compiler" in str(error).lower() else None
