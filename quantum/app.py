"""The app as its doors and activities receive it: services, target lists and intake, made once for each process."""

from dataclasses import dataclass

from quantum.ports import Services
from quantum.service.intake import Intake
from quantum.service.targets import Targets


@dataclass(frozen=True)
class App:
    """Everything that a door or an activity uses."""

    services: Services
    targets: Targets
    intake: Intake

    @classmethod
    def from_services(cls, services: Services) -> "App":
        """Make the app that works with these services."""
        targets = Targets(services)
        return cls(services, targets, Intake(services, targets))
