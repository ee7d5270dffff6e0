"""Handlers of accounts, administration and tickets."""

from msgspec import UNSET

from tertulia.api import requests as q
from tertulia.api import responses as r
from tertulia.api.calls import Answer, Call, RefreshCookie
from tertulia.ports.accounts import Grant
from tertulia.services.chat import Chat

_FORGET_COOKIE = RefreshCookie("", 0)


def _session(grant: Grant, *, return_refresh_token: bool) -> Answer:
    body = r.Session(
        access_token=grant.access_token,
        expires_in=grant.expires_in,
        user=grant.user,
        refresh_token=grant.refresh_token if return_refresh_token else UNSET,
    )
    return Answer(status=200, body=body, cookie=RefreshCookie(grant.refresh_token, grant.refresh_expires_in))


async def sign_up(chat: Chat, call: Call[q.Nothing, q.Nothing, q.SignUp]) -> Answer:
    b = call.body
    address = call.incoming.address
    user, confirm = await chat.accounts.sign_up(b.username, b.password, b.name, b.invite, address, email=b.email)
    return Answer(status=202 if confirm else 201, body=user)


async def confirm(chat: Chat, call: Call[q.Nothing, q.Nothing, q.Confirm]) -> Answer:
    await chat.accounts.confirm(call.body.username, call.body.code, call.incoming.address)
    return Answer(status=200, body=r.Empty())


async def sign_in(chat: Chat, call: Call[q.Nothing, q.Nothing, q.SignIn]) -> Answer:
    grant = await chat.accounts.sign_in(call.body.username, call.body.password, call.incoming.address)
    return _session(grant, return_refresh_token=call.body.return_refresh_token)


async def refresh(chat: Chat, call: Call[q.Nothing, q.Nothing, q.Refresh]) -> Answer:
    grant = await chat.accounts.refresh(call.body.refresh_token or call.incoming.refresh_token)
    return _session(grant, return_refresh_token=call.body.return_refresh_token)


async def sign_out(chat: Chat, call: Call[q.Nothing, q.Nothing, q.SignOut]) -> Answer:
    token = call.body.refresh_token or call.incoming.refresh_token
    identity = None
    if call.incoming.authorization:
        identity = await chat.accounts.verify(bearer(call.incoming.authorization))
    await chat.accounts.sign_out(token, identity, everywhere=call.body.everywhere)
    return Answer(status=200, body=r.Empty(), cookie=_FORGET_COOKIE)


async def change_password(chat: Chat, call: Call[q.Nothing, q.Nothing, q.ChangePassword]) -> Answer:
    grant = await chat.accounts.change_password(call.identity, call.body.old, call.body.new)
    return _session(grant, return_refresh_token=call.body.return_refresh_token)


async def resend_code(chat: Chat, call: Call[q.Nothing, q.Nothing, q.ResendCode]) -> Answer:
    await chat.accounts.resend_code(call.body.username, call.incoming.address)
    return Answer(status=202, body=r.Empty())


async def forgot_password(chat: Chat, call: Call[q.Nothing, q.Nothing, q.ForgotPassword]) -> Answer:
    await chat.accounts.forgot_password(call.body.username, call.incoming.address)
    return Answer(status=202, body=r.Empty())


async def reset_password(chat: Chat, call: Call[q.Nothing, q.Nothing, q.ResetPassword]) -> Answer:
    b = call.body
    await chat.accounts.reset_password(b.username, b.code, b.new, call.incoming.address)
    return Answer(status=200, body=r.Empty())


async def get_keys(chat: Chat, call: Call[q.Nothing, q.Nothing, None]) -> Answer:  # noqa: ARG001
    return Answer(status=200, body=r.KeySet(keys=await chat.accounts.keys()))


async def list_users(chat: Chat, call: Call[q.Nothing, q.UsersQuery, None]) -> Answer:
    query = call.query
    if query.usernames:
        names = [name for name in query.usernames.split(",") if name]
        return Answer(status=200, body=r.Users(users=await chat.accounts.users(names)))
    users, cursor = await chat.accounts.directory(query.query, after=query.cursor, limit=query.limit)
    return Answer(status=200, body=r.Users(users=users, cursor=cursor))


async def get_me(chat: Chat, call: Call[q.Nothing, q.Nothing, None]) -> Answer:
    return Answer(status=200, body=await chat.accounts.me(call.identity))


async def update_me(chat: Chat, call: Call[q.Nothing, q.Nothing, q.UpdateMe]) -> Answer:
    user = await chat.accounts.update_me(call.identity, name=call.body.name, picture=call.body.picture)
    return Answer(status=200, body=user)


async def update_user(chat: Chat, call: Call[q.UserPath, q.Nothing, q.UpdateUser]) -> Answer:
    user = await chat.accounts.update_user(
        call.identity,
        call.path.username,
        disabled=call.body.disabled,
        admin=call.body.admin,
        without_picture=call.body.picture is not UNSET,
    )
    return Answer(status=200, body=user)


async def create_invite(chat: Chat, call: Call[q.Nothing, q.Nothing, q.CreateInvite]) -> Answer:
    code, seconds = await chat.accounts.invite(call.identity, admin=call.body.admin, hours=call.body.hours)
    return Answer(status=201, body=r.Invite(code=code, expires_in=seconds))


async def get_figures(chat: Chat, call: Call[q.Nothing, q.Nothing, None]) -> Answer:
    return Answer(status=200, body=await chat.figures.read(call.identity))


async def create_ticket(chat: Chat, call: Call[q.Nothing, q.Nothing, None]) -> Answer:
    ticket, seconds = await chat.tickets.issue(call.identity, call.incoming.origin)
    return Answer(status=201, body=r.WebSocketTicket(ticket=ticket, expires_in=seconds))


def bearer(authorization: str) -> str:
    """The token of an `Authorization` header (RFC 6750, 2.1); "" where it is of another scheme."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
