"""azd's hooks start in every shell that is here; where no PowerShell is, its hooks have the one known form."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.hooks.__main__ import STEPS, main
from tests.infra.azure_recorder import Recorder, refuses
from tests.infra.templates import ROOT

SHELLS = (("sh",), ("dash",), ("bash",), ("busybox", "sh"), ("zsh",), ("ksh",))
SCRIPTS = ROOT / "scripts"
POWERSHELL = """# {comment}
$ErrorActionPreference = 'Stop'
Set-Location (Join-Path $PSScriptRoot '..')
$command, $options = if (Get-Command py -ErrorAction SilentlyContinue) {{ 'py', @('{one}') }} else {{ '{other}', @() }}
& $command @options -m {module}
exit $LASTEXITCODE
"""


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a script as azd does, with an `az` that is not signed in and the Python of these tests."""
    (folder / "python3").symlink_to(sys.executable)
    environ = {"PATH": f"{folder}:{os.defpath}:{os.environ['PATH']}", "AZURE_ENV_NAME": "demo"}
    return subprocess.run(command, env=environ, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def azure(tmp_path: Path) -> Recorder:
    """An `az` that is not signed in."""
    return Recorder(tmp_path / "bin", {"": [refuses("Please run 'az login' to setup account.")]})


@pytest.mark.parametrize("shell", SHELLS, ids="-".join)
@pytest.mark.parametrize("step", STEPS)
def test_a_posix_shell_starts_the_step(azure: Recorder, shell: tuple[str, ...], step: str) -> None:
    """From any folder; the exit status reaches azd, and so does the reason."""
    if shutil.which(shell[0]) is None:
        pytest.skip(f"{shell[0]} is not installed here")

    done = run([*shell, str(SCRIPTS / f"{step}.sh")], azure.folder)

    assert (done.returncode, done.stderr) == (1 if step == "check-subscription" else 2, "")
    assert ("az login" if step == "check-subscription" else "is not set") in done.stdout


@pytest.mark.parametrize("step", STEPS)
def test_powershell_starts_the_step(azure: Recorder, step: str) -> None:
    """As the other shells do."""
    powershell = shutil.which("pwsh")
    if powershell is None:
        pytest.skip("PowerShell (pwsh) is not installed here: its hooks were not run")

    done = run([powershell, "-NoProfile", "-File", str(SCRIPTS / f"{step}.ps1")], azure.folder)

    assert done.returncode == (1 if step == "check-subscription" else 2)


@pytest.mark.parametrize("script", sorted(SCRIPTS.glob("*.ps1")), ids=lambda path: path.name)
def test_a_powershell_hook_has_the_known_form(script: Path) -> None:
    """It does what the POSIX one does, and no more: start a program and hand its exit status on."""
    step, text = script.stem, script.read_text()
    package = step == "package"
    expected = POWERSHELL.format(
        comment=text.splitlines()[0].removeprefix("# "),
        one="-3.13" if package else "-3",
        other="python3.13" if package else "python3",
        module="local.package" if package else f"local.hooks {step}",
    )

    assert text == expected


def test_both_shells_have_the_same_hooks(documents: dict[str, Any]) -> None:
    """A script for each, saying the same of itself; azd calls them at the steps they are made for."""
    posix = {path.stem: path.read_text().splitlines()[1] for path in SCRIPTS.glob("*.sh")}
    windows = {path.stem: path.read_text().splitlines()[0] for path in SCRIPTS.glob("*.ps1")}
    called = {name: Path(hook["posix"]["run"]).stem for name, hook in documents["azure.yaml"]["hooks"].items()}

    assert posix == windows
    assert posix.keys() == STEPS.keys() | {"package"}
    assert called == {
        "preprovision": "check-subscription",
        "postprovision": "wait-for-storage-role",
        "postdeploy": "subscribe-to-events",
    }


def test_a_wrong_call_says_how(capsys: pytest.CaptureFixture[str]) -> None:
    """The steps are named."""
    assert main(["subscribe"], {}) == 2
    assert capsys.readouterr().out == f"usage: python3 -m local.hooks {'|'.join(STEPS)}\n"
