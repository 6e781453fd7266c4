"""The completions of fish and zsh, in those shells where the machine has them, by place; and `qjobs help`."""

import shutil
import subprocess
from pathlib import Path

import pytest

from quantumjobs.cli import arguments, completion
from quantumjobs.cli.faults import CommandLineError, report_of

CASES = [
    ("qjobs su", {"submit"}),
    ("qjobs sessions o", {"open"}),
    ("qjobs result --reg", {"--register"}),
    ("qjobs list --order n", {"newest", "name"}),
    ("qjobs sessions list --ord", set()),  # an option of `qjobs list`, not of this one
    ("qjobs --url x completion f", {"fish"}),
    ("qjobs cost --by u", {"unit"}),
    ("qjobs submit be", {"bell.qasm"}),
    ("qjobs list --output be", {"bell.qasm"}),
    ("qjobs targets be", set()),
]
# Stands in for zsh's own completion system: it says what it was to offer, by the word that is being typed.
ZSH = """
compdef() { : }
_offer() { local one; for one in $@; [[ $one == ${words[CURRENT]}* ]] && print -r -- $one; return 0 }
compadd() { shift; _offer $@ }
_describe() { _offer ${${(P)2}%%:*} }
_files() { _offer *(N) }
source "$1"
words=(${(z)2}); CURRENT=$#words
_qjobs
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a program in it."""
    (tmp_path / "bell.qasm").touch()
    return tmp_path


def ran(program: str, folder: Path, *arguments: str) -> set[str]:
    """Run a shell in a folder, and read the first word of each line."""
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not here")
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder / "home"), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [path, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return {line.split("\t")[0] for line in done.stdout.splitlines()}


@pytest.mark.parametrize(("typed", "offered"), CASES)
def test_fish_completes(typed: str, offered: set[str], folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """In its own way of asking."""
    script = tmp_path_factory.mktemp("fish") / "script"
    script.write_text(completion.fish())

    assert ran("fish", folder, "--no-config", "-c", f"source {script}; complete -C '{typed}'") == offered


@pytest.mark.parametrize(
    ("typed", "offered"), [case for case in CASES if "--output" not in case[0] and "targets" not in case[0]]
)
def test_zsh_completes(typed: str, offered: set[str], folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """With what the shell's own system would be told."""
    script = tmp_path_factory.mktemp("zsh") / "script"
    script.write_text(completion.zsh())

    assert ran("zsh", folder, "-f", "-c", ZSH, "zsh", str(script), typed) == offered


@pytest.mark.parametrize("words", [[], ["list"], ["sessions"], ["sessions", "open"]])
def test_help_is_a_command_too(words: list[str]) -> None:
    """It says what `--help` behind the same words says."""
    by_command, by_option = arguments.read(["help", *words]), arguments.read([*words, "--help"] if words else [])

    assert by_command[0] is None
    assert by_command[1].text == by_option[1].text


def test_help_on_what_is_no_command_names_the_nearest() -> None:
    """As the command itself would."""
    with pytest.raises(CommandLineError, match="there is no command 'lst'") as error:
        arguments.read(["help", "lst"])

    assert report_of(error.value, "").lines()[0] == "qjobs: there is no command 'lst'"
