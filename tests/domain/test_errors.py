"""Errors have stable codes, sentences that say what to do, and survive a process boundary."""

import pickle
import re

import pytest

from tertulia.domain.errors import ChatError, LimitedError, NotFoundError, UnavailableError, registry

REGISTRY = registry()


def kinds() -> list[type[ChatError]]:
    return [ChatError, *ChatError.__subclasses__()]


def test_the_registry_names_every_class_and_each_code_once() -> None:
    """No code belongs to two classes, and no class is missing from the registry."""
    codes = [code for kind in kinds() for code in vars(kind)["codes"]]
    assert sorted(codes) == sorted(REGISTRY)
    assert set(REGISTRY.values()) == set(kinds())


@pytest.mark.parametrize("code", sorted(REGISTRY))
def test_every_code_has_its_form_and_a_sentence(code: str) -> None:
    """Codes are lower-case words with underscores; a sentence begins with a capital and ends with a full stop."""
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", code)
    assert re.fullmatch(r"[A-Z].+\.", REGISTRY[code].codes[code])
    assert str(REGISTRY[code](code)) == REGISTRY[code].codes[code]


@pytest.mark.parametrize("code", sorted(REGISTRY))
def test_every_error_survives_pickling(code: str) -> None:
    """An error that crosses a process boundary is the same there."""
    error = REGISTRY[code](code, "Another sentence.", retry_after=2.5, maximum=7)
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert (copy.code, copy.sentence, copy.retry_after, copy.details) == (
        code,
        "Another sentence.",
        2.5,
        {"maximum": 7},
    )


def test_an_unknown_code_is_refused() -> None:
    """A code that isn't in the class's registry can't be raised."""
    with pytest.raises(ValueError, match="NotFoundError has no code 'forbidden'"):
        NotFoundError("forbidden")


def test_only_what_may_pass_is_temporary() -> None:
    """A client may repeat a request by itself after a temporary error, and after no other."""
    assert {kind for kind in kinds() if kind.temporary} == {LimitedError, UnavailableError}
