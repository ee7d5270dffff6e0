"""Which access tokens are taken, and when keys are fetched."""

import json
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.adapters.cognito.jwks import base64, jwk_of, signed
from tests.adapters.cognito.pools import Refused

from tertulia.adapters.cognito.access_tokens import TOKEN_MAX, AccessTokens
from tertulia.adapters.cognito.keys import REFETCH_SECONDS, RETRY_SECONDS, STALE_SECONDS, KeySet
from tertulia.adapters.cognito.settings import CognitoSettings
from tertulia.adapters.memory.clock import SetClock
from tertulia.domain.errors import UnavailableError

SETTINGS = CognitoSettings(pool="eu-west-1_Pool", client_id="client", client_secret="secret")
HEADER = {"alg": "RS256", "kid": "a"}
CLAIMS: dict[str, Any] = {
    "iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Pool",
    "client_id": "client",
    "token_use": "access",
    "username": "ana",
    "origin_jti": "session",
    "exp": 1000,
}


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


class Issuer:
    """Publishes the keys named in `names`, or nothing where `down`; counts."""

    def __init__(self) -> None:
        self.names = ["a"]
        self.down = False
        self.body: bytes | None = None
        self.fetched = 0

    async def fetch(self) -> bytes:
        self.fetched += 1
        if self.down:
            raise UnavailableError("unavailable")
        return self.body or json.dumps({"keys": [jwk_of(key(name), name) for name in self.names]}).encode()


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def keys(issuer: Issuer, clock: SetClock) -> KeySet:
    return KeySet(issuer.fetch, clock)


@pytest.fixture
def tokens(keys: KeySet) -> AccessTokens:
    return AccessTokens(SETTINGS, keys, cache_max=2)


def of(name: str, **claims: Any) -> str:
    return signed(key(name), HEADER | {"kid": name}, CLAIMS | claims)


async def test_a_token_of_the_pool_is_read_until_it_expires(tokens: AccessTokens) -> None:
    token = of("a", **{"cognito:groups": ["admins"]})
    claims = await tokens.read(token, 999)
    assert (claims.username, claims.origin_jti, claims.groups) == ("ana", "session", ["admins"])
    for _ in range(2):
        with Refused("token_expired"):
            await tokens.read(token, 1000)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other"},
        {"client_id": "other"},
        {"token_use": "id"},
        {"token_use": "refresh"},
        {"username": None},
        {"origin_jti": 7},
        {"exp": "1000"},
    ],
    ids=str,
)
async def test_tokens_for_others_or_for_something_else_are_refused_without_a_fetch(
    tokens: AccessTokens, issuer: Issuer, claims: dict[str, Any]
) -> None:
    with Refused("unauthenticated"):
        await tokens.read(of("a", **claims), 0)
    assert issuer.fetched == 0


async def test_only_rs256_with_a_key_of_the_pool(tokens: AccessTokens) -> None:
    """No `none`, no HMAC with a public key, no key that the token brings along (RFC 8725, 2.1 and 3.10)."""
    body = ".".join(base64(json.dumps(part).encode()) for part in ({"alg": "none", "kid": "a"}, CLAIMS))
    for token in (
        f"{body}.",
        f"{body}.{base64(b'x')}",
        signed(key("a"), HEADER | {"alg": "HS256"}, CLAIMS),
        signed(key("b"), HEADER, CLAIMS),
        signed(key("b"), HEADER | {"kid": "b", "jwk": jwk_of(key("b"), "b")}, CLAIMS),
        signed(key("a"), {"alg": "RS256"}, CLAIMS),
    ):
        with Refused("unauthenticated"):
            await tokens.read(token, 0)


async def test_a_token_has_a_length(tokens: AccessTokens) -> None:
    """At the limit it is read; one past it isn't."""
    sizes = range(TOKEN_MAX * 3 // 4 - 900, TOKEN_MAX)
    longest = next(size for size in sizes if len(of("a", padding="x" * size)) >= TOKEN_MAX)
    # Base 64 has no length of 4n + 1, so the header's may have to change too.
    made = [
        signed(key("a"), HEADER | {"x": "x" * n}, CLAIMS | {"padding": "x" * (longest - m)})
        for n in range(3)
        for m in range(20)
    ]
    at_limit = next(token for token in made if len(token) == TOKEN_MAX)
    past = next(token for token in made if len(token) == TOKEN_MAX + 1)
    assert await tokens.read(at_limit, 0)
    with Refused("unauthenticated"):
        await tokens.read(past, 0)


async def test_a_changed_token_is_refused_though_the_right_one_is_remembered(tokens: AccessTokens) -> None:
    token = of("a")
    assert await tokens.read(token, 0)
    head, _, signature = token.split(".")
    claims = base64(json.dumps(CLAIMS | {"username": "ben"}).encode())
    with Refused("unauthenticated"):
        await tokens.read(f"{head}.{claims}.{signature}", 0)


async def test_verified_tokens_are_remembered_within_a_bound(tokens: AccessTokens) -> None:
    """With room for two, the third pushes out the one that was used longest ago."""
    made = [of("a", jti=str(n)) for n in range(3)]
    for token in (made[0], made[1], made[0], made[2]):
        await tokens.read(token, 0)
    assert list(tokens._verified) == [made[0], made[2]]


async def test_keys_are_fetched_once(tokens: AccessTokens, issuer: Issuer) -> None:
    for n in range(5):
        await tokens.read(of("a", jti=n), 0)
    assert issuer.fetched == 1


async def test_a_new_key_is_found_and_unknown_ones_make_nobody_fetch_all_the_time(
    tokens: AccessTokens, issuer: Issuer, clock: SetClock
) -> None:
    await tokens.read(of("a"), 0)
    for _ in range(5):
        with Refused("unauthenticated"):
            await tokens.read(of("b"), 0)
    assert issuer.fetched == 1
    issuer.names = ["a", "b"]
    clock.advance(REFETCH_SECONDS)
    assert await tokens.read(of("b"), 0)
    assert issuer.fetched == 2


async def test_a_key_that_was_withdrawn_is_forgotten(keys: KeySet, issuer: Issuer, clock: SetClock) -> None:
    assert await keys.key("a")
    issuer.names = ["b"]
    clock.advance(STALE_SECONDS)
    assert await keys.key("a") is None
    assert [one["kid"] for one in await keys.published()] == ["b"]


async def test_without_an_answer_the_keys_go_on_and_the_issuer_is_not_asked_all_the_time(
    keys: KeySet, issuer: Issuer, clock: SetClock
) -> None:
    issuer.down = True
    for _ in range(3):
        with Refused("unavailable"):
            await keys.key("a")
    assert issuer.fetched == 1
    issuer.down = False
    clock.advance(RETRY_SECONDS)
    assert await keys.key("a")
    issuer.down = True
    clock.advance(STALE_SECONDS)
    assert await keys.key("a")


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"keys": [1]}', b"{}"])
async def test_what_is_no_key_set_is_no_answer(keys: KeySet, issuer: Issuer, body: bytes) -> None:
    issuer.body = body
    with Refused("unavailable"):
        await keys.key("a")


async def test_published_keys_are_public(keys: KeySet, issuer: Issuer) -> None:
    """Whatever else the set had."""
    issuer.body = json.dumps({"keys": [jwk_of(key("a"), "a") | {"d": "private"}]}).encode()
    assert set((await keys.published())[0]) == {"kty", "alg", "use", "kid", "n", "e"}


def test_a_secret_is_not_printed() -> None:
    assert "secret" not in repr(SETTINGS)
