"""Drafts: what can be one, and which are too many."""

import pytest
from msgspec.structs import replace

from tertulia.domain import limits
from tertulia.domain.drafts import DraftFile, KeptDraft, checked_draft, surplus
from tertulia.domain.errors import InvalidError

DRAFT = KeptDraft(conversation="g", timestamp=1, text="half a sent")


def test_a_draft_without_words_and_files_is_none() -> None:
    """To have begun an answer alone is nothing to keep."""
    assert not DRAFT.is_empty
    assert not replace(DRAFT, text="", attachments=(DraftFile(media="m"),)).is_empty
    assert replace(DRAFT, text="", reply_to=7).is_empty


def test_what_was_written_is_not_printed() -> None:
    """What is printed may end in a log."""
    assert "sent" not in repr(DRAFT)
    assert "sent" not in str([DRAFT])


def test_a_draft_has_the_limits_of_a_message() -> None:
    """Files, their words and the text, at the limit and one past it; and no control characters."""
    longest = DraftFile(media="m", alt="x" * limits.DRAFT_ALT_MAX)
    most = replace(DRAFT, text="x" * limits.TEXT_MAX, attachments=(longest,) * limits.ATTACHMENTS_MAX)
    assert checked_draft(most) == most
    for wrong in (
        replace(most, text="x" * (limits.TEXT_MAX + 1)),
        replace(most, attachments=(longest,) * (limits.ATTACHMENTS_MAX + 1)),
        replace(most, attachments=(replace(longest, alt="x" * (limits.DRAFT_ALT_MAX + 1)),)),
        replace(DRAFT, text="a\x00"),
    ):
        with pytest.raises(InvalidError) as error:
            checked_draft(wrong)
        assert error.value.code in ("invalid_request", "too_large")


def test_the_oldest_are_too_many() -> None:
    """At the limit none is; of more the first ones kept go."""
    drafts = [replace(DRAFT, conversation=f"g{n}", timestamp=n) for n in range(limits.DRAFTS_MAX + 2)]
    assert surplus(drafts[2:]) == []
    assert {each.conversation for each in surplus(drafts)} == {"g0", "g1"}
