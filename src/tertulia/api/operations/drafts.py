"""Drafts: what the caller has written and not sent yet."""

from typing import Final

from tertulia.api import requests as q
from tertulia.api import responses as r
from tertulia.api.operations.operation import Function, Operation

OPERATIONS: Final = (
    Operation(
        name="list_drafts",
        method="GET",
        path="/api/drafts",
        summary="What the caller has written and not sent yet, the newest first.",
        tag="drafts",
        function=Function.CONVERSATIONS_GET,
        response=r.KeptDrafts,
    ),
    Operation(
        name="keep_draft",
        method="PUT",
        path="/api/conversations/{id}/draft",
        summary="Keeps what the caller has written for all devices of the caller; an empty draft is none.",
        tag="drafts",
        function=Function.CONVERSATIONS_POST,
        path_type=q.ConversationPath,
        body_type=q.KeepDraft,
        response=r.DraftKept,
        errors=("conversation_not_found",),
    ),
)
