"""`python -m quantum_emulator.vault`: the vault and the sign-in alone, until SIGTERM or Ctrl-C."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from embedded_server.server import StartError
from embedded_server.stopping import stop_signal
from quantum_emulator.vault.directory import Directory
from quantum_emulator.vault.server import DamagedStateError, running

DIRECTORY_VARIABLE = "VAULT_DIRECTORY"  # a list of processes must not show secrets

EPILOGUE = """\
VAULT_DIRECTORY is a JSON object: tenantId, tokenKey (whoever checks a token needs it), and principals, a list of
{"clientId": "…", "clientSecret": "…", "mayUseVault": true}. Clients trust FOLDER/ca.pem.
"""


def directory_of(data: Mapping[str, Any]) -> Directory:
    """Make the tenant that the variable describes."""
    directory = Directory(data["tenantId"], data["tokenKey"].encode(), lambda: datetime.now(UTC))
    for principal in data["principals"]:
        directory.add(
            principal["clientId"], principal["clientSecret"], may_use_vault=principal.get("mayUseVault", False)
        )
    return directory


async def serve(directory: Directory, state: Path, port: int) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    stop = stop_signal()
    async with running(directory, state, keep=True, port=port) as served:
        print(f"Key vault and sign-in ready at {served.url}; trust {served.ca_file}", flush=True)
        await stop.wait()


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m quantum_emulator.vault", description=__doc__, epilog=EPILOGUE)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--state", type=Path, required=True, metavar="FOLDER", help="keeps certificate and secrets")
    arguments = parser.parse_args()
    try:
        directory = directory_of(json.loads(os.environ.get(DIRECTORY_VARIABLE, "")))
    except (ValueError, KeyError, TypeError, AttributeError):
        print(f"quantum_emulator.vault: {DIRECTORY_VARIABLE} is missing or wrong. {EPILOGUE}", file=sys.stderr)
        return 2
    try:
        asyncio.run(serve(directory, arguments.state, arguments.port))
    except (DamagedStateError, OSError, StartError) as error:
        print(f"quantum_emulator.vault: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
