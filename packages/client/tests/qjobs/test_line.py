"""The command line itself: help that teaches, slips of the pen, times, completion, and a fast start."""

import re
import shlex
import shutil
import subprocess
import sys
from argparse import ArgumentTypeError
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from client_support.fake_jobs_api import FakeJobsApi
from quantumjobs.cli import arguments, completion, epilogs, inputs
from quantumjobs.cli.faults import CommandLineError
from quantumjobs.cli.rows import NOUNS, ROWS, SHELLS, VERBS
from quantumjobs.cli.text import UTC

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
EXAMPLE = re.compile(r"^  (?:source <\()?(?:generate \| )?(qjobs (?:.|\\\n)+?)(?<!\\)$", re.MULTILINE)
SLOW = ("httpx", "rich", "asyncio")


def examples() -> list[str]:
    """The commands that the help shows."""
    texts = [epilogs.OVERVIEW, *epilogs.TOPICS.values()]
    lines = [line for text in texts for line in EXAMPLE.findall(text.replace("\\\n", " "))]
    return [re.split(r" [|<>] | > |\)? +#| && ", line)[0] for line in lines]


@pytest.mark.parametrize("line", examples())
def test_every_example_of_the_help_is_a_command_line_that_is_read(line: str) -> None:
    """What is taught works, down to the options."""
    _, *words = shlex.split(line)

    row, _ = arguments.read(words)

    assert row is not None


def test_there_are_examples() -> None:
    """Each topic has some."""
    assert len(examples()) > 40


@pytest.mark.parametrize("words", [(), ("--help",), ("-h",)])
def test_bare_qjobs_teaches(qjobs: Any, words: tuple[str, ...]) -> None:
    """First steps and all commands, on standard output."""
    done = qjobs(*words, env={"QJOBS_URL": None})

    assert (done.returncode, done.stderr) == (0, "")
    assert "first steps:" in done.stdout
    assert all(noun in done.stdout for noun in NOUNS)


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (["sumbit", "x.qasm"], "submit"),
        (["session", "list"], "sessions"),
        (["sessions", "opne"], "sessions open"),
        (["list", "--tagg", "a=b"], "--tag"),
        (["poison", "reply", "x"], "poison replay"),
    ],
)
def test_a_mistyped_word_is_answered_with_the_nearest(words: list[str], near: str) -> None:
    """Commands, verbs and options alike."""
    with pytest.raises(CommandLineError) as error:
        arguments.read(words)

    assert error.value.why == f"did you mean {near}?"
    assert "--help" in error.value.remedy


def test_an_error_has_three_lines(qjobs: Any) -> None:
    """What, why, what to do; no page of usage, and exit code 2."""
    done = qjobs("submit", "x.qasm", "--shots", "many")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "qjobs submit: the command line is faulty",
        "  why: argument --shots: 'many' is not a whole number",
        "  do:  see qjobs submit --help",
    ]


@pytest.mark.parametrize("noun", [noun for noun in NOUNS if VERBS[noun]])
def test_a_noun_shows_its_verbs_and_alone_lists(noun: str) -> None:
    """So that nobody has to guess."""
    none, options = arguments.read([noun, "--help"])
    row, _ = arguments.read([noun])

    assert none is None
    assert all(f"qjobs {noun} {verb}" in options.text for verb in VERBS[noun])
    assert row
    assert row.words == f"{noun} list"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("1h", "2026-11-30T11:00:00Z"),
        ("90 min ago", "2026-11-30T10:30:00Z"),
        ("3d", "2026-11-27T12:00:00Z"),
        ("1w", "2026-11-23T12:00:00Z"),
        ("now", "2026-11-30T12:00:00Z"),
        ("today", "2026-11-30T00:00:00Z"),
        ("Yesterday", "2026-11-29T00:00:00Z"),
        ("2026-11-21", "2026-11-21"),
        ("2026-11-21T09:00", "2026-11-21T09:00:00Z"),
        ("2026-11-21T09:00Z", "2026-11-21T09:00:00Z"),
        ("2026-11-21T09:00+02:00", "2026-11-21T07:00:00Z"),
    ],
)
def test_times_are_written_as_people_say_them(text: str, moment: str) -> None:
    """Ago, by name, or as a date; what names no zone is UTC."""
    assert inputs.moment_at(text, NOW) == moment


@pytest.mark.parametrize(
    ("text", "duration"),
    [("2h", "PT2H"), ("90m", "PT90M"), ("1h30m", "PT90M"), ("45s", "PT45S"), ("2d", "PT48H"), ("PT2H", "PT2H")],
)
def test_durations_are_written_as_people_say_them(text: str, duration: str) -> None:
    """And as ISO 8601 to the deployment."""
    assert inputs.duration(text) == duration


@pytest.mark.parametrize(
    ("read", "text"),
    [(inputs.moment, "soon"), (inputs.moment, "2026-13-01T00:00"), (inputs.duration, "2"), (inputs.duration, "")],
)
def test_what_is_no_time_is_answered_with_examples(read: Any, text: str) -> None:
    """Before anything is sent."""
    with pytest.raises(ArgumentTypeError, match="write"):
        read(text)


@pytest.mark.parametrize(("text", "shots"), [("1000", 1000), ("1,000", 1000), ("1e3", 1000), ("1_000", 1000)])
def test_shots_are_numbers_in_any_spelling(text: str, shots: int) -> None:
    """As long as they are whole."""
    assert inputs.shots(text) == shots


@pytest.mark.parametrize("shell", SHELLS)
def test_a_completion_knows_every_command(shell: str) -> None:
    """It is written from the table: commands, verbs, options and their values."""
    script = completion.SCRIPTS[shell]()

    words = set(re.findall(r"[\w@-]+", script))
    assert {part for row in ROWS for part in row.words.split()} <= words
    assert {"yaml", "functionKey"} <= words
    assert "max-cost" in script


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_shell_reads_its_completion(shell: str, tmp_path: Path) -> None:
    """Its syntax is right."""
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not here")
    script = tmp_path / "script"
    script.write_text(completion.SCRIPTS[shell]())

    done = subprocess.run([program, "-n", str(script)], capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["sub"], {"submit"}),
        (["sessions", "o"], {"open"}),
        (["result", "--reg"], {"--register"}),
        (["list", "-o", "y"], {"yaml"}),
        (["--url", "x", "completion", "f"], {"fish"}),
    ],
)
def test_bash_completes(typed: list[str], offered: set[str], tmp_path: Path) -> None:
    """A word is completed by its place, without starting Python."""
    program = shutil.which("bash")
    if program is None:
        pytest.skip("bash is not here")
    script = tmp_path / "script"
    script.write_text(completion.bash())
    words = " ".join(map(shlex.quote, ["qjobs", *typed]))
    command = (
        f"source {script}; COMP_WORDS=({words}); COMP_CWORD={len(typed)}; _qjobs; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    )

    done = subprocess.run([program, "-c", command], capture_output=True, text=True, timeout=60, check=True)

    assert set(done.stdout.split()) == offered


@pytest.mark.parametrize("words", [["--version"], ["completion", "bash"], ["list"], ["submit", "--help"]])
def test_a_command_imports_only_what_it_needs(api: FakeJobsApi, environment: dict[str, str], words: list[str]) -> None:
    """httpx, rich and asyncio each cost more than all the rest."""
    api.answers("GET /api/jobs", {"jobs": [], "continuation": None})
    program = (
        "import sys\nfrom quantumjobs.cli.main import main\n"
        f"code = main({words!r})\nprint(*({SLOW!r} & sys.modules.keys()), file=sys.stderr)\nsys.exit(code)"
    ).replace(f"({SLOW!r} &", f"(set({SLOW!r}) &")

    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0
    assert not set(SLOW) & set(done.stderr.split())


@pytest.mark.parametrize("words", [["--version"], ["completion", "bash"]])
def test_the_version_and_completion_are_there_at_once(environment: dict[str, str], words: list[str]) -> None:
    """Under 0.15 s of processor, the least of a few tries on whatever machine this is."""
    resource = pytest.importorskip("resource")

    def spent() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "quantumjobs", *words], env=environment, capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return float(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)

    assert min(spent() for _ in range(4)) < 0.15
