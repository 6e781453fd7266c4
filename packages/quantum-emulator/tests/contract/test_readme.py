"""What the emulator's README tells the SDK's users to do, done."""

import re
from pathlib import Path
from typing import Any

import pytest

import quantum_emulator
from emulator_support.harness import Emulator

README = Path(quantum_emulator.__file__).parents[1] / "README.md"
LINES = re.compile(r'three lines.*?```sh\nexport (\w+)="(.*?)"\n```\n\n```python\n(.*?)```', re.DOTALL)


def test_three_lines_point_an_sdk_user_s_own_tests_at_the_emulator(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken as they stand there, but for the port."""
    match = LINES.search(README.read_text())
    assert match is not None
    name, text, code = match.groups()
    monkeypatch.setenv(name, text)
    namespace: dict[str, Any] = {}

    exec(code.replace("http://127.0.0.1:7100", emulator.url), namespace)  # noqa: S102  # our own README

    with namespace["workspace"] as workspace:
        assert len([line for line in code.splitlines() if line]) == 2
        assert "ionq.simulator" in {target.name for target in workspace.get_targets()}
