"""The durable functions of an app as the hub calls them: orchestrators return answers, activities outcomes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from functions_host.worker import Completed, Failed, Function, Input, Json

from .actions import Answer, read_answer, read_failure
from .engine import Catalogue
from .history import EventType, to_text


class Invoker(Protocol):
    """The part of the worker that the hub needs."""

    @property
    def functions(self) -> Mapping[str, Function]:
        """The app's functions by name."""

    async def invoke(self, function: Function, inputs: Mapping[str, Input]) -> Completed | Failed:
        """Run a function to its end."""


@dataclass(frozen=True)
class DurableSettings:
    """The section `durableTask` of `host.json`, and a fault for tests: whose turns are withheld."""

    hub_name: str = "TestHubName"
    max_concurrent_activities: int = 10
    max_concurrent_orchestrators: int = 10
    withholds_turns_of_every: int = 0
    default_version: str | None = None

    def version(self, explicit: str | None) -> str | None:
        """Return the lasting version of a new instance: its starter's choice, else the default."""
        return self.default_version if explicit is None else explicit


class AppFunctions:
    """The app's orchestrators and activities by name."""

    def __init__(self, worker: Invoker) -> None:
        self._worker = worker
        self._activities = _by_trigger(worker.functions, "activityTrigger", "activity")
        self.orchestrators = _by_trigger(worker.functions, "orchestrationTrigger", "orchestration")
        self.catalogue = Catalogue(self._activities.keys(), self.orchestrators.keys())

    async def orchestrate(self, name: str, context: str) -> Answer:
        """Run an orchestrator's code on this context."""
        function = self.orchestrators.get(name)
        if function is None:
            return Answer(error=f"The function '{name}' is no longer an orchestrator function.")
        match await self._worker.invoke(function, {function.trigger["name"]: Json(context)}):
            case Failed(message, stack_trace):
                return read_failure(message, stack_trace)
            case Completed(Json(text), _) | Completed(str(text), _):
                return read_answer(text)
            case Completed():
                return Answer(error="it did not return the SDK's state: is it a Durable orchestrator?")

    async def act(self, name: str, text: str) -> tuple[EventType, dict[str, Any]]:
        """Run an activity on this JSON text; return its outcome as an event type and its fields."""
        function = self._activities.get(name)
        outcome: Completed | Failed = Failed("the app no longer has this activity function", "")
        if function is not None:
            outcome = await self._worker.invoke(function, {function.trigger["name"]: Json(text)})
        match outcome:
            case Failed(message, stack_trace):
                reason = f"Activity function '{name}' failed: {message}"
                return EventType.TASK_FAILED, {"Reason": reason, "Details": stack_trace}
            case Completed(value, _):
                result = value.text if isinstance(value, Json) else to_text(value)
                return EventType.TASK_COMPLETED, {"Result": result}


def _by_trigger(functions: Mapping[str, Function], trigger: str, key: str) -> dict[str, Function]:
    matching = [function for function in functions.values() if function.trigger["type"] == trigger]
    return {function.trigger.get(key) or function.name: function for function in matching}
