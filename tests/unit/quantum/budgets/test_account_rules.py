"""The rules of an account hold for every sequence of actions, each repeated as often as a crash may repeat it."""

from hypothesis import given
from hypothesis import strategies as st

from quantum.budgets.rules import Action, LedgerEntry, Refusal, Reserve, Settle, Totals, apply

AT = "2026-12-01T00:00:00.000Z"
LIMIT = 10
SUBMISSIONS = ("a", "b", "c")

actions = st.one_of(
    st.builds(Reserve, st.sampled_from(SUBMISSIONS), st.just("job"), st.integers(1, 6), st.just(LIMIT), st.just(AT)),
    st.builds(Settle, st.sampled_from(SUBMISSIONS), st.just("job"), st.integers(0, 8), st.just(AT)),
)


class Account:
    """An account in memory."""

    def __init__(self) -> None:
        self.totals = Totals()
        self.entries: dict[str, LedgerEntry] = {}

    def do(self, action: Action) -> Refusal | None:
        """Apply an action."""
        applied = apply(self.totals, self.entries.get(action.submission), action)
        self.totals = applied.totals
        if applied.entry:
            self.entries[action.submission] = applied.entry
        return applied.refusal

    @property
    def sums(self) -> Totals:
        """What the entries come to."""
        open_ones = (entry.reserved for entry in self.entries.values() if entry.charged is None)
        return Totals(sum(open_ones), sum(entry.charged or 0 for entry in self.entries.values()))


@given(st.lists(actions, max_size=30))
def test_totals_are_the_sum_of_the_entries(steps: list[Action]) -> None:
    """Whatever is done, in whatever order; and what is done twice changes nothing."""
    account = Account()

    for step in steps:
        account.do(step)
        once = account.totals
        refusal = account.do(step)
        assert account.totals == once or refusal
        assert account.totals == account.sums


@given(st.lists(actions, max_size=30))
def test_no_reservation_exceeds_the_limit(steps: list[Action]) -> None:
    """Only a charge may: it was spent."""
    account = Account()

    for step in steps:
        before = account.totals
        refusal = account.do(step)
        if isinstance(step, Reserve) and account.totals != before:
            assert refusal is None
            assert account.totals.used <= LIMIT


def test_a_refusal_says_what_is_left() -> None:
    """And nothing has changed."""
    account = Account()
    account.do(Reserve("a", "job", 7, LIMIT, AT))

    assert account.do(Reserve("b", "job", 4, LIMIT, AT)) == Refusal(3)
    assert account.totals == Totals(7, 0)


def test_what_was_not_used_is_released() -> None:
    """A submission is charged once; one that was released may be reserved again."""
    account = Account()
    steps: list[Action] = [Reserve("a", "job", 7, LIMIT, AT), Settle("a", "job", 2, AT), Settle("a", "job", 9, AT)]
    steps += [Reserve("b", "job", 5, LIMIT, AT), Settle("b", "job", 0, AT), Reserve("b", "job", 8, LIMIT, AT)]
    for step in steps:
        account.do(step)

    assert account.totals == Totals(8, 2)
    assert account.entries["b"].charged is None


def test_a_charge_that_nobody_reserved_is_recorded() -> None:
    """Even beyond the limit; without an amount there is nothing to record."""
    account = Account()
    account.do(Settle("a", "job", 12, AT))
    account.do(Settle("b", "job", 0, AT))

    assert (account.totals, set(account.entries)) == (Totals(0, 12), {"a"})
    assert account.do(Reserve("c", "job", 1, LIMIT, AT)) == Refusal(-2)
