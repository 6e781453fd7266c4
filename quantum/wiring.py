"""The one place that knows the adapters: settings in, services out, once a process."""

import os
from datetime import UTC, datetime
from functools import cache
from typing import Any

from quantum.intake import Intake
from quantum.ports import Orchestrations, Services
from quantum.settings import Settings, read_settings
from quantum.targets import Targets


@cache
def settings() -> Settings:
    """Read the deployment's settings, or raise SettingError; `function_app` does so while it loads."""
    return read_settings(os.environ)


@cache
def services() -> Services:
    """Make the adapters, at first use: importing the app opens nothing and imports no SDK."""
    from quantum.adapters.answer_queue import AzureAnswerQueue  # noqa: PLC0415
    from quantum.adapters.blobs import AzureBlobStore  # noqa: PLC0415
    from quantum.adapters.compiler import QdkCompiler  # noqa: PLC0415
    from quantum.adapters.job_index import AzureTableJobIndex  # noqa: PLC0415
    from quantum.adapters.workspace import AzureQuantumWorkspace  # noqa: PLC0415

    known = settings()
    return Services(
        workspace=AzureQuantumWorkspace(known.workspace, known.client_id),
        blobs=AzureBlobStore(known.storage),
        index=AzureTableJobIndex(known.storage),
        answers=AzureAnswerQueue(known.storage),
        compiler=QdkCompiler(
            seconds=known.compile_seconds, memory_mib=known.compile_memory_mib, at_once=known.compilers_at_once
        ),
        limits=known.limits,
        now=lambda: datetime.now(UTC),
    )


@cache
def intake() -> Intake:
    """Make what the doors share."""
    return Intake(services(), Targets())


def orchestrations(client: Any) -> Orchestrations:
    """See the durable engine through a door's durable client."""
    from quantum.adapters.durable import DurableOrchestrations  # noqa: PLC0415

    return DurableOrchestrations(client)


async def close() -> None:
    """Close what was opened, and forget it: a host that runs in a test's process stops, and another may start."""
    if services.cache_info().currsize:
        made = services()
        for adapter in (made.workspace, made.blobs, made.index, made.answers):
            await adapter.close()
    for made_once in (settings, services, intake):
        made_once.cache_clear()
