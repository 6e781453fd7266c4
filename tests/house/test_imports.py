"""Dependencies point inward: who may import what, as a table; nothing may import what its row does not name."""

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.house.our_files import PACKAGES, SOURCES, faults_of, module_of, our_modules, python_files, tree_of

PURE = frozenset(
    ("collections", "dataclasses", "datetime", "enum", "functools", "itertools", "json", "math", "re", "typing", "zlib")
)
PROCESS = (
    "quantum.jobs.approvals",
    "quantum.jobs.model",
    "quantum.jobs.program",
    "quantum.jobs.lifecycle",
    "quantum.jobs.errors",
    "quantum.jobs.ids",
    "quantum.jobs.retry_state",
    "quantum.jobs.progress",
    "quantum.jobs.parts",
    "quantum.wire.codec",
    "quantum.wire.records",
    "quantum.contract",
)
SDKS = (
    *(f"azure.{name}" for name in ("core", "identity", "storage", "data", "keyvault", "durable_functions")),
    "azure.monitor.opentelemetry",
    "opentelemetry",
)


@dataclass(frozen=True)
class Rule:
    """What the modules below one name may import: modules of `ours` less `but`, packages of `others`.

    `others` is None where any installed package may be imported, `standard` where all of the standard library may.
    """

    ours: tuple[str, ...]
    but: tuple[str, ...] = ()
    others: tuple[str, ...] | None = ()
    standard: frozenset[str] | None = None


LAYERS = (  # of quantum/, from the bottom: a module imports from its own layer and from those below
    ("wire", "storage"),
    ("contract",),
    ("jobs",),
    ("workspaces", "programs"),
    ("telemetry",),
    ("orders", "results", "budgets"),
    ("batches",),
    ("settings",),
    ("ports",),
    ("service",),
    ("adapters",),
    ("app",),
    ("doors",),
    ("wiring",),
)


def at_most(layer: str) -> tuple[str, ...]:
    """Name the modules of a layer of quantum/ and of all that lie below it."""
    depth = next(place for place, names in enumerate(LAYERS) if layer in names)
    return tuple(f"quantum.{name}" for names in LAYERS[: depth + 1] for name in names)


RULES = {  # the longest name that a module is below holds
    "function_app": Rule(
        ("orchestrators", "activities", "quantum"),
        but=("quantum.adapters",),
        others=("azure.functions", "azure.durable_functions"),
    ),
    "orchestrators": Rule(("orchestrators", *PROCESS), standard=PURE),
    "activities": Rule(
        (
            *at_most("app"),
            "quantum.wiring",
            "activities.activity",
            "orchestrators.messages",
            "orchestrators.batch_messages",
            "orchestrators.approval_messages",
            "orchestrators.watcher_messages",
        ),
        but=("quantum.adapters",),
    ),
    **{f"quantum.{layer}": Rule(at_most(layer)) for names in LAYERS for layer in names},
    "quantum": Rule(()),
    "quantum.jobs.lists": Rule((*at_most("jobs"), "quantum.programs.formats")),  # for `provider_of`
    **dict.fromkeys(PROCESS, Rule(PROCESS)),  # what orchestrators import must not bring in the rest
    "quantum.contract": Rule(at_most("contract")),
    "quantum.app": Rule(at_most("service")),
    "quantum.doors": Rule(at_most("doors"), but=("quantum.adapters",)),
    "quantum.adapters": Rule(at_most("adapters"), but=("quantum.service",), others=SDKS),
    "quantum.adapters.storage_session": Rule(  # docs/decisions/0019 says why
        at_most("adapters"), but=("quantum.service",), others=(*SDKS, "aiohttp", "yarl")
    ),
    "quantum.programs.openqasm": Rule(
        ("quantum.programs.openqasm",), others=("qdk",)
    ),  # its parser, and nothing of the app
    "quantum.programs.compiling": Rule(  # runs alone, in a process of its own
        ("quantum.programs.compiling", "quantum.programs.openqasm"), others=("qdk", "pyqir")
    ),
    "quantum.wiring": Rule(("quantum",)),
    "quantumjobs": Rule(("quantumjobs",), others=("httpx", "typing_extensions", "pandas", "matplotlib")),
    "quantumjobs.circuits": Rule(  # each library only where an object of it has come
        ("quantumjobs",), others=("qiskit", "cirq", "pytket", "pennylane", "braket", "pyquil", "quil", "qdk")
    ),
    "quantumjobs.cli": Rule(("quantumjobs",), others=("rich",)),
    "quantumjobs.cli.line": Rule(("quantumjobs",), others=("certifi",)),  # httpx brings it
    "quantumjobs.cli.signin": Rule(("quantumjobs",), others=("azure.identity", "azure.core")),  # an extra
    "local.setup": Rule(("local.setup",)),  # runs before anything is installed
    "local.hooks": Rule(("local.hooks",)),  # the standard library and the Azure CLI
    "embedded_server": Rule(("embedded_server",), others=("uvicorn",)),
    "embedded_server.testing": Rule(("embedded_server",), others=("pytest",)),
    "functions_host": Rule(("functions_host", "embedded_server"), others=None),
    "quantum_emulator": Rule(  # a witness, not an accomplice
        ("quantum_emulator", "embedded_server"), but=("quantum_emulator.vault",), others=None
    ),
    "quantum_emulator.vault": Rule(("quantum_emulator.vault", "embedded_server"), others=None),
    "local": Rule(  # starts the app and the workspace, makes the queues that it names, and speaks HTTP to them
        ("local", "quantumjobs", "embedded_server", "quantum.settings", "quantum.storage"), others=None
    ),
    "local.stack.life": Rule(  # reads the app's log, whose events and phases have their names there
        ("local.stack", "quantumjobs.texts", "quantum.telemetry", "quantum.jobs.lifecycle"), others=None
    ),
    "benchmarks": Rule(
        ("benchmarks", "local", "functions_host", "orchestrators", "quantum", "tests.support"), others=None
    ),
}


def test_modules_import_only_what_lies_further_in() -> None:
    """Every import of every module is one that the table allows."""
    assert faults_of(python_files(*SOURCES), forbidden_in) == []


OUTWARD = (
    ("function_app", "from quantum.adapters.blobs import AzureBlobStore"),
    ("orchestrators.steps", "import os"),
    ("orchestrators.steps", "from time import monotonic"),
    ("orchestrators.steps", "from quantum.settings import Settings"),
    ("orchestrators.steps", "from quantum import wiring"),
    ("orchestrators.steps", "import azure.durable_functions"),
    ("orchestrators.steps", "now = datetime.now(UTC)"),
    ("orchestrators.steps", "now = datetime.datetime.utcnow()"),
    ("activities.check_job", "from activities.cancel_job import cancel_job"),
    ("activities.check_job", "from quantum.adapters import blobs"),
    ("activities.check_job", "from orchestrators.steps import submit_job"),
    ("activities.check_job", "import azure.core"),
    ("quantum.telemetry.names", "from orchestrators.messages import Seen"),
    ("quantum.jobs.model", "from quantum import settings"),
    ("quantum.service.intake", "from quantum.wiring import services"),
    ("quantum.service.intake", "import httpx"),
    ("quantum.service.intake", "if TYPE_CHECKING:\n    from azure.core.rest import HttpRequest"),
    ("quantum.adapters.blobs", "import azure.quantum"),
    ("quantum.adapters.blobs", "from quantum.wiring import services"),
    ("quantum.programs.compiling.child", "from quantum import model"),
    ("quantum.programs.openqasm.lowering", "from quantum.programs.compiling import child"),
    ("quantum.ports", "import tests.support.fakes"),
    ("quantum.ports", "importlib.import_module('functions_host')"),
    ("quantumjobs.aio", "from quantum.jobs.model import Job"),
    ("local.setup.node", "import httpx"),
    ("quantum_emulator.jobs", "from functions_host.clock import Clock"),
    ("quantum_emulator.jobs", "from quantum.programs.formats import FORMATS"),
    ("functions_host.worker", "from quantum_emulator import clock"),
    ("quantum_emulator.engine", "from quantum_emulator.vault import secrets"),
    ("quantum_emulator.vault.server", "from quantum_emulator import tokens"),
    ("quantumjobs.transport", "from embedded_server import files"),
    ("embedded_server.server", "from functions_host.clock import Clock"),
    ("functions_host.worker", "import function_app"),
    ("local.stack.parts", "from quantum_emulator.settings import Settings"),
)


def test_the_table_refuses_what_points_outward() -> None:
    """An import that points outward is detected, however it is written."""
    assert [(module, line) for module, line in OUTWARD if not list(forbidden(module, ast.parse(line)))] == []


def test_every_source_has_a_rule() -> None:
    """A new package cannot be outside the table."""
    assert [module for path in python_files(*SOURCES) if not rule_name(module := module_of(path))] == []


def test_a_package_is_tested_alone() -> None:
    """Its tests know itself and what all packages share, but neither the app nor another package."""
    assert [fault for package in PACKAGES for fault in foreign_imports(package)] == []


def foreign_imports(package: str) -> list[tuple[Path, str]]:
    """List what the tests of a package import that is neither its own nor shared by all."""
    mine = {module_of(path).partition(".")[0] for path in python_files(package)} | {"embedded_server"}
    others = {rule.partition(".")[0] for rule in RULES} - mine | {"tests"}
    tests = [path for path in python_files("tests") if path.is_relative_to(package)]

    assert tests, package
    return [(path, name) for path in tests for name in names_imported(path) if name.partition(".")[0] in others]


def forbidden_in(path: Path) -> Iterator[str]:
    """List what a file imports or asks and must not."""
    return forbidden(module_of(path), tree_of(path), is_package=path.name == "__init__.py")


def names_imported(path: Path) -> Iterator[str]:
    """Name the modules that a file imports."""
    return (name for node in ast.walk(tree_of(path)) for name in imported(node, module_of(path).rpartition(".")[0]))


def forbidden(module: str, tree: ast.Module, *, is_package: bool = False) -> Iterator[str]:
    """List what the module imports or asks and must not."""
    rule = RULES[rule_name(module)]
    package = module if is_package else module.rpartition(".")[0]
    for node in ast.walk(tree):
        for name in imported(node, package):
            if not is_allowed(name, rule):
                yield f"{module} must not import {name}"
        if isinstance(node, ast.Attribute) and reads_clock(node) and rule.standard is PURE:
            yield f"{module} must take the time from its context"


def rule_name(module: str) -> str:
    """Find the row that a module belongs to; empty if there is none."""
    return max((name for name in RULES if is_below_any(module, [name])), key=len, default="")


def is_below_any(module: str, names: Iterable[str]) -> bool:
    """Say whether a module is one of those named, or inside one."""
    return any(f"{module}.".startswith(f"{name}.") for name in names)


def imported(node: ast.AST, package: str) -> Iterator[str]:
    """Name the modules that a statement or a call imports."""
    match node:
        case ast.Import(names=names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module=inner, names=names, level=level):
            above = package.split(".")[: len(package.split(".")) - level + 1] if level else []
            base = ".".join([*above, *([inner] if inner else [])])
            full = {f"{base}.{alias.name}" for alias in names}
            yield from full & our_modules() or {base}
        case ast.Call(func=ast.Attribute(attr=called) | ast.Name(id=called), args=[ast.Constant(value=name), *_]):
            yield from [str(name)] if called in {"import_module", "__import__"} else []


def is_allowed(name: str, rule: Rule) -> bool:
    """Say whether the rule names a module, or its kind."""
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names:
        return rule.standard is None or top in rule.standard
    if top in {"function_app", "tests"} or rule_name(name):
        return is_below_any(name, rule.ours) and not is_below_any(name, rule.but)
    return rule.others is None or is_below_any(name, rule.others)


def reads_clock(node: ast.Attribute) -> bool:
    """Say whether this is `datetime.now`, `datetime.datetime.utcnow`, `date.today`."""
    owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
    return owner in {"datetime", "date"} and node.attr in {"now", "utcnow", "today"}
