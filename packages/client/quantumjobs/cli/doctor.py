"""Finds out what stands between this machine and a deployment, one question after the other, and ends with a job."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quantumjobs.cli import probes, signs
from quantumjobs.cli.client import connect
from quantumjobs.cli.probes import Finding
from quantumjobs.deployment import find_deployment, local_stack
from quantumjobs.errors import (
    ApiError,
    NoDeploymentError,
    QuantumJobsError,
    UnauthorizedError,
    UnreachableError,
    UsageError,
    WatchTimeoutError,
)
from quantumjobs.orders import Program

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Mapping

    from quantumjobs.deployment import Deployment
    from quantumjobs.jobs import JobView
    from quantumjobs.orders import OrderFields
    from quantumjobs.sync import QuantumJobs

FREE_SIMULATORS = ("ionq.simulator", "rigetti.sim.qvm")  # of those that the workspace offers, the first is taken
SHOTS = 100
TRIAL = "job"
BELL = 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[2] q;\nbit[2] c;\nh q[0];\ncx q[0], q[1];\nc = measure q;\n'
NO_EVENT = (
    "In Azure: look at the alert about undelivered events, and run `azd hooks run postdeploy`, which subscribes. A "
    "workspace that was there before sends none"
)
NOT_OURS = "In Azure: the functions may not have started"
FAST = "Try it once more, or with a slower simulator by --target."


@dataclass(frozen=True)
class Trial:
    """The job that the doctor has run: where (else on the first free simulator), and how many seconds it may take."""

    target: str | None = None
    timeout: float = 300.0


def examine(options: Namespace, trial: Trial | None = None) -> Iterator[Finding]:
    """Look at the local stack, the address, the way there, the key, each dependency of the app; then run a trial.

    Each finding comes as soon as it is there.
    """
    yield _local()
    try:
        deployment = find_deployment(options.url, options.key)
    except (NoDeploymentError, UsageError) as error:
        yield Finding("deployment", "failed", str(error))
        return
    yield Finding("deployment", "ok", f"{deployment.url} ({deployment.source})")
    if deployment.sends_key_in_clear:
        yield Finding("encryption", "warning", "the key crosses the network unencrypted: use https")
    with connect(options) as client:
        yield from _all_of(client, trial, options.workspace)


def _all_of(client: QuantumJobs, trial: Trial | None, workspace: str | None) -> Iterator[Finding]:
    well = True
    for finding in _way_there(client):
        well = well and finding.status != "failed"
        yield finding
    if well:
        yield from probes.workspace(client, workspace)
    if trial is not None and well:
        yield from _trial(client, trial, workspace)


def _local() -> Finding:
    try:
        stack = local_stack()
    except UsageError as error:
        return Finding("local stack", "warning", str(error))
    return Finding("local stack", "ok", stack.source if stack else "none in this folder or above")


def _way_there(client: QuantumJobs) -> Iterator[Finding]:
    began = time.monotonic()
    try:
        health = client.health()
    except UnreachableError as error:
        yield Finding("reachable", "failed", *_unreachable(client.deployment, error))
        return
    except UnauthorizedError as error:
        yield probes.answered(time.monotonic() - began)
        yield _wrong_key(client.deployment, error)
        return
    except QuantumJobsError as error:
        yield Finding("reachable", "failed", str(error), signs.with_sign(NOT_OURS, signs.STARTS))
        return
    yield probes.answered(time.monotonic() - began)
    yield _key(client)
    yield Finding("settings", "ok", "complete: with a wrong one the app would not have started")
    yield Finding("health", "ok" if health.status == "ok" else "failed", health.status)
    for name, check in health.checks.items():
        if check.status == "ok":
            yield Finding(name, "ok", check.detail or check.status)
        else:
            yield Finding(name, "failed", check.detail or check.status, signs.with_sign(check.remedy, signs.ROLES))


def _unreachable(deployment: Deployment, error: UnreachableError) -> tuple[str, str | None]:
    if deployment.is_loopback:
        return f"{error.reason}: is the local stack running?", None
    return f"{error.reason}: is the URL right, and the network there?", signs.with_sign(NOT_OURS, signs.STARTS)


def _key(client: QuantumJobs) -> Finding:
    try:
        client.list_page(top=1)
    except UnauthorizedError as error:
        return _wrong_key(client.deployment, error)
    except ApiError as error:
        return Finding("key", "warning", f"could not be tried: {error}")
    return Finding("key", "ok", "accepted")


def _wrong_key(deployment: Deployment, error: UnauthorizedError) -> Finding:
    if error.raw:  # the app itself refuses, so the key is right
        return Finding("sign-in", "failed", str(error), "sign in: qjobs config set auth entra, and its scope")
    what = "the key is not accepted" if deployment.key else "no key was given"
    return Finding("key", "failed", f"{what} (HTTP {error.status}): give it by QJOBS_KEY or --key")


def _trial(client: QuantumJobs, trial: Trial, workspace: str | None) -> Iterator[Finding]:
    """Run a Bell pair to its end, and say whether an event or a look has found it there."""
    try:
        target = trial.target or _free_simulator(client, workspace)
        fields: OrderFields = {"name": "qjobs doctor", "target": target, "shots": SHOTS}
        if workspace:
            fields["workspace"] = workspace
        job = client.submit(Program("openqasm3", text=BELL), **fields)
        ended = client.wait(job, timeout=trial.timeout, check=False)
        yield _outcome(client, ended)
        yield from probes.submission(ended)
        yield _events(ended)
    except WatchTimeoutError as error:
        remedy = f"See how it ends: qjobs watch {error.job_id}"
        yield Finding(TRIAL, "failed", f"{error.phase} when last seen, after {trial.timeout:g} s", remedy)
    except QuantumJobsError as error:
        place = f"It may still run: qjobs watch {error.taken_as}" if error.taken_as else None
        place = place or probes.sign_of_refusal(error)
        yield Finding(TRIAL, "failed", str(error), place)


def _free_simulator(client: QuantumJobs, workspace: str | None) -> str:
    offered = {target.id: target.availability for target in client.targets(workspace=workspace).targets}
    for target in FREE_SIMULATORS:
        if offered.get(target) == "Available":
            return target
    raise UsageError(f"none of {', '.join(FREE_SIMULATORS)} is available here: name another by --target")


def _outcome(client: QuantumJobs, job: JobView) -> Finding:
    where = f"{job.id} on {job.target}"
    if job.phase != "succeeded":
        why = f": {job.error.code}: {job.error.message}" if job.error else ""
        return Finding(TRIAL, "failed", f"{where} {job.phase}{why}")
    counts = client.result(job.id).counts
    if sum(counts.values()) != SHOTS or not counts.keys() <= {"00", "11"}:
        return Finding(TRIAL, "failed", f"{where} succeeded with counts that no Bell pair has: {_written(counts)}")
    return Finding(TRIAL, "ok", f"{where} succeeded: {_written(counts)}")


def _written(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{outcome} {count:,} times" for outcome, count in sorted(counts.items()))


def _events(job: JobView) -> Finding:
    """Judge by what the job itself counts; it may end before it waits for the first time."""
    if job.wakes:
        return Finding("events", "ok", "the output's event ended the wait")
    if job.polls == 1:
        return Finding(
            "events", "warning", "the job had ended at the first look, which says nothing about events", FAST
        )
    remedy = signs.with_sign(NO_EVENT, signs.EVENTS)
    return Finding("events", "warning", f"no event ended the wait: the end was found by {job.polls} looks", remedy)
