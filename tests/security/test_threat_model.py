"""`docs/security.md` promises only what a test attacks, and what services say is passed on without their signatures."""

import ast
import re
from pathlib import Path

import pytest
from azure.core.exceptions import HttpResponseError

from quantum.adapters.azure_errors import from_response, without_signatures
from quantum.jobs.errors import RefusedError

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "security.md"
ADDRESS = "https://a.blob.core.windows.net/job-1/x?sv=1&sig={}&se=2"
SIGNED = ADDRESS.format("abcDEF%2B123%3D")


def test_every_attack_in_the_threat_model_has_its_test() -> None:
    """Each row names tests, and each of them exists, here or beside what it attacks."""
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")][1:]
    named = {name for row in rows for name in re.findall(r"`(test_\w+)`", row.rpartition(" | ")[2])}
    trees = [ast.parse(path.read_text()) for path in HERE.parent.rglob("test_*.py")]
    functions = {
        node.name for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert [row for row in rows if "`test_" not in row.rpartition(" | ")[2]] == []
    assert named - functions == set()
    assert len(rows) >= 12


@pytest.mark.parametrize(
    "text", [SIGNED, f"<Code>{SIGNED}</Code>", f"'{SIGNED.upper()}' was refused", f"{SIGNED} {SIGNED}"]
)
def test_a_service_cannot_tell_a_signature(text: str) -> None:
    """An address that a service quotes in its reason loses what opens it, and nothing else."""
    error = HttpResponseError(message=text)
    error.status_code, error.reason = 400, text

    message = str(from_response(error, "It"))

    assert isinstance(from_response(error, "It"), RefusedError)
    assert "abcdef" not in message.lower()
    assert "REDACTED" in message
    assert without_signatures(ADDRESS.format("REDACTED")) == ADDRESS.format("REDACTED")
    assert without_signatures("signature=x design=y sig: z") == "signature=x design=y sig: z"
