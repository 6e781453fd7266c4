"""Looks at all waiting jobs of a workspace at once."""

from activities.activity import outcome_of
from orchestrators.watcher_messages import Watched, WatchWorkspace
from quantum import wiring
from quantum.app import App
from quantum.jobs.errors import ServiceError
from quantum.ports import Orchestrations


async def watch_workspace(payload: dict, client: str) -> dict:  # type: ignore[type-arg]  # the worker accepts bare types only
    """Take a round of a workspace's watcher; it is about no single job, so it is no part of any order's trace."""
    message = WatchWorkspace.from_wire(payload)
    try:
        outcome = await take_round(message, wiring.app(), wiring.orchestrations(client))
    except ServiceError as error:
        return outcome_of(error).to_wire()
    return outcome.to_wire()


async def take_round(message: WatchWorkspace, app: App, orchestrations: Orchestrations) -> Watched:
    """Take a round, the last one if few jobs waited in the last round and few still do."""
    seen = await app.watching.round(message.workspace, orchestrations)
    has_ended = message.may_end and seen.may_end
    if has_ended:
        await app.watching.finish(message.workspace, orchestrations)
    return Watched(seen.waiting, seen.woken, seen.pause_seconds, seen.may_end, has_ended)
