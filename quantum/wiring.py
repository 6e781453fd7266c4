"""Connects settings to adapters and makes the App, once per process; no other module imports the adapters."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from quantum.app import App
from quantum.jobs.limiter import Limiter, NoLimit
from quantum.jobs.on_demand import OnDemand
from quantum.ports import Closes, Orchestrations, Services
from quantum.settings import Settings, read_settings
from quantum.storage import ANSWERS_QUEUE, ORDERS_QUEUE
from quantum.telemetry.names import NoopTelemetry, Telemetry
from quantum.wire import codec

if TYPE_CHECKING:
    from quantum.budgets.ledger import Ledger

MOST_PLACES = 1000  # where only SUBMISSION_LIMITS limits them

_stand_ins: list[App] = []


@cache
def settings() -> Settings:
    """Read the deployment's settings, or raise SettingError; `function_app` calls this while it loads."""
    return read_settings(os.environ)


def app() -> App:
    """Return the app, made at first use: the import opens nothing and imports no SDK."""
    return _stand_ins[-1] if _stand_ins else _app()


def orchestrations(binding: str) -> Orchestrations:
    """Connect to the durable engine of a door's durableClient binding."""
    from quantum.adapters.durable import connect_to_engine  # noqa: PLC0415

    return connect_to_engine(binding)


def replayed(process: Callable[[Any], Any]) -> Callable[[Any], str]:
    """Wrap an orchestrator with the durable SDK: history in, actions out, both as JSON."""
    from quantum.adapters.durable import replayed  # noqa: PLC0415

    return replayed(process)


@contextmanager
def standing_in(services: Services) -> Iterator[App]:
    """Replace the app by one with other services for a while: a test's fakes, or a test's clock."""
    stand_in = App.from_services(services)
    _stand_ins.append(stand_in)
    try:
        yield stand_in
    finally:
        _stand_ins.remove(stand_in)


def utc_now() -> datetime:
    """Return the machine's time."""
    return datetime.now(UTC)


def connect(settings: Settings, now: Callable[[], datetime] = utc_now) -> Services:
    """Make the adapters for these settings; each connects at its first use."""
    from quantum.adapters.answer_queues import AzureAnswerQueues  # noqa: PLC0415
    from quantum.adapters.batch_table import AzureTableBatches  # noqa: PLC0415
    from quantum.adapters.blobs import AzureBlobStore  # noqa: PLC0415
    from quantum.adapters.compiler import QdkCompiler  # noqa: PLC0415
    from quantum.adapters.first_run_table import AzureTableFirstRuns  # noqa: PLC0415
    from quantum.adapters.job_index import AzureTableJobIndex  # noqa: PLC0415
    from quantum.adapters.profile_table import AzureTableProfiles  # noqa: PLC0415
    from quantum.adapters.queues import AzureQueue  # noqa: PLC0415
    from quantum.adapters.uploads import AzureUploads  # noqa: PLC0415
    from quantum.adapters.vault import AzureKeyVault  # noqa: PLC0415
    from quantum.adapters.workspace import AzureQuantumWorkspace  # noqa: PLC0415
    from quantum.adapters.workspaces import AzureQuantumWorkspaces  # noqa: PLC0415

    vault, profiles = (
        AzureKeyVault(settings.vault, settings.client_id, settings.sign_in),
        AzureTableProfiles(settings.storage),
    )
    return Services(
        workspaces=AzureQuantumWorkspaces(
            AzureQuantumWorkspace(settings.workspace, settings.client_id),
            settings.profiles,
            profiles,
            vault,
            settings.sign_in,
            now,
        ),
        profiles=profiles,
        vault=vault,
        blobs=AzureBlobStore(settings.storage),
        uploads=AzureUploads(settings.storage),
        index=AzureTableJobIndex(settings.storage),
        batches=AzureTableBatches(settings.storage),
        first_runs=AzureTableFirstRuns(settings.storage),
        answers=AzureQueue(settings.storage, ANSWERS_QUEUE, settings.answers_kept),
        answer_queues=AzureAnswerQueues(settings.storage, now),
        orders=AzureQueue(settings.storage, ORDERS_QUEUE),
        compiler=QdkCompiler(
            seconds=settings.compile_seconds, memory_mib=settings.compile_memory_mib, at_once=settings.compilers_at_once
        ),
        ledger=OnDemand(partial(_ledger, settings, now)),
        limits=settings.limits,
        endpoints=settings.endpoints,
        signs_in=settings.signs_in,
        now=now,
        limiter=_limiter(settings, now),
        telemetry=_telemetry(settings),
    )


@asynccontextmanager
async def connected(settings: Settings, now: Callable[[], datetime] = utc_now) -> AsyncIterator[Services]:
    """Make the adapters, and close them at the end."""
    services = connect(settings, now)
    try:
        yield services
    finally:
        # The workspaces first: they use the profiles and the vault.
        for adapter in (services.workspaces, services.profiles, services.vault, *_others_of(services)):
            await adapter.close()


def _others_of(services: Services) -> tuple[Closes, ...]:
    return (
        services.blobs,
        services.uploads,
        services.index,
        services.batches,
        services.first_runs,
        services.answers,
        services.answer_queues,
        services.orders,
        services.compiler,
        services.ledger,
        services.limiter,
        services.telemetry,
    )


def _ledger(settings: Settings, now: Callable[[], datetime]) -> "Ledger":
    from quantum.adapters.ledger_table import AzureTableLedger  # noqa: PLC0415

    return AzureTableLedger(settings.storage, lambda: (settings.budgets, codec.timestamp(now())))


def _limiter(settings: Settings, now: Callable[[], datetime]) -> Limiter:
    if not settings.submissions_at_once and settings.submission_limits is None:
        return NoLimit()
    from quantum.adapters.places import AzureTablePlaces  # noqa: PLC0415

    at_once = settings.submissions_at_once or MOST_PLACES
    return AzureTablePlaces(settings.storage, at_once, now, limits=settings.submission_limits)


def _telemetry(settings: Settings) -> Telemetry:
    """Make the adapter only where it is enabled: its dependencies are slow to load."""
    if not settings.telemetry:
        return NoopTelemetry()
    from quantum.adapters.telemetry import connect_telemetry  # noqa: PLC0415

    return connect_telemetry(settings.application_insights)


@cache
def _app() -> App:
    return App.from_services(connect(settings()))
