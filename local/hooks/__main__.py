"""`python3 -m local.hooks STEP`: run one step as azd does; the exit status tells azd whether to go on."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from local.hooks import preflight, storage_role, subscribe
from local.hooks.azure_cli import AzureCli, AzureCliMissingError
from local.hooks.report import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

STEPS: Mapping[str, Callable[[AzureCli, Mapping[str, str]], int]] = {
    "check-subscription": preflight.run,
    "wait-for-storage-role": storage_role.run,
    "subscribe-to-events": subscribe.run,
}
WRONG_CALL = 2


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run the step that is named and return its exit status."""
    if len(arguments) != 1 or arguments[0] not in STEPS:
        say(f"usage: python3 -m local.hooks {'|'.join(STEPS)}")
        return WRONG_CALL
    try:
        return STEPS[arguments[0]](AzureCli(environ), environ)
    except AzureCliMissingError as error:
        say(str(error))
        return WRONG_CALL


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
