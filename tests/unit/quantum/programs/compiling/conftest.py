"""The compiler without its box: programs of our own, compiled in this process."""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest

os.environ.setdefault("QDK_PYTHON_TELEMETRY", "none")

import qdk
from qdk.simulation import run_qir

from quantum.programs.compiling.by_qdk import context_for
from quantum.programs.compiling.child import LANGUAGES, answer
from quantum.results.outcome_keys import outcome_keys

type Run = Callable[..., dict[str, int]]
type Faults = Callable[..., list[dict[str, Any]]]


def _answer(source: str, entry: str | None, arguments: Sequence[Any], profile: str, language: str) -> tuple[Any, str]:
    request = {"source": source, "entryPoint": entry, "arguments": list(arguments)}
    context_for.cache_clear()  # a child has a copy of its own
    return answer(LANGUAGES[language](profile), {**request, "profile": profile, "language": language})


@pytest.fixture
def run() -> Run:
    """Compile Q# and run it: its counts, as our results spell them."""

    def run(
        source: str, entry: str | None = None, arguments: Sequence[Any] = (), *, profile: str = "Adaptive_RI"
    ) -> dict[str, int]:
        header, qir = _answer(source, entry, arguments, profile, "qsharp")
        assert "faults" not in header, header["faults"]
        shots = [_value(shot) for shot in run_qir(qir, shots=50, seed=3, type="cpu")]
        return dict(Counter(outcome_keys(shots)[0]))

    return run


@pytest.fixture
def faults() -> Faults:
    """Compile what is wrong: its faults."""

    def faults(
        source: str,
        entry: str | None = None,
        arguments: Sequence[Any] = (),
        *,
        profile: str = "Adaptive_RI",
        language: str = "qsharp",
    ) -> list[dict[str, Any]]:
        return list(_answer(source, entry, arguments, profile, language)[0].get("faults", ()))

    return faults


@pytest.fixture
def answered() -> Callable[[str], dict[str, Any]]:
    """Compile Q#: what the door receives."""
    return lambda source: dict(_answer(source, None, (), "Adaptive_RI", "qsharp")[0])


@pytest.fixture
def described() -> Callable[..., dict[str, Any]]:
    """Read a module: what the door receives."""

    def described(source: str, entry: str | None = None, *, language: str = "qir.text") -> dict[str, Any]:
        return dict(_answer(source, entry, (), "Base", language)[0])

    return described


def _value(shot: Any) -> Any:
    if isinstance(shot, list | tuple):
        return [_value(item) for item in shot]
    bits = {qdk.Result.Zero: 0, qdk.Result.One: 1}
    return bits.get(shot, shot) if isinstance(shot, qdk.Result) else shot
