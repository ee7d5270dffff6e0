"""Who may call from where, and what every answer carries so that a browser does no harm."""

import re

import pytest
from tests.edges.http_server import BASE, client, echo_app, problem_of

from tertulia.api.http import rate_key
from tertulia.api.operations import OPERATIONS, Operation
from tertulia.edges.server.caller import CallerReader, is_loopback

LISTED = "https://chat.example.org"
OWN_ORIGIN = [operation for operation in OPERATIONS if "origin_not_allowed" in operation.errors]


@pytest.mark.parametrize("operation", OWN_ORIGIN, ids=lambda operation: operation.name)
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "https://chat.example.org.evil.example"},
        {"origin": "https://chat.example:8080"},
        {"origin": "http://chat.example"},
        {"origin": "http://chat.example:80801"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
    ids=str,
)
async def test_another_site_can_not_act_on_the_cookie(operation: Operation, headers: dict[str, str]) -> None:
    """A page of an origin that is neither the server's own nor listed gets 403 and nothing happens (CSRF), nor can it
    get a ticket for a WebSocket."""
    echo, app = echo_app(origins=(LISTED,))
    async with client(app) as http:
        answer = await http.post(operation.path, headers=headers)
    assert (answer.status_code, problem_of(answer)["code"]) == (403, "origin_not_allowed")
    assert "access-control-allow-origin" not in answer.headers
    assert echo.calls == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": BASE},
        {"origin": LISTED},
        {"origin": BASE, "sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
    ],
    ids=str,
)
async def test_the_own_page_a_listed_one_and_programs_can(headers: dict[str, str]) -> None:
    """The server's own page, a listed origin and a client that is no browser may use the cookie."""
    echo, app = echo_app(origins=(LISTED,))
    async with client(app) as http:
        assert (await http.post("/api/auth/refresh", headers=headers)).status_code == 200
    assert len(echo.calls) == 1


async def test_own_origin_is_https_behind_a_trusted_proxy_that_says_so() -> None:
    """The own origin has the scheme that people use, which a proxy knows; who isn't trusted can't claim it."""
    _, app = echo_app(trusted_proxies=("10.0.0.0/8",))
    headers = {"origin": "https://chat.example:8080", "x-forwarded-proto": "https"}
    async with client(app, "10.1.2.3") as proxied, client(app, "203.0.113.9") as direct:
        assert (await proxied.post("/api/auth/refresh", headers=headers)).status_code == 200
        assert (await direct.post("/api/auth/refresh", headers=headers)).status_code == 403


async def test_only_a_listed_origin_may_read_answers() -> None:
    """A listed origin is named exactly, with credentials; another one gets no permission; both vary by Origin."""
    _, app = echo_app(origins=(LISTED,))
    async with client(app) as http:
        for path in ("/api/users/me", "/api/nothing", "/config.json", "/api/openapi.json"):
            listed = await http.get(path, headers={"origin": LISTED})
            assert listed.headers["access-control-allow-origin"] == LISTED
            assert listed.headers["access-control-allow-credentials"] == "true"
            other = await http.get(path, headers={"origin": "https://evil.example"})
            assert not [name for name in other.headers if name.startswith("access-control")]
            for answer in (listed, other):
                assert "Origin" in re.split(", *", answer.headers["vary"])
                assert len(answer.headers.get_list("vary")) == 1


async def test_without_a_list_no_origin_gets_permission() -> None:
    """An operator who lists nothing opens nothing; no origin is ever allowed as `*`."""
    _, app = echo_app()
    async with client(app) as http:
        answer = await http.get("/api/users/me", headers={"origin": LISTED})
    assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_preflight_permits_a_listed_origin_what_the_path_takes() -> None:
    """A preflight of a listed origin learns methods and headers; of another origin, nothing (Fetch standard, 3.2.2)."""
    echo, app = echo_app(origins=(LISTED,))
    ask = {"access-control-request-method": "PATCH", "access-control-request-headers": "authorization"}
    async with client(app) as http:
        listed = await http.options("/api/users/me", headers={"origin": LISTED, **ask})
        other = await http.options("/api/users/me", headers={"origin": "https://evil.example", **ask})
        unknown = await http.options("/api/nothing", headers={"origin": LISTED, **ask})
    assert listed.status_code == 204
    assert "content-length" not in listed.headers
    assert "PATCH" in listed.headers["access-control-allow-methods"]
    assert "authorization" in listed.headers["access-control-allow-headers"]
    assert "content-type" in listed.headers["access-control-allow-headers"]
    assert "access-control-allow-methods" not in other.headers
    assert unknown.status_code == 404
    assert echo.calls == []


@pytest.mark.parametrize(
    "path", ["/", "/c/abc", "/api/users/me", "/api/nothing", "/config.json", "/healthz", "/docs/errors"]
)
async def test_every_answer_has_the_security_headers(path: str) -> None:
    """No answer is sniffed, framed, or sent on as a referrer; over https the browser is told to stay there."""
    _, app = echo_app()
    async with client(app) as http, client(app, base_url="https://chat.example") as secure:
        plain, https = await http.get(path), await secure.get(path)
    for answer in (plain, https):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "server" not in answer.headers
    assert "strict-transport-security" not in plain.headers
    assert https.headers["strict-transport-security"].startswith("max-age=")


async def test_policy_of_the_page_lets_nothing_run_that_is_not_a_file_of_its_own() -> None:
    """The page's policy has no inline, no eval, no foreign source, and demands trusted types."""
    _, app = echo_app(connect=("wss://live.example",), media=("https://media.example",))
    async with client(app) as http:
        policy = (await http.get("/")).headers["content-security-policy"]
    parts = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert "unsafe" not in policy
    assert "*" not in policy
    assert parts["script-src"] == parts["style-src"] == "'self'"
    assert parts["img-src"] == "'self' blob: data: https://media.example"
    assert parts["connect-src"] == "'self' ws://chat.example:8080 wss://live.example"
    assert parts["require-trusted-types-for"] == "'script'"
    assert parts["base-uri"] == parts["frame-ancestors"] == "'none'"


@pytest.mark.parametrize(
    ("address", "chain", "found"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("10.0.0.1", "made up", "10.0.0.1"),
        ("10.0.0.1", "made up, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "", "10.0.0.1"),
    ],
)
def test_a_forwarded_address_is_believed_from_trusted_proxies_only(address: str, chain: str, found: str) -> None:
    """The caller's address is the last one that a trusted proxy saw; what stands before it could be made up."""
    reader = CallerReader(("10.0.0.0/8",))
    scope = {"client": (address, 1), "scheme": "http"}
    assert reader.read(scope, {b"x-forwarded-for": chain.encode()}).address == found


def test_request_id_is_taken_where_it_is_sane_and_made_where_not() -> None:
    """A caller can name a request, but can't write anything it likes into the log; made ones differ."""
    reader = CallerReader()
    scope = {"client": ("203.0.113.9", 1), "scheme": "http"}
    assert reader.read(scope, {b"x-request-id": b"mine-1.a_B"}).request_id == "mine-1.a_B"
    made = {
        reader.read(scope, {b"x-request-id": bad}).request_id for bad in (b"", b"a b", b"x" * 65, b"\x1b[2J", b'"}')
    }
    made |= {CallerReader().read(scope, {}).request_id}
    assert len(made) == 6
    assert all(re.fullmatch(r"[0-9a-f]+-[0-9a-f]+", one) for one in made)


def test_loopback_and_rate_keys() -> None:
    """This machine's addresses are told from others, in both families; what is no address is not this machine."""
    assert all(is_loopback(address) for address in ("127.0.0.1", "127.9.9.9", "::1", ""))
    assert not any(is_loopback(address) for address in ("203.0.113.9", "10.0.0.1", "2001:db8::1", "localhost"))
    assert rate_key("2001:db8:1:2:3::4%eth0") == "2001:db8:1:2::/64"
    assert rate_key("not:an:address") == "not:an:address"


def test_every_operation_of_the_cookie_looks_at_the_origin() -> None:
    """An operation that reads or sets the refresh cookie declares that it refuses foreign origins."""
    assert {operation.name for operation in OPERATIONS if operation.cookie} <= {each.name for each in OWN_ORIGIN}


@pytest.mark.parametrize("host", ["chat.example; script-src *", "x" * 300, "a b", "[::1", ""])
async def test_a_made_up_host_does_not_get_into_the_policy(host: str) -> None:
    """Only what has the form of a host is named in the policy as the server's own WebSocket."""
    _, app = echo_app()
    async with client(app) as http:
        policy = (await http.get("/", headers={"host": host})).headers["content-security-policy"]
    assert "connect-src 'self'; " in policy
    assert policy.count("script-src") == 1


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("localhost:8080", 200),
        ("LocalHost:9", 200),
        ("127.0.0.1:8080", 200),
        ("[::1]:8080", 200),
        ("[::1]", 200),
        ("evil.example:8080", 400),
        ("localhost.evil.example", 400),
        ("", 400),
    ],
)
async def test_a_server_with_names_answers_to_these_only(host: str, status: int) -> None:
    """Another site's name that was made to resolve to this machine reaches nothing (DNS rebinding)."""
    _, app = echo_app(hosts=("localhost", "127.0.0.1", "[::1]"))
    async with client(app) as http:
        for path in ("/api/users/me", "/config.json"):
            assert (await http.get(path, headers={"host": host})).status_code == status


def test_addresses_that_are_none_are_trusted_as_little_as_foreign_ones() -> None:
    """A proxy is trusted by its address; a Unix socket is, since only this machine reaches it; names are not."""
    reader = CallerReader(("10.0.0.0/8", "2001:db8::/32"))
    assert reader.trusts("")
    assert reader.trusts("2001:db8::5%eth0")
    assert not reader.trusts("proxy.example")
    # However many addresses come by, what is remembered of them is bounded, and stays right.
    assert not [n for n in range(3000) if reader.trusts(f"192.0.{n // 256}.{n % 256}")]
    assert reader.trusts("10.1.2.3")
    scope = {"client": None, "scheme": "http"}
    assert reader.read(scope, {b"x-forwarded-for": b"198.51.100.1"}).address == "198.51.100.1"
    scope = {"client": ("10.0.0.1", 1), "scheme": "http"}
    assert reader.read(scope, {b"x-forwarded-for": b"10.0.0.3, 10.0.0.2"}).address == "10.0.0.3"
    assert reader.read(scope, {}).address == "10.0.0.1"
