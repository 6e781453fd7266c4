"""The one place that knows the adapters: settings in, services out, once a process."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any

from quantum.app import App
from quantum.ports import Closes, Orchestrations, Services
from quantum.settings import Settings, read_settings
from quantum.storage import ANSWERS_QUEUE, ORDERS_QUEUE
from quantum.telemetry.names import NoopTelemetry, Telemetry

_stand_ins: list[App] = []


@cache
def settings() -> Settings:
    """Read the deployment's settings, or raise SettingError; `function_app` does so while it loads."""
    return read_settings(os.environ)


def app() -> App:
    """Give the app, made at first use: importing it opens nothing and imports no SDK."""
    return _stand_ins[-1] if _stand_ins else _app()


def orchestrations(binding: str) -> Orchestrations:
    """See the durable engine as a door's durableClient binding describes it."""
    from quantum.adapters.durable import connect_to_engine  # noqa: PLC0415

    return connect_to_engine(binding)


def replayed(process: Callable[[Any], Any]) -> Callable[[Any], str]:
    """Let the durable SDK run a process: from what happened so far, in JSON, to what is to be done, in JSON."""
    from quantum.adapters.durable import replayed  # noqa: PLC0415

    return replayed(process)


@contextmanager
def standing_in(services: Services) -> Iterator[App]:
    """Replace the deployment's app by one with other services for a while: a test's fakes, or a test's clock."""
    stand_in = App.from_services(services)
    _stand_ins.append(stand_in)
    try:
        yield stand_in
    finally:
        _stand_ins.remove(stand_in)


def utc_now() -> datetime:
    """Tell the machine's time."""
    return datetime.now(UTC)


def connect(known: Settings, now: Callable[[], datetime] = utc_now) -> Services:
    """Make the adapters for these settings; each connects when it is first used."""
    from quantum.adapters.blobs import AzureBlobStore  # noqa: PLC0415
    from quantum.adapters.compiler import QdkCompiler  # noqa: PLC0415
    from quantum.adapters.job_index import AzureTableJobIndex  # noqa: PLC0415
    from quantum.adapters.profile_table import AzureTableProfiles  # noqa: PLC0415
    from quantum.adapters.queues import AzureQueue  # noqa: PLC0415
    from quantum.adapters.uploads import AzureUploads  # noqa: PLC0415
    from quantum.adapters.vault import AzureKeyVault  # noqa: PLC0415
    from quantum.adapters.workspace import AzureQuantumWorkspace  # noqa: PLC0415
    from quantum.adapters.workspaces import AzureQuantumWorkspaces  # noqa: PLC0415

    vault, profiles = AzureKeyVault(known.vault, known.client_id, known.sign_in), AzureTableProfiles(known.storage)
    return Services(
        workspaces=AzureQuantumWorkspaces(
            AzureQuantumWorkspace(known.workspace, known.client_id),
            known.profiles,
            profiles,
            vault,
            known.sign_in,
            now,
        ),
        profiles=profiles,
        vault=vault,
        blobs=AzureBlobStore(known.storage),
        uploads=AzureUploads(known.storage),
        index=AzureTableJobIndex(known.storage),
        answers=AzureQueue(known.storage, ANSWERS_QUEUE),
        orders=AzureQueue(known.storage, ORDERS_QUEUE),
        compiler=QdkCompiler(
            seconds=known.compile_seconds, memory_mib=known.compile_memory_mib, at_once=known.compilers_at_once
        ),
        limits=known.limits,
        endpoints=known.endpoints,
        now=now,
        telemetry=_telemetry(known),
    )


@asynccontextmanager
async def connected(known: Settings, now: Callable[[], datetime] = utc_now) -> AsyncIterator[Services]:
    """Make the adapters, and close what they opened at the end."""
    made = connect(known, now)
    try:
        yield made
    finally:
        # The workspaces first: they use the profiles and the vault.
        for adapter in (made.workspaces, made.profiles, made.vault, *_others_of(made)):
            await adapter.close()


def _others_of(made: Services) -> tuple[Closes, ...]:
    return made.blobs, made.uploads, made.index, made.answers, made.orders, made.compiler, made.telemetry


def _telemetry(known: Settings) -> Telemetry:
    """Make the adapter only where it is switched on: what it stands on takes its time to load."""
    if not known.telemetry:
        return NoopTelemetry()
    from quantum.adapters.telemetry import connect_telemetry  # noqa: PLC0415

    return connect_telemetry(known.application_insights)


@cache
def _app() -> App:
    return App.from_services(connect(settings()))
