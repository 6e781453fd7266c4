"""The settings that the app reads are those of the list in the code; docs/settings.md is written from it."""

import ast
from collections.abc import Iterator, Mapping

import pytest

from quantum.settings import SETTINGS, SettingError, read_settings
from tests.house.our_files import DEPLOYED, python_files, tree_of

GUID = "00000000-0000-0000-0000-000000000001"
BY_NAME = {"AzureWebJobsStorage__accountName": "account", "AZURE_QUANTUM_SUBSCRIPTION_ID": GUID}
BY_NAME |= {f"AZURE_QUANTUM_WORKSPACE_{part}": "eastus" for part in ("RG", "NAME", "LOCATION")}


class Watched(Mapping[str, str]):
    """Environment variables that remember which of them were asked for."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.names_read: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names_read.add(name)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def test_the_list_names_what_is_read() -> None:
    """Whatever way a deployment is described, the variables that are read are those of the list."""
    environs = [Watched(BY_NAME), Watched({"AzureWebJobsStorage": "a=b"})]

    read_settings(environs[0])
    with pytest.raises(SettingError):
        read_settings(environs[1])

    assert environs[0].names_read | environs[1].names_read == {setting.name for setting in SETTINGS}


def test_only_one_place_reads_the_environment() -> None:
    """A setting cannot be read past the list; the compiler tells its child where the machine's libraries are."""
    readers = [str(path) for path in python_files(*DEPLOYED) if reads_environment(tree_of(path))]

    assert sorted(readers) == ["quantum/adapters/template.py", "quantum/wiring.py"]
    assert reads_environment(ast.parse("import os\nname = os.getenv('NAME')"))


def reads_environment(tree: ast.Module) -> bool:
    """Say whether a module takes anything from the process's environment."""
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return bool(names & {"environ", "environb", "getenv"})
