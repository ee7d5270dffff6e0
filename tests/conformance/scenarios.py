"""Who may do what, as a table: for every operation and every role, whether it is allowed, or the code of the refusal.

Written down apart from the product's own table of permissions, on purpose: the two are held against each other.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.conformance.people import JSON, Person, new_id

ROLES: Final = ("anonymous", "stranger", "member", "admin", "owner", "removed", "disabled", "administrator")
"""Of the caller. `admin` is one of the conversation, `administrator` one of the server and a stranger here."""

POINT: Final = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SECRET: Final = "BTBZMqHH6r4Tts7J_aSIgg"
"""The keys of a push subscription (RFC 8291, appendix A)."""

NOBODY: Final = "unauthenticated"
ENDED: Final = "session_ended"
HIDDEN: Final = "conversation_not_found"
NO: Final = "forbidden"
OK: Final = "ok"


@dataclass(frozen=True)
class Setting:
    """A group with messages and files. `own` are messages by the role of their author."""

    group: str
    own: JSON
    media: str
    content: str


@dataclass(frozen=True)
class Scene:
    """A setting as one caller finds it. `mine` is the caller's own message, or the owner's where there is none."""

    people: dict[str, Person]
    role: str
    setting: Setting
    upload: JSON
    large: JSON
    new_name: str

    @property
    def caller(self) -> Person:
        return self.people[self.role]

    @property
    def group(self) -> str:
        return self.setting.group

    @property
    def mine(self) -> JSON:
        message: JSON = self.setting.own.get(self.role) or self.setting.own["owner"]
        return message

    @property
    def theirs(self) -> JSON:
        message: JSON = self.setting.own["plain"]
        return message


Request = tuple[JSON, dict[str, Any]]
"""What fills the path, and the rest of the request."""
Ask = Callable[[Scene], Request]


def _nothing(scene: Scene) -> Request:
    return {"id": scene.group}, {}


def _body(**body: Any) -> Ask:
    return lambda scene: ({"id": scene.group}, {"json": body})


def _about(message: str, **body: Any) -> Ask:
    """About the message `mine` or `theirs`."""
    return lambda scene: (
        {"id": scene.group, "timestamp": getattr(scene, message)["timestamp"], "emoji": "%F0%9F%91%8D"},
        {"json": body} if body else {},
    )


def _member(who: str, **body: Any) -> Ask:
    """About a member, by role; or the caller."""

    def ask(scene: Scene) -> Request:
        person = scene.caller if who == "caller" else scene.people[who]
        return {"id": scene.group, "username": person.username}, {"json": body} if body else {}

    return ask


def _credentials(scene: Scene) -> Request:
    return {}, {"json": {"username": scene.caller.username, "password": scene.caller.password}}


def _signed(method: str, *, valid: bool) -> Ask:
    def ask(scene: Scene) -> Request:
        url = scene.setting.content if method == "GET" else str(scene.upload["url"])
        path, _, query = url.partition("?")
        parameters = dict(part.split("=", 1) for part in query.split("&"))
        if not valid:
            parameters["signature"] = parameters["signature"][:-4] + "AAAA"
        content = {"content": b"x" * 10} if method == "PUT" else {}
        return {"id": path.split("/")[-2]}, {"params": parameters, **content}

    return ask


def _part(*, valid: bool) -> Ask:
    """The last part of a large file, which is short."""

    def ask(scene: Scene) -> Request:
        part = scene.large["parts"][-1]
        parameters = dict(one.split("=", 1) for one in str(part["url"]).partition("?")[2].split("&"))
        if not valid:
            parameters["signature"] = parameters["signature"][:-4] + "AAAA"
        return {"id": scene.large["id"], "number": part["number"]}, {"params": parameters, "content": b"x" * 10}

    return ask


def _picture(kind: str) -> Ask:
    """The owner's file, which is a message's."""
    return lambda scene: ({}, {"json": {"media": scene.setting.media, "kind": kind, "name": "a name"}})


@dataclass(frozen=True)
class Scenario:
    """One way to call one operation, and for each role what comes of it."""

    operation: str
    expected: tuple[str, ...]
    ask: Ask = field(default=_nothing)
    variation: str = ""

    @property
    def name(self) -> str:
        return f"{self.operation} {self.variation}".strip()


def _all(outcome: str) -> tuple[str, ...]:
    return (outcome,) * len(ROLES)


ANYBODY: Final = _all(OK)
NOT_HERE: Final = _all("not_supported")
USERS: Final = (NOBODY, OK, OK, OK, OK, OK, ENDED, OK)
ADMINISTRATORS: Final = (NOBODY, NO, NO, NO, NO, NO, ENDED, OK)
MEMBERS: Final = (NOBODY, HIDDEN, OK, OK, OK, HIDDEN, ENDED, HIDDEN)
ADMINS: Final = (NOBODY, HIDDEN, NO, OK, OK, HIDDEN, ENDED, HIDDEN)
OWNERS: Final = (NOBODY, HIDDEN, NO, NO, OK, HIDDEN, ENDED, HIDDEN)
NOT_EVEN_OWNERS: Final = (NOBODY, HIDDEN, NO, NO, NO, HIDDEN, ENDED, HIDDEN)
LEAVING: Final = (NOBODY, HIDDEN, OK, OK, "last_owner", HIDDEN, ENDED, HIDDEN)
_GONE: Final = "media_not_found"

SCENARIOS: Final = (
    Scenario("sign_up", ANYBODY, lambda s: ({}, {"json": {"username": s.new_name, "password": s.caller.password}})),
    Scenario("confirm", NOT_HERE, lambda s: ({}, {"json": {"username": s.caller.username, "code": "123456"}})),
    Scenario("sign_in", ("wrong_credentials", *[OK] * 5, "wrong_credentials", OK), _credentials),
    Scenario(
        "refresh", (ENDED, *[OK] * 5, ENDED, OK), lambda s: ({}, {"json": {"refresh_token": s.caller.refresh_token}})
    ),
    Scenario("sign_out", (*[OK] * 6, ENDED, OK), lambda s: ({}, {"json": {"refresh_token": s.caller.refresh_token}})),
    Scenario(
        "change_password", USERS, lambda s: ({}, {"json": {"old": s.caller.password, "new": s.caller.password + "!"}})
    ),
    Scenario("resend_code", NOT_HERE, lambda s: ({}, {"json": {"username": s.caller.username}})),
    Scenario("forgot_password", NOT_HERE, lambda s: ({}, {"json": {"username": s.caller.username}})),
    Scenario(
        "reset_password",
        NOT_HERE,
        lambda s: ({}, {"json": {"username": s.caller.username, "code": "1", "new": "a new pass phrase"}}),
    ),
    Scenario("get_keys", ANYBODY),
    Scenario("list_users", USERS),
    Scenario("get_me", USERS),
    Scenario("update_me", USERS, _body(name="Another name")),
    Scenario("list_statuses", USERS, lambda s: ({}, {"params": {"usernames": s.people["owner"].username}})),
    Scenario("set_status", USERS, _body(emoji="🎉", text="busy", dnd=True)),
    Scenario("set_receipts", USERS, _body(shown=False)),
    Scenario("update_user", ADMINISTRATORS, _member("outsider", admin=False)),
    Scenario("create_invite", ADMINISTRATORS, _body(hours=1)),
    Scenario("get_figures", ADMINISTRATORS),
    Scenario("create_conversation", USERS, _body(kind="group", members=[])),
    Scenario("list_conversations", USERS),
    Scenario("get_conversation", MEMBERS),
    Scenario("update_conversation", ADMINS, _body(title="Another title"), "its title"),
    Scenario("update_conversation", ADMINS, _body(live_typing=True), "its live typing"),
    Scenario("update_conversation", ADMINS, _body(history="all"), "its history"),
    Scenario("list_members", MEMBERS),
    Scenario("put_member", ADMINS, _member("outsider"), "a new one"),
    Scenario("put_member", OWNERS, _member("outsider", role="admin"), "a new admin"),
    Scenario("put_member", OWNERS, _member("plain", role="admin"), "another role"),
    Scenario("put_member", OWNERS, _member("caller", role="owner"), "oneself as owner"),
    Scenario("remove_member", ADMINS, _member("plain"), "a member"),
    Scenario("remove_member", OWNERS, _member("other_admin"), "an admin"),
    Scenario("remove_member", LEAVING, _member("caller"), "oneself"),
    Scenario("list_messages", MEMBERS),
    Scenario("read_log", MEMBERS),
    Scenario("send_message", MEMBERS, lambda s: ({"id": s.group}, {"json": {"id": new_id(), "text": "x"}})),
    Scenario("edit_message", MEMBERS, _about("mine", text="edited"), "one's own"),
    Scenario("edit_message", NOT_EVEN_OWNERS, _about("theirs", text="edited"), "another's"),
    Scenario("delete_message", MEMBERS, _about("mine"), "one's own"),
    Scenario("delete_message", ADMINS, _about("theirs"), "another's"),
    Scenario("list_versions", MEMBERS, _about("theirs")),
    Scenario("remove_previews", MEMBERS, _about("mine"), "of one's own"),
    Scenario("remove_previews", ADMINS, _about("theirs"), "of another's"),
    Scenario("add_reaction", MEMBERS, _about("theirs")),
    Scenario("remove_reaction", MEMBERS, _about("theirs")),
    Scenario("move_cursor", MEMBERS, _body(timestamp=1)),
    Scenario("search_messages", USERS, lambda _: ({}, {"params": {"query": "word"}}), "everywhere"),
    Scenario(
        "search_messages", MEMBERS, lambda s: ({}, {"params": {"query": "word", "conversation": s.group}}), "here"
    ),
    Scenario("create_media", USERS, _body(name="x", type="image/png", size=1)),
    Scenario("get_media", (NOBODY, _GONE, OK, OK, OK, _GONE, ENDED, _GONE), lambda s: ({"id": s.setting.media}, {})),
    Scenario(
        "list_parts",
        (NOBODY, _GONE, _GONE, _GONE, OK, _GONE, ENDED, _GONE),
        lambda s: ({"id": s.upload["id"]}, {}),
    ),
    Scenario(
        "complete_media",
        (NOBODY, _GONE, _GONE, _GONE, OK, _GONE, ENDED, _GONE),
        lambda s: ({"id": s.setting.media}, {}),
    ),
    Scenario("upload_part", ANYBODY, _part(valid=True), "with its address"),
    Scenario("upload_part", _all(_GONE), _part(valid=False), "with a made-up address"),
    Scenario("upload_content", ANYBODY, _signed("PUT", valid=True), "with its address"),
    Scenario("upload_content", _all(_GONE), _signed("PUT", valid=False), "with a made-up address"),
    Scenario("get_content", ANYBODY, _signed("GET", valid=True), "with its address"),
    Scenario("get_content", _all(_GONE), _signed("GET", valid=False), "with a made-up address"),
    Scenario("get_library", USERS),
    Scenario("list_pictures", USERS, lambda _: ({}, {"params": {"kind": "sticker"}})),
    Scenario("update_library", ADMINISTRATORS, _body(house=True)),
    Scenario("add_picture", (NOBODY, NO, NO, NO, NO, NO, ENDED, _GONE), _picture("sticker"), "a sticker"),
    Scenario(
        "add_picture", (NOBODY, *[_GONE] * 3, "picture_unsuitable", _GONE, ENDED, _GONE), _picture("gif"), "a GIF"
    ),
    Scenario(
        "remove_picture",
        (NOBODY, *["picture_not_found"] * 5, ENDED, "picture_not_found"),
        lambda s: ({"id": s.setting.media}, {}),
    ),
    Scenario("add_pack", (NOBODY, *[NO] * 5, ENDED, _GONE), lambda s: ({}, {"json": {"media": s.setting.media}})),
    Scenario("remove_pack", (NOBODY, *[NO] * 5, ENDED, "pack_not_found")),
    Scenario("create_ticket", USERS),
    Scenario("list_drafts", USERS),
    Scenario("keep_draft", MEMBERS, _body(text="half a sent")),
    Scenario("get_notifications", USERS),
    Scenario("set_quiet_hours", USERS, _body(quiet=None)),
    Scenario("choose_notifications", USERS, _body(level="mentions")),
    Scenario("put_device", USERS, _body(endpoint="https://push.example/1", p256dh=POINT, auth=SECRET)),
    Scenario("remove_device", USERS),
)
