"""Calls the Azure CLI, which is signed in; responses are JSON, errors hold Azure's message."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 900.0  # seconds; a nested deployment is the longest that a hook waits for


class AzureCliMissingError(Exception):
    """There is no Azure CLI on this machine."""


class AzureRefusedError(Exception):
    """The Azure CLI failed; the text is what it printed."""


class AzureCli:
    """Runs `az` with one subscription, quietly."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Take the environment that azd hands over: PATH, and the subscription where azd knows it already."""
        # On Windows `az` is a script, which only its full name starts.
        self._command = shutil.which("az", path=environ.get("PATH", os.defpath))
        self._environ = dict(environ)
        self._subscription = environ.get("AZURE_SUBSCRIPTION_ID", "")

    def ask(self, *arguments: str) -> Any:
        """Return what a command answers; raise `AzureRefusedError` where it fails, whatever the reason."""
        printed = self._run([*arguments, "--output", "json"])
        try:
            return json.loads(printed) if printed.strip() else None
        except ValueError as error:
            raise AzureRefusedError(f"az answered no JSON: {printed[:200]!r}") from error

    def read(self, path: str) -> Any:
        """Return what Azure Resource Manager answers to GET on a path, api-version and all."""
        return self.ask("rest", "--method", "get", "--url", path)

    def do(self, *arguments: str) -> None:
        """Run a command whose answer is of no interest; raise `AzureRefusedError` where it fails."""
        self._run([*arguments, "--output", "none"])

    def _run(self, arguments: list[str]) -> str:
        if self._command is None:
            raise AzureCliMissingError(
                "the Azure CLI (az) is needed and was not found: install it, `az login`, then run azd again"
            )
        chosen = ["--subscription", self._subscription] if self._subscription and arguments[0] != "rest" else []
        command = [self._command, *arguments, "--only-show-errors", *chosen]
        try:
            completed = subprocess.run(
                command,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=LONGEST,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise AzureRefusedError(str(error)) from error
        if completed.returncode:
            raise AzureRefusedError(
                completed.stderr.decode(errors="replace").strip() or f"az failed ({completed.returncode})"
            )
        return completed.stdout.decode(errors="replace")
