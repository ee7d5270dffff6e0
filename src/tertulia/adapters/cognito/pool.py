"""The calls of one user pool that Tertulia makes, with Cognito's refusals translated.

Every call that takes a username takes one of our form (`checked_username`): Cognito would take a user's `sub` as well.
Passwords are sent composed (Unicode NFC), so that every keyboard gives the same.
"""

import hashlib
import hmac
import secrets
import unicodedata
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from botocore.exceptions import ClientError
from msgspec import Struct

from tertulia.adapters.cognito.access_tokens import Claims, decoded
from tertulia.adapters.cognito.refusals import meaning
from tertulia.adapters.cognito.settings import CognitoSettings
from tertulia.aws.clients import Clients
from tertulia.domain.errors import (
    ChatError,
    ConflictError,
    NotFoundError,
    UnauthenticatedError,
    UnavailableError,
)
from tertulia.domain.users import User, picture_of

ADMINS: Final = "admins"
"""The group of administrators."""
PAGE: Final = 60
"""Users in one answer, at most (ListUsers and ListUsersInGroup)."""
PASSWORD_BYTES: Final = 48
"""Random bytes in the password of somebody who has none yet."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SHOWN: Final = frozenset({"CONFIRMED", "RESET_REQUIRED", "FORCE_CHANGE_PASSWORD", "EXTERNAL_PROVIDER"})
"""Statuses of users that exist for others: not those who never confirmed."""


class Tokens(Struct, frozen=True):
    """What Cognito gives for a password or a refresh token. `refresh` is "" where it stays the same."""

    access: str
    refresh: str
    claims: Claims

    def __repr__(self) -> str:
        return "Tokens(...)"


class Page(Struct, frozen=True):
    """Some users, not in an order; `following` asks for the next page. Administrators are not marked. `emails` are the
    addresses that were confirmed, by username."""

    users: list[User]
    following: str
    emails: dict[str, str] = {}


class Pool:
    """Each method is one call, unless it says otherwise."""

    def __init__(self, clients: Clients, settings: CognitoSettings) -> None:
        self._clients = clients
        self._settings = settings
        self._client = clients.client("cognito-idp")

    # As the app client

    async def sign_in(self, username: str, password: str) -> Tokens:
        """Raises `wrong_credentials`; the same for every reason but one: see `refusals`."""
        answer = await self._start(username, composed(password))
        # A challenge: an account whose temporary password was never changed, or a factor that we don't offer.
        if "AuthenticationResult" not in answer:
            raise UnauthenticatedError("wrong_credentials")
        return _tokens(answer)

    async def refresh(self, username: str, refresh_token: str) -> Tokens:
        """Raises `session_ended`."""
        parameters = {"REFRESH_TOKEN": refresh_token, "SECRET_HASH": self._hash(username)}
        answer = await self._ask(
            "refresh",
            self._client.admin_initiate_auth,
            AuthFlow="REFRESH_TOKEN_AUTH",
            ClientId=self._settings.client_id,
            AuthParameters=parameters,
        )
        if "AuthenticationResult" not in answer:
            raise UnauthenticatedError("session_ended")
        return _tokens(answer)

    async def revoke(self, refresh_token: str) -> None:
        """Ends one sign-in in Cognito, so that its tokens don't work there either."""
        await self._ask(
            "refresh",
            self._client.revoke_token,
            pool=False,
            Token=refresh_token,
            ClientId=self._settings.client_id,
            ClientSecret=self._settings.client_secret,
        )

    async def sign_up(self, username: str, password: str, email: str) -> None:
        """A user who has to confirm with a code. Raises `username_taken`, `weak_password`, `invalid_request`."""
        await self._ask(
            "change",
            self._client.sign_up,
            pool=False,
            ClientId=self._settings.client_id,
            SecretHash=self._hash(username),
            Username=username,
            Password=composed(password),
            UserAttributes=[{"Name": "email", "Value": email}],
        )

    async def confirm(self, username: str, code: str) -> None:
        await self._code("confirm", self._client.confirm_sign_up, username, ConfirmationCode=code)

    async def resend_code(self, username: str) -> None:
        await self._code("confirm", self._client.resend_confirmation_code, username)

    async def forgot_password(self, username: str) -> None:
        await self._code("reset", self._client.forgot_password, username)

    async def reset_password(self, username: str, code: str, new: str) -> None:
        password = composed(new)
        await self._code(
            "reset", self._client.confirm_forgot_password, username, ConfirmationCode=code, Password=password
        )

    # As the pool's administrator

    async def create(self, username: str, password: str, attributes: dict[str, str]) -> None:
        """A user who needs no confirmation; two calls. Where the second fails, there is no user afterwards."""
        await self.begin(username, attributes)
        try:
            await self.set_password(username, password)
        except BaseException:
            await self.delete(username)
            raise

    async def begin(self, username: str, attributes: dict[str, str]) -> None:
        """A user whose password nobody knows, and who can't sign in until one is set. Raises `username_taken`.

        An answer can get lost, and then botocore's next try finds the username taken by what it made itself. Only this
        call knows the temporary password, so that tells whose it is. Where no try is answered, there is no user
        afterwards, unless that can't be found out either.
        """
        temporary = secrets.token_urlsafe(PASSWORD_BYTES)
        try:
            await self._named(
                self._client.admin_create_user,
                username,
                UserAttributes=_attributes({name: value for name, value in attributes.items() if value}),
                TemporaryPassword=temporary,
                MessageAction="SUPPRESS",
            )
        except ConflictError as error:
            if not (_was_tried_again(error) and await self._waits(username, temporary)):
                raise
        except UnavailableError:
            with suppress(ChatError):
                if await self._waits(username, temporary):
                    await self.delete(username)
            raise

    async def _waits(self, username: str, temporary: str) -> bool:
        """Whether the user was made with this temporary password, and has no other yet."""
        try:
            answer = await self._start(username, temporary)
        except UnauthenticatedError:
            return False
        return answer.get("ChallengeName") == "NEW_PASSWORD_REQUIRED"

    async def set_password(self, username: str, password: str) -> None:
        operation = self._client.admin_set_user_password
        await self._named(operation, username, Password=composed(password), Permanent=True)

    async def delete(self, username: str) -> None:
        await self._named(self._client.admin_delete_user, username)

    async def set_attributes(self, username: str, attributes: dict[str, str]) -> None:
        operation = self._client.admin_update_user_attributes
        await self._named(operation, username, UserAttributes=_attributes(attributes))

    async def set_disabled(self, username: str, disabled: bool) -> None:
        operation = self._client.admin_disable_user if disabled else self._client.admin_enable_user
        await self._named(operation, username)

    async def set_admin(self, username: str, admin: bool) -> None:
        client = self._client
        operation = client.admin_add_user_to_group if admin else client.admin_remove_user_from_group
        await self._named(operation, username, GroupName=ADMINS)

    async def sign_out_everywhere(self, username: str) -> None:
        """Ends every sign-in of the user in Cognito."""
        await self._named(self._client.admin_user_global_sign_out, username)

    async def find(self, username: str, *, unconfirmed: bool = False) -> User | None:
        """Not marked as an administrator. Who never confirmed isn't there, unless `unconfirmed` asks for them too."""
        try:
            answer = await self._named(self._client.admin_get_user, username)
        except NotFoundError:
            return None
        return _user(answer, "UserAttributes") if unconfirmed or answer["UserStatus"] in _SHOWN else None

    async def has_begun(self, username: str) -> bool | None:
        """Whether the user is one that `begin` made and no password was set for; None for an unknown one."""
        try:
            answer = await self._named(self._client.admin_get_user, username)
        except NotFoundError:
            return None
        return bool(answer["UserStatus"] == "FORCE_CHANGE_PASSWORD")

    async def is_admin(self, username: str) -> bool:
        """False for an unknown user too."""
        try:
            answer = await self._named(self._client.admin_list_groups_for_user, username, Limit=PAGE)
        except NotFoundError:
            return False
        return any(group["GroupName"] == ADMINS for group in answer["Groups"])

    async def page(self, condition: str = "", following: str = "") -> Page:
        """Users that others may see, those that `condition` (ListUsers' filter) admits. `disabled` ones too."""
        more: dict[str, Any] = {"Limit": PAGE}
        if condition:
            more["Filter"] = condition
        if following:
            more["PaginationToken"] = following
        answer = await self._ask("change", self._client.list_users, **more)
        shown = [one for one in answer["Users"] if one["UserStatus"] in _SHOWN]
        emails = {one["Username"]: email for one in shown if (email := _confirmed_email(one["Attributes"]))}
        return Page([_user(one, "Attributes") for one in shown], answer.get("PaginationToken", ""), emails)

    async def administrators(self, following: str = "") -> tuple[list[str], str]:
        """Usernames of some, and what asks for the next ones."""
        more: dict[str, Any] = {"NextToken": following} if following else {}
        answer = await self._ask("change", self._client.list_users_in_group, GroupName=ADMINS, Limit=PAGE, **more)
        return [one["Username"] for one in answer["Users"]], answer.get("NextToken", "")

    async def _start(self, username: str, password: str) -> dict[str, Any]:
        """What Cognito answers to a password: tokens, or a challenge."""
        return await self._ask(
            "sign_in",
            self._client.admin_initiate_auth,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            ClientId=self._settings.client_id,
            AuthParameters={"USERNAME": username, "PASSWORD": password, "SECRET_HASH": self._hash(username)},
        )

    async def _named(self, operation: Callable[..., Any], username: str, **parameters: Any) -> dict[str, Any]:
        return await self._ask("change", operation, Username=username, **parameters)

    async def _code(self, step: str, operation: Callable[..., Any], username: str, **parameters: Any) -> None:
        await self._ask(
            step,
            operation,
            pool=False,
            ClientId=self._settings.client_id,
            SecretHash=self._hash(username),
            Username=username,
            **parameters,
        )

    async def _ask(
        self, step: str, operation: Callable[..., Any], *, pool: bool = True, **parameters: Any
    ) -> dict[str, Any]:
        if pool:
            parameters["UserPoolId"] = self._settings.pool
        try:
            return await self._clients.call(operation, **parameters)
        except ClientError as error:
            translated = meaning(error, step)
            if translated is None:
                raise
            raise translated from error

    def _hash(self, username: str) -> str:
        """Cognito's SECRET_HASH: that the app client knows its secret."""
        message = (username + self._settings.client_id).encode()
        return b64encode(hmac.digest(self._settings.client_secret.encode(), message, hashlib.sha256)).decode()


def composed(password: str) -> str:
    return unicodedata.normalize("NFC", password)


def _was_tried_again(error: ChatError) -> bool:
    """Whether botocore made more than one request before it was refused."""
    refusal = error.__cause__
    return isinstance(refusal, ClientError) and refusal.response["ResponseMetadata"].get("RetryAttempts", 0) > 0


def _tokens(answer: dict[str, Any]) -> Tokens:
    result = answer["AuthenticationResult"]
    return Tokens(result["AccessToken"], result.get("RefreshToken", ""), decoded(result["AccessToken"]))


def _attributes(attributes: dict[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in attributes.items()]


def _confirmed_email(attributes: list[dict[str, str]]) -> str:
    values = {one["Name"]: one["Value"] for one in attributes}
    return values.get("email", "") if values.get("email_verified") == "true" else ""


def _user(answer: dict[str, Any], attributes: str) -> User:
    values = {one["Name"]: one["Value"] for one in answer[attributes]}
    created = (answer["UserCreateDate"] - _EPOCH) // timedelta(microseconds=1)
    return User(
        username=answer["Username"],
        name=values.get("name", ""),
        disabled=not answer["Enabled"],
        created=created,
        # The standard attribute is meant for an address; ours is a file's name.
        picture=picture_of(values.get("picture", "")),
    )
