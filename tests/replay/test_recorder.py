"""The recorder keeps what it saw, and nothing that should not leave a machine."""

import re
from pathlib import Path

import pytest

from orchestrators.run_job import run_job
from tests.replay.record import record, recorder
from tests.replay.recordings import FOLDER, Recording
from tests.replay.replaying import replay
from tests.replay.stories import woken
from tests.support.product import serve_product

# What a SAS, a key or a program of a caller would show.
SECRETS = re.compile(r"sig=|[?&]s[vrtpe]=|AccountKey|ApiKey|OPENQASM|https?://|Bearer", re.IGNORECASE)


async def test_what_is_recorded_is_what_is_replayed(storage_account: str, tmp_path: Path) -> None:
    """A run of today, with a continue-as-new in it, is copied whole, survives the file, and replays."""
    async with serve_product(storage_account, tmp_path) as product:
        with recorder(tmp_path / "journal.sqlite") as copies:
            recording = await record(product, copies, woken)

    assert Recording.read(recording.write(tmp_path)) == recording
    assert len(recording.rounds) > 1
    assert recording.rounds[0].turns[-1].took[-1] == "continue-as-new"
    assert recording.rounds[-1].turns[-2].took == ("activity send_answer",)
    replay(recording, run_job)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_a_recording_is_small_and_holds_no_secret(path: Path) -> None:
    """Ids and paths of blobs, as the durable history itself may hold."""
    text = path.read_text(encoding="utf-8")

    assert SECRETS.findall(text) == []
    assert len(text) < 64 * 1024
