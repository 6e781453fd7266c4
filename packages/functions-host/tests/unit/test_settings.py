"""host.json, local.settings.json and overrides, in their order, and their faults by name."""

import json
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from functions_host.keys import Keys, load_keys
from functions_host.settings import HostSettings, QueueSettings, SettingError, read_settings
from functions_host.storage import Storage


def an_app(folder: Path, host: object = None, values: dict[str, Any] | None = None) -> Path:
    """Write an app's two settings files."""
    if host is not None:
        (folder / "host.json").write_text(host if isinstance(host, str) else json.dumps(host))
    if values is not None:
        (folder / "local.settings.json").write_text(json.dumps({"IsEncrypted": False, "Values": values}))
    return folder


def test_without_files_azures_defaults_hold(tmp_path: Path) -> None:
    """An app may have neither file."""
    settings = read_settings(tmp_path, {})

    assert settings.route_prefix == "api"
    assert settings.queues == QueueSettings(timedelta(minutes=1), timedelta(0), 16, 8, 5, "base64")
    assert (settings.blob_tries, settings.durable.hub_name) == (5, "TestHubName")


def test_host_json_is_honoured(tmp_path: Path) -> None:
    """Every value that the host reads comes from the file."""
    queues = {
        "maxPollingInterval": "00:00:02",
        "visibilityTimeout": "1.00:00:30.5",
        "batchSize": 4,
        "newBatchThreshold": 0,
        "maxDequeueCount": 2,
        "messageEncoding": "none",
    }
    extensions = {
        "http": {"routePrefix": "/v1/"},
        "queues": queues,
        "blobs": {"poisonBlobThreshold": 1},
        "durableTask": {"hubName": "Mine", "maxConcurrentActivityFunctions": 3, "defaultVersion": "1.0"},
    }

    settings = read_settings(an_app(tmp_path, {"version": "2.0", "extensions": extensions}), {})

    assert settings.route_prefix == "v1"
    assert settings.queues == QueueSettings(timedelta(seconds=2), timedelta(days=1, seconds=30.5), 4, 0, 2, "none")
    assert (settings.blob_tries, settings.durable.hub_name) == (1, "Mine")
    assert settings.durable.max_concurrent_activities == 3
    assert settings.durable.default_version == "1.0"


def test_given_settings_come_before_the_file(tmp_path: Path) -> None:
    """local.settings.json has the settings without an override."""
    app = an_app(tmp_path, values={"A": "file", "B": "file", "N": 1})

    settings = read_settings(app, {"A": "given"})

    assert settings.app == {"A": "given", "B": "file", "N": "1"}


@pytest.mark.parametrize(
    ("section", "name"),
    [
        ({"batchSize": 0}, "batchSize"),
        ({"batchSize": "16"}, "batchSize"),
        ({"maxDequeueCount": 0}, "maxDequeueCount"),
        ({"visibilityTimeout": "soon"}, "visibilityTimeout"),
        ({"messageEncoding": "base32"}, "messageEncoding"),
        (["a"], "queues"),
    ],
)
def test_a_bad_value_is_named(tmp_path: Path, section: object, name: str) -> None:
    """A wrong value in host.json stops the start-up and says which one it is."""
    with pytest.raises(SettingError, match=name):
        read_settings(an_app(tmp_path, {"extensions": {"queues": section}}), {})


def test_a_version_is_text(tmp_path: Path) -> None:
    """A number would be compared otherwise in Azure than it reads here."""
    with pytest.raises(SettingError, match=r'defaultVersion must be text, such as "1\.0", not 1'):
        read_settings(an_app(tmp_path, {"extensions": {"durableTask": {"defaultVersion": 1}}}), {})


@pytest.mark.parametrize("text", ["{", "[]"])
def test_a_file_that_is_no_json_object_is_named(tmp_path: Path, text: str) -> None:
    """A broken host.json stops the start-up by its name."""
    with pytest.raises(SettingError, match=r"host\.json"):
        read_settings(an_app(tmp_path, text), {})


def test_settings_stand_in_for_their_names() -> None:
    """`%NAME%` in a binding is the setting's value; an unknown name is an error that says so."""
    settings = HostSettings({"QUEUE": "orders"})

    assert settings.resolve("my-%QUEUE%-in") == "my-orders-in"
    with pytest.raises(SettingError, match="NOWHERE"):
        settings.resolve("%NOWHERE%")


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("1", True), ("0", False), ("", False)])
def test_a_function_can_be_switched_off(value: str, *, expected: bool) -> None:
    """AzureWebJobs.<function>.Disabled does what it does in Azure."""
    assert HostSettings({"AzureWebJobs.f.Disabled": value}).is_disabled("f") is expected


def test_a_queue_lease_can_be_set(tmp_path: Path) -> None:
    """For how long a killed host's messages stay hidden is a setting; half a minute by default."""
    app = an_app(tmp_path)

    leases = [
        read_settings(app, overrides).queues.lease for overrides in ({}, {"FUNCTIONS_HOST_QUEUE_LEASE_SECONDS": "2"})
    ]

    assert leases == [timedelta(seconds=30), timedelta(seconds=2)]
    with pytest.raises(SettingError, match="FUNCTIONS_HOST_QUEUE_LEASE_SECONDS must be a whole number"):
        read_settings(app, {"FUNCTIONS_HOST_QUEUE_LEASE_SECONDS": "0"})


def test_turns_can_be_withheld(tmp_path: Path) -> None:
    """A fault for tests, off by default."""
    app, name = an_app(tmp_path), "FUNCTIONS_HOST_WITHHOLD_TURNS_OF_EVERY"

    every = [read_settings(app, overrides).durable.withholds_turns_of_every for overrides in ({}, {name: "4"})]

    assert every == [0, 4]
    with pytest.raises(SettingError, match=f"{name} must be a whole number"):
        read_settings(app, {name: "often"})


def test_the_listing_of_blobs_can_be_switched_off(tmp_path: Path) -> None:
    """Then blobs start by events alone, as in Azure."""
    app, name = an_app(tmp_path), "FUNCTIONS_HOST_LISTS_BLOBS"

    assert [read_settings(app, overrides).lists_blobs for overrides in ({}, {name: "False"})] == [True, False]
    with pytest.raises(SettingError, match=f"{name} must be true or false"):
        read_settings(app, {name: "no"})


def test_a_kill_while_keys_are_made_leaves_no_half_file(tmp_path: Path) -> None:
    """What a killed host had begun to write is written anew."""
    (tmp_path / "keys.draft").write_text('{"function":')

    keys = load_keys(tmp_path, {})

    assert load_keys(tmp_path, {}) == keys


def test_keys_outlive_the_process(tmp_path: Path) -> None:
    """Keys are generated once, differ, and are readable by their owner only."""
    keys = load_keys(tmp_path, {})

    assert load_keys(tmp_path, {}) == keys
    assert len({keys.function, keys.master, keys.system}) == 3
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600


def test_two_of_the_keys_can_be_set(tmp_path: Path) -> None:
    """FUNCTIONS_KEY and FUNCTIONS_SYSTEM_KEY replace theirs and no other, and are kept nowhere."""
    generated = load_keys(tmp_path, {})

    keys = load_keys(tmp_path, {"FUNCTIONS_KEY": "mine"})

    assert keys == Keys("mine", generated.master, generated.system)
    assert load_keys(tmp_path, {"FUNCTIONS_SYSTEM_KEY": "own"}) == Keys(generated.function, generated.master, "own")
    assert "mine" not in repr(keys)
    assert load_keys(tmp_path, {}) == generated


def a_request(key: str) -> Request:
    """Make a request that offers a key."""
    return Request({"type": "http", "headers": [(b"x-functions-key", key.encode())], "query_string": b""})


@pytest.mark.parametrize(
    ("level", "opens"),
    [
        ("ANONYMOUS", {"", "f", "m", "s"}),
        ("FUNCTION", {"f", "m"}),
        ("ADMIN", {"m"}),
    ],
)
def test_each_level_has_its_keys(level: str, opens: set[str]) -> None:
    """The master key opens all, the system key no function."""
    keys = Keys(function="f", master="m", system="s")

    assert {key for key in ("", "f", "m", "s") if keys.open_function(level, a_request(key))} == opens


def test_webhooks_have_their_own_key() -> None:
    """The function key opens no webhook."""
    keys = Keys(function="f", master="m", system="s")

    assert {key for key in ("", "f", "m", "s") if keys.open_system(a_request(key))} == {"m", "s"}


@pytest.mark.parametrize(
    ("app", "address"),
    [
        ({"Main": "UseDevelopmentStorage=true"}, "http://127.0.0.1:10001/devstoreaccount1/q"),
        ({"AzureWebJobsMain": "UseDevelopmentStorage=true;"}, "http://127.0.0.1:10001/devstoreaccount1/q"),
        ({"Main__accountName": "acc"}, "https://acc.queue.core.windows.net/q"),
        (
            {"Main__queueServiceUri": "https://q.example", "Main__credential": "managedidentity"},
            "https://q.example/q",
        ),
    ],
)
async def test_a_connection_can_be_said_in_several_ways(app: dict[str, str], address: str) -> None:
    """A connection string, the emulator's short form, and an identity by account or by address."""
    async with Storage(HostSettings(app)) as storage:
        assert storage.queue("Main", "q").url == address


@pytest.mark.parametrize("app", [{}, {"Main": "nonsense"}])
async def test_a_connection_that_leads_nowhere_is_named(app: dict[str, str]) -> None:
    """A missing or broken connection stops the start-up by its name."""
    async with Storage(HostSettings(app)) as storage:
        with pytest.raises(SettingError, match="Main"):
            storage.queue("Main", "q")
