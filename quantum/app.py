"""The App that doors and activities receive: services, target lists, intake and its places, one per process."""

from quantum.ports import Services
from quantum.service.admission import Admission
from quantum.service.intake import Intake
from quantum.service.submissions import Submissions
from quantum.service.targets import Targets
from quantum.service.watching import Watching
from quantum.wire.records import record


@record
class App:
    """Everything that a door or an activity uses."""

    services: Services
    targets: Targets
    intake: Intake
    admission: Admission
    submissions: Submissions
    watching: Watching

    @classmethod
    def from_services(cls, services: Services) -> "App":
        """Make the app with these services."""
        targets = Targets(services)
        admission = Admission(services.limits.orders_at_once)
        submissions, watching = Submissions(services), Watching(services, targets)
        return cls(services, targets, Intake(services, targets), admission, submissions, watching)
