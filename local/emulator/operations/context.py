"""What every operation works with."""

from dataclasses import dataclass

from local.emulator.behaviour import Behaviour
from local.emulator.clock import Clock
from local.emulator.engine import Engine
from local.emulator.sandbox import Sandbox
from local.emulator.settings import Settings
from local.emulator.storage import Storage
from local.emulator.store import Store


@dataclass(frozen=True)
class Context:
    """The parts of one running emulator."""

    settings: Settings
    clock: Clock
    store: Store
    storage: Storage
    behaviour: Behaviour
    sandbox: Sandbox
    engine: Engine
