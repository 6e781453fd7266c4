"""The settings that the app reads, the list of them in the code and the README's table are the same."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from our_files import DEPLOYED, python_files, text_of, tree_of

from quantum.settings import SETTINGS, SettingError, read_settings

HEADER = "| setting | meaning | default |"
GUID = "00000000-0000-0000-0000-000000000001"
BY_NAME = {"AzureWebJobsStorage__accountName": "account", "AZURE_QUANTUM_SUBSCRIPTION_ID": GUID}
BY_NAME |= {f"AZURE_QUANTUM_WORKSPACE_{part}": "eastus" for part in ("RG", "NAME", "LOCATION")}


class Watched(Mapping[str, str]):
    """Environment variables that remember which of them were asked for."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
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

    assert environs[0].asked | environs[1].asked == {setting.name for setting in SETTINGS}


def test_only_one_place_reads_the_environment() -> None:
    """A setting cannot be read past the list; the compiler tells its child where the machine's libraries are."""
    readers = [str(path) for path in python_files(*DEPLOYED) if reads_environment(tree_of(path))]

    assert sorted(readers) == ["quantum/adapters/template.py", "quantum/wiring.py"]
    assert reads_environment(ast.parse("import os\nname = os.getenv('NAME')"))


def test_the_readme_shows_every_setting() -> None:
    """The README's table is the list: names, meanings and defaults."""
    expected = [f"| `{setting.name}` | {setting.meaning} | {setting.default} |" for setting in SETTINGS]

    assert table_in(text_of(Path("README.md"))) == expected


def test_a_table_ends_where_it_ends() -> None:
    """The rows of another table are not taken for settings."""
    rows = "| `A` | what A means | 1 |\n| `B` | what B means |  |\n"
    text = f"| `x` | y | z |\n\n{HEADER}\n|---|---|---|\n{rows}\n| `C` | | |\n"

    assert table_in(text) == rows.splitlines()
    assert table_in("no table") == []


def reads_environment(tree: ast.Module) -> bool:
    """Say whether a module takes anything from the process's environment."""
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return bool(names & {"environ", "environb", "getenv"})


def table_in(text: str) -> list[str]:
    """Give the rows of the settings table in a page."""
    _, _, after = text.partition(f"{HEADER}\n")
    rows = []
    for line in after.splitlines()[1:]:
        if not line.startswith("|"):
            break
        rows.append(line)
    return rows
