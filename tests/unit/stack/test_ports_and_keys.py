"""A state folder keeps its ports and keys."""

import json
import socket
import stat
from pathlib import Path

from embedded_server.files import write_privately
from local.stack.endpoints import Endpoints, OwnWorkspace, WorkspaceEndpoint, storage_connection_string
from local.stack.ports_and_keys import PORTS, choose_ports, load_or_choose


def test_ports_and_keys_are_the_same_the_next_time(tmp_path: Path) -> None:
    """What a person wrote down after the first start is true after the second."""
    first = load_or_choose(tmp_path / "stack.json")

    second = load_or_choose(tmp_path / "stack.json")

    assert second == first
    assert set(first.ports) == set(PORTS)
    assert len(set(first.ports.values())) == len(PORTS)


def test_a_port_that_was_taken_meanwhile_is_replaced_alone(tmp_path: Path) -> None:
    """Only the taken port changes."""
    first = load_or_choose(tmp_path / "stack.json")
    with socket.socket() as other:
        other.bind(("127.0.0.1", first.ports["host"]))
        other.listen()

        second = load_or_choose(tmp_path / "stack.json")

    assert second.ports["host"] != first.ports["host"]
    assert dict(second.ports) | {"host": 0} == dict(first.ports) | {"host": 0}


def test_two_folders_get_different_keys(tmp_path: Path) -> None:
    """A key opens one stack."""
    here, there = load_or_choose(tmp_path / "here.json"), load_or_choose(tmp_path / "there.json")

    assert here.function_key != there.function_key
    assert here.workspace_key != there.workspace_key


def test_preferred_ports_are_taken_where_they_are_free() -> None:
    """A preference is kept, the rest is chosen."""
    preferred = choose_ports(["blob"], {})

    chosen = choose_ports(["blob", "queue"], preferred)

    assert chosen["blob"] == preferred["blob"]
    assert chosen["queue"] != chosen["blob"]


def test_endpoints_are_written_for_their_owner_alone(tmp_path: Path) -> None:
    """The file holds keys, so nobody else reads it; its words are those of the design."""
    file = tmp_path / "endpoints.json"
    storage = storage_connection_string(1, 2, 3)
    workspace = WorkspaceEndpoint("http://127.0.0.1:5/", "workspace-key")
    own = OwnWorkspace("http://127.0.0.1:5", "own-secret")

    endpoints = Endpoints("http://127.0.0.1:4", "key", storage, workspace, own, "https://v", {"host": 6})

    write_privately(file, json.dumps(endpoints.to_wire()))

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text()) == {
        "api": "http://127.0.0.1:4",
        "functionKey": "key",
        "storage": storage,
        "workspace": {
            "endpoint": "http://127.0.0.1:5/",
            "subscriptionId": "00000000-0000-0000-0000-000000000001",
            "resourceGroup": "local",
            "name": "local",
            "location": "eastus",
            "key": "workspace-key",
        },
        "ownWorkspace": {
            "endpoint": "http://127.0.0.1:5",
            "resourceId": own.resource_id,
            "tenantId": own.tenant_id,
            "clientId": own.client_id,
            "clientSecret": "own-secret",
        },
        "vault": "https://v",
        "pids": {"host": 6},
    }
    assert list(tmp_path.iterdir()) == [file]


def test_keys_are_not_in_what_is_printed_for_debugging() -> None:
    """An endpoint in a traceback or a log line shows no key."""
    workspace = WorkspaceEndpoint("http://127.0.0.1:5/", "workspace-key")
    own, storage = OwnWorkspace("http://127.0.0.1:5", "own-secret"), storage_connection_string(1, 2, 3)
    endpoints = Endpoints("http://127.0.0.1:4", "function-key", storage, workspace, own, "https://v", {})

    printed = repr(endpoints)

    assert not [secret for secret in ("workspace-key", "own-secret", "function-key", "AccountKey") if secret in printed]
