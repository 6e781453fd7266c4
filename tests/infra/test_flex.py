"""The app asks nothing of Flex Consumption that Flex refuses, sets what Flex needs, and fits into an instance.

The facts, each with its source and date, are data: `flex.json`. None of it was run in Azure.
"""

import json
import re
from typing import Any

import pytest

from quantum import settings
from quantum.ports import COMPILER_PATIENCE_SECONDS
from tests.infra.templates import ROOT, Resource, Templates, outcomes

API = "infra/app/api.bicep"
FLEX: dict[str, Any] = json.loads((ROOT / "tests" / "infra" / "flex.json").read_text())
HOST_AND_WORKER_MIB = 512  # resident, by estimate: the host 300, the worker with the app and its template 200
FIRST_TURN_SECONDS = 1  # `first_seconds` of the compiler: every program gets that much in any place
GROUPS = ("http", "durable", "blob")  # the functions that Flex scales together


@pytest.fixture(scope="session")
def site(templates: Templates) -> Resource:
    """The function app."""
    (sites,) = templates.resources("Microsoft.Web/sites")
    return sites


@pytest.fixture(scope="session")
def scale(site: Resource) -> dict[str, Any]:
    """How the app scales."""
    concurrency: dict[str, Any] = site.properties["functionAppConfig"]["scaleAndConcurrency"]
    return concurrency


def test_no_property_is_one_that_flex_refuses(site: Resource) -> None:
    """A refused property stops the whole deployment, on the stamps of some regions today and of all in time."""
    refused = {name.lower() for name in FLEX["siteProperties"]}
    named = {*site.properties, *site.properties["siteConfig"]}

    assert {name for name in named if name.lower() in refused} == set()


def test_no_setting_is_one_that_flex_has_replaced(templates: Templates) -> None:
    """Runtime, package and scale stand in functionAppConfig; and storage is opened by no connection string."""
    texts = {text for _, text in templates.texts()}

    assert texts & {*FLEX["settings"], "AzureWebJobsStorage"} == set()


@pytest.mark.parametrize("path", FLEX["required"])
def test_what_flex_asks_for_is_set(site: Resource, path: str) -> None:
    """Also where the template would deploy without it and the app be slow."""
    value: Any = site.properties
    for name in path.split("."):
        value = value[name]

    assert value


@pytest.mark.parametrize("kind", ["siteProperties", "settings", "required"])
def test_every_fact_has_a_source_and_a_date(kind: str) -> None:
    """A fact without them cannot be checked again."""
    assert set(FLEX[kind].values()) <= FLEX["sources"].keys()
    assert [source for source in FLEX["sources"].values() if not re.match(r"20\d\d-\d\d", source["date"])] == []


def test_an_instance_bears_the_requests_that_it_gets(scale: dict[str, Any]) -> None:
    """If all of them want the compiler at once, the last one's turn still comes before its patience is over."""
    requests = scale["triggers"]["http"]["perInstanceConcurrency"]
    at_once = int(settings.DEFAULTS["COMPILERS_AT_ONCE"])

    assert 1 < requests <= 1000
    assert requests * FIRST_TURN_SECONDS / at_once <= COMPILER_PATIENCE_SECONDS / 2


def test_compilers_fit_into_every_size_of_instance(templates: Templates, scale: dict[str, Any]) -> None:
    """All that may run at once leave room for the host and the worker, so that the kernel has nothing to kill."""
    memory = templates.variable(API, "compilerMemory")
    sizes = allowed(templates, "infra/main.bicep", "instanceMemory")

    assert scale["instanceMemoryMB"] == "instanceMemory"
    assert {int(size.strip("'")) for size in memory} == sizes
    for size, mib in memory.items():
        taken = int(mib) * int(settings.DEFAULTS["COMPILERS_AT_ONCE"]) + HOST_AND_WORKER_MIB
        assert taken <= int(size.strip("'"))


@pytest.mark.parametrize("group", GROUPS)
def test_instances_are_kept_ready_by_a_parameter_each(templates: Templates, group: str) -> None:
    """None is paid for unasked, and a group of no instances is left out."""
    parameter = f"alwaysReady{group.capitalize()}"
    variable = templates.variable(API, f"readyFor{group.capitalize()}")

    assert templates.trees["infra/main.bicep"]["parameters"][parameter]["default"] == 0
    assert outcomes(variable) == [[{"name": group, "instanceCount": parameter}], []]


def test_every_group_is_asked_for(scale: dict[str, Any]) -> None:
    """A group that has a parameter also reaches the app."""
    groups = scale["alwaysReady"]["function"]["parameters"].values()

    assert set(groups) == {f"readyFor{group.capitalize()}" for group in GROUPS}


def test_the_hosts_own_interface_is_opened_in_one_place(templates: Templates, site: Resource) -> None:
    """Isolation is on; where Azure's own calls need it off, one variable turns it off."""
    parameter = templates.trees["infra/main.bicep"]["parameters"]["adminIsolation"]

    assert parameter["default"] is True
    assert site.properties["functionsRuntimeAdminIsolationEnabled"] == "adminIsolation"


def test_a_refused_name_is_found() -> None:
    """The check above sees a property whatever its case."""
    assert "ftpsState" in FLEX["siteProperties"]
    assert "FtpsState".lower() in {name.lower() for name in FLEX["siteProperties"]}


def allowed(templates: Templates, file: str, parameter: str) -> set[int]:
    """Read which numbers a parameter may have."""
    decorators = templates.trees[file]["parameters"][parameter]["decorators"]
    return {value for decorator in decorators for value in numbers_in(decorator)}


def numbers_in(tree: Any) -> list[int]:
    """Give every number below a part of a template."""
    if isinstance(tree, dict):
        return [number for value in tree.values() for number in numbers_in(value)]
    if isinstance(tree, list):
        return [number for value in tree for number in numbers_in(value)]
    return [tree] if isinstance(tree, int) and not isinstance(tree, bool) else []
