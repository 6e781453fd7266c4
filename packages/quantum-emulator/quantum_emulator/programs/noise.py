"""Refuses parameters that ask for noise, which this emulator does not simulate.

Parameters of compilation and error mitigation (`tket-opt-level`, `skipQuilc`, `error-mitigation`, …) change nothing
about an ideal run, and pass.
"""

from collections.abc import Callable, Mapping
from typing import Any

from quantum_emulator import errors

IDEAL = ("", "ideal", "none")


def _is_noisy_model(value: Any) -> bool:
    if isinstance(value, Mapping):
        return _is_noisy_model(value.get("model"))
    return bool(value) and str(value).lower() not in IDEAL


def _has_rates(value: Any) -> bool:
    return any(value.values()) if isinstance(value, Mapping) else bool(value)


# The parameter, in any spelling; whether its value asks for noise; and what to write for none.
REFUSED: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "noise": (_is_noisy_model, '"ideal"'),
    "noisemodel": (_is_noisy_model, '"ideal"'),
    "errormodel": (_is_noisy_model, "false"),
    "errorparams": (_has_rates, "an empty object"),
    "gatenoise": (_has_rates, "null"),
    "measurementnoise": (_has_rates, "null"),
}


def refuse(params: Mapping[str, Any]) -> None:
    """Raise `ProgramError` for a parameter that asks for noise."""
    for name, value in params.items():
        is_noisy, none = REFUSED.get(name.lower().replace("-", "").replace("_", ""), (bool, ""))
        if none and is_noisy(value):
            raise errors.not_simulated(
                f"This emulator does not simulate noise, for which '{name}' asks: leave it out, or let it be {none}."
            )
