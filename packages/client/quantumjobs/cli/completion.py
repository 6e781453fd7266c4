"""`qjobs completion`: scripts for the shells, written from the table of commands; no script starts Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quantumjobs.cli.codes import OK
from quantumjobs.cli.options import EVERYWHERE
from quantumjobs.cli.rows import NOUNS, ROWS, VERBS

if TYPE_CHECKING:
    from argparse import Namespace

    from quantumjobs.cli.options import Option
    from quantumjobs.cli.rows import Row
    from quantumjobs.cli.screen import Screen


def print_completion(options: Namespace, screen: Screen) -> int:
    """Print the script of a shell."""
    screen.write(SCRIPTS[options.shell]())
    return OK


def words_after(words: str) -> list[str]:
    """Tell what may follow a command's words: verbs, else options and the choices of its arguments."""
    if VERBS.get(words):
        return [*VERBS[words], *_flags(EVERYWHERE)]
    row = next(row for row in ROWS if row.words == words)
    arguments = [choice for option in row.options if option.is_argument for choice in _choices(option)]
    return [*arguments, *_flags((*row.options, *EVERYWHERE)), "--help"]


def _flags(options: tuple[Option, ...]) -> list[str]:
    return [name for option in options for name in option.names if name.startswith("--")]


def _choices(option: Option) -> list[str]:
    return [str(choice) for choice in option.settings.get("choices") or ()]


def values() -> dict[str, list[str]]:
    """Tell which options have only certain values, and those."""
    words_by_option: dict[str, list[str]] = {}
    for option in (*EVERYWHERE, *(option for row in ROWS for option in row.options)):
        if not option.is_argument and _choices(option):
            words_by_option |= {name: _choices(option) for name in option.names}
    return words_by_option


def _places() -> list[str]:
    return list(dict.fromkeys([*NOUNS, *(row.words for row in ROWS)]))


def bash() -> str:
    """Write the script of bash."""
    cases = "\n".join(f'    "{words}") words="{" ".join(words_after(words))}" ;;' for words in _places())
    named = "\n".join(
        f'    {name}) COMPREPLY=($(compgen -W "{" ".join(of)}" -- "$now")); return ;;' for name, of in values().items()
    )
    return f"""\
# Completion of qjobs for bash, written by `qjobs completion bash`.
_qjobs() {{
  local now="${{COMP_WORDS[COMP_CWORD]}}" before="${{COMP_WORDS[COMP_CWORD-1]}}" place="" word words
  case "$before" in
{named}
  esac
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    [[ "$word" == -* ]] && continue
    case "${{place:+$place }}$word" in
{_patterns()}
    esac
  done
  case "$place" in
    "") words="{" ".join([*NOUNS, *_flags(EVERYWHERE), "--help", "--version"])}" ;;
{cases}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$now"))
}}
complete -o default -F _qjobs qjobs"""


def _patterns() -> str:
    either = "|".join(f'"{words}"' for words in _places())
    return f"""      {either}) place="${{place:+$place }}$word" ;;"""


def zsh() -> str:
    """Write the script of zsh."""
    cases = "\n".join(f'    "{words}") words=({" ".join(words_after(words))}) ;;' for words in _places())
    named = "\n".join(f"    {name}) compadd -- {' '.join(of)}; return ;;" for name, of in values().items())
    verbs = " ".join(f"{noun} {_quoted(_describe(noun))}" for noun in NOUNS)
    return f"""\
#compdef qjobs
# Completion of qjobs for zsh, written by `qjobs completion zsh`.
_qjobs() {{
  local place="" part
  local -a words_before words
  local -A nouns=({verbs})
  words_before=("${{(@)words[2,CURRENT-1]}}")
  case "${{words_before[-1]}}" in
{named}
  esac
  for part in $words_before; do
    [[ "$part" == -* ]] && continue
    case "${{place:+$place }}$part" in
{_patterns().replace("$word", "$part")}
    esac
  done
  case "$place" in
    "") compadd -- ${{(k)nouns}}; return ;;
{cases}
  esac
  compadd -- $words || _files
}}
compdef _qjobs qjobs"""


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _describe(noun: str) -> str:
    return next(row.what for row in ROWS if row.noun == noun)


def fish() -> str:
    """Write the script of fish."""
    lines = ["# Completion of qjobs for fish, written by `qjobs completion fish`.", f"set -l nouns {' '.join(NOUNS)}"]
    for noun in NOUNS:
        when = "not __fish_seen_subcommand_from $nouns"
        lines.append(f"complete -c qjobs -n {_quoted(when)} -a {noun} -d {_quoted(_describe(noun))}")
    for row in ROWS:
        lines += _of_fish(row)
    lines += [_fish_option("", option) for option in EVERYWHERE]
    return "\n".join(lines)


def _of_fish(row: Row) -> list[str]:
    noun, _, verb = row.words.partition(" ")
    seen = f"__fish_seen_subcommand_from {noun}"
    lines = []
    if verb:
        lines.append(f"complete -c qjobs -f -n {_quoted(seen)} -a {verb} -d {_quoted(row.what)}")
        seen += f"; and __fish_seen_subcommand_from {verb}"
    for option in row.options:
        if not option.is_argument:
            lines.append(_fish_option(seen, option))
        elif choices := _choices(option):
            lines.append(f"complete -c qjobs -f -n {_quoted(seen)} -a {_quoted(' '.join(choices))}")
    return lines


def _fish_option(seen: str, option: Option) -> str:
    long = next(name for name in option.names if name.startswith("--")).removeprefix("--")
    when = f" -n {_quoted(seen)}" if seen else ""
    value = " -x" if _choices(option) else " -r" if option.takes_value else ""
    choices = f" -a {_quoted(' '.join(_choices(option)))}" if _choices(option) else ""
    return f"complete -c qjobs{when} -l {long}{value}{choices} -d {_quoted(option.settings.get('help') or '')}"


def powershell() -> str:
    """Write the script of PowerShell."""
    places = "\n".join(f"    '{words}' = '{' '.join(words_after(words))}'" for words in _places())
    named = "\n".join(f"    '{name}' = '{' '.join(of)}'" for name, of in values().items())
    return f"""\
# Completion of qjobs for PowerShell, written by `qjobs completion powershell`.
Register-ArgumentCompleter -Native -CommandName qjobs -ScriptBlock {{
  param($wordToComplete, $commandAst, $cursorPosition)
  $places = @{{
    '' = '{" ".join(NOUNS)}'
{places}
  }}
  $values = @{{
{named}
  }}
  $before = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object {{ $_.Extent.EndOffset -lt $cursorPosition }} | ForEach-Object {{ $_.ToString() }})
  $place = ''
  foreach ($word in $before) {{
    $next = "$place $word".Trim()
    if ($places.ContainsKey($next)) {{ $place = $next }}
  }}
  $words = $places[$place]
  if ($before.Count -and $values.ContainsKey($before[-1])) {{ $words = $values[$before[-1]] }}
  $words -split ' ' | Where-Object {{ $_ -like "$wordToComplete*" }} |
    ForEach-Object {{ [System.Management.Automation.CompletionResult]::new($_) }}
}}"""


SCRIPTS = {"bash": bash, "zsh": zsh, "fish": fish, "powershell": powershell}
