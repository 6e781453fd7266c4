"""The parts of the stack: the command and the ports of each."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from local.setup.checkout import ROOT
from local.setup.node import find_node
from local.stack.endpoints import APP_CLIENT_ID, TENANT, Endpoints
from local.stack.ports_and_keys import PortsAndKeys

AZURITE = ROOT / "node_modules" / "azurite" / "dist" / "src" / "azurite.js"
QUIET = {"PYTHONUNBUFFERED": "1", "QDK_PYTHON_TELEMETRY": "none"}


@dataclass(frozen=True)
class Part:
    """A program of the stack: ready when it accepts connections on all its ports.

    `remedy` says what to do where it does not start, for a program whose log does not.
    """

    name: str
    command: tuple[str, ...]
    ports: tuple[int, ...]
    settings: Mapping[str, str] = field(default_factory=dict, repr=False)
    remedy: str = ""


def azurite(state: Path, ports_and_keys: PortsAndKeys) -> Part:
    """Return the storage emulator; it must not check the API version: docs/decisions/0014."""
    node = find_node(os.environ)
    ports = {name: ports_and_keys.ports[name] for name in ("blob", "queue", "table")}
    options = [word for name, port in ports.items() for word in (f"--{name}Port", str(port))]
    silence = ["--skipApiVersionCheck", "--disableTelemetry", "--silent"]
    command = (node.command, str(AZURITE), "--location", str(state / "azurite"), *options, *silence)
    remedy = f"If its data is damaged, move {state / 'azurite'} away; the next start begins without data."
    return Part("azurite", command, tuple(ports.values()), remedy=remedy)


def emulator(state: Path, ports_and_keys: PortsAndKeys, endpoints: Endpoints, events: str | None = None) -> Part:
    """Return the quantum workspace; `events` is the webhook for events about outputs, with its key."""
    port = ports_and_keys.ports["emulator"]
    places = ["--storage", endpoints.storage, "--state", str(state / "emulator")]
    key = ["--key", endpoints.workspace.key]
    command = (sys.executable, "-m", "quantum_emulator", "--port", str(port), *places, *key)
    variables = {"EMULATOR_TOKEN_KEY": ports_and_keys.token_key} | (
        {} if events is None else {"EMULATOR_EVENTS": events}
    )
    return Part("emulator", command, (port,), {**QUIET, **variables})


def vault(state: Path, ports_and_keys: PortsAndKeys, endpoints: Endpoints) -> Part:
    """Return the key vault and the sign-in; the app may use the vault, the own application only its workspace."""
    port = ports_and_keys.ports["vault"]
    app = {"clientId": APP_CLIENT_ID, "clientSecret": ports_and_keys.app_secret, "mayUseVault": True}
    own = {"clientId": endpoints.own.client_id, "clientSecret": endpoints.own.client_secret}
    directory = {"tenantId": TENANT, "tokenKey": ports_and_keys.token_key, "principals": [app, own]}
    command = (sys.executable, "-m", "quantum_emulator.vault", "--port", str(port), "--state", str(state / "vault"))
    return Part("vault", command, (port,), {**QUIET, "VAULT_DIRECTORY": json.dumps(directory)})


def wake_up(ports_and_keys: PortsAndKeys) -> str:
    """Return the host's webhook for storage events, with the system key that opens it."""
    query = urlencode({"functionName": "wake_from_event", "code": ports_and_keys.system_key})
    return f"http://127.0.0.1:{ports_and_keys.ports['host']}/runtime/webhooks/EventGrid?{query}"


def host(
    state: Path, ports_and_keys: PortsAndKeys, endpoints: Endpoints, app: Path, settings: Mapping[str, str]
) -> Part:
    """Return the Functions host with the app and its settings in this stack."""
    port = ports_and_keys.ports["host"]
    command = (
        sys.executable,
        "-m",
        "functions_host",
        "run",
        str(app),
        "--port",
        str(port),
        "--state",
        str(state / "host"),
    )
    own = {
        "AzureWebJobsStorage": endpoints.storage,
        "AZURE_QUANTUM_CONNECTION_STRING": endpoints.workspace.connection_string,
        "KEY_VAULT_URL": endpoints.vault,
        "WORKSPACE_ENDPOINTS": endpoints.own.endpoint,
        "AZURE_AUTHORITY_HOST": endpoints.vault,
        "TLS_CA_FILE": str(state / "vault" / "ca.pem"),
        "AZURE_TENANT_ID": TENANT,
        "AZURE_CLIENT_ID": APP_CLIENT_ID,
        "AZURE_CLIENT_SECRET": ports_and_keys.app_secret,
        "FUNCTIONS_KEY": endpoints.function_key,
        "FUNCTIONS_SYSTEM_KEY": ports_and_keys.system_key,
    }
    return Part("host", command, (port,), {**QUIET, **own, **settings})
