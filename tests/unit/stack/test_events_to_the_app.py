"""The stack brings the workspace's events to the app, as a subscription of Event Grid would in Azure."""

from pathlib import Path

import httpx

from local.stack import Endpoints, Stack, WorkspaceEndpoint, parts
from local.stack.endpoints import OwnWorkspace
from local.stack.ports_and_keys import PortsAndKeys, load_or_choose

EVENT = {
    "id": "1",
    "topic": "t",
    "subject": "/blobServices/default/containers/job-00000000-0000-0000-0000-000000000001/blobs/outputData",
    "eventType": "Microsoft.Storage.BlobCreated",
    "eventTime": "2026-11-01T08:00:00Z",
    "dataVersion": "",
    "data": {},
}

OTHERS = {"token_key": "", "app_secret": "", "own_secret": ""}


async def test_the_app_takes_the_events_that_the_emulator_is_told_to_send(tmp_path: Path) -> None:
    """The address fits the app's function and the key that the host was given; another key does not."""
    async with Stack(tmp_path) as stack, httpx.AsyncClient(trust_env=False) as http:
        ports = {"host": int(stack.endpoints.api.rpartition(":")[2])}
        keys = PortsAndKeys(ports, function_key="", system_key=stack.system_key, workspace_key="", **OTHERS)
        url = parts.wake_up(keys)
        headers = {"aeg-event-type": "Notification"}

        taken = await http.post(url, json=[EVENT], headers=headers)
        refused = await http.post(url.replace(stack.system_key, "forged"), json=[EVENT], headers=headers)

    assert (taken.status_code, refused.status_code) == (202, 401)


def test_the_key_is_seen_by_nobody_else(tmp_path: Path) -> None:
    """Neither a list of processes nor what is printed of a part shows it."""
    ports_and_keys = load_or_choose(tmp_path / "stack.json")
    workspace = WorkspaceEndpoint("http://127.0.0.1:9/", ports_and_keys.workspace_key)
    where = Endpoints(
        "http://127.0.0.1:9",
        ports_and_keys.function_key,
        "storage",
        workspace,
        OwnWorkspace("http://127.0.0.1:9", "s"),
        "https://v",
        {},
    )

    part = parts.emulator(tmp_path, ports_and_keys, where, parts.wake_up(ports_and_keys))

    texts = [*part.command, repr(part), repr(ports_and_keys)]
    assert ports_and_keys.system_key in part.settings["EMULATOR_EVENTS"]
    assert not any(ports_and_keys.system_key in text for text in texts)
