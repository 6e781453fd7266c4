"""Every implementation of a port, each within one suite's reach.

Azure itself takes part where QUANTUMJOBS_TEST_STORAGE and QUANTUMJOBS_TEST_WORKSPACE hold connection strings to
services that may be written to.
"""

import os
from collections.abc import AsyncIterator, Callable

import pytest

from quantum.adapters.workspace import AzureQuantumWorkspace
from quantum.settings import StorageSettings, WorkspaceSettings, read_settings
from quantum_emulator.server import running
from quantum_emulator.settings import Settings as EmulatorSettings
from tests.contract.ports.places import ANYBODY, InMemoryPlace, Place, RealPlace
from tests.support.builders import a_target
from tests.support.fakes.workspace import InMemoryWorkspace

STORAGE = "QUANTUMJOBS_TEST_STORAGE"
WORKSPACE = "QUANTUMJOBS_TEST_WORKSPACE"


def from_environment(name: str) -> str:
    """A connection string to Azure, or a test that says aloud that it did not run."""
    return os.environ.get(name) or pytest.skip(f"not run against Azure: {name} is not set")


@pytest.fixture
def storage(azurite: str) -> Callable[[str], StorageSettings]:
    """The settings of a storage account: Azurite's, or one in Azure."""

    def settings(kind: str) -> StorageSettings:
        return StorageSettings(azurite if kind == "azurite" else from_environment(STORAGE))

    return settings


@pytest.fixture(scope="session")
async def emulated(azurite: str) -> AsyncIterator[WorkspaceSettings]:
    """The settings of a workspace that the emulator serves."""
    async with running(EmulatorSettings(storage=azurite, seed=7)) as served:
        yield WorkspaceSettings(served.url, ANYBODY, "local", "emulator", "any")


@pytest.fixture(params=["memory", "emulator", "azure"])
async def place(request: pytest.FixtureRequest, emulated: WorkspaceSettings) -> AsyncIterator[Place]:
    """A workspace, and what a test cannot do through its port."""
    if request.param == "memory":
        queued = a_target(id="ionq.qpu.aria-1")
        yield InMemoryPlace(InMemoryWorkspace([a_target(), queued]))
        return
    if request.param == "emulator":
        settings = emulated
    else:
        text = from_environment(WORKSPACE)
        environ = {"AZURE_QUANTUM_CONNECTION_STRING": text, "AzureWebJobsStorage": "UseDevelopmentStorage=true"}
        settings = read_settings(environ).workspace
    workspace = AzureQuantumWorkspace(settings, None)
    yield RealPlace(workspace)
    await workspace.close()
