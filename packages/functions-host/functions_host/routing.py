"""Route templates as Azure Functions reads them: `jobs/{id}`, `{id:int}`, `{*rest}`, `{id?}`, `{id=7}`.

Literals match in any case; of several templates that fit, the most literal one wins, whatever their order.
Source: ASP.NET Core routing, which the Functions host uses.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

_PARAMETER = re.compile(r"\{(\*{0,2})(\w+)((?::[^{}]+)*)(\?|=[^{}]*)?\}")
_CONSTRAINTS = {
    "int": r"[+-]?\d{1,10}",
    "long": r"[+-]?\d{1,19}",
    "bool": r"(?:true|false)",
    "decimal": r"[+-]?\d+(?:\.\d+)?",
    "double": r"[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?",
    "float": r"[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?",
    "alpha": r"[a-z]+",
    "guid": r"\{?[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}\}?",
}
# Lower comes first where several templates fit.
_LITERAL, _CONSTRAINED, _FREE, _CATCH_ALL = range(4)


class RouteError(ValueError):
    """A route template that cannot be served."""


@dataclass(frozen=True)
class Template:
    """One route template, compiled; `rank` orders templates from most to least literal."""

    pattern: re.Pattern[str]
    defaults: Mapping[str, str]
    rank: tuple[int, ...]

    def match(self, path: str) -> dict[str, str] | None:
        """Read the parameters out of a path that is still percent-encoded, or say that it does not fit."""
        if (match := self.pattern.fullmatch(path)) is None:
            return None
        given = {name: unquote(value) for name, value in match.groupdict().items() if value}
        return dict(self.defaults) | given


def compile_template(text: str) -> Template:
    """Compile a template, with its prefix and without a leading slash; raises RouteError."""
    segments = [segment for segment in text.strip("/").split("/") if segment]
    defaults: dict[str, str] = {}
    compiled = [_segment(segment, defaults) for segment in segments]
    pattern = "".join(part for part, _ in compiled)
    try:
        return Template(re.compile(pattern + "/?", re.IGNORECASE), defaults, tuple(rank for _, rank in compiled))
    except re.error as error:
        raise RouteError(f"the route {text} cannot be read: {error}") from error


def _segment(text: str, defaults: dict[str, str]) -> tuple[str, int]:
    parameters = list(_PARAMETER.finditer(text))
    if "{" in _PARAMETER.sub("", text):
        raise RouteError(f"the route segment {text} has an unclosed parameter")
    pattern, rank, end = "/", _LITERAL, 0
    for match in parameters:
        pattern += re.escape(text[end : match.start()])
        part, kind = _parameter(match, defaults)
        pattern, rank, end = pattern + part, max(rank, kind), match.end()
    pattern += re.escape(text[end:])
    alone = len(parameters) == 1 and parameters[0].group() == text
    optional = alone and (parameters[0][4] is not None or parameters[0][1])
    return (f"(?:{pattern})?" if optional else pattern), rank


def _parameter(match: re.Match[str], defaults: dict[str, str]) -> tuple[str, int]:
    stars, name, constraints, tail = match.groups()
    if tail and tail.startswith("="):
        defaults[name] = tail[1:]
    if stars:
        return f"(?P<{name}>.*)", _CATCH_ALL
    looks = "".join(f"(?={_constraint(word)}(?:/|$))" for word in constraints.split(":")[1:])
    return f"{looks}(?P<{name}>[^/]+?)", _CONSTRAINED if looks else _FREE


def _constraint(word: str) -> str:
    if word in _CONSTRAINTS:
        return _CONSTRAINTS[word]
    if match := re.fullmatch(r"length\((\d+)(?:,(\d+))?\)", word):
        return f"[^/]{{{match[1]},{match[2] or match[1]}}}"
    if match := re.fullmatch(r"(min|max)length\((\d+)\)", word):
        return f"[^/]{{{match[2]},}}" if match[1] == "min" else f"[^/]{{0,{match[2]}}}"
    if match := re.fullmatch(r"regex\((.+)\)", word):
        return f"(?:{match[1].removeprefix('^').removesuffix('$')})"
    raise RouteError(f"the route constraint {word} is not served here; use {', '.join(_CONSTRAINTS)}")


def most_literal_first[T](routes: Iterable[tuple[Template, T]]) -> list[tuple[Template, T]]:
    """Order routes so that the first that fits is the one that Azure would take."""
    return sorted(routes, key=lambda route: route[0].rank)
