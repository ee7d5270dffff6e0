"""From a decoded request to a service and back: one small function an operation, and nothing else in between."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from tertulia.api.calls import Answer, Call
from tertulia.api.handlers import accounts, conversations, drafts, library, media, messages, notifications, statuses
from tertulia.services.chat import Chat

Handler = Callable[[Chat, Call[Any, Any, Any]], Awaitable[Answer]]

HANDLERS: Final[dict[str, Handler]] = {
    function.__name__: function
    for function in (
        accounts.sign_up,
        accounts.confirm,
        accounts.sign_in,
        accounts.refresh,
        accounts.sign_out,
        accounts.change_password,
        accounts.resend_code,
        accounts.forgot_password,
        accounts.reset_password,
        accounts.get_keys,
        accounts.list_users,
        accounts.get_me,
        accounts.update_me,
        accounts.update_user,
        accounts.create_invite,
        accounts.get_figures,
        accounts.create_ticket,
        conversations.create_conversation,
        conversations.list_conversations,
        conversations.get_conversation,
        conversations.update_conversation,
        conversations.list_members,
        conversations.put_member,
        conversations.remove_member,
        messages.list_messages,
        messages.read_log,
        messages.send_message,
        messages.edit_message,
        messages.list_versions,
        messages.delete_message,
        messages.remove_previews,
        messages.add_reaction,
        messages.remove_reaction,
        messages.move_cursor,
        messages.search_messages,
        media.create_media,
        media.list_parts,
        media.complete_media,
        media.get_media,
        media.upload_content,
        media.upload_part,
        media.get_content,
        drafts.list_drafts,
        drafts.keep_draft,
        library.get_library,
        library.update_library,
        library.list_pictures,
        library.add_picture,
        library.remove_picture,
        library.add_pack,
        library.remove_pack,
        notifications.get_notifications,
        notifications.set_quiet_hours,
        notifications.choose_notifications,
        notifications.put_device,
        notifications.remove_device,
        statuses.list_statuses,
        statuses.set_status,
        statuses.set_receipts,
    )
}
"""By the name of the operation; a test holds that the table of operations has the same names."""
