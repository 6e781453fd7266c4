"""A new outcome of an activity is written in one place, and the type checker names each place that has to treat it."""

import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

from orchestrators import messages
from quantum.jobs import retry_state
from tests.house.our_files import ROOT

NEW = '''
class Paused(Outcome):
    """The workspace holds the job."""

    word: ClassVar[str] = "paused"


class OutOfQuota(Failed):
    """The provider's quota is used up."""

    word: ClassVar[FailureKind] = "outOfQuota"


AnyFailure = OutOfQuota | Busy |'''


def test_mypy_asks_for_a_new_outcome_where_it_is_not_treated(tmp_path: Path) -> None:
    """One of a single step, and a new kind of failure, which every step may meet."""
    for path in (path for folder in ("orchestrators", "quantum") for path in (ROOT / folder).rglob("*.py")):
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    edit(tmp_path, messages, "AnyFailure = Busy |", NEW)
    edit(tmp_path, messages, "RemoteJobRequest[JobChecked]", "RemoteJobRequest[JobChecked | Paused]")
    edit(tmp_path, retry_state, '"busy", ', '"busy", "outOfQuota", ')

    command = [sys.executable, "-m", "mypy", "--strict", "--explicit-package-bases", "--cache-dir=.cache"]
    checked = subprocess.run([*command, "orchestrators"], cwd=tmp_path, capture_output=True, text=True, check=False)

    missing = re.findall(r'(\w+)\.py:\d+: .*"assert_never" has incompatible type "([^"]+)"', checked.stdout)
    assert set(missing) == {
        ("steps", "Paused"),
        ("endings", "OutOfQuota"),
        ("retries", "Literal['outOfQuota']"),
    }, checked.stdout


def edit(folder: Path, module: ModuleType, old: str, new: str) -> None:
    """Change a module's copy."""
    copy = folder / Path(str(module.__file__)).relative_to(ROOT)
    text = copy.read_text(encoding="utf-8")
    assert old in text
    copy.write_text(text.replace(old, new, 1), encoding="utf-8")
