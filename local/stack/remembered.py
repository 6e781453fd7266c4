"""What a state folder keeps from one run to the next: the ports and the keys."""

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

WAY_OUT = "move it away, and new ports and keys are chosen"
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
class Remembered:
    """The ports by name, the app's function key and system key, the workspace's key, and those of the sign-in.

    `token_key` is what its tokens are signed with, `app_secret` the app's own, `own_secret` that of the application
    with which a workspace can be added.
    """

    ports: Mapping[str, int]
    function_key: str = field(repr=False)
    system_key: str = field(repr=False)
    workspace_key: str = field(repr=False)
    token_key: str = field(repr=False)
    app_secret: str = field(repr=False)
    own_secret: str = field(repr=False)


def recall(file: Path) -> Remembered:
    """Return what the file keeps, with new ports where old ones are taken; write it down."""
    kept = _read(file) if file.exists() else {}
    made = {camel: kept.get(camel) or secrets.token_hex(24) for camel in KEYS}
    recalled = Remembered(
        choose_ports(PORTS, kept.get("ports", {})), **{name: made[camel] for camel, name in KEYS.items()}
    )
    content = {"ports": recalled.ports, **made}
    write_privately(file, json.dumps(content, indent=2))
    return recalled


def _read(file: Path) -> dict[str, Any]:
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DamagedStateError(file, str(error), WAY_OUT) from error
    if not isinstance(kept, dict) or not all(isinstance(kept.get(name, ""), str) for name in KEYS):
        raise DamagedStateError(file, "its keys are no texts", WAY_OUT)
    ports = kept.get("ports", {})
    if not isinstance(ports, dict) or not all(type(port) is int and 0 < port < 65536 for port in ports.values()):
        raise DamagedStateError(file, "its ports are no numbers of ports", WAY_OUT)
    return kept


def choose_ports(names: Iterable[str], preferred: Mapping[str, int]) -> dict[str, int]:
    """Return a free loopback port for each name, the preferred one where it is free."""
    with ExitStack() as taken:  # all are held until all are chosen, so that no two are the same
        return {name: _take(preferred.get(name, 0), taken) for name in names}


def _take(port: int, taken: ExitStack) -> int:
    probe = taken.enter_context(socket.socket())
    # Connections of the former run that linger in TIME_WAIT do not make a port taken; a listener does.
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind(("127.0.0.1", port))
    except OSError:
        probe.bind(("127.0.0.1", 0))
    return int(probe.getsockname()[1])
