"""The demonstration shows three right results, and tells a script so."""

import asyncio
import os
import re
import sys

from local.setup.checkout import ROOT

SECONDS = 120
DRAWN = re.compile(r"^([01]+)  .*?([\d,]+) +[\d.]+%$", re.MULTILINE)


async def test_the_demo_ends_well() -> None:
    """Three programs came back right, and what a pipe gets of it has no escape codes."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "local.demo"),
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm-256color"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        printed, _ = await asyncio.wait_for(process.communicate(), SECONDS)
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()

    output = printed.decode()
    assert process.returncode == 0, output
    assert "\x1b" not in output
    assert "3 jobs through 3 doors, every count as it should be." in output
    end = output.partition("every count as it should be.")[2]
    assert [word for word in ("make start", "qjobs submit", "README.md", "docs/") if word not in end] == []
    counts = {outcome: int(number.replace(",", "")) for outcome, number in DRAWN.findall(output)}
    assert set(counts) == {"00", "11", "00000", "11111", "01101"}
    assert counts["00"] + counts["11"] == counts["00000"] + counts["11111"] == counts["01101"] == 1000
