"""The ports and keys of a stack, which its state folder holds from one run to the next."""

import json
import secrets
import socket
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from embedded_server.files import write_privately
from local.stack.errors import DamagedStateError

REMEDY = "move it away, and new ports and keys are chosen"
PORTS = ("blob", "queue", "table", "emulator", "vault", "host")

KEYS = {
    "functionKey": "function_key",
    "systemKey": "system_key",
    "workspaceKey": "workspace_key",
    "tokenKey": "token_key",
    "appSecret": "app_secret",
    "ownSecret": "own_secret",
}  # as the file spells them


@dataclass(frozen=True)
class PortsAndKeys:
    """The ports by name; the keys of app, system and workspace; the secrets of the sign-in.

    `token_key` signs tokens, `app_secret` is the app's, `own_secret` that of the application with which a workspace
    can be added.
    """

    ports: Mapping[str, int]
    function_key: str = field(repr=False)
    system_key: str = field(repr=False)
    workspace_key: str = field(repr=False)
    token_key: str = field(repr=False)
    app_secret: str = field(repr=False)
    own_secret: str = field(repr=False)


def load_or_choose(file: Path) -> PortsAndKeys:
    """Load ports and keys, choose new ones where they are missing or in use, and save them."""
    stored = _read(file) if file.exists() else {}
    keys = {camel: stored.get(camel) or secrets.token_hex(24) for camel in KEYS}
    chosen = PortsAndKeys(
        choose_ports(PORTS, stored.get("ports", {})), **{name: keys[camel] for camel, name in KEYS.items()}
    )
    content = {"ports": chosen.ports, **keys}
    write_privately(file, json.dumps(content, indent=2))
    return chosen


def _read(file: Path) -> dict[str, Any]:
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DamagedStateError(file, str(error), REMEDY) from error
    if not isinstance(stored, dict) or not all(isinstance(stored.get(name, ""), str) for name in KEYS):
        raise DamagedStateError(file, "its keys are not texts", REMEDY)
    ports = stored.get("ports", {})
    if not isinstance(ports, dict) or not all(type(port) is int and 0 < port < 65536 for port in ports.values()):
        raise DamagedStateError(file, "its ports are not port numbers", REMEDY)
    return stored


def choose_ports(names: Iterable[str], preferred: Mapping[str, int]) -> dict[str, int]:
    """Return a free loopback port for each name, the preferred one where it is free."""
    with ExitStack() as probes:  # open until all are chosen, so that no two are the same
        return {name: _take(preferred.get(name, 0), probes) for name in names}


def _take(port: int, probes: ExitStack) -> int:
    probe = probes.enter_context(socket.socket())
    # Connections of the last run in TIME_WAIT do not block a port; a listener does.
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind(("127.0.0.1", port))
    except OSError:
        probe.bind(("127.0.0.1", 0))
    return int(probe.getsockname()[1])
