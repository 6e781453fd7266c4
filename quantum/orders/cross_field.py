"""Cross-field validation of an order."""

from collections.abc import Mapping
from typing import Any

from quantum.contract.constraints import AUTO
from quantum.contract.fields import Fault
from quantum.contract.orders import OWN_SESSION
from quantum.programs.providers import param_faults


def cross_field_faults(data: Mapping[str, Any]) -> list[Fault]:
    """Validate the combination of an order's targets, session and parameters."""
    faults = [*_fallback_faults(data), *_choice_faults(data)]
    if isinstance(params := data.get("params"), dict):
        faults += param_faults(_targets_of(data), params)
    return faults


def _fallback_faults(data: Mapping[str, Any]) -> list[Fault]:
    """Validate the fallbacks against the target and the session."""
    faults = []
    if isinstance(fallbacks := data.get("fallbackTargets"), list) and data.get("target") in fallbacks:
        faults.append(Fault("fallbackTargets", "names the target itself"))
    if fallbacks and data.get("session") not in (None, OWN_SESSION):
        faults.append(Fault("session", f'is for one target: leave out fallbackTargets, or ask for "{OWN_SESSION}"'))
    return faults


def _choice_faults(data: Mapping[str, Any]) -> list[Fault]:
    """Validate what goes with a target that the app chooses, and what goes only with that."""
    if data.get("target") != AUTO:
        return [Fault("constraints", 'are for "target": "auto"; leave them out')] if data.get("constraints") else []
    faults = []
    if data.get("fallbackTargets"):
        faults.append(Fault("fallbackTargets", 'are chosen, too, where the target is "auto"; leave them out'))
    if data.get("session") not in (None, OWN_SESSION):
        faults.append(Fault("session", f'is for one target: name that, or ask for "{OWN_SESSION}"'))
    return faults


def _targets_of(data: Mapping[str, Any]) -> list[str]:
    fallbacks = data.get("fallbackTargets")
    return [
        name
        for name in (data.get("target"), *(fallbacks if isinstance(fallbacks, list) else ()))
        if isinstance(name, str)
    ]
