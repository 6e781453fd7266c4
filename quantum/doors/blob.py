"""The blob door: a program that is uploaded to the container of orders is an order."""

from quantum.app import App
from quantum.ports import Orchestrations
from quantum.service.waiting import take_blob_or_wait


async def start_from_blob(path: str, app: App, orchestrations: Orchestrations) -> None:
    """Take an order from a blob (`container/name`); announced again, it is the same job."""
    await take_blob_or_wait(path, app.intake, orchestrations)
