"""`qjobs completion`: scripts for the shells, written from the table of commands; no script starts Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quantumjobs.cli.codes import OK
from quantumjobs.cli.options import EVERYWHERE, HELP, VERSION
from quantumjobs.cli.rows import NOUNS, ROWS, VERBS

if TYPE_CHECKING:
    from argparse import Namespace

    from quantumjobs.cli.options import Option
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
    """Tell which options have only certain values, and those of all commands that have the option."""
    words_by_option: dict[str, list[str]] = {}
    for option in (*EVERYWHERE, *(option for row in ROWS for option in row.options)):
        if not option.is_argument and _choices(option):
            for name in option.names:
                words_by_option[name] = [*dict.fromkeys([*words_by_option.get(name, ()), *_choices(option)])]
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
  if [[ "$now" != -* ]]; then  # options come where one is begun: in other places, arguments and files do
    place="$words"; words=""
    for word in $place; do [[ "$word" == -* ]] || words+=" $word"; done
  fi
  COMPREPLY=($(compgen -W "$words" -- "$now"))
}}
complete -o default -F _qjobs qjobs"""


def _patterns() -> str:
    either = "|".join(f'"{words}"' for words in _places())
    return f"""      {either}) place="${{place:+$place }}$word" ;;"""


def zsh() -> str:
    """Write the script of zsh; `words` and `CURRENT` are the shell's own."""
    cases = "\n".join(f'    "{words}") offered=({" ".join(words_after(words))}) ;;' for words in _places())
    named = "\n".join(f"    {name}) compadd -- {' '.join(of)}; return ;;" for name, of in values().items())
    verbs = " ".join(_quoted(f"{noun}:{_what_of(noun)}") for noun in NOUNS)
    return f"""\
#compdef qjobs
# Completion of qjobs for zsh, written by `qjobs completion zsh`.
_qjobs() {{
  local place="" part
  local -a before offered nouns=({verbs})
  before=("${{(@)words[2,CURRENT-1]}}")
  case "${{before[-1]}}" in
{named}
  esac
  for part in $before; do
    [[ "$part" == -* ]] && continue
    case "${{place:+$place }}$part" in
{_patterns().replace("$word", "$part")}
    esac
  done
  case "$place" in
    "") [[ "${{words[CURRENT]}}" == -* ]] || {{ _describe command nouns; return }}
      offered=({" ".join([*_flags(EVERYWHERE), "--help", "--version"])}) ;;
{cases}
  esac
  [[ "${{words[CURRENT]}}" == -* ]] || offered=("${{(@)offered:#-*}}")
  (( $#offered )) && compadd -- $offered || _files
}}
compdef _qjobs qjobs"""


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _what_of(noun: str) -> str:
    return next(row.what for row in ROWS if row.noun == noun)


def _described(words: str) -> str:
    return next(row.what for row in ROWS if row.words == words)


def fish() -> str:
    """Write the script of fish."""
    lines = [FISH.format(places=" ".join(map(_quoted, _places())))]
    lines += [_of_fish("", noun, _what_of(noun)) for noun in NOUNS]
    lines += [_of_fish(noun, verb, _described(f"{noun} {verb}")) for noun in NOUNS for verb in VERBS[noun]]
    for row in ROWS:
        if not any(option.settings.get("metavar") == "FILE" for option in row.options if option.is_argument):
            lines.append(f"complete -c qjobs -f -n {_quoted(_at(row.words))}")
        lines += [_fish_option(row.words, one) for one in row.options if not one.is_argument or _choices(one)]
    lines += [_fish_option(None, option) for option in (*EVERYWHERE, HELP)]
    return "\n".join([*lines, _fish_option("", VERSION)])


FISH = """\
# Completion of qjobs for fish, written by `qjobs completion fish`.
set -g __qjobs_places {places}
function __qjobs_at
  set -l place
  for word in (commandline -opc)[2..-1]
    set -l next (string trim -- "$place $word")
    if contains -- $next $__qjobs_places
      set place $next
    end
  end
  test "$place" = "$argv[1]"
end
complete -c qjobs -e"""


def _at(words: str) -> str:
    return f'__qjobs_at "{words}"'


def _of_fish(words: str, word: str, what: str) -> str:
    return f"complete -c qjobs -f -n {_quoted(_at(words))} -a {word} -d {_quoted(what)}"


def _fish_option(words: str | None, option: Option) -> str:
    """Write an option, or the choices of an argument; without a place, it is for all of them."""
    when = "" if words is None else f" -n {_quoted(_at(words))}"
    choices = f" -a {_quoted(' '.join(_choices(option)))}" if _choices(option) else ""
    if option.is_argument:
        return f"complete -c qjobs -f{when}{choices}"
    names = "".join(f" -l {name[2:]}" if name.startswith("--") else f" -s {name[1:]}" for name in option.names)
    is_file = option.settings.get("metavar") == "FILE"
    value = (" -r" if is_file else " -x") if option.takes_value else ""
    return f"complete -c qjobs{when}{names}{value}{choices} -d {_quoted(option.settings.get('help') or '')}"


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
