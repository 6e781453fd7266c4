"""Hints about ended members: they save reads, and nothing depends on them."""

from uuid import UUID

from quantum.batches.expand import member_id
from quantum.service.ended_members import LOOK_SECONDS, MAX_BATCHES, EndedMembers

BATCH = "7d444840-9dc0-11d1-b245-5ffdce74fad2"
NOW = 1_000_000.0


def test_without_a_hint_all_are_read() -> None:
    """Another process may have seen their end."""
    ended = EndedMembers()

    assert ended.take(BATCH, [0, 1, 2], NOW) == [0, 1, 2]
    assert ended.take(BATCH, [0, 1, 2], NOW + 1) == [0, 1, 2]


def test_with_hints_the_ended_ones_are_read_alone() -> None:
    """Once: a second step has no hint of them; an unknown id is no member."""
    ended = EndedMembers()
    ended.take(BATCH, [0, 1, 2], NOW)
    ended.add(BATCH, member_id(BATCH, 1))
    ended.add(BATCH, member_id(BATCH, 7))

    assert ended.take(BATCH, [0, 1, 2], NOW + 1) == [1]
    assert ended.take(BATCH, [0, 2], NOW + 2) == [0, 2]


def test_all_are_read_again_after_a_while() -> None:
    """A hint that was lost delays a member by so long at most, however many other hints come."""
    ended = EndedMembers()
    ended.take(BATCH, [0, 1], NOW)
    ended.add(BATCH, member_id(BATCH, 1))

    assert ended.take(BATCH, [0, 1], NOW + LOOK_SECONDS) == [0, 1]


def test_hints_of_a_new_process_are_not_enough() -> None:
    """It has not looked at all of them yet."""
    ended = EndedMembers()
    ended.add(BATCH, member_id(BATCH, 1))

    assert ended.take(BATCH, [0, 1], NOW) == [0, 1]


def test_old_batches_make_room() -> None:
    """What is forgotten is read."""
    ended = EndedMembers()
    names = [str(UUID(int=number)) for number in range(MAX_BATCHES + 1)]
    for name in names:
        ended.take(name, [0], NOW)
        ended.add(name, "a job")

    assert ended.take(names[0], [0], NOW) == [0]
    assert ended.take(names[-1], [0], NOW) == []
