"""A running emulator in real time, one in the test's own time, and the unmodified azure-quantum SDK on them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from azure.core.credentials import AzureKeyCredential
from azure.quantum import Workspace

from emulator_support.harness import SUBSCRIPTION, Emulator, VirtualClock, served
from quantum_emulator.settings import Limits, Settings


@pytest.fixture(scope="session")
def serve(azurite: str) -> Iterator[Callable[..., Emulator]]:
    """Start an emulator with these settings; all are ended with the run."""
    with ExitStack() as stack:

        def start(**changes: Any) -> Emulator:
            clock = VirtualClock()
            settings = Settings(storage=azurite, seed=7, limits=Limits(seconds=5.0))
            if changes.get("settle"):
                settings = replace(settings, now=clock.now)
            url = stack.enter_context(served(replace(settings, **changes)))
            return Emulator(url, stack.enter_context(httpx.Client(timeout=60)), clock)

        yield start


@pytest.fixture(scope="session")
def _shared_emulator(serve: Callable[..., Emulator]) -> Emulator:
    return serve()


@pytest.fixture(scope="session")
def _shared_timed(serve: Callable[..., Emulator]) -> Emulator:
    return serve(settle=True)


@pytest.fixture
def emulator(_shared_emulator: Emulator) -> Emulator:
    """An emulator in real time, fresh for this test."""
    _shared_emulator.admin("POST", "/reset")
    return _shared_emulator


@pytest.fixture
def timed(_shared_timed: Emulator) -> Emulator:
    """An emulator whose time only the test moves, fresh for this test."""
    _shared_timed.admin("POST", "/reset")
    return _shared_timed


@pytest.fixture(scope="session")
def sdk() -> Iterator[Callable[..., Workspace]]:
    """The SDK's workspace on an emulator; by default one of its own for every call."""
    with ExitStack() as stack:

        def connect(emulator: Emulator, name: str | None = None, key: str = "any") -> Workspace:
            return stack.enter_context(
                Workspace(
                    subscription_id=SUBSCRIPTION,
                    resource_group="group",
                    name=name or f"workspace-{uuid4().hex[:8]}",
                    location="eastus",
                    credential=AzureKeyCredential(key),
                    _quantum_endpoint=f"{emulator.url}/",
                )
            )

        yield connect


@pytest.fixture
def workspace(sdk: Callable[..., Workspace], emulator: Emulator) -> Workspace:
    """The SDK on the emulator in real time."""
    return sdk(emulator)


@pytest.fixture
def timed_workspace(sdk: Callable[..., Workspace], timed: Emulator) -> Workspace:
    """The SDK on the emulator whose time the test moves."""
    return sdk(timed)
