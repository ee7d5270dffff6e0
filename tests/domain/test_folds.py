"""What logs come to, held in a file that the web client's tests read too."""

from tests.fixtures.make_folds import FIXTURE, encode, make_folds


def test_the_shared_folds_are_what_the_domain_makes_of_their_logs() -> None:
    """Where this fails the fold has changed: change web/src/state, then run `python -m tests.fixtures.make_folds`."""
    assert FIXTURE.read_text(encoding="utf-8") == encode(make_folds())
