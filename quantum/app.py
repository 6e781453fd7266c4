"""The App that doors and activities receive: services, target lists, intake and its places, one per process."""

from quantum.ports import Services
from quantum.service.admission import Admission
from quantum.service.intake import Intake
from quantum.service.targets import Targets
<<<<<<< HEAD
from quantum.service.watching import Watching
=======
from quantum.wire.records import record
>>>>>>> steps


@record
class App:
    """Everything that a door or an activity uses."""

    services: Services
    targets: Targets
    intake: Intake
<<<<<<< HEAD
    watching: Watching
=======
    admission: Admission
>>>>>>> steps

    @classmethod
    def from_services(cls, services: Services) -> "App":
        """Make the app with these services."""
        targets = Targets(services)
<<<<<<< HEAD
        return cls(services, targets, Intake(services, targets), Watching(services, targets))
=======
        return cls(services, targets, Intake(services, targets), Admission(services.limits.orders_at_once))
>>>>>>> steps
