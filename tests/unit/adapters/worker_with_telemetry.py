"""`python -m tests.unit.adapters.worker_with_telemetry FOLDER [--bare]`: calls `hello` of an app, in the pinned worker.

The library keeps what it knows of OpenTelemetry for the whole process, so each trial is a process of its own. With
`--bare` no module of OpenTelemetry can be loaded. Prints the answer, or how the call failed.
"""

import asyncio
import sys
from pathlib import Path

from functions_host.worker import Failed, Json, Worker
from quantum.settings import TELEMETRY


async def main(folder: Path) -> None:
    """Call the function twice: the first call may set up what the second one uses."""
    worker = Worker()
    await worker.start(folder, {TELEMETRY: "true"})
    try:
        for _ in range(2):
            outcome = await worker.invoke(worker.functions["hello"], {"payload": Json('"you"')})
            print(outcome.message if isinstance(outcome, Failed) else outcome.return_value)
    finally:
        await worker.stop()


if __name__ == "__main__":
    if "--bare" in sys.argv:
        sys.modules["opentelemetry"] = None  # type: ignore[assignment]  # so that an import fails
    asyncio.run(main(Path(sys.argv[1])))
