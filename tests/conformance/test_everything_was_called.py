"""Looks back over the whole run: every operation was called, every declared error code was provoked at least once."""

from tests.conformance.places import Place
from tests.conformance.witness import Witness

from tertulia.api.operations import COMMON_ERRORS, OPERATIONS, Function, errors_of

UNPROVOKED = {
    "internal": "only a fault of the server's gives it",
    "unavailable": "only a store that fails gives it; tests/services provoke it",
    "overloaded": "only more work than the server takes gives it; tests/adapters provoke it",
    "group_full": "at 10,000 members; tests/services provoke it, and test_bounds at creation",
    "library_full": "at hundreds of pictures; tests/contracts provoke it",
}
"""Codes that no client can provoke at will, and why."""
ELSEWHERE = {
    "session_ended": "decided for all operations alike, before the operation is looked at",
    "token_expired": "decided for all operations alike, before the operation is looked at",
    "too_large": "decided for all operations alike, by the size of the body",
    "rate_limited": "decided for all operations alike, by the caller's address",
}
"""Codes that one place gives for every operation: provoked at some of them is provoked."""
NOT_LOCAL = {"confirm", "resend_code", "forgot_password", "reset_password"}
"""Operations that can't succeed where no codes are sent: they were called, and said `not_supported`."""
CODES_ONLY = {("confirm", "invalid_code"), ("reset_password", "invalid_code"), ("reset_password", "weak_password")}
"""Codes that only a home which sends codes can give."""

OWN_CONTENT = {operation.name for operation in OPERATIONS if operation.function is Function.LOCAL}
"""Operations of a home that takes and gives files' contents itself."""


def test_every_operation_succeeded(witness: Witness, place: Place) -> None:
    """There is no operation that no test has called with success."""
    never = {operation.name for operation in OPERATIONS if not witness.succeeded[operation.name]}
    allowed = set(NOT_LOCAL)
    if not place.features.admin:
        allowed |= {"update_user", "create_invite", "get_figures", "update_library", "add_pack", "remove_pack"}
    if not place.features.content:
        allowed |= OWN_CONTENT
    assert never <= allowed
    assert all(witness.failed[name, "not_supported"] for name in never & NOT_LOCAL)


def test_every_declared_error_was_provoked(witness: Witness, place: Place) -> None:
    """There is no documented code of an operation that no test has seen, but for those listed with a reason."""
    wanted = {
        (operation.name, code)
        for operation in OPERATIONS
        for code in errors_of(operation)
        if code not in UNPROVOKED and code not in ELSEWHERE
    }
    wanted -= CODES_ONLY
    if not place.features.content:
        wanted = {(name, code) for name, code in wanted if name not in OWN_CONTENT}
    if not place.features.clock:
        wanted -= {("edit_message", "too_late_to_edit")}
    missing = {(name, code) for name, code in wanted if not witness.failed[name, code]}
    if not place.features.admin or not place.features.settings:
        missing = {(name, code) for name, code in missing if code in COMMON_ERRORS}
    assert missing == set()


def test_codes_that_one_place_gives_were_seen(witness: Witness, place: Place) -> None:
    """What is decided for all operations alike was seen at some of them."""
    seen = {code for _, code in witness.failed}
    wanted = set(ELSEWHERE)
    if not place.features.clock:
        wanted -= {"token_expired", "rate_limited"}
    assert wanted <= seen


def test_every_answer_was_documented(witness: Witness) -> None:
    """No answer of the whole run had an undeclared status, code or shape."""
    assert witness.broken == []
