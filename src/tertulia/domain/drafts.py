"""What somebody has written and not sent yet, kept for that person's other devices. Nobody else gets anything of it."""

from collections.abc import Sequence

from msgspec import Struct

from tertulia.domain import limits
from tertulia.domain.errors import InvalidError
from tertulia.domain.texts import checked_text


class DraftFile(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file that is uploaded and in no message yet. `media` is the upload's id; the rest is what the message will say
    of it: `alt` in words, `voice` and `peaks` of a voice note."""

    media: str
    alt: str = ""
    voice: bool = False
    peaks: tuple[int, ...] = ()


class KeptDraft(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One for each person and conversation. `timestamp` (microseconds) is when it was kept: of two devices the one that
    came last holds. `reply_to` is the timestamp of a message, or 0."""

    conversation: str
    timestamp: int
    text: str = ""
    reply_to: int = 0
    attachments: tuple[DraftFile, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to keep: an answer to something is only a draft when something is said."""
        return not self.text and not self.attachments

    def __repr__(self) -> str:
        """Without what was written: what is printed may end in a log."""
        return f"KeptDraft(conversation={self.conversation!r}, ...)"


def checked_draft(draft: KeptDraft) -> KeptDraft:
    """What was given. Raises InvalidError `invalid_request`, `too_large` where a message couldn't be so."""
    checked_text(draft.text, may_be_empty=True)
    if len(draft.attachments) > limits.ATTACHMENTS_MAX:
        raise InvalidError(
            "invalid_request", f"A draft has up to {limits.ATTACHMENTS_MAX} files.", maximum=limits.ATTACHMENTS_MAX
        )
    for file in draft.attachments:
        if len(checked_text(file.alt, may_be_empty=True)) > limits.DRAFT_ALT_MAX:
            raise InvalidError(
                "invalid_request",
                f"In a draft a file is described in up to {limits.DRAFT_ALT_MAX} characters.",
                maximum=limits.DRAFT_ALT_MAX,
            )
    return draft


def surplus(drafts: Sequence[KeptDraft]) -> list[KeptDraft]:
    """The oldest, where there are more than a person can have."""
    newest_first = sorted(drafts, key=lambda each: (each.timestamp, each.conversation), reverse=True)
    return newest_first[limits.DRAFTS_MAX :]
