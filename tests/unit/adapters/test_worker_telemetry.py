"""The pinned worker library calls asynchronous functions with OpenTelemetry switched on, as our deployment has it.

In Azure-functions-python-worker #1881 (June 2026) every such call failed; 1.3.0 has the repair, which was not merged
in the repository by September (#1910). Should a newer pin lose it, these tests fail before a deployment does.
"""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
APP = """
import azure.functions as func

app = func.FunctionApp()


@app.generic_trigger(arg_name="payload", type="activityTrigger")
async def hello(payload: str) -> str:
    return f"hello {payload}"
"""


@pytest.mark.parametrize("options", [[], ["--bare"]], ids=["with OpenTelemetry", "without its modules"])
def test_asynchronous_functions_are_called_with_telemetry_on(tmp_path: Path, options: list[str]) -> None:
    """Where the modules cannot be loaded, too, the call goes on without a trace."""
    (tmp_path / "function_app.py").write_text(APP)
    command = [sys.executable, "-m", "tests.unit.adapters.worker_with_telemetry", str(tmp_path), *options]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.stdout.splitlines() == ["Json(text='\"hello you\"')"] * 2, done.stderr
