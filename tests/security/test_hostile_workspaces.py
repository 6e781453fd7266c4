"""One's own workspace cannot be used to reach another address, and what is wrong with it is told without its secret."""

import asyncio
from typing import Any

import pytest

from tests.security.deployment import Deployment
from tests.support.vaulted import GUEST_SECRET, STRANGER

NOT_THERE = {"endpoint": None}


def places(url: str) -> list[dict[str, Any]]:
    """Ways to have an address fetched."""
    host = url.removeprefix("http://")
    return [
        {"endpoint": url},
        {"endpoint": f"https://{host}"},
        {"endpoint": f"https://eastus.quantum.azure.com@{host}"},
        {"endpoint": f"https://eastus.quantum.azure.com.{host}"},
        {"endpoint": f"https://my-workspace.eastus.quantum.azure.com@{host}"},
        {"endpoint": f"https://{host}/.quantum.azure.com"},
        {"endpoint": f"https://{host}#.quantum.azure.com"},
        {"location": f"{host}/", **NOT_THERE},
        {"location": f"{host}#", **NOT_THERE},
        {"location": f"x@{host}?", **NOT_THERE},
        {"tenantId": f"../../{host}"},
        {"tenantId": url},
        {"clientId": url},
        {"resourceId": url},
        {"name": url},
    ]


async def test_an_own_workspace_leads_nowhere_else(deployment: Deployment) -> None:
    """Whatever field an address is written into, it is refused before anything is fetched."""
    visits: list[bytes] = []

    async def catch(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visits.append(await reader.read(1000))
        writer.close()

    async with await asyncio.start_server(catch, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        bodies = [{name: text for name, text in deployment.own(**change).items() if text} for change in places(url)]
        answers = [await deployment.api.post("/api/workspaces", json=own) for own in bodies]

    assert [answer.status_code for answer in answers] == [400] * len(bodies)
    assert visits == []


@pytest.mark.parametrize("changes", [{"clientSecret": f"{GUEST_SECRET}?"}, {"clientId": STRANGER}, {"tenantId": "x"}])
async def test_an_own_workspace_s_fault_shows_no_secret(deployment: Deployment, changes: dict[str, Any]) -> None:
    """Neither the sign-in's words nor ours repeat what was sent."""
    refused = await deployment.api.post("/api/workspaces", json=deployment.own(**changes))

    assert refused.status_code == 400
    assert refused.json()["errors"]
    assert GUEST_SECRET not in refused.text
