"""The account of every Azurite: published with it and the same everywhere, it opens nothing but an Azurite."""

from collections.abc import Mapping

ACCOUNT = "devstoreaccount1"
ACCOUNT_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
USUAL = {"Blob": "http://127.0.0.1:10000", "Queue": "http://127.0.0.1:10001", "Table": "http://127.0.0.1:10002"}
SHORTHAND = "usedevelopmentstorage=true"
HOW_TO_START = (
    "npx azurite --location .azurite --skipApiVersionCheck"  # today's SDKs speak newer versions than it knows
)


def connection_string(urls: Mapping[str, str] = USUAL, account: str = ACCOUNT) -> str:
    """Return the connection string of an Azurite whose services are at these addresses; by default its usual ports."""
    endpoints = "".join(f"{service}Endpoint={url}/{account};" for service, url in urls.items())
    return f"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={ACCOUNT_KEY};{endpoints}"


def spelt_out(text: str) -> str:
    """Return a connection string with `UseDevelopmentStorage=true` replaced by what it stands for."""
    return connection_string() if text.strip().rstrip(";").lower() == SHORTHAND else text
