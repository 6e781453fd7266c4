"""The parts of the host that every trigger uses."""

from collections.abc import Callable
from dataclasses import dataclass

from .clock import Clock
from .invocation import Invoker
from .journal import Journal
from .keys import Keys
from .settings import HostSettings
from .storage import Storage


@dataclass(frozen=True)
class Services:
    """The host's parts, handed to each trigger; `backlog` is the number of activities that wait for a place."""

    settings: HostSettings
    keys: Keys
    storage: Storage
    invoker: Invoker
    journal: Journal
    clock: Clock
    backlog: Callable[[], int]
