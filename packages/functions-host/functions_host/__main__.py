"""`functions-host run DIR`: serve the Python Functions app in a folder until a signal ends it."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from embedded_server.stopping import stop_signal

from . import __version__, logs
from .host import Host
from .journal import JournalInUseError
from .ncrontab import ScheduleError
from .routing import RouteError
from .settings import SettingError
from .state import DamagedStateError
from .worker import AppIndexError

DESCRIPTION = """\
Runs Python Azure Functions apps on this machine, without Azure and without Core Tools.

  functions-host run DIR         serve the app in DIR until Ctrl-C
  functions-host run --help      its options, settings and examples
"""
RUN = """\
Serve a Python Azure Functions app on this machine, without Azure and without Core Tools.

DIR is the folder that holds function_app.py, host.json and, if you like, local.settings.json; default: this one.
Its triggers may be HTTP, queue, blob, Event Grid and timer; durable orchestrations run too. What the app imports must
be installed beside functions-host: `pip install -r DIR/requirements.txt`. What the app logs from INFO on is shown.
"""
NOT_SERVED = (
    AppIndexError,
    SettingError,
    RouteError,
    ScheduleError,
    JournalInUseError,
    DamagedStateError,
    OSError,
)
EPILOG = """\
settings:
  Environment variables, over the Values of DIR/local.settings.json. The usual ones:
    AzureWebJobsStorage   storage for queue and blob triggers: a connection string, or
                          UseDevelopmentStorage=true for Azurite on its usual ports, which you start with
                          npx azurite --location .azurite --skipApiVersionCheck
    FUNCTIONS_KEY         the function key; without it one is made, kept in the state and printed
    FUNCTIONS_SYSTEM_KEY  the key of the webhooks and the durable API; without it one is made and kept in the state
    AzureWebJobs.NAME.Disabled=true   leave function NAME out
    FUNCTIONS_HOST_QUEUE_LEASE_SECONDS    for how long a killed host's messages stay hidden (30)

examples:
  functions-host run ../my-app --port 7071
  curl -H "x-functions-key: $FUNCTIONS_KEY" http://127.0.0.1:7071/api/hello

exit status: 0 after Ctrl-C or SIGTERM, 1 when the app cannot be served.
"""


def _arguments() -> argparse.Namespace:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("functions-host", description=DESCRIPTION, formatter_class=form)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="serve an app", description=RUN, epilog=EPILOG, formatter_class=form)
    run.add_argument("dir", type=Path, nargs="?", default=Path(), metavar="DIR", help="the app's folder")
    run.add_argument("--port", type=int, default=7071, metavar="N", help="default 7071; 0 takes a free one")
    run.add_argument(
        "--state", type=Path, metavar="DIR", help="where journal and keys are kept; default DIR/.local/host"
    )
    run.add_argument("--verbose", action="store_true", help="log every request, invocation and library call, too")
    arguments = parser.parse_args()
    arguments.dir = arguments.dir.absolute()
    arguments.state = (arguments.state or arguments.dir / ".local" / "host").absolute()
    return arguments


async def _serve(arguments: argparse.Namespace) -> None:
    stop = stop_signal()
    host = Host(arguments.dir, settings=dict(os.environ), state_dir=arguments.state, port=arguments.port)
    async with host:
        _greet(host)
        await stop.wait()
    if not host.drained:
        # A thread in the middle of a function would keep the process until it returns.
        sys.stdout.flush()
        os._exit(0)


def _greet(host: Host) -> None:
    print(f"Serving on {host.url}")
    for line in host.describe():
        print(f"  {line}")
    if "FUNCTIONS_KEY" not in os.environ:
        print(f"Function key: {host.function_key}")
    sys.stdout.flush()


def main() -> int:
    """Serve until SIGTERM or Ctrl-C; an app that cannot be served is one line on stderr and exit status 1."""
    arguments = _arguments()
    if arguments.dir.is_dir():
        os.chdir(arguments.dir)  # where `func start` runs an app, too
    logs.show(verbose=arguments.verbose)
    try:
        asyncio.run(_serve(arguments))
    except NOT_SERVED as error:
        print(f"cannot serve {arguments.dir}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
