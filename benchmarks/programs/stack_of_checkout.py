"""A program: runs the stack of the checkout on PYTHONPATH until SIGTERM, and prints its addresses as a line of JSON.

Only names that both revisions have are used. Arguments: the state folder; settings over the app's own, as JSON, or
`null` for storage and workspace without the app.
"""

import asyncio
import json
import sys
from pathlib import Path

from local.stack.foreground import run_until_stopped
from local.stack.stack import Stack


async def run(state: str, settings: str) -> None:
    """Start the stack, print where it is, and wait."""
    chosen = json.loads(settings)
    stack = Stack(Path(state), app=None) if chosen is None else Stack(Path(state), settings=chosen)
    async with stack:
        print(json.dumps(stack.endpoints.to_wire()), flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(run_until_stopped(run(*sys.argv[1:])))
