"""The pytest plugin: `quantum_emulator` is a quantum workspace that runs while the tests do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from embedded_server.azurite import HOW_TO_START
from embedded_server.testing import azurite_storage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from quantum_emulator.testing import ServedWorkspace

__all__ = ["azurite_storage"]  # a fixture here, too

NO_STORAGE = (
    "the quantum emulator needs storage for its blobs: install Azurite (`npm install azurite`), start it in another "
    f"shell (`{HOW_TO_START}`), or name an account in $AzureWebJobsStorage"
)


@pytest.fixture(scope="session")
def quantum_emulator_settings() -> Mapping[str, Any]:
    """Give what a configuration file of the emulator would hold, such as `{"seed": 7}`; override it with your own."""
    return {}


@pytest.fixture(scope="session")
def quantum_emulator(
    azurite_storage: str,  # that is how a fixture is asked for
    quantum_emulator_settings: Mapping[str, Any],
) -> Iterator[ServedWorkspace]:
    """Serve a workspace until the end of the run; its jobs are kept in memory."""
    from quantum_emulator.settings import Settings, configured  # noqa: PLC0415  # simulators cost every other run time
    from quantum_emulator.testing import serving_workspace  # noqa: PLC0415

    if not azurite_storage:
        pytest.fail(NO_STORAGE)
    with serving_workspace(configured(Settings(storage=azurite_storage), quantum_emulator_settings)) as served:
        yield served
