"""The parts of the emulator that every operation uses."""

from dataclasses import dataclass

from quantum_emulator.behaviour import Behaviour
from quantum_emulator.clock import Clock
from quantum_emulator.engine import Engine
from quantum_emulator.sandbox import Sandbox
from quantum_emulator.settings import Settings
from quantum_emulator.storage import Storage
from quantum_emulator.store import Store


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
