"""The REST operations, each a method under its name in the table of operations.

Conversations, messages and media are named by their ids; times are timestamps in microseconds.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final, TypeVar
from urllib.parse import urljoin

from msgspec import UNSET, Struct, UnsetType

from tertulia.api import requests as q
from tertulia.api import responses as r
from tertulia.api import statuses as s
from tertulia.api.operations import BY_NAME
from tertulia.client.ids import new_id
from tertulia.client.transport import Transport
from tertulia.client.wire import decode_answer, decode_log
from tertulia.domain import limits
from tertulia.domain.entries import ConversationKind, History
from tertulia.domain.figures import Figures
from tertulia.domain.library import Adding, PictureKind
from tertulia.domain.members import Role
from tertulia.domain.messages import Message
from tertulia.domain.notifying import Level
from tertulia.domain.status import Status
from tertulia.domain.users import User

_R = TypeVar("_R", bound=Struct)


class Operations:
    """Every operation of the server, over REST. Each raises the ChatError that the server answers, or UnreachableError;
    temporary ones after the retries. Sending, and all else where a repetition could harm, is safe to repeat."""

    def __init__(self, transport: Transport) -> None:
        self._transport: Final = transport

    async def _call(
        self,
        name: str,
        kind: type[_R],
        path: Mapping[str, object] | None = None,
        *,
        query: q.Request | None = None,
        body: q.Request | None = None,
    ) -> _R:
        _, answer = await self._transport.call(name, path, query, body)
        return decode_answer(answer, kind)

    async def _do(self, name: str, path: Mapping[str, object] | None = None, body: q.Request | None = None) -> None:
        await self._transport.call(name, path, body=body)

    # Accounts

    async def sign_up(
        self, username: str, password: str, *, name: str = "", invite: str | None = None, email: str = ""
    ) -> tuple[User, bool]:
        """Makes an account. The user, and whether a confirmation code is asked for now (`confirm`)."""
        body = q.SignUp(username=username, password=password, name=name, invite=invite, email=email)
        status, answer = await self._transport.call("sign_up", body=body)
        return decode_answer(answer, User), status == BY_NAME["sign_up"].statuses[1]

    async def confirm(self, username: str, code: str) -> None:
        await self._do("confirm", body=q.Confirm(username=username, code=code))

    async def sign_in(self, username: str, password: str) -> r.Session:
        """Begins a session; what follows is done in it."""
        body = q.SignIn(username=username, password=password, return_refresh_token=True)
        session = await self._call("sign_in", r.Session, body=body)
        self._transport.keep(session)
        return session

    async def refresh(self) -> None:
        """A new access token now. It is done without being asked where the token has expired."""
        await self._transport.refresh()

    async def sign_out(self, *, everywhere: bool = False) -> None:
        """Ends the session, or all of this person's, and forgets it."""
        session = self._transport.session
        token = session.refresh_token if session else ""
        await self._do("sign_out", body=q.SignOut(refresh_token=token or None, everywhere=everywhere))
        self._transport.forget()

    async def change_password(self, old: str, new: str) -> r.Session:
        """Ends every session and goes on in a new one."""
        body = q.ChangePassword(old=old, new=new, return_refresh_token=True)
        async with self._transport.replacing:
            session = await self._call("change_password", r.Session, body=body)
            self._transport.keep(session)
        return session

    async def resend_code(self, username: str) -> None:
        await self._do("resend_code", body=q.ResendCode(username=username))

    async def forgot_password(self, username: str) -> None:
        await self._do("forgot_password", body=q.ForgotPassword(username=username))

    async def reset_password(self, username: str, code: str, new: str) -> None:
        await self._do("reset_password", body=q.ResetPassword(username=username, code=code, new=new))

    async def get_keys(self) -> r.KeySet:
        return await self._call("get_keys", r.KeySet)

    async def list_users(
        self, query: str = "", *, usernames: Sequence[str] = (), limit: int = limits.PAGE_DEFAULT, cursor: str = ""
    ) -> r.Users:
        """A page of the directory, or the users that are named."""
        asked = q.UsersQuery(query=query, usernames=",".join(usernames), limit=limit, cursor=cursor)
        return await self._call("list_users", r.Users, query=asked)

    async def get_me(self) -> User:
        return await self._call("get_me", User)

    async def update_me(self, name: str | UnsetType = UNSET, *, picture: str | UnsetType = UNSET) -> User:
        """What is not given stays. `picture` is a completed upload, "" to have none."""
        return await self._call("update_me", User, body=q.UpdateMe(name=name, picture=picture))

    async def update_user(
        self,
        username: str,
        *,
        disabled: bool | UnsetType = UNSET,
        admin: bool | UnsetType = UNSET,
        picture: str | UnsetType = UNSET,
    ) -> User:
        """For administrators. What is not given stays. `picture` can only be "": it is removed."""
        body = q.UpdateUser(disabled=disabled, admin=admin, picture=picture)
        return await self._call("update_user", User, {"username": username}, body=body)

    async def create_invite(self, *, admin: bool = False, hours: int = 72) -> r.Invite:
        """For administrators."""
        return await self._call("create_invite", r.Invite, body=q.CreateInvite(admin=admin, hours=hours))

    async def get_figures(self) -> Figures:
        """How much there is of everything on the server. For administrators."""
        return await self._call("get_figures", Figures)

    # Conversations

    async def create_conversation(
        self, kind: ConversationKind, members: Sequence[str], *, title: str = "", request_id: str | None = None
    ) -> r.ConversationView:
        """Begins a conversation, or answers with the one there is: of the same two people, or the same `request_id`."""
        body = q.CreateConversation(kind=kind, members=list(members), title=title, id=request_id or new_id())
        return await self._call("create_conversation", r.ConversationView, body=body)

    async def list_conversations(self, *, limit: int = limits.PAGE_DEFAULT, cursor: str = "") -> r.Conversations:
        query = q.ConversationsQuery(limit=limit, cursor=cursor)
        return await self._call("list_conversations", r.Conversations, query=query)

    async def get_conversation(self, conversation: str) -> r.ConversationView:
        return await self._call("get_conversation", r.ConversationView, {"id": conversation})

    async def update_conversation(
        self,
        conversation: str,
        *,
        title: str | UnsetType = UNSET,
        live_typing: bool | UnsetType = UNSET,
        history: History | UnsetType = UNSET,
    ) -> r.ConversationView:
        """What is not given stays."""
        body = q.UpdateConversation(title=title, live_typing=live_typing, history=history)
        return await self._call("update_conversation", r.ConversationView, {"id": conversation}, body=body)

    async def list_members(
        self, conversation: str, *, limit: int = limits.MEMBERS_PAGE_MAX, cursor: str = ""
    ) -> r.Members:
        query = q.MembersQuery(limit=limit, cursor=cursor)
        return await self._call("list_members", r.Members, {"id": conversation}, query=query)

    async def put_member(self, conversation: str, username: str, *, role: Role | UnsetType = UNSET) -> r.MemberView:
        path = {"id": conversation, "username": username}
        return await self._call("put_member", r.MemberView, path, body=q.PutMember(role=role))

    async def remove_member(self, conversation: str, username: str) -> None:
        """Removes a member; the caller's own name leaves. A retry of one that was done says `member_not_found`."""
        await self._do("remove_member", {"id": conversation, "username": username})

    # Messages

    async def list_messages(
        self,
        conversation: str,
        *,
        before: int | None = None,
        after: int | None = None,
        around: int | None = None,
        thread: int | None = None,
        limit: int = limits.PAGE_DEFAULT,
    ) -> r.Messages:
        """A page before, after or around a timestamp, else the last one; with `thread` of that thread only."""
        query = q.MessagesQuery(before=before, after=after, around=around, thread=thread, limit=limit)
        return await self._call("list_messages", r.Messages, {"id": conversation}, query=query)

    async def read_log(self, conversation: str, *, after: int = 0, limit: int = limits.LOG_PAGE_MAX) -> r.Log:
        """The entries after the `seq` given."""
        query = q.LogQuery(after=after, limit=limit)
        _, answer = await self._transport.call("read_log", {"id": conversation}, query)
        return decode_log(answer)

    async def send_message(
        self,
        conversation: str,
        text: str = "",
        *,
        client_id: str | None = None,
        reply_to: int = 0,
        attachments: Sequence[q.AttachmentRef] = (),
        live_seconds: int = 0,
    ) -> Message:
        """Sends a message. Called again with the same `client_id`, it answers with the same message."""
        body = q.SendMessage(
            id=client_id or new_id(),
            text=text,
            reply_to=reply_to,
            attachments=list(attachments),
            live_seconds=live_seconds,
        )
        return await self._call("send_message", Message, {"id": conversation}, body=body)

    async def edit_message(self, conversation: str, timestamp: int, text: str) -> Message:
        path = {"id": conversation, "timestamp": timestamp}
        return await self._call("edit_message", Message, path, body=q.EditMessage(text=text))

    async def list_versions(
        self, conversation: str, timestamp: int, *, before: int | None = None, limit: int = limits.PAGE_DEFAULT
    ) -> r.Versions:
        """What a message says and said before its edits, newest first. `before` is the cursor of the page before."""
        path = {"id": conversation, "timestamp": timestamp}
        return await self._call("list_versions", r.Versions, path, query=q.VersionsQuery(before=before, limit=limit))

    async def delete_message(self, conversation: str, timestamp: int) -> Message:
        return await self._call("delete_message", Message, {"id": conversation, "timestamp": timestamp})

    async def remove_previews(self, conversation: str, timestamp: int) -> Message:
        path = {"id": conversation, "timestamp": timestamp}
        return await self._call("remove_previews", Message, path)

    async def add_reaction(self, conversation: str, timestamp: int, emoji: str) -> Message:
        path = {"id": conversation, "timestamp": timestamp, "emoji": emoji}
        return await self._call("add_reaction", Message, path)

    async def remove_reaction(self, conversation: str, timestamp: int, emoji: str) -> Message:
        path = {"id": conversation, "timestamp": timestamp, "emoji": emoji}
        return await self._call("remove_reaction", Message, path)

    async def move_cursor(self, conversation: str, timestamp: int, *, private: bool = False) -> r.ReadState:
        """`private`: others are shown nothing of it."""
        body = q.MoveCursor(timestamp=timestamp, private=private)
        return await self._call("move_cursor", r.ReadState, {"id": conversation}, body=body)

    async def search_messages(
        self,
        query: str = "",
        *,
        conversation: str | None = None,
        author: str | None = None,
        before: int | None = None,
        after: int | None = None,
        has: str | None = None,
        limit: int = limits.PAGE_DEFAULT,
        cursor: str = "",
    ) -> r.SearchResults:
        asked = q.SearchMessages(
            query=query,
            conversation=conversation,
            from_=author,
            before=before,
            after=after,
            has=has,
            limit=limit,
            cursor=cursor,
        )
        return await self._call("search_messages", r.SearchResults, query=asked)

    # Media

    async def create_media(self, name: str, media_type: str, size: int) -> r.MediaUpload:
        """Announces an upload. `upload_content` then sends the content, or `upload_part` each of its parts, and
        `complete_media` makes it ready to be sent."""
        return await self._call(
            "create_media", r.MediaUpload, body=q.CreateMedia(name=name, type=media_type, size=size)
        )

    async def list_parts(self, media: str) -> r.MediaParts:
        """Which parts have arrived, and where to send the others."""
        return await self._call("list_parts", r.MediaParts, {"id": media})

    async def complete_media(self, media: str, poster: str | None = None) -> r.Media:
        """`poster`: the completed upload of a picture that is to stand for a film."""
        return await self._call("complete_media", r.Media, {"id": media}, body=q.CompleteMedia(poster=poster))

    async def get_media(self, media: str, *, download: bool = False) -> r.Media:
        """`download`: browsers save what comes from its `url`, and don't show it."""
        query = q.MediaQuery(download=download)
        return await self._call("get_media", r.Media, {"id": media}, query=query)

    async def upload_content(self, upload: r.MediaUpload, content: bytes | AsyncIterator[bytes]) -> None:
        """Sends what was announced, where it comes whole."""
        await self._send(upload.method, upload.url, upload.headers, content)

    async def upload_part(self, part: r.MediaPart, content: bytes | AsyncIterator[bytes]) -> None:
        """Sends one part of what was announced."""
        await self._send(part.method, part.url, part.headers, content)

    async def _send(
        self, method: str, path: str, headers: Mapping[str, str], content: bytes | AsyncIterator[bytes]
    ) -> None:
        url = urljoin((await self._transport.endpoints()).api + "/", path)
        await (await self._transport.stream(method, url, content=content, headers=headers)).aclose()

    async def get_content(self, media: r.Media, *, start: int = 0, address: str = "") -> AsyncIterator[bytes]:
        """The content from the byte `start` on, in pieces; or that of a thumbnail, by its `address`."""
        url = urljoin((await self._transport.endpoints()).api + "/", address or media.url)
        headers = {"range": f"bytes={start}-"} if start else {}
        response = await self._transport.stream("GET", url, headers=headers)
        try:
            async for piece in response.aiter_bytes():
                yield piece
        finally:
            await response.aclose()

    # Library

    async def get_library(self) -> r.LibraryView:
        """What administrators decided about the server's own pictures, and their packs."""
        return await self._call("get_library", r.LibraryView)

    async def update_library(
        self, *, gifs: Adding | UnsetType = UNSET, house: bool | UnsetType = UNSET
    ) -> r.LibraryView:
        """For administrators. What is unset stays."""
        return await self._call("update_library", r.LibraryView, body=q.UpdateLibrary(gifs=gifs, house=house))

    async def list_pictures(
        self, kind: PictureKind, query: str = "", *, limit: int = limits.PAGE_DEFAULT, cursor: str = ""
    ) -> r.Pictures:
        """A page may be short, or empty, and not the last: there is more while it has a cursor."""
        asked = q.PicturesQuery(kind=kind, query=query, limit=limit, cursor=cursor)
        return await self._call("list_pictures", r.Pictures, query=asked)

    async def add_picture(
        self, media: str, kind: PictureKind, name: str, *, alt: str = "", tags: Sequence[str] = ()
    ) -> r.PictureView:
        """Of a completed upload of one's own."""
        body = q.AddPicture(media=media, kind=kind, name=name, alt=alt, tags=list(tags))
        return await self._call("add_picture", r.PictureView, body=body)

    async def remove_picture(self, media: str) -> None:
        await self._do("remove_picture", {"id": media})

    async def add_pack(
        self, media: str, kind: PictureKind = PictureKind.STICKER, *, title: str = "", start: int = 0
    ) -> r.PackTaken:
        """Takes some pictures of an uploaded zip; again with the answer's `next` as `start`, until that is None."""
        return await self._call(
            "add_pack", r.PackTaken, body=q.AddPack(media=media, kind=kind, title=title, start=start)
        )

    async def remove_pack(self, pack: str) -> None:
        await self._do("remove_pack", {"id": pack})

    # Drafts

    async def list_drafts(self) -> r.KeptDrafts:
        return await self._call("list_drafts", r.KeptDrafts)

    async def keep_draft(
        self, conversation: str, text: str, *, reply_to: int = 0, attachments: Sequence[q.AttachmentRef] = ()
    ) -> r.DraftKept:
        body = q.KeepDraft(text=text, reply_to=reply_to, attachments=list(attachments))
        return await self._call("keep_draft", r.DraftKept, {"id": conversation}, body=body)

    # Notifications

    async def get_notifications(self) -> r.Notifications:
        return await self._call("get_notifications", r.Notifications)

    async def set_quiet_hours(self, quiet: q.QuietHours | None) -> None:
        """The hours in which nothing is told; None for none."""
        await self._call("set_quiet_hours", r.Empty, body=q.SetQuietHours(quiet=quiet))

    async def choose_notifications(
        self, conversation: str, *, level: Level | UnsetType = UNSET, muted_until: int | UnsetType = UNSET
    ) -> r.NotificationChoice:
        body = q.ChooseNotifications(level=level, muted_until=muted_until)
        return await self._call("choose_notifications", r.NotificationChoice, {"id": conversation}, body=body)

    async def put_device(self, endpoint: str, p256dh: str, auth: str, *, show_text: bool = True) -> r.NotifiedDevice:
        """Adds a push subscription of the caller's, or changes it."""
        body = q.PutDevice(endpoint=endpoint, p256dh=p256dh, auth=auth, show_text=show_text)
        return await self._call("put_device", r.NotifiedDevice, body=body)

    async def remove_device(self, device: str) -> None:
        await self._call("remove_device", r.Empty, {"id": device})

    # Of oneself, for others

    async def list_statuses(self, usernames: Sequence[str]) -> dict[str, Status]:
        """What these people, at most 100, say of themselves now; who says nothing is absent."""
        query = s.StatusesQuery(usernames=",".join(usernames))
        return (await self._call("list_statuses", s.PeopleStatuses, query=query)).statuses

    async def set_status(
        self, emoji: str = "", text: str = "", *, until: int = 0, dnd: bool = False, dnd_until: int = 0
    ) -> Status:
        """All of it; without anything, nothing is said any more. Times are in microseconds, 0: until it is changed."""
        body = s.SetStatus(emoji=emoji, text=text, until=until, dnd=dnd, dnd_until=dnd_until)
        return await self._call("set_status", Status, body=body)

    async def set_receipts(self, *, shown: bool) -> None:
        """Whether others are to be shown what one reads. It is for whoever moves the cursor to say `private` then."""
        await self._call("set_receipts", r.Empty, body=s.SetReceipts(shown=shown))

    # Real time

    async def create_ticket(self) -> r.WebSocketTicket:
        return await self._call("create_ticket", r.WebSocketTicket)
