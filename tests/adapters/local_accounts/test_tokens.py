"""Access tokens: what they are, and that nothing else is taken for one."""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import example, given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey
from tests.adapters.local_accounts.opening import PASSWORD, Opening, code_of, until

from tertulia.adapters.local_accounts.accounts import LocalAccounts
from tertulia.adapters.local_accounts.tokens import TOKEN_MAX, Claims, Signer, Verifier, new_key
from tertulia.adapters.memory.clock import SetClock
from tertulia.domain import limits
from tertulia.domain.errors import UnauthenticatedError

NOW = 1_700_000_000


def decoded(part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=="))
    return found


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


@pytest.fixture
def key() -> str:
    return new_key()


@pytest.fixture
def signer(key: str) -> Signer:
    signer = Signer("tertulia")
    signer.load([key])
    return signer


def a_token(signer: Signer, session: str = "s1", now: int = NOW) -> str:
    return signer.sign("ana", session, admin=False, now=now, token_id="t")


def refusal(verifier: Verifier, token: str, now: int = NOW) -> str:
    try:
        verifier.verify(token, now, ())
    except UnauthenticatedError as error:
        return error.code
    return ""


async def test_a_token_says_what_the_documents_say_and_verifies_with_the_published_key(
    accounts: LocalAccounts, clock: SetClock
) -> None:
    """Checked with nothing but the key set and an Ed25519 implementation."""
    await accounts.create_user("ana", PASSWORD, admin=True)
    token = (await accounts.sign_in("ana", PASSWORD)).access_token
    head, claims, signature = token.split(".")
    (published,) = await accounts.keys()
    assert set(published) == {"kty", "crv", "x", "kid", "use", "alg"}
    assert decoded(head) == {"alg": "Ed25519", "typ": "at+jwt", "kid": published["kid"]}
    Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(published["x"] + "==")).verify(
        base64.urlsafe_b64decode(signature + "=="), f"{head}.{claims}".encode()
    )
    said, now = decoded(claims), clock.now() // 1_000_000
    assert set(said) == {"iss", "sub", "sid", "iat", "exp", "jti", "admin"}
    assert (said["iss"], said["sub"], said["admin"]) == ("tertulia", "ana", True)
    assert (said["iat"], said["exp"]) == (now, now + limits.ACCESS_TOKEN_SECONDS)
    assert said["sid"] == (await accounts.verify(token)).session


async def test_tokens_outlive_a_restart(opening: Opening) -> None:
    first = await opening()
    await first.create_user("ana", PASSWORD)
    grant = await first.sign_in("ana", PASSWORD)
    keys = await first.keys()
    await first.close()
    second = await opening()
    assert await second.keys() == keys
    assert (await second.verify(grant.access_token)).username == "ana"
    assert await second.refresh(grant.refresh_token)


async def test_a_session_that_ended_before_a_restart_stays_ended_after_it(opening: Opening) -> None:
    first = await opening()
    await first.create_user("ana", PASSWORD)
    grants = [await first.sign_in("ana", PASSWORD) for _ in range(2)]
    await first.sign_out(grants[0].refresh_token, None, everywhere=False)
    await first.close()
    second = await opening()
    assert await code_of(second.verify(grants[0].access_token)) == "session_ended"
    assert (await second.verify(grants[1].access_token)).username == "ana"


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_token_with_one_character_changed_is_refused(signer: Signer, part: int) -> None:
    verifier, token = Verifier(signer), a_token(signer)
    parts = token.split(".")
    middle = len(parts[part]) // 2
    parts[part] = parts[part][:middle] + ("A" if parts[part][middle] != "A" else "B") + parts[part][middle + 1 :]
    assert refusal(verifier, token) == ""
    assert refusal(verifier, ".".join(parts)) == "unauthenticated"


def test_a_token_chooses_neither_its_algorithm_nor_its_key(signer: Signer, key: str) -> None:
    """RFC 8725, 3.1 and 3.10: no "none", no HMAC with the public key, no key of the token's own."""
    good = a_token(signer)
    claims = decoded(good.split(".")[1])
    kid = decoded(good.split(".")[0])["kid"]
    public = json.loads(key)["x"]
    stranger = OKPKey.generate_key("Ed25519", parameters={"kid": kid})
    brought = {"jwk": stranger.as_dict(private=False)}
    forgeries = [
        f"{encoded({'alg': 'none', 'typ': 'at+jwt', 'kid': kid})}.{encoded(claims)}.",
        jwt.encode(
            {"alg": "HS256", "typ": "at+jwt", "kid": kid}, claims, OctKey.import_key(public), algorithms=["HS256"]
        ),
        jwt.encode({"alg": "Ed25519", "typ": "at+jwt", "kid": kid}, claims, stranger, algorithms=["Ed25519"]),
        jwt.encode({"alg": "Ed25519", "typ": "at+jwt", **brought}, claims, stranger, algorithms=["Ed25519"]),
        jwt.encode({"alg": "Ed25519", "typ": "at+jwt", "kid": "other"}, claims, stranger, algorithms=["Ed25519"]),
    ]
    assert {refusal(Verifier(signer), token) for token in forgeries} == {"unauthenticated"}


@pytest.mark.parametrize(
    ("header", "change"),
    [
        ({"typ": "JWT"}, {}),
        ({}, {"iss": "another"}),
        ({}, {"sub": None}),
        ({}, {"sid": 7}),
        ({}, {"iat": "now"}),
        ({}, {"exp": None}),
    ],
)
def test_what_we_signed_for_something_else_is_no_access_token(
    signer: Signer, key: str, header: dict[str, str], change: dict[str, object]
) -> None:
    ours = OKPKey.import_key(json.loads(key))
    claims = decoded(a_token(signer).split(".")[1]) | change
    token = jwt.encode(
        {"alg": "Ed25519", "typ": "at+jwt", "kid": str(ours.kid), **header}, claims, ours, algorithms=["Ed25519"]
    )
    assert refusal(Verifier(signer), token) == "unauthenticated"


@settings(max_examples=100, deadline=None)
@given(
    st.one_of(
        st.text(max_size=200),
        st.tuples(st.binary(max_size=60), st.binary(max_size=60), st.binary(max_size=60)).map(
            lambda parts: ".".join(base64.urlsafe_b64encode(p).decode().rstrip("=") for p in parts)
        ),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=9),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
        ).map(lambda header: f"{encoded(header)}.{encoded({'sub': 'ana'})}.AAAA"),
    )
)
@example(base64.urlsafe_b64encode(b"[" * 1_400).decode().rstrip("=") + ".e30.AAAA")
@example("\ud800.\ud800.\ud800")
@example(encoded({"alg": "Ed25519", "kid": {}, "crit": ["x"]}) + ".e30.AAAA")
@example(encoded({"alg": ["Ed25519"], "kid": []}) + ".e30.AAAA")
def test_any_text_is_refused_and_nothing_else_happens(text: str) -> None:
    signer = Signer("tertulia")
    signer.load([_FUZZ_KEY])
    assert refusal(Verifier(signer), text) == "unauthenticated"


_FUZZ_KEY = new_key()


def test_a_token_longer_than_the_limit_is_not_looked_at(signer: Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(jwt, "decode", lambda token, *_, **__: seen.append(token))
    assert refusal(Verifier(signer), "x" * (TOKEN_MAX + 1)) == "unauthenticated"
    assert not seen


def test_a_verified_token_costs_one_signature_check_and_memory_is_bounded(
    signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    verifier = Verifier(signer, cache_max=2)
    read: list[str] = []
    real = signer.read

    def counted(token: str) -> Claims:
        read.append(token)
        return real(token)

    monkeypatch.setattr(signer, "read", counted)
    one, two, three = (a_token(signer, f"s{n}") for n in range(3))
    for token in (one, one, two, one, three):
        assert refusal(verifier, token) == ""
    assert read == [one, two, three]
    assert refusal(verifier, one) == ""
    assert refusal(verifier, two) == ""
    assert read == [one, two, three, two]


def test_refused_tokens_are_not_kept(signer: Signer) -> None:
    verifier = Verifier(signer)
    for n in range(50):
        assert refusal(verifier, f"a.b.{n}") == "unauthenticated"
    assert refusal(verifier, a_token(signer), NOW + limits.ACCESS_TOKEN_SECONDS) == "token_expired"
    assert not verifier._verified


def test_forgetting_an_ended_session_lets_none_of_its_tokens_in(signer: Signer) -> None:
    """Over the bound, tokens from before the forgotten end are refused as expired: their holders refresh."""
    verifier = Verifier(signer, ended_max=2)
    tokens = {f"s{n}": a_token(signer, f"s{n}", now=NOW + n) for n in range(5)}
    later = a_token(signer, "later", now=NOW + 9)
    for n, session in enumerate(tokens):
        verifier.end([session], NOW + n)
    assert len(verifier._ended) == 2
    refusals = [refusal(verifier, token, NOW + 9) for token in tokens.values()]
    assert refusals == ["token_expired"] * 3 + ["session_ended"] * 2
    assert refusal(verifier, later, NOW + 9) == ""


def test_a_session_that_ended_in_the_future_of_a_jumping_clock_shuts_nobody_out_once_forgotten(signer: Signer) -> None:
    verifier = Verifier(signer, ended_max=1)
    verifier.end(["a"], NOW + 86_400)
    verifier.end(["b"], NOW)
    assert refusal(verifier, a_token(signer, "c", NOW + 1), NOW + 1) == ""


async def test_after_a_rotation_the_new_key_signs_and_older_tokens_stay_good(
    accounts: LocalAccounts, opening: Opening, clock: SetClock
) -> None:
    await accounts.create_user("ana", PASSWORD)
    other = await opening()
    old = await accounts.sign_in("ana", PASSWORD)
    (first,) = await accounts.keys()
    clock.advance(1)
    await accounts.rotate_key()
    second, kept = await accounts.keys()
    assert kept == first
    new = await accounts.sign_in("ana", PASSWORD)
    assert decoded(new.access_token.split(".")[0])["kid"] == second["kid"]
    await until(lambda: len(other._access.keys()) == 2)
    for grant in (old, new):
        for process in (accounts, other):
            assert (await process.verify(grant.access_token)).username == "ana"


async def test_a_key_is_withdrawn_once_no_token_of_it_can_be_good(accounts: LocalAccounts, clock: SetClock) -> None:
    (first,) = await accounts.keys()
    await accounts.rotate_key()
    clock.advance(limits.ACCESS_TOKEN_SECONDS + 3600)
    second = (await accounts.keys())[0]
    await accounts.rotate_key()
    assert first not in await accounts.keys()
    assert second in await accounts.keys()
    assert len(await accounts.keys()) == 2


def test_a_signer_without_keys_signs_nothing() -> None:
    with pytest.raises(UnauthenticatedError):
        a_token(Signer("tertulia"))
