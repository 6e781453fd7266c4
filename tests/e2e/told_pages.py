"""Runs the examples of a page in one shell, in the order in which a reader meets them, and keeps what they print."""

import asyncio
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.real_stack import RealStack

BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)  # a `console` block is not run here
SECONDS = 90


@dataclass(frozen=True)
class Told:
    """What the examples printed: by example, on standard output and on standard error."""

    code: int
    examples: Mapping[str, str]
    folder: Path

    def example(self, word: str) -> str:
        """Name the one example that has this word in it."""
        (name,) = [name for name, text in self.examples.items() if word in text]
        return name

    def output_of(self, word: str, stream: str = "out") -> str:
        """Give what the example that has this word in it printed."""
        return (self.folder / f"{self.example(word)}.{stream}").read_text()


def examples_of(page: str) -> dict[str, str]:
    """Name the examples of a page by their number and kind."""
    return {f"{number}-{kind}": text for number, (kind, text) in enumerate(BLOCK.findall(page))}


async def tell(
    examples: Mapping[str, str], stack: RealStack, commands: Path, folder: Path, before: Mapping[str, str]
) -> Told:
    """Run examples in the folder of the started stack, with a folder of commands before those of the machine.

    `before` has what the shell waits for before an example with that word in it: a reader is slower than a script.
    """
    # curl then says the status on standard error, though the example does not ask for it.
    (folder / ".curlrc").write_text('write-out = "%{stderr}%{http_code}"\n')
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("QJOBS_", "AZURE_"))}
    environment |= {
        "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
        "CURL_HOME": str(folder),
        "NO_PROXY": "127.0.0.1",
    }
    shell = await asyncio.create_subprocess_exec(
        "bash",
        "-c",
        script_of(examples, folder, before),
        cwd=stack.stack.state.parent,
        env=environment,
        start_new_session=True,
    )
    try:
        code = await asyncio.wait_for(shell.wait(), SECONDS)
    finally:
        if shell.returncode is None:
            os.killpg(shell.pid, 9)
            await shell.wait()
    return Told(code, examples, folder)


def script_of(examples: Mapping[str, str], folder: Path, before: Mapping[str, str]) -> str:
    """Write the examples as one script that stops at the first that fails, each with files for its output."""
    script = "set -e\n"
    for name, text in examples.items():
        (folder / name).write_text(text)
        (folder / f"{name}.err").touch()  # also where an earlier example ended the script
        command = f"{{\n{text}}}" if name.endswith("sh") else f"python {folder / name}"
        reading = "".join(shell for word, shell in before.items() if word in text)
        script += f"{reading}{command} >{folder / name}.out 2>{folder / name}.err\n"
    return script
