"""`quantum-emulator`: the workspace emulator alone, for anybody's SDK."""

import argparse
import asyncio
import logging
import os
import sys
from dataclasses import replace
from pathlib import Path

from embedded_server.azurite import SHORTHAND, how_to_start, spelt_out
from embedded_server.server import StartError
from embedded_server.stopping import stop_signal
from quantum_emulator import __version__
from quantum_emulator.server import running
from quantum_emulator.settings import Settings, load
from quantum_emulator.store import LEDGER, DamagedStateError, Store
from quantum_emulator.targets import InvalidSettingError

PORT = 7100
EVENTS_VARIABLE = "EMULATOR_EVENTS"  # a list of processes must not show an address with a key in it
TOKENS_VARIABLE = "EMULATOR_TOKEN_KEY"

DESCRIPTION = """\
An Azure Quantum workspace on this machine: the REST data plane that the azure-quantum SDK speaks, with jobs that are
really executed. It needs a storage account for its blobs; Azurite is one:

  npx azurite --location .azurite --skipApiVersionCheck
  quantum-emulator --storage "UseDevelopmentStorage=true"
"""

EPILOGUE = """\
CONFIG is a JSON object with any of: key, tokenKey (of tokens signed with HS256; else $EMULATOR_TOKEN_KEY), workspace
{subscriptionId, resourceGroup, name}, seed, settle, events, noise (true: targets that are noisy in Azure are so here),
sessionIdleSeconds, limits {seconds, memoryMebibytes, concurrent, inputBytes, shots}, and targets, which patches
behaviour by target id, for example

  {"targets": {"ionq.qpu.forte-1": {"queueSeconds": 5, "vocabulary": "V2", "failure": {"next": 1}}}}

The same patches go to PATCH /admin/targets/{id} while it runs; GET /admin/targets shows all that can be set, and
README.md of this package explains it. Ctrl-C or SIGTERM ends it; with --state, it goes on from there next time.
"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="quantum-emulator",
        description=DESCRIPTION,
        epilog=EPILOGUE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument(
        "--port", type=int, default=PORT, help=f"port on 127.0.0.1; 0 takes a free one (default {PORT})"
    )
    parser.add_argument(
        "--storage",
        default=os.environ.get("AzureWebJobsStorage", SHORTHAND),  # noqa: SIM112  # the name that Azure gave it
        metavar="CONNECTION_STRING",
        help="storage account with its key (default: $AzureWebJobsStorage, else Azurite on its usual port)",
    )
    parser.add_argument("--state", type=Path, metavar="DIR", help="store jobs here (default: in memory only)")
    parser.add_argument("--config", type=Path, metavar="FILE", help="JSON file: see below")
    parser.add_argument("--key", help="the API key that callers must send (default: any key will do)")
    parser.add_argument(
        "--events",
        default=os.environ.get(EVENTS_VARIABLE),
        metavar="URL",
        help="webhook for Event Grid events about outputs (default: $EMULATOR_EVENTS, else none)",
    )
    parser.add_argument("--quiet", action="store_true", help="print no line for each event of a job")
    return parser


def show_log(*, quiet: bool) -> None:
    """Print warnings and, unless quiet, each event of the ledger."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    if not quiet:
        events = logging.StreamHandler()
        events.setFormatter(logging.Formatter("%(asctime)s  %(message)s", "%H:%M:%S"))
        ledger = logging.getLogger(LEDGER)
        ledger.setLevel(logging.INFO)
        ledger.propagate = False
        ledger.addHandler(events)


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Settings from the command line, over those of the configuration file."""
    storage = spelt_out(arguments.storage)
    token_key = os.environ.get(TOKENS_VARIABLE) or None
    settings = Settings(storage=storage, state=arguments.state, events=arguments.events, token_key=token_key)
    if arguments.config is not None:
        settings = load(settings, arguments.config)
    return settings if arguments.key is None else replace(settings, key=arguments.key)


def greeting(url: str, settings: Settings) -> str:
    """One line with the address, and three of Python that point an SDK at it; a configured key is not shown."""
    key = '"any"' if settings.key is None else "key"
    subscription, group, name = (settings.workspace or "00000000-0000-0000-0000-000000000000/local/emulator").split("/")
    return f"""\
Azure Quantum workspace emulator ready at {url}
  from azure.core.credentials import AzureKeyCredential; from azure.quantum import Workspace
  workspace = Workspace(subscription_id="{subscription}", resource_group="{group}", name="{name}", location="eastus",
                        credential=AzureKeyCredential({key}), _quantum_endpoint="{url}/")"""


async def serve(settings: Settings, port: int) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    Store(settings.state).close()  # report unusable state before serving anything
    stop = stop_signal()
    async with running(settings, port) as emulator:
        print(greeting(emulator.url, settings), flush=True)
        if advice := await how_to_start(settings.storage, ["Blob"]):
            print(advice, file=sys.stderr)
        await stop.wait()


def main() -> int:
    """Run the command."""
    arguments = parser().parse_args()
    show_log(quiet=arguments.quiet)
    try:
        asyncio.run(serve(settings_of(arguments), arguments.port))
    except (DamagedStateError, InvalidSettingError, OSError, StartError, ValueError) as error:
        print(f"quantum-emulator: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
