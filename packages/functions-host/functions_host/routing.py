"""Route templates as Azure Functions reads them: `jobs/{id}`, `{id:int}`, `{*rest}`, `{id?}`, `{id=7}`.

Literals match in any case. Of several templates that fit, the first in the order of the functions' names wins, however
literal another is. Source: azure-functions-host, where `FunctionMetadataManager` orders functions by name, in any case,
and `WebScriptHostHttpRoutesManager` adds their routes in that order; read in November 2026, not run in Azure.
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


class RouteError(ValueError):
    """A route template that cannot be served."""


@dataclass(frozen=True)
class Template:
    """One route template, compiled."""

    pattern: re.Pattern[str]
    defaults: Mapping[str, str]

    def match(self, path: str) -> dict[str, str] | None:
        """Read the parameters out of a percent-encoded path; None where it does not match."""
        if (match := self.pattern.fullmatch(path)) is None:
            return None
        values = {name: unquote(value) for name, value in match.groupdict().items() if value}
        return dict(self.defaults) | values


def compile_template(text: str) -> Template:
    """Compile a template, with its prefix and without a leading slash; raises RouteError."""
    segments = [segment for segment in text.strip("/").split("/") if segment]
    defaults: dict[str, str] = {}
    pattern = "".join(_segment(segment, defaults) for segment in segments)
    try:
        return Template(re.compile(pattern + "/?", re.IGNORECASE), defaults)
    except re.error as error:
        raise RouteError(f"the route {text} cannot be read: {error}") from error


def _segment(text: str, defaults: dict[str, str]) -> str:
    parameters = list(_PARAMETER.finditer(text))
    if "{" in _PARAMETER.sub("", text):
        raise RouteError(f"the route segment {text} has an unclosed parameter")
    pattern, end = "/", 0
    for match in parameters:
        pattern += re.escape(text[end : match.start()])
        pattern += _parameter(match, defaults)
        end = match.end()
    pattern += re.escape(text[end:])
    alone = len(parameters) == 1 and parameters[0].group() == text
    optional = alone and (parameters[0][4] is not None or parameters[0][1])
    return f"(?:{pattern})?" if optional else pattern


def _parameter(match: re.Match[str], defaults: dict[str, str]) -> str:
    stars, name, constraints, tail = match.groups()
    if tail and tail.startswith("="):
        defaults[name] = tail[1:]
    if stars:
        return f"(?P<{name}>.*)"
    looks = "".join(f"(?={_constraint(word)}(?:/|$))" for word in constraints.split(":")[1:])
    return f"{looks}(?P<{name}>[^/]+?)"


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


def in_order[T](routes: Iterable[tuple[str, str, T]]) -> list[tuple[Template, T]]:
    """Compile routes (name of the function, template, function) in the order in which Azure tries them."""
    return [(compile_template(text), function) for _, text, function in sorted(routes, key=lambda row: row[0].upper())]
