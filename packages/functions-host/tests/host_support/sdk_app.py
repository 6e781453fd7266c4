"""An app of plain functions behind the real SDK, run in place: the hub's worker without Microsoft's."""

import asyncio
import json
import traceback
from collections.abc import Callable, Generator, Mapping
from typing import Any

from azure.durable_functions import DurableOrchestrationContext, Orchestrator

from functions_host.durable.engine import Catalogue
from functions_host.worker import Completed, Failed, Function, Input, Json

type Context = DurableOrchestrationContext
type Steps = Generator[Any, Any, Any]
type Code = Callable[[Context], Steps]
type Activity = Callable[[Any], Any]


class SdkApp:
    """Orchestrators are generator functions of a context; activities are functions of one value, or coroutines."""

    def __init__(self, orchestrators: Mapping[str, Code], activities: Mapping[str, Activity]) -> None:
        self._code = {name: Orchestrator.create(code) for name, code in orchestrators.items()}
        self._activities = activities
        self.catalogue = Catalogue(activities.keys(), orchestrators.keys())
        self.functions = {
            **{name: _function(name, "orchestrationTrigger", "context") for name in orchestrators},
            **{name: _function(name, "activityTrigger", "value") for name in activities},
        }

    async def invoke(self, function: Function, inputs: Mapping[str, Input]) -> Completed | Failed:
        """Run a function as the worker would."""
        (argument,) = inputs.values()
        assert isinstance(argument, Json)
        try:
            if function.name in self._code:
                return Completed(Json(self._code[function.name](argument.text)), {})
            result = self._activities[function.name](json.loads(argument.text))
            result = await result if asyncio.iscoroutine(result) else result
        except Exception as error:  # noqa: BLE001 - every exception of a function is its outcome
            return Failed(f"{type(error).__name__}: {error}", traceback.format_exc())
        return Completed(Json(json.dumps(result)), {})

    def answer(self, name: str, context: str) -> Completed | Failed:
        """Run an orchestrator's code now."""
        try:
            return Completed(Json(self._code[name](context)), {})
        except Exception as error:  # noqa: BLE001 - see above
            return Failed(f"{type(error).__name__}: {error}", traceback.format_exc())


def _function(name: str, trigger: str, parameter: str) -> Function:
    return Function(name, f"id of {name}", ({"type": trigger, "name": parameter},))
