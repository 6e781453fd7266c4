"""Finding the deployment, and what of it may be seen."""

import json
from pathlib import Path

import pytest

from quantumjobs import Deployment, NoDeploymentError, UsageError, find_deployment

LOCAL = {"api": "http://127.0.0.1:7071", "functionKey": "local-key", "storage": "…", "workspace": {}, "pids": {}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder two levels below that of a local stack."""
    (tmp_path / ".local").mkdir()
    (tmp_path / ".local" / "endpoints.json").write_text(json.dumps(LOCAL))
    inner = tmp_path / "some" / "where"
    inner.mkdir(parents=True)
    return inner


def test_what_is_given_outright_wins(folder: Path) -> None:
    """Arguments stand above the environment and the local stack."""
    environ = {"QJOBS_URL": "https://other", "QJOBS_KEY": "other-key"}

    chosen = find_deployment("https://mine", "my-key", environ=environ, folder=folder)

    assert (chosen.url, chosen.key) == ("https://mine", "my-key")


def test_the_environment_comes_next(folder: Path) -> None:
    """QJOBS_URL and QJOBS_KEY stand above the local stack."""
    chosen = find_deployment(environ={"QJOBS_URL": "https://other", "QJOBS_KEY": "other-key"}, folder=folder)

    assert (chosen.url, chosen.key, chosen.source) == ("https://other", "other-key", "QJOBS_URL")


def test_a_local_stack_is_found_from_a_folder_below(folder: Path) -> None:
    """The nearest endpoints.json upwards tells address and key, and is named as the source."""
    chosen = find_deployment(environ={"QJOBS_KEY": "for another deployment"}, folder=folder)

    assert (chosen.url, chosen.key) == ("http://127.0.0.1:7071", "local-key")
    assert chosen.source == str(folder.parents[1] / ".local" / "endpoints.json")


def test_the_local_key_goes_to_the_local_stack_only(folder: Path) -> None:
    """Another deployment never gets it, the local one does though it be named outright."""
    elsewhere = find_deployment("https://mine", environ={}, folder=folder)
    local = find_deployment("http://127.0.0.1:7071/", environ={}, folder=folder)

    assert elsewhere.key is None
    assert local.key == "local-key"


def test_without_any_hint_the_error_names_the_ways(tmp_path: Path) -> None:
    """Who is lost reads what to do."""
    with pytest.raises(NoDeploymentError, match=r"--url.*QJOBS_URL.*local stack"):
        find_deployment(environ={}, folder=tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"functionKey": "k"}', b'{"api": 7}', b"\xff\xfe"])
def test_a_broken_endpoints_file_is_named(folder: Path, content: bytes) -> None:
    """A file that is half written or of another kind is a clear error, unless another place was named."""
    (folder.parents[1] / ".local" / "endpoints.json").write_bytes(content)

    with pytest.raises(UsageError, match=r"endpoints\.json"):
        find_deployment(environ={}, folder=folder)

    assert find_deployment("https://mine", environ={}, folder=folder).key is None


@pytest.mark.parametrize("url", ["https://host/", "https://host/api", "https://host/api/", " https://host "])
def test_a_url_may_end_in_api(url: str) -> None:
    """What people copy is understood."""
    assert Deployment(url, None, "test").url == "https://host"


@pytest.mark.parametrize(
    "url", ["host.azurewebsites.net", "ftp://host", "https://", "http://[::1", "https://h:port", "https://a b"]
)
def test_a_url_that_leads_nowhere_is_refused(url: str) -> None:
    """A malformed URL is told with a good example."""
    with pytest.raises(UsageError, match="URL"):
        Deployment(url, None, "test")


@pytest.mark.parametrize("url", ["https://host/api/jobs?code=hush", "https://user:hush@host", "https://host/#hush"])
def test_a_key_in_the_url_is_refused_and_not_repeated(url: str) -> None:
    """A key belongs in a header, and in no message."""
    with pytest.raises(UsageError, match="must not carry a key") as raised:
        Deployment(url, None, "test")

    assert "hush" not in str(raised.value)


@pytest.mark.parametrize("key", ["hu\nsh", "hush hush", "hüsh"])
def test_a_key_that_no_header_can_carry_is_refused_and_not_repeated(key: str) -> None:
    """A key with a line end in it is caught before it is sent or shown."""
    with pytest.raises(UsageError) as raised:
        Deployment("https://host", key, "test")

    assert key not in str(raised.value)


def test_the_key_is_not_shown() -> None:
    """Neither repr nor str of a deployment tells the key."""
    deployment = Deployment("https://host", "hush", "test")

    assert "hush" not in f"{deployment!r} {deployment}"


@pytest.mark.parametrize(
    ("url", "in_clear"),
    [
        ("https://host", False),
        ("http://host", True),
        ("http://127.0.0.1:7071", False),
        ("http://[::1]", False),
        ("http://localhost", False),
    ],
)
def test_a_key_in_clear_is_noticed(url: str, *, in_clear: bool) -> None:
    """Only http to another machine shows the key to others."""
    assert Deployment(url, "k", "test").sends_key_in_clear is in_clear
