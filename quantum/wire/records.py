"""Records: frozen dataclasses that cost little at a cold start, which defines more than a hundred of them.

`dataclass(frozen=True)` compiles six methods for each class, which takes four times as long as the one that differs,
`__init__`: the others are shared here. A subclass without fields of its own needs no decorator.
"""

from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, field, fields
from functools import partial, wraps
from typing import Any, dataclass_transform, overload


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
    kind: Any = dataclass(repr=False, eq=False, kw_only=kw_only)(cls)
    if "__init__" not in own and not hasattr(kind, "__post_init__"):
        kind.__init__ = _at_once(kind.__init__)
    return cls


class _Fields:
    """An object whose attributes can be set."""


def _at_once(assign: Callable[..., None]) -> Callable[..., None]:
    """Set all fields at once, rather than each through `_set_once`, which takes eight times as long."""

    @wraps(assign)
    def init(self: Any, *arguments: Any, **named: Any) -> None:
        values = _Fields()
        assign(values, *arguments, **named)
        self.__dict__.update(values.__dict__)

    return init


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
    "__eq__": _equal,
    "__hash__": _hash,
    "__repr__": _text,
    "__setattr__": _set_once,
    "__delattr__": _refuse_delete,
}
