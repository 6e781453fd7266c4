"""Records: frozen dataclasses that cost little at a cold start, which defines more than a hundred of them.

`dataclass(frozen=True)` compiles six methods for each class; here they are shared and go by the fields. A subclass
without fields of its own needs no decorator.
"""

from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from functools import partial
from typing import Any, NamedTuple, dataclass_transform, overload


@overload
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record[T](cls: type[T]) -> type[T]: ...
@overload
def record[T](*, kw_only: bool) -> Callable[[type[T]], type[T]]: ...
def record(cls: Any = None, *, kw_only: bool = False) -> Any:
    """Make a class a frozen dataclass; methods that it defines itself stay."""
    return _recorded(cls, kw_only=False) if cls else partial(_recorded, kw_only=kw_only)


def _recorded(cls: type, *, kw_only: bool) -> type:
    own = set(vars(cls))
    for name, method in SHARED.items():
        if name not in own:
            setattr(cls, name, method)
    dataclass(init=False, repr=False, eq=False, kw_only=kw_only)(cls)
    return cls


class Layout(NamedTuple):
    """What an object of a class is made of: names of fields, their defaults, and whether it checks itself."""

    names: frozenset[str]
    positional: tuple[str, ...]
    defaults: dict[str, Any]
    factories: tuple[tuple[str, Callable[[], Any]], ...]
    checks_itself: bool


LAYOUTS: dict[type, Layout] = {}


def _layout_of(cls: Any) -> Layout:
    """Read the fields of a class, when its first object is made."""
    all_fields = fields(cls)
    layout = LAYOUTS[cls] = Layout(
        frozenset(each.name for each in all_fields),
        tuple(each.name for each in all_fields if each.init and not each.kw_only),
        {each.name: each.default for each in all_fields if each.default is not MISSING},
        tuple((each.name, each.default_factory) for each in all_fields if each.default_factory is not MISSING),
        hasattr(cls, "__post_init__"),
    )
    return layout


def _assign(self: Any, *values: Any, **named: Any) -> None:
    """Set all fields, by position, by name or by default."""
    names, positional, defaults, factories, checks_itself = LAYOUTS.get(type(self)) or _layout_of(type(self))
    content = self.__dict__
    content.update(defaults)
    content.update(zip(positional, values, strict=False))
    content.update(named)
    for name, make in factories:
        if name not in content:
            content[name] = make()
    by_position = positional[: len(values)]
    if (
        content.keys() != names
        or len(by_position) < len(values)
        or (named and not named.keys().isdisjoint(by_position))
    ):
        faults = {
            "missing": names - content.keys(),
            "unknown": content.keys() - names,
            "twice": named.keys() & by_position,
        }
        words = "; ".join(f"{word}: {', '.join(sorted(those))}" for word, those in faults.items() if those)
        raise TypeError(
            f"{type(self).__qualname__}() takes {len(positional)} values by position; {words or 'more came'}"
        )
    if checks_itself:
        self.__post_init__()


def _equal(self: Any, other: object) -> bool:
    return _values(self) == _values(other) if type(other) is type(self) else NotImplemented


def _hash(self: Any) -> int:
    return hash(_values(self))


def _values(self: Any) -> tuple[Any, ...]:
    return tuple(getattr(self, each.name) for each in fields(self) if each.compare)


def _text(self: Any) -> str:
    shown = (f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _set_once(self: Any, name: str, value: Any) -> None:
    """Set a field that `__init__` has not set yet."""
    if name in self.__dict__:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")
    object.__setattr__(self, name, value)


def _refuse_delete(self: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r} of {type(self).__qualname__}")


SHARED = {
    "__init__": _assign,
    "__eq__": _equal,
    "__hash__": _hash,
    "__repr__": _text,
    "__setattr__": _set_once,
    "__delattr__": _refuse_delete,
}
