"""What does not go together in an order, though each of its fields may hold what it does."""

from collections.abc import Mapping
from typing import Any

from quantum.contract.fields import Fault
from quantum.contract.orders import OWN_SESSION
from quantum.programs.providers import param_faults


def together_faults(data: Mapping[str, Any]) -> list[Fault]:
    """Say what is wrong between an order's targets, its session and its parameters."""
    faults = _fallback_faults(data)
    if isinstance(params := data.get("params"), dict):
        faults += param_faults(_targets_of(data), params)
    return faults


def _fallback_faults(data: Mapping[str, Any]) -> list[Fault]:
    """Say what does not go together with the order's fallbacks."""
    faults = []
    if isinstance(fallbacks := data.get("fallbackTargets"), list) and data.get("target") in fallbacks:
        faults.append(Fault("fallbackTargets", "names the target itself"))
    if fallbacks and data.get("session") not in (None, OWN_SESSION):
        faults.append(Fault("session", f'is for one target: leave out fallbackTargets, or ask for "{OWN_SESSION}"'))
    return faults


def _targets_of(data: Mapping[str, Any]) -> list[str]:
    fallbacks = data.get("fallbackTargets")
    return [
        name
        for name in (data.get("target"), *(fallbacks if isinstance(fallbacks, list) else ()))
        if isinstance(name, str)
    ]
