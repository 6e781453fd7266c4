"""The pytest plugin of the host, as its README tells an app's developer to use it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import functions_host

README = Path(functions_host.__file__).parents[1] / "README.md"
BLOCK = re.compile(r"```(ini|python)\n(.*?)```", re.DOTALL)
APP = """
from datetime import timedelta
import azure.functions as func
import azure.durable_functions as df
app = df.DFApp(http_auth_level=func.AuthLevel.FUNCTION)
@app.route(route="hello")
def hello(req: func.HttpRequest) -> str:
    return "hello"
@app.route(route="remind")
@app.durable_client_input(client_name="client")
async def remind(req: func.HttpRequest, client) -> str:
    return await client.start_new("reminder", "the-id")
@app.route(route="state")
@app.durable_client_input(client_name="client")
async def state(req: func.HttpRequest, client) -> str:
    return (await client.get_status("the-id")).runtime_status.name
@app.orchestration_trigger(context_name="context")
def reminder(context):
    yield context.create_timer(context.current_utc_datetime + timedelta(days=30))
    return "now"
"""
IN_A_MONTH = """
from datetime import timedelta
import urllib.request

def ask(app, path):
    return urllib.request.urlopen(urllib.request.Request(f"{app.url}/api/{path}", headers=app.headers)).read()

def test_a_month_passes(functions_app):
    assert ask(functions_app, "remind") == b"the-id"
    while ask(functions_app, "state") != b"Running":
        pass
    functions_app.advance(timedelta(days=31))
    while ask(functions_app, "state") != b"Completed":
        pass
"""


def blocks() -> list[str]:
    """Give the README's examples of the fixture: the configuration, a test, and a conftest."""
    section = README.read_text().partition("## In tests of your own")[2]
    return [text for _, text in BLOCK.findall(section)][:3]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Give a project with an app and the README's configuration."""
    (tmp_path / "your-app").mkdir()
    (tmp_path / "your-app" / "function_app.py").write_text(APP)
    (tmp_path / "pytest.ini").write_text(blocks()[0])
    return tmp_path


def output_of_tests(project: Path, storage: str) -> str:
    """Run the project's tests with the plugin, and give what pytest printed."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "functions_host.pytest_plugin", "-p", "no:cacheprovider"]
    settings = {"AzureWebJobsStorage": storage, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        command, cwd=project, env={**os.environ, **settings}, capture_output=True, text=True, check=False, timeout=120
    )
    return done.stdout + done.stderr


def test_the_readme_s_test_passes_on_an_app_of_one_s_own(project: Path, azurite: str) -> None:
    """Two files beside the app are all that it takes."""
    (project / "test_your_app.py").write_text(blocks()[1])

    assert "1 passed" in output_of_tests(project, azurite)


def test_the_readme_s_virtual_clock_lets_a_month_pass(project: Path, azurite: str) -> None:
    """A durable timer of 30 days rings when the test moves the clock."""
    (project / "conftest.py").write_text(blocks()[2])
    (project / "test_reminder.py").write_text(IN_A_MONTH)

    assert "1 passed" in output_of_tests(project, azurite)


def test_an_app_that_cannot_be_served_says_why(project: Path, azurite: str) -> None:
    """The reason of the host is the error of the test that asked for the app."""
    (project / "your-app" / "function_app.py").write_text("import no_such_module")
    (project / "test_your_app.py").write_text(blocks()[1])

    printed = output_of_tests(project, azurite)

    assert "1 error" in printed
    assert "No module named 'no_such_module'" in printed
