"""The storage that the pytest fixtures of both products stand on: an account that was named, or an Azurite."""

import asyncio
import os
from collections.abc import Iterator

import pytest

from embedded_server.azurite import connection_string, how_to_start
from embedded_server.azurite_process import find_azurite, running_azurite

SETTING = "AzureWebJobsStorage"


@pytest.fixture(scope="session")
def azurite_storage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the connection string of a storage account; empty where there is none.

    It is the account that $AzureWebJobsStorage names; else that of an empty Azurite which is started for this run, if
    one is installed (`npm install azurite`); else that of an Azurite which runs on its usual ports.
    """
    configured, command = os.environ.get(SETTING, ""), _installed(request.config)
    if configured or not command:
        yield configured or _on_usual_ports()
        return
    with running_azurite(command, tmp_path_factory.mktemp("azurite")) as urls:
        yield connection_string(urls)


def _installed(config: pytest.Config) -> list[str]:
    return find_azurite([config.rootpath, *config.rootpath.parents])


def _on_usual_ports() -> str:
    usual = connection_string()
    return "" if asyncio.run(how_to_start(usual)) else usual
