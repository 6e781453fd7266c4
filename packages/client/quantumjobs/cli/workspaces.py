"""What `qjobs workspaces …` does; a secret comes from the environment, standard input or a prompt, never an option."""

from __future__ import annotations

import os
import sys
from getpass import getpass
from typing import TYPE_CHECKING

from quantumjobs.cli import drawing
from quantumjobs.cli.client import connect
from quantumjobs.cli.codes import OK
from quantumjobs.cli.faults import CommandLineError
from quantumjobs.errors import UsageError

if TYPE_CHECKING:
    from argparse import Namespace

    from quantumjobs.calls import OwnWorkspace
    from quantumjobs.cli.screen import Screen

VARIABLE = "QJOBS_CLIENT_SECRET"
OPTIONS = ("name", "resource_id", "location", "endpoint", "tenant_id", "client_id")


def list_workspaces(options: Namespace, screen: Screen) -> int:
    """Show which workspaces an order can name."""
    with connect(options) as client:
        answer = client.workspaces()
    empty = "there is the workspace `default` alone; to add one: qjobs workspaces add"
    screen.answer(answer.raw, drawing.workspaces(answer.workspaces), empty)
    return OK


def add_workspace(options: Namespace, screen: Screen) -> int:
    """Add a workspace, or replace the secret of one."""
    if bool(options.location) == bool(options.endpoint):
        raise CommandLineError("where the workspace is, is not clear", "", "give one of --location and --endpoint")
    own: OwnWorkspace = {"client_secret": read_secret()}
    for name in OPTIONS:
        if getattr(options, name) is not None:
            own[name] = getattr(options, name)  # type: ignore[literal-required]  # each is a name of OwnWorkspace
    with connect(options) as client:
        added = client.add_workspace(**own)
    if screen.form != "table":
        screen.document(added.raw)
    else:
        screen.line(f"added: an order names it by --workspace {added.name}")
    return OK


def remove_workspace(options: Namespace, screen: Screen) -> int:
    """Have a workspace and its secret forgotten."""
    with connect(options) as client:
        client.remove_workspace(options.name)
    if screen.form != "table":
        screen.document({"name": options.name, "removed": True})
    else:
        screen.line("removed, and its secret with it")
    return OK


def read_secret() -> str:
    """Read the client secret from QJOBS_CLIENT_SECRET, a line of standard input, or a prompt that does not show it."""
    if secret := os.environ.get(VARIABLE):
        return secret
    secret = getpass("client secret: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    if not secret:
        raise UsageError(f"the client secret is missing: set {VARIABLE}, or give it on standard input")
    return secret
