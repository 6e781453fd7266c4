"""Reads a command line by the table of commands; what is mistyped is answered with what comes nearest."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, Namespace, RawDescriptionHelpFormatter
from difflib import get_close_matches
from typing import TYPE_CHECKING, NoReturn

from quantumjobs import __version__
from quantumjobs.cli import epilogs
from quantumjobs.cli.faults import CommandLineError
from quantumjobs.cli.options import EVERYWHERE, HELP, VERSION
from quantumjobs.cli.rows import NOUNS, ROWS, VERBS, Row, row_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROOT = "qjobs"


class Parser(ArgumentParser):
    """A parser that raises what is wrong, where argparse would print and exit."""

    def error(self, message: str) -> NoReturn:
        """Raise it in our own form."""
        raise CommandLineError(f"{self.prog}: the command line is faulty", message, f"see {self.prog} --help")


def read(words: Sequence[str]) -> tuple[Row | None, Namespace]:
    """Read a command line into the command's row and its options; without a row, `text` in them is to be shown."""
    first = root().parse_args(words)
    if first.version:
        return None, Namespace(text=f"qjobs {__version__}")
    if first.command is None:
        return None, Namespace(text=root().format_help().rstrip())
    return _command(first)


def _command(first: Namespace) -> tuple[Row | None, Namespace]:
    noun, rest = first.command, list(first.rest)
    if noun == "help":  # `qjobs help list` is `qjobs list --help`
        if not rest:
            return None, Namespace(text=root().format_help().rstrip())
        noun, rest = rest[0], [*rest[1:], "--help"]
    if noun not in NOUNS:
        _unknown("command", noun, NOUNS, ROOT)
    verbs = VERBS[noun]
    if not verbs:
        return _options(row_of(noun), rest, first)
    if rest and rest[0] in {"-h", "--help"}:
        return None, Namespace(text=group(noun))
    if not rest or rest[0].startswith("-"):  # a noun alone lists
        return _options(row_of(f"{noun} list"), rest, first)
    if rest[0] not in verbs:
        _unknown("command", f"{noun} {rest[0]}", [f"{noun} {verb}" for verb in verbs], f"{ROOT} {noun}")
    return _options(row_of(f"{noun} {rest[0]}"), rest[1:], first)


def _options(row: Row | None, rest: Sequence[str], first: Namespace) -> tuple[Row | None, Namespace]:
    if row is None:
        raise CommandLineError("there is no such command", "", f"see {ROOT} --help")
    parser = parser_of(row)
    if not {"-h", "--help"}.isdisjoint(_before_dashes(rest)):
        return None, Namespace(text=parser.format_help().rstrip())
    options, extra = parser.parse_known_intermixed_args(rest, first)
    if extra:
        names = [name for option in (*row.options, *EVERYWHERE) for name in option.names if name.startswith("--")]
        what = "option" if extra[0].startswith("-") else "argument"
        _unknown(what, extra[0], names, parser.prog)
    return row, options


def _before_dashes(rest: Sequence[str]) -> Sequence[str]:
    return rest[: rest.index("--")] if "--" in rest else rest


def _unknown(what: str, word: str, names: Iterable[str], prog: str) -> NoReturn:
    near = get_close_matches(word, list(names), 1, 0.6)
    why = f"did you mean {near[0]}?" if near else ""
    raise CommandLineError(f"{prog}: there is no {what} {word!r}", why, f"see {prog} --help")


def root() -> Parser:
    """Build the parser of what stands before a command."""
    parser = Parser(
        prog=ROOT,
        usage="qjobs COMMAND …",
        description="Run quantum jobs on a Durable Quantum Jobs deployment.",
        epilog=epilogs.overview(),
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
        add_help=False,
    )
    for option in (HELP, VERSION, *EVERYWHERE):
        option.add_to(parser)
    parser.add_argument("command", nargs="?", help=SUPPRESS)
    parser.add_argument("rest", nargs="...", help=SUPPRESS)
    parser.set_defaults(form="table")
    return parser


def parser_of(row: Row) -> Parser:
    """Build the parser of one command."""
    parser = Parser(
        prog=f"{ROOT} {row.words}",
        description=f"{row.what[0].upper()}{row.what[1:]}.",
        epilog=epilogs.of(row.topic),
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
        add_help=False,
    )
    HELP.add_to(parser, default=SUPPRESS)
    for option in row.options:
        option.add_to(parser)
    for option in EVERYWHERE:
        # Without a default of its own, an option that stands before the command is not undone here.
        option.add_to(parser, default=SUPPRESS)
    return parser


def group(noun: str) -> str:
    """Write the help of a noun: its verbs."""
    rows = [row for row in ROWS if row.noun == noun]
    lines = [f"  {ROOT} {row.words:<20} {row.what}" for row in rows]
    return "\n".join(
        [f"usage: {ROOT} {noun} COMMAND …", "", *lines, "", f"{ROOT} {noun} alone lists.", "", epilogs.of("")]
    )
