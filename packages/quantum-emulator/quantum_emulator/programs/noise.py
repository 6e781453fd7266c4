"""Reads the parameters that ask for noise, or for a simulator; what cannot be simulated is refused by its name.

`noise` is IonQ's, `error-params`, `error-model` and `simulator` are Quantinuum's. Parameters of compilation and error
mitigation (`tket-opt-level`, `skipQuilc`, `error-mitigation`, …) change nothing here, and pass.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from quantum_emulator import errors
from quantum_emulator.errors import ProgramError
from quantum_emulator.programs.error_rates import MODEL_QUBITS, MODELS, TARGETS, Rates
from quantum_emulator.programs.run import Run

IDEAL = (None, "", "ideal", "none")
STATE_VECTOR, STABILIZER = "state-vector", "stabilizer"
MOST_SEED = 2**31
# Parameters of the error model, each with the parameters that scale it.
SCALES = {"p1": "p1_scale", "p2": "p2_scale", "p_meas": "meas_scale", "p_init": "init_scale"}
KNOWN = (*SCALES, "scale", *SCALES.values())
NOT_MODELLED = ("noisemodel", "gatenoise", "measurementnoise")  # other spellings, and the QVM's own


def settle(run: Run) -> Run:
    """Return the run with the error rates that its target and parameters ask for, or raise `ProgramError`."""
    params = {_plain(name): (name, value) for name, value in run.params.items()}
    for word in NOT_MODELLED:
        _refuse_other(*params.get(word, (word, None)))
    stabilizer = _wants_stabilizer(run, *params.get("simulator", ("simulator", None)))
    if run.noisy and run.target not in TARGETS:
        raise errors.not_simulated(
            f"This emulator knows no published error rates of {run.target}: set its noise to asked."
        )
    run = replace(run, rates=TARGETS[run.target] if run.noisy else None, stabilizer=stabilizer)
    if "noise" in params:
        run = _with_model(run, *params["noise"])
    if "errorparams" in params or "errormodel" in params:
        run = _with_error_model(run, params)
    return run


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")


def _refuse_other(name: str, value: Any) -> None:
    if value not in (*IDEAL, {}, []):
        raise errors.not_simulated(
            f"This emulator does not know the noise for which '{name}' asks: leave it out. IonQ's simulator takes "
            f"'noise', Quantinuum's emulators 'error-params'."
        )


def _must_belong(run: Run, name: str, provider: str) -> None:
    if run.target and not run.target.startswith(f"{provider}."):
        raise errors.not_simulated(
            f"'{name}' is a parameter of {provider} targets, and {run.target} is none: leave it out."
        )


def _with_model(run: Run, name: str, value: Any) -> Run:
    """IonQ's `{"model", "seed"}`: with a model the simulator samples, and its seed repeats the shots."""
    parts = value if isinstance(value, Mapping) else {"model": value}
    model, seed = parts.get("model"), parts.get("seed")
    if unknown := [str(part) for part in parts if part not in ("model", "seed")]:
        raise errors.input_unreadable(f"'{name}' has '{unknown[0]}'; it may have model and seed.")
    if seed is not None and not (type(seed) is int and 1 <= seed <= MOST_SEED):
        raise errors.input_unreadable(f"The seed of '{name}' must be a whole number from 1 to {MOST_SEED}.")
    if model in IDEAL:
        return run
    _must_belong(run, name, "ionq")
    if not isinstance(model, str) or model not in MODELS:
        raise errors.not_simulated(
            f"'{name}' asks for the model '{model}', of which this emulator knows no error rates; "
            f"there are ideal, {', '.join(MODELS)}."
        )
    return replace(
        run,
        rates=MODELS[model],
        seed=run.seed if seed is None else seed,
        qubits=min(run.qubits, MODEL_QUBITS[model]),
    )


def _with_error_model(run: Run, params: Mapping[str, tuple[str, Any]]) -> Run:
    """Quantinuum's `error-model` switches, `error-params` lays values over the target's own."""
    switch, is_on = params.get("errormodel", ("error-model", True))
    name, changes = params.get("errorparams", ("error-params", {}))
    if not isinstance(is_on, bool):
        raise errors.input_unreadable(f"'{switch}' must be true or false.")
    if not isinstance(changes, Mapping):
        raise errors.input_unreadable(f"'{name}' must be an object, such as {{\"p2\": 0.003}}.")
    if not is_on:
        return replace(run, rates=None)
    if not changes and "errormodel" not in params:
        return run
    _must_belong(run, name if changes else switch, "quantinuum")
    base = TARGETS.get(run.target)
    if base is None and not changes:
        raise errors.not_simulated(
            f"This emulator knows no error rates of {run.target or 'this target'}: let '{switch}' be false."
        )
    return replace(run, rates=_changed(base or Rates(virtual_z=True), name, changes))


def _changed(rates: Rates, name: str, changes: Mapping[str, Any]) -> Rates:
    for key, value in changes.items():
        if key not in KNOWN and value not in (0, False, None, [0, 0]):
            raise errors.not_simulated(
                f"This emulator does not simulate '{key}' of '{name}' (only {', '.join(KNOWN)}): leave it out, "
                "or let it be 0."
            )
    (one,) = _scaled(name, changes, "p1", (rates.one,))
    (two,) = _scaled(name, changes, "p2", (rates.two,))
    (fresh,) = _scaled(name, changes, "p_init", (rates.fresh,))
    zero_read, one_read = _scaled(name, changes, "p_meas", rates.reads)
    return replace(rates, one=one, two=two, reads=(zero_read, one_read), fresh=fresh, source="the order", dated="")


def _scaled(name: str, changes: Mapping[str, Any], key: str, own: tuple[float, ...]) -> list[float]:
    """A parameter's probabilities, the target's own where it is left out, times its scales."""
    value = changes.get(key)
    parts = list(own) if value is None else value if isinstance(value, list | tuple) else [value] * len(own)
    if len(parts) != len(own):
        raise errors.input_unreadable(f"'{key}' of '{name}' must be a number; 'p_meas' may be two, of reading 0 and 1.")
    factor = math.prod(_number(name, scale, changes.get(scale, 1.0), math.inf) for scale in ("scale", SCALES[key]))
    chances = [_number(name, key, part, 1.0) * factor for part in parts]
    return [_number(name, f"{key} with its scales", chance, 1.0) for chance in chances]


def _number(name: str, key: str, value: Any, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        limit = "of at least 0" if math.isinf(most) else "from 0 to 1"
        raise errors.input_unreadable(f"'{key}' of '{name}' must be a number {limit}.")
    return float(value)


def _wants_stabilizer(run: Run, name: str, value: Any) -> bool:
    if value in (None, STATE_VECTOR):
        return False
    _must_belong(run, name, "quantinuum")
    if value != STABILIZER:
        raise errors.not_simulated(f"'{name}' is '{value}'; there are {STATE_VECTOR} and {STABILIZER}.")
    return True


def not_for(what: str) -> ProgramError:
    """The refusal of a program that only a noiseless simulator here can run."""
    return errors.not_simulated(f"This emulator does not simulate noise for {what}: ask for none.")


def not_clifford(operation: str) -> ProgramError:
    """The refusal of a program that the stabilizer simulator cannot run."""
    return errors.not_simulated(
        f"'simulator' asks for {STABILIZER}, which runs Clifford gates only, and the program has {operation}: "
        f"let it be {STATE_VECTOR}."
    )
