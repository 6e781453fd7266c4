"""Values that are nearly right: something right, changed in one to three places as only a stranger would."""

from typing import Any

from hypothesis import strategies as st

type Draw = st.DrawFn

DEEP: Any = [[]]
for _ in range(40):
    DEEP = [DEEP]

# Digits of other scripts, numbers beyond every limit, paths, what a format word or a duration almost is.
SURPRISES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 0.5, -0.0, 1e308, 5e-324, 2**53 + 1, 2**63, -(2**63), 10**30, 10**400),
    *(
        "",
        " ",
        "\0",
        "\n",
        "\u202e",
        "é",
        "\u0663",
        "\U0001d7d9",
        "0",
        "-1",
        "1e999",
        "nan",
        "Infinity",
        "0x10",
        "9" * 30,
        "a" * 300,
    ),
    *("../..", "inputs/..", "%2e%2e", "CON", "__class__", "PT", "P1W", "PT1.5S", "P99999D"),
    *([], [[]], [None], ["a"] * 20, {}, {"": {}}, {"a": "b"}, DEEP),
)
surprises = st.sampled_from(SURPRISES)


@st.composite
def nearly(draw: Draw, right: st.SearchStrategy[Any]) -> Any:
    """Change one to three places of a value that is right."""
    value = draw(right)
    for _ in range(draw(st.integers(1, 3))):
        value = _changed(draw, value)
    return value


def _changed(draw: Draw, value: Any) -> Any:
    if isinstance(value, dict) and value:
        return _changed_object(draw, value)
    if isinstance(value, list) and value:
        return _changed_list(draw, value)
    return draw(surprises | st.just([value]) | st.just({"Item1": value}) | st.just(str(value)))


def _changed_object(draw: Draw, value: dict[str, Any]) -> Any:
    name = draw(st.sampled_from(sorted(value)))
    rest = {key: item for key, item in value.items() if key != name}
    match draw(st.sampled_from(["inside", "inside", "inside", "drop", "rename", "add", "replace"])):
        case "inside":
            return value | {name: _changed(draw, value[name])}
        case "drop":
            return rest
        case "rename":
            return rest | {draw(st.sampled_from([name.upper(), name + " ", name[:-1], ""])): value[name]}
        case "add":
            return value | {draw(st.text(max_size=3)): draw(surprises)}
        case _:
            return draw(surprises)


def _changed_list(draw: Draw, value: list[Any]) -> Any:
    place = draw(st.integers(0, len(value) - 1))
    match draw(st.sampled_from(["inside", "inside", "inside", "drop", "twice", "add", "replace"])):
        case "inside":
            return [*value[:place], _changed(draw, value[place]), *value[place + 1 :]]
        case "drop":
            return value[:place] + value[place + 1 :]
        case "twice":
            return value + value[place:]
        case "add":
            return [*value, draw(surprises)]
        case _:
            return draw(surprises)


@st.composite
def damaged(draw: Draw, right: st.SearchStrategy[bytes]) -> bytes:
    """Cut, double or overwrite a few bytes of something that is right."""
    data = draw(right)
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 4)))
        piece = draw(st.sampled_from([b"", b"\xff", b"\\ud800", b"\0", b",", b'"', b"{", b"]", b"1e999", data[start:]]))
        data = data[:start] + piece + data[end:]
    return data
