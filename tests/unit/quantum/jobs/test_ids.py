"""Ids of jobs, and tags as texts."""

import pytest

from quantum.jobs.ids import is_job_id
from quantum.jobs.model import job_id
from quantum.jobs.tags import tag_texts, tags_from


def test_an_id_that_we_make_is_one() -> None:
    """Whatever its key is."""
    assert is_job_id(job_id("queue", "m1"))


@pytest.mark.parametrize("text", ["", job_id("queue", "m1").upper(), job_id("queue", "m1") + "\n", "../" + "0" * 33])
def test_what_is_no_id_is_none(text: str) -> None:
    """Nothing else reaches a blob's path or an instance's address."""
    assert not is_job_id(text)


def test_tags_are_read_as_they_were_written() -> None:
    """The first equals sign ends the name."""
    tags = {"team": "chem", "formula": "a=b", "empty": ""}

    assert tag_texts(tags) == ["team=chem", "formula=a=b", "empty="]
    assert tags_from([*tag_texts(tags), "=no name"]) == tags
    assert tags_from(["word"]) == {"word": ""}
