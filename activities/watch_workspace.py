"""Looks at all waiting jobs of a workspace at once."""

from activities.activity import activity
from orchestrators.watcher_messages import Watched, WatchWorkspace
from quantum.app import App
from quantum.ports import Orchestrations


@activity
async def watch_workspace(message: WatchWorkspace, app: App, orchestrations: Orchestrations) -> Watched:
    """Take a round of the workspace's watcher, the last one if few jobs waited in the round before and few still do."""
    seen = await app.watching.round(message.workspace, orchestrations)
    has_ended = message.may_end and seen.may_end
    if has_ended:
        await app.watching.finish(message.workspace, orchestrations)
    return Watched(seen.waiting, seen.woken, seen.pause_seconds, seen.may_end, has_ended)
