"""The account of every Azurite: published with it and the same everywhere, it opens nothing but an Azurite."""

import asyncio
import re
from collections.abc import Iterable, Mapping

ACCOUNT = "devstoreaccount1"
ACCOUNT_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
USUAL = {"Blob": "http://127.0.0.1:10000", "Queue": "http://127.0.0.1:10001", "Table": "http://127.0.0.1:10002"}
SHORTHAND = "usedevelopmentstorage=true"
# Today's SDKs speak newer versions than Azurite knows, so it must not check.
HOW_TO_START = "npx azurite --location .azurite --skipApiVersionCheck"


def connection_string(urls: Mapping[str, str] = USUAL, account: str = ACCOUNT) -> str:
    """Return the connection string of an Azurite whose services are at these addresses; by default its usual ports."""
    endpoints = "".join(f"{service}Endpoint={url}/{account};" for service, url in urls.items())
    return f"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={ACCOUNT_KEY};{endpoints}"


def spelt_out(text: str) -> str:
    """Return a connection string with `UseDevelopmentStorage=true` replaced by what it stands for."""
    return connection_string() if text.strip().rstrip(";").lower() == SHORTHAND else text


async def how_to_start(text: str, services: Iterable[str] = ("Blob", "Queue")) -> str:
    """Return a line of help if the account is on this machine and one of its services does not listen; else nothing."""
    for service in services:
        address = re.search(rf"{service}Endpoint=http://(127\.0\.0\.1|localhost):(\d+)", spelt_out(text))
        if address and not await _listens(address[1], int(address[2])):
            return (
                f"nothing listens at {address[1]}:{address[2]}: start Azurite, the storage emulator, in another shell: "
                f"`{HOW_TO_START}` (npx comes with Node.js)"
            )
    return ""


async def _listens(host: str, port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    return True
