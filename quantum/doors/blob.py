"""The blob door: an upload to the container of orders is an order."""

from quantum.app import App
from quantum.ports import Orchestrations
from quantum.service.waiting import take_blob_or_wait


async def start_from_blob(path: str, app: App, orchestrations: Orchestrations) -> None:
    """Take an order from a blob (`container/name`); a repeated event leads to the same job."""
    await take_blob_or_wait(path, app.intake, orchestrations)
