"""`qjobs doctor` and `qjobs endpoints`: what stands between this machine and a deployment, and where a local one is."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from quantumjobs.cli import drawing
from quantumjobs.cli.codes import OK, UNREACHABLE, UNSUCCESSFUL
from quantumjobs.cli.doctor import TRIAL, Trial, examine
from quantumjobs.deployment import local_endpoints
from quantumjobs.errors import UsageError

if TYPE_CHECKING:
    from argparse import Namespace

    from quantumjobs.cli.screen import Screen


def doctor(options: Namespace, screen: Screen) -> int:
    """Examine the way to the deployment and the deployment itself, then have it run a job."""
    trial = Trial(options.target, options.timeout) if options.job else None
    findings = []
    for finding in examine(options, trial):
        findings.append(finding)
        if screen.form == "table":
            screen.lines(drawing.finding(finding, screen.width, styled=screen.is_live))
    failed = {finding.name for finding in findings if finding.status == "failed"}
    if screen.form != "table":
        screen.document({"ok": not failed, "findings": [asdict(finding) for finding in findings]})
    if failed == {TRIAL}:
        return UNSUCCESSFUL
    return UNREACHABLE if failed else OK


def endpoints(options: Namespace, screen: Screen) -> int:
    """Print where the local stack is, one part of it as bare text for a shell's variable."""
    document = local_endpoints()
    if options.name is None:
        screen.document(document)
        return OK
    if options.name not in document:
        raise UsageError(f"the local stack names no {options.name!r}: start it again")
    value = document[options.name]
    if screen.form != "table" or not isinstance(value, str):
        screen.document(value)
    else:
        screen.line(value)
    return OK
