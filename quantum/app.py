"""The App that doors and activities receive: services, target lists, intake and its places, one per process."""

from functools import cached_property
from typing import TYPE_CHECKING

from quantum.ports import Orchestrations, Services
from quantum.service.admission import Admission
from quantum.service.intake import Intake
from quantum.service.submissions import Submissions
from quantum.service.targets import Targets
from quantum.service.watching import Watching
from quantum.wire.records import record

if TYPE_CHECKING:
    from quantum.service.batches import Batches
    from quantum.service.budgets import Budgets


@record
class App:
    """Everything that a door or an activity uses."""

    services: Services
    targets: Targets
    intake: Intake
    admission: Admission
    submissions: Submissions
    watching: Watching

    @cached_property
    def batches(self) -> "Batches":
        """The batches, whose modules are loaded for the first one."""
        from quantum.service.batches import Batches  # noqa: PLC0415

        return Batches(self.services, self.targets, lambda: self.budgets)

    @cached_property
    def budgets(self) -> "Budgets":
        """The budgets, whose modules are loaded for the first submission that may be billed."""
        from quantum.service.budgets import Budgets  # noqa: PLC0415

        return Budgets(self.services)

    async def wake_waiting(self, job_id: str, orchestrations: Orchestrations) -> None:
        """Wake the jobs that wait for the result of one that has ended."""
        from quantum.service.reuse import wake_waiting  # noqa: PLC0415  # most orders do without

        await wake_waiting(self.services, job_id, orchestrations)

    @classmethod
    def from_services(cls, services: Services) -> "App":
        """Make the app with these services."""
        targets = Targets(services)
        admission = Admission(services.limits.orders_at_once)
        submissions, watching = Submissions(services), Watching(services, targets)
        return cls(services, targets, Intake(services, targets), admission, submissions, watching)
