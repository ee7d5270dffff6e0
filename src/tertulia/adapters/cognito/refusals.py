"""What Cognito's refusals mean: one table, by the step in which they come."""

from typing import Final

from botocore.exceptions import ClientError
from msgspec import Struct

from tertulia.aws.clients import code_of
from tertulia.domain.errors import (
    ChatError,
    ConflictError,
    InvalidError,
    LimitedError,
    NotFoundError,
    UnauthenticatedError,
    UnavailableError,
)

ATTEMPTS_RETRY_SECONDS: Final = 60.0
"""After too many wrong codes. Cognito doesn't say how long it refuses."""


class Meaning(Struct, frozen=True):
    """An error of ours; `sentence` where the code's own isn't enough."""

    kind: type[ChatError]
    code: str
    sentence: str | None = None
    retry_after: float | None = None

    def error(self) -> ChatError:
        return self.kind(self.code, self.sentence, retry_after=self.retry_after)


_WRONG: Final = Meaning(UnauthenticatedError, "wrong_credentials")
_CODE: Final = Meaning(InvalidError, "invalid_code")
_WEAK: Final = Meaning(InvalidError, "weak_password")
_ENDED: Final = Meaning(UnauthenticatedError, "session_ended")
_UNSENT: Final = Meaning(InvalidError, "invalid_request", "No code could be sent to this e-mail address. Check it.")
_TRIES: Final = Meaning(LimitedError, "rate_limited", retry_after=ATTEMPTS_RETRY_SECONDS)

ALWAYS: Final[dict[str, Meaning]] = {
    "CodeDeliveryFailureException": _UNSENT,
    "CodeMismatchException": _CODE,
    "ConcurrentModificationException": Meaning(UnavailableError, "unavailable", retry_after=1.0),
    "ExpiredCodeException": _CODE,
    "InvalidEmailRoleAccessPolicyException": Meaning(UnavailableError, "unavailable"),
    "InvalidParameterException": Meaning(InvalidError, "invalid_request"),
    "InvalidPasswordException": _WEAK,
    "PasswordHistoryPolicyViolationException": Meaning(
        InvalidError, "weak_password", "Choose a password that you didn't have before."
    ),
    "TooManyFailedAttemptsException": _TRIES,
    "UserNotFoundException": Meaning(NotFoundError, "user_not_found"),
    "UsernameExistsException": Meaning(ConflictError, "username_taken"),
}
"""Whatever was asked. Throttles and failures of the service are translated in `tertulia.aws.clients`."""

BY_STEP: Final[dict[str, dict[str, Meaning]]] = {
    # Cognito's own lock after five wrong passwords is NotAuthorizedException as well: told apart it would show which
    # usernames exist, for unknown ones are not locked.
    "sign_in": {
        "NotAuthorizedException": _WRONG,
        "UserNotFoundException": _WRONG,
        "UserNotConfirmedException": _WRONG,
        "InvalidParameterException": _WRONG,
        # Only who gives the right password gets this one.
        "PasswordResetRequiredException": Meaning(
            UnauthenticatedError, "wrong_credentials", "This password is no longer good. Set a new one with a code."
        ),
    },
    "refresh": {
        "NotAuthorizedException": _ENDED,
        "UserNotFoundException": _ENDED,
        "UserNotConfirmedException": _ENDED,
        "PasswordResetRequiredException": _ENDED,
        "RefreshTokenReuseException": _ENDED,
        "InvalidParameterException": _ENDED,
    },
    # The same for unknown users, and for those who are confirmed already.
    "confirm": {"NotAuthorizedException": _CODE, "UserNotFoundException": _CODE, "InvalidParameterException": _CODE},
    "reset": {
        "NotAuthorizedException": _CODE,
        "UserNotFoundException": _CODE,
        "UserNotConfirmedException": _CODE,
        "InvalidParameterException": _CODE,
    },
    "change": {},
}
"""Where a step gives a refusal another meaning. `change` is everything done to a user by name."""


def meaning(error: ClientError, step: str) -> ChatError | None:
    """The error of ours; None where the pool or our permissions are not as they should be, which is a defect."""
    code = code_of(error)
    found = BY_STEP[step].get(code) or ALWAYS.get(code)
    return found.error() if found else None
