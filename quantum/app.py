"""The App that doors and activities receive: services, target lists and intake, one per process."""

from dataclasses import dataclass

from quantum.ports import Services
from quantum.service.intake import Intake
from quantum.service.targets import Targets
from quantum.service.watching import Watching


@dataclass(frozen=True)
class App:
    """Everything that a door or an activity uses."""

    services: Services
    targets: Targets
    intake: Intake
    watching: Watching

    @classmethod
    def from_services(cls, services: Services) -> "App":
        """Make the app with these services."""
        targets = Targets(services)
        return cls(services, targets, Intake(services, targets), Watching(services, targets))
