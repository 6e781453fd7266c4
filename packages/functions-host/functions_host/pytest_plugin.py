"""The pytest plugin: `functions_app` is a Functions app that runs while the tests do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from embedded_server.testing import SETTING, azurite_storage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from functions_host.testing import ServedApp, VirtualClock

__all__ = ["azurite_storage"]  # a fixture here, too

FOLDER = "functions_app"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the app's folder from pytest's configuration file."""
    parser.addini(FOLDER, "folder of the Functions app that the fixture functions_app serves", default=".")


@pytest.fixture(scope="session")
def functions_app_settings() -> Mapping[str, str]:
    """Give settings over those of `local.settings.json`; override it with your own."""
    return {}


@pytest.fixture(scope="session")
def functions_app_clock() -> VirtualClock | None:
    """Give the clock that the app runs on; override it to give a `functions_host.testing.VirtualClock`."""
    return None


@pytest.fixture(scope="session")
def functions_app_storage(azurite_storage: str) -> str:  # that is how a fixture is asked for
    """Give the connection string of the app's storage; override it to return "" where the app needs none."""
    return azurite_storage


@pytest.fixture(scope="session")
def functions_app(
    pytestconfig: pytest.Config,
    tmp_path_factory: pytest.TempPathFactory,
    functions_app_settings: Mapping[str, str],
    functions_app_storage: str,
    functions_app_clock: VirtualClock | None,
) -> Iterator[ServedApp]:
    """Serve the app until the end of the run."""
    from functions_host.testing import serving_app  # noqa: PLC0415  # the worker library costs every other run a second

    folder: Path = pytestconfig.rootpath / str(pytestconfig.getini(FOLDER))
    storage = {SETTING: functions_app_storage} if functions_app_storage else {}
    state = tmp_path_factory.mktemp("functions-host")
    with serving_app(folder, {**storage, **functions_app_settings}, state, functions_app_clock) as served:
        yield served
