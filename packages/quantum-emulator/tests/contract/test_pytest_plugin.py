"""The pytest plugin of the emulator, as its README tells the SDK's users to use it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import quantum_emulator
from embedded_server.azurite import HOW_TO_START

README = Path(quantum_emulator.__file__).parents[1] / "README.md"
EXAMPLE = re.compile(r"Or let pytest start one.*?```python\n(.*?)```", re.DOTALL)
JOBS = """
import pytest
from azure.quantum import Workspace

@pytest.fixture(scope="session")
def quantum_emulator_settings():
    return {"key": "secret"}

@pytest.mark.parametrize("turn", [1, 2])
def test_a_fresh_workspace(quantum_emulator, turn):
    quantum_emulator.reset()
    with Workspace(**quantum_emulator.arguments) as workspace:
        assert workspace.list_jobs() == []
        target = workspace.get_targets("ionq.simulator")
        circuit = {"qubits": 1, "circuit": [{"gate": "x", "target": 0}]}
        assert target.submit(circuit, shots=10).get_results()["histogram"] == {"1": 1.0}
"""
ROOT = Path(__file__).parents[4]


def output_of_tests(project: Path, test: str, storage: str) -> str:
    """Run a test with the plugin, and give what pytest printed."""
    (project / "test_it.py").write_text(test)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "quantum_emulator.pytest_plugin", "-p", "no:cacheprovider"]
    settings = {"AzureWebJobsStorage": storage, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [*command, f"--rootdir={project}"],
        cwd=project,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.stdout + done.stderr


def test_the_readme_s_test_passes(azurite: str, tmp_path: Path) -> None:
    """The SDK of the test finds the workspace, and a target behaves as the test said."""
    example = EXAMPLE.search(README.read_text())
    assert example is not None

    assert "1 passed" in output_of_tests(tmp_path, example[1], azurite)


def test_an_installed_azurite_is_started_for_the_run(tmp_path: Path) -> None:
    """Nothing has to run beforehand: jobs are executed on a storage of their own."""
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")

    assert "2 passed" in output_of_tests(tmp_path, JOBS, storage="")


def test_storage_that_is_nowhere_is_explained(tmp_path: Path) -> None:
    """Where no account is named and no Azurite can be found, the error says what to do."""
    printed = output_of_tests(tmp_path, JOBS, storage="")

    assert HOW_TO_START in printed
    assert "npm install azurite" in printed
