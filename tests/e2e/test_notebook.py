"""The notebook of the client runs from first cell to last against a started stack, and is kept without output."""

import ast
import asyncio
import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from local.setup.checkout import ROOT
from tests.e2e.real_stack import RealStack

NOTEBOOK = ROOT / "packages" / "client" / "examples" / "first-hour.ipynb"


def cells() -> list[dict[str, Any]]:
    """Read the cells that have code."""
    document = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    return [cell for cell in document["cells"] if cell["cell_type"] == "code"]


def lacks_a_package(cell: dict[str, Any]) -> bool:
    """Say whether a cell needs what is not installed here."""
    needs = [tag.removeprefix("needs-") for tag in cell["metadata"].get("tags", [])]
    missing = [name for name in needs if importlib.util.find_spec(name) is None]
    if missing:
        print(f"left out: the cell {cell['id']!r} needs {', '.join(missing)}")
    return bool(missing)


def run_cell(source: str, names: dict[str, Any]) -> object:
    """Run a cell as a notebook does: what its last expression gives is shown."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, NOTEBOOK.name, "exec"), names)  # noqa: S102 our own notebook
    if not isinstance(last, ast.Expr):
        return None
    return eval(compile(ast.Expression(last.value), NOTEBOOK.name, "eval"), names)  # noqa: S307 our own notebook


def run_notebook() -> dict[str, Any]:
    """Run all cells, and keep what each shows."""
    names: dict[str, Any] = {}
    return {cell["id"]: run_cell("".join(cell["source"]), names) for cell in cells() if not lacks_a_package(cell)}


async def test_the_notebook_runs(stack: RealStack, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It finds the stack in its folder, and shows what it promises."""
    monkeypatch.chdir(checkout)
    for name in ("QJOBS_URL", "QJOBS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    assert stack

    shown = await asyncio.to_thread(run_notebook)

    assert "ionq.simulator" in shown["targets"]._repr_html_()
    assert "succeeded" in shown["submit"]._repr_html_()
    assert "1,000 shots" in shown["result"]._repr_html_()
    most, correlation, alone = shown["statistics"]
    assert most.replace(" ", "") in {"00", "11"}
    assert correlation == 1
    assert sum(alone.values()) == 1000


def test_the_notebook_is_kept_without_output() -> None:
    """Nobody's results are committed with it."""
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells())
