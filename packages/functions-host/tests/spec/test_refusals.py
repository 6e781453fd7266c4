"""A host that cannot serve an app says why before anything of the app runs."""

from pathlib import Path

import pytest

from functions_host.host import Host
from functions_host.ncrontab import ScheduleError
from functions_host.routing import RouteError
from functions_host.settings import SettingError
from functions_host.worker import AppIndexError

HEAD = "import azure.functions as func\napp = func.FunctionApp()\n"
GOOD = '@app.route("hello")\ndef hello(req: func.HttpRequest) -> str:\n    return "hello"\n'
BUS = '@app.service_bus_queue_trigger("m", "S", "q")\ndef bus(m: func.ServiceBusMessage) -> None: ...\n'


def an_app(folder: Path, code: str) -> Path:
    """Write an app of the functions in `code`."""
    (folder / "function_app.py").write_text(HEAD + code)
    return folder


@pytest.mark.parametrize(
    ("code", "error", "reason"),
    [
        ('@app.route("x/{y:odd}")\ndef f(req: func.HttpRequest) -> str: ...\n', RouteError, "odd"),
        ('@app.timer_trigger("t", "never")\ndef f(t: func.TimerRequest): ...\n', ScheduleError, "six fields"),
        ('@app.queue_trigger("m", "%Q%", "S")\ndef f(m: func.QueueMessage): ...\n', SettingError, "%Q%"),
        ('@app.queue_trigger("m", "q", "S")\ndef f(m: func.QueueMessage): ...\n', SettingError, "connection S"),
        (BUS, AppIndexError, "the bus function: serviceBusTrigger"),
    ],
)
async def test_what_cannot_be_served_is_refused_at_the_start(
    tmp_path: Path, code: str, error: type[Exception], reason: str
) -> None:
    """A route, a schedule, a setting, a connection and a kind of trigger are each named."""
    host = Host(an_app(tmp_path, GOOD + code), settings={}, state_dir=tmp_path / "state")

    with pytest.raises(error, match=reason):
        await host.__aenter__()


async def test_a_function_that_is_switched_off_is_no_obstacle(tmp_path: Path) -> None:
    """The rest of an app can be served without what this host does not know."""
    settings = {"AzureWebJobs.bus.Disabled": "true"}

    async with Host(an_app(tmp_path, GOOD + BUS), settings=settings, state_dir=tmp_path / "state") as host:
        assert host.describe() == ["hello: [any method] /api/hello"]


async def test_a_second_host_in_one_process_is_refused(tmp_path: Path) -> None:
    """One app a process, said clearly; the first goes on."""
    app = an_app(tmp_path, GOOD)

    async with Host(app, settings={}, state_dir=tmp_path / "first"):
        with pytest.raises(RuntimeError, match="one app a process"):
            await Host(app, settings={}, state_dir=tmp_path / "second").__aenter__()


async def test_a_host_can_start_again_in_the_same_process(tmp_path: Path) -> None:
    """A stopped host leaves nothing that the next one stumbles over; its keys stay."""
    app = an_app(tmp_path, GOOD)

    async with Host(app, settings={}, state_dir=tmp_path / "state") as host:
        key = host.function_key

    async with Host(app, settings={}, state_dir=tmp_path / "state") as host:
        assert host.function_key == key
