"""`python scan_infra.py ROOT`: what checkov finds in the templates, as one JSON document.

Runs in the environment that has checkov, whose own command is silent about a rule that breaks down: here it is found.
"""

import json
import logging
import os
import sys
from pathlib import Path
from typing import Any

import checkov.arm.runner  # noqa: F401 - the rules for ARM, which are those for Bicep, register themselves
from checkov.bicep.runner import Runner
from checkov.runner_filter import RunnerFilter

BREAKDOWN = "Failed to run check "  # "… RULE on infra/FILE:RESOURCE"


class Breakdowns(logging.Handler):
    """Keeps which rule broke down on what."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[list[str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one, if it is one."""
        message = record.getMessage()
        if message.startswith(BREAKDOWN):
            rule, _, place = message.removeprefix(BREAKDOWN).partition(" on infra/")
            self.entries.append([rule, *place.split(":")])


def scan(root: Path) -> dict[str, Any]:
    """Run every rule over every template."""
    breakdowns = Breakdowns()
    logging.getLogger().addHandler(breakdowns)
    os.chdir(root)
    report = Runner().run(root_folder="infra", runner_filter=RunnerFilter(framework=["bicep"]))
    return {
        "failed": [[check.check_id, check.file_path.lstrip("/"), check.resource] for check in report.failed_checks],
        "crashed": breakdowns.entries,
        "passed": len(report.passed_checks),
        "parsing_errors": list(report.parsing_errors),
    }


if __name__ == "__main__":
    with os.fdopen(os.dup(1), "w") as answer:
        os.dup2(2, 1)  # what a library prints is no part of the answer
        json.dump(scan(Path(sys.argv[1]).resolve()), answer)
