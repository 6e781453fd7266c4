"""The command's client: the blocking one over a line of its own, signed in as the profile says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quantumjobs.cli import profiles
from quantumjobs.cli.line import PlainLine
from quantumjobs.sync import QuantumJobs

if TYPE_CHECKING:
    from argparse import Namespace

    from quantumjobs.batches import Batch
    from quantumjobs.exchange import Line
    from quantumjobs.jobs import JobView


class CommandClient(QuantumJobs):
    """A client that starts fast, and remembers the last job."""

    def __init__(self, url: str | None, key: str | None, sign_in: str | None = None) -> None:
        self._sign_in = sign_in
        super().__init__(url, key)

    def remember(self, view: JobView) -> None:
        """Keep a job as @last."""
        profiles.remember(self.deployment.url, view.id)

    def remember_batch(self, batch: Batch) -> None:
        """Keep a batch as @last of `qjobs batch`."""
        profiles.remember_batch(self.deployment.url, batch.id)

    def _connect(self, timeout: float) -> Line:
        headers = {"x-functions-key": self.deployment.key} if self.deployment.key else {}
        if self._sign_in:
            from quantumjobs.cli.signin import authorization  # noqa: PLC0415 azure-identity may not be there

            headers["Authorization"] = authorization(self._sign_in)
        return PlainLine(self.deployment, timeout, headers)


def connect(options: Namespace) -> CommandClient:
    """Connect to the deployment that the options name."""
    return CommandClient(options.url, options.key, options.sign_in)
