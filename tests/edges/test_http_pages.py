"""What the server says beside its operations: documents, health, metrics, the web page."""

import gzip
from pathlib import Path
from typing import Any

import msgspec
import pytest
from openapi_spec_validator import validate
from prometheus_client.parser import text_string_to_metric_families
from tests.edges.http_server import Echo, client, echo_app, problem_of

from tertulia.api.asyncapi import asyncapi
from tertulia.api.openapi import openapi
from tertulia.api.operations import OPERATIONS
from tertulia.domain.errors import registry
from tertulia.edges.server.http import create_app
from tertulia.edges.server.metrics import Metrics
from tertulia.edges.server.settings import HttpSettings, WebConfig
from tertulia.edges.server.static import COMPRESS_FROM

SCRIPT = b"console.log('tertulia');" * 100


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """A web client as Vite builds one."""
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / ".vite").mkdir()
    (folder / "index.html").write_bytes(b"<!doctype html><title>Tertulia</title>")
    (folder / "assets" / "index-abc123.js").write_bytes(SCRIPT)
    (folder / "assets" / "logo-abc123.png").write_bytes(b"\x89PNG" + bytes(5000))
    (folder / "manifest.webmanifest").write_bytes(b"{}")
    (folder / ".vite" / "manifest.json").write_bytes(b"{}")
    (tmp_path / "secret.txt").write_bytes(b"secret")
    return folder


async def test_a_drawing_can_do_nothing(web: Path) -> None:
    """An SVG that is opened as a page has no script, no form and an origin of its own; in a page it is a picture."""
    (web / "stickers").mkdir()
    (web / "stickers" / "cup.svg").write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    async with client(create_app(Echo(), settings=HttpSettings(static=web))) as http:
        drawing = await http.get("/stickers/cup.svg")
        missing = await http.get("/stickers/none.svg")
    assert (drawing.status_code, drawing.headers["content-type"]) == (200, "image/svg+xml")
    assert "sandbox" in drawing.headers["content-security-policy"]
    assert "script" not in drawing.headers["content-security-policy"]
    assert missing.status_code == 404


async def test_documents_are_served_as_the_code_makes_them() -> None:
    """The documents over HTTP are those of the table, and the OpenAPI one is valid as it is served."""
    _, app = echo_app()
    async with client(app) as http:
        openapi_answer = await http.get("/api/openapi.json")
        asyncapi_answer = await http.get("/api/asyncapi.json")
    assert openapi_answer.json() == openapi()
    assert asyncapi_answer.json() == asyncapi()
    validate(openapi_answer.json())


async def test_a_document_that_the_client_has_is_not_sent_again() -> None:
    """A tag that still holds answers 304 without content (RFC 9110, 13.1.2)."""
    _, app = echo_app()
    async with client(app) as http:
        first = await http.get("/api/openapi.json")
        again = await http.get("/api/openapi.json", headers={"if-none-match": first.headers["etag"]})
        listed = await http.get("/api/openapi.json", headers={"if-none-match": f'"x", {first.headers["etag"]}'})
        other = await http.get("/api/openapi.json", headers={"if-none-match": '"other"'})
    assert (again.status_code, again.content, listed.status_code) == (304, b"", 304)
    assert "content-length" not in again.headers
    assert (other.status_code, other.content) == (200, first.content)


async def test_configuration_of_the_web_client() -> None:
    """The page learns from /config.json what differs between homes."""
    _, app = echo_app(web=WebConfig(sign_up="invite", demo=True, codes=True))
    async with client(app) as http:
        answer = await http.get("/config.json")
    where = {"api": "/api", "ws": "/ws", "media": {"bytes_max": 104857600, "part_bytes": 8388608, "files_max": 10}}
    assert answer.json() == {**where, "sign_up": "invite", "demo": True, "codes": True, "edit_seconds": 0}
    assert answer.headers["cache-control"] == "no-cache"


async def test_every_error_code_has_a_place_that_its_type_leads_to() -> None:
    """The `type` of a problem is the address of an anchor that exists."""
    _, app = echo_app()
    async with client(app) as http:
        type_ = problem_of(await http.get("/api/nothing"))["type"]
        page = await http.get(type_)
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for code in registry():
        assert f'id="{code}"' in page.text


async def test_health_says_that_the_process_lives() -> None:
    """/healthz answers whatever the store does."""

    async def broken() -> str:
        raise OSError("disk on fire")

    app = create_app(Echo(), ready=broken)
    async with client(app) as http:
        assert (await http.get("/healthz")).json() == {"status": "ok"}
        ready = await http.get("/readyz")
    assert (ready.status_code, problem_of(ready)["code"]) == (503, "unavailable")
    assert "disk on fire" not in ready.text


async def test_readiness_follows_the_home() -> None:
    """/readyz is 200 while the home can work, and 503 with a reason and Retry-After once it drains."""
    reason = ""

    async def ready() -> str:
        return reason

    app = create_app(Echo(), ready=ready)
    async with client(app) as http:
        assert (await http.get("/readyz")).json() == {"status": "ready"}
        reason = "The server is stopping."
        answer = await http.get("/readyz")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert problem_of(answer)["detail"] == "The server is stopping."


async def test_metrics_are_for_this_machine_and_who_has_the_token() -> None:
    """Nobody else reads metrics: not from outside, not through a proxy that runs here, not with a wrong token."""
    _, app = echo_app(metrics_token="token-1")
    async with client(app, "127.0.0.1") as here, client(app, "203.0.113.9") as outside:
        assert (await here.get("/metrics")).status_code == 200
        assert (await here.get("/metrics", headers={"x-forwarded-for": "203.0.113.9"})).status_code == 403
        assert (await here.get("/metrics", headers={"forwarded": "for=203.0.113.9"})).status_code == 403
        refused = await outside.get("/metrics")
        assert (refused.status_code, problem_of(refused)["code"]) == (403, "forbidden")
        assert (await outside.get("/metrics", headers={"authorization": "Bearer wrong"})).status_code == 403
        assert (await outside.get("/metrics", headers={"authorization": "Bearer token-1"})).status_code == 200
    _, app = echo_app()
    async with client(app) as outside:
        assert (await outside.get("/metrics", headers={"authorization": "Bearer "})).status_code == 403


async def test_metrics_count_requests_by_operation_status_and_code() -> None:
    """What was asked shows in the metrics, and no path, user or address ever does."""
    metrics = Metrics()
    depth = 3
    metrics.gauge("tertulia_commit_queue_depth", "Entries that wait.", lambda: depth)
    metrics.counter("tertulia_deliveries", "Frames delivered.", lambda: 41)
    metrics.committed(1)
    metrics.committed(20)
    app = create_app(Echo(), metrics=metrics)
    async with client(app, "127.0.0.1") as http:
        for _ in range(3):
            await http.get("/api/conversations/secret-id")
        await http.get("/api/secret-path")
        await http.get("/secret-page")
        answer = await http.get("/metrics")
    samples = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    asked = (("code", ""), ("operation", "get_conversation"), ("status", "200"))
    assert samples["tertulia_http_requests_total", asked] == 3
    missed = (("code", "not_found"), ("operation", "unknown"), ("status", "404"))
    assert samples["tertulia_http_requests_total", missed] == 1
    assert samples["tertulia_http_request_seconds_count", (("operation", "get_conversation"),)] == 3
    assert samples["tertulia_commit_queue_depth", ()] == 3
    assert samples["tertulia_deliveries_total", ()] == 41
    assert samples["tertulia_commit_entries_count", ()] == 2
    assert samples["tertulia_commit_entries_sum", ()] == 21
    assert samples["tertulia_commit_entries_bucket", (("le", "16"),)] == 1
    assert "secret" not in answer.text
    names = {dict(labels)["operation"] for (_, labels) in samples if "operation" in dict(labels)}
    assert names <= {operation.name for operation in OPERATIONS} | {"unknown", "static", "metrics"}


async def test_page_and_its_files(web: Path) -> None:
    """index.html is asked for again each time, hashed files never again, and each has its media type."""
    app = create_app(Echo(), settings=HttpSettings(static=web))
    async with client(app) as http:
        index = await http.get("/")
        script = await http.get("/assets/index-abc123.js")
        manifest = await http.get("/manifest.webmanifest")
    assert (index.headers["content-type"], index.headers["cache-control"]) == ("text/html; charset=utf-8", "no-cache")
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert manifest.headers["content-type"] == "application/manifest+json"


async def test_files_are_packed_where_that_helps_and_the_client_can(web: Path) -> None:
    """Text is sent in gzip to who accepts it; pictures are not packed; both kinds of answer share their tag."""
    app = create_app(Echo(), settings=HttpSettings(static=web))
    path = "/assets/index-abc123.js"
    async with client(app) as http:
        packed = await http.get(path, headers={"accept-encoding": "br, gzip"})
        plain = await http.get(path, headers={"accept-encoding": "gzip;q=0, identity"})
        picture = await http.get("/assets/logo-abc123.png", headers={"accept-encoding": "gzip"})
        async with http.stream("GET", path, headers={"accept-encoding": "gzip"}) as raw:
            body = b"".join([chunk async for chunk in raw.aiter_raw()])
    assert len(SCRIPT) >= COMPRESS_FROM
    assert (packed.headers["content-encoding"], packed.content) == ("gzip", SCRIPT)
    assert gzip.decompress(body) == SCRIPT
    assert ("content-encoding" in plain.headers, plain.content) == (False, SCRIPT)
    assert "content-encoding" not in picture.headers
    assert packed.headers["etag"] == plain.headers["etag"]
    assert packed.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", ["/c/abc", "/c/d_x/m/1234", "/sign-up", "/people/ana.b"])
async def test_a_path_of_the_page_gets_the_page(web: Path, path: str) -> None:
    """The web client has addresses of its own: a reload of one gets index.html."""
    app = create_app(Echo(), settings=HttpSettings(static=web))
    async with client(app) as http:
        answer = await http.get(path)
        head = await http.head(path)
    assert (answer.status_code, answer.content) == (200, b"<!doctype html><title>Tertulia</title>")
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/assets/gone.js",
        "/favicon.ico",
        "/.vite/manifest.json",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/",
    ],
)
async def test_a_file_that_is_not_there_is_not_found(web: Path, path: str) -> None:
    """A missing file is 404 and never the page; nothing outside the folder, and nothing hidden in it, is served."""
    app = create_app(Echo(), settings=HttpSettings(static=web))
    async with client(app) as http:
        answer = await http.get(path)
    assert answer.status_code == 404
    assert b"secret" not in answer.content


async def test_without_a_built_page_the_server_says_how_to_build_it(tmp_path: Path) -> None:
    """Where the static files are missing, the page says so and what to do, and the API works."""
    for folder in (None, tmp_path / "missing"):
        app = create_app(Echo(), settings=HttpSettings(static=folder))
        async with client(app) as http:
            answer = await http.get("/")
            assert (answer.status_code, "make run" in answer.text) == (503, True)
            assert (await http.get("/api/users/me")).status_code == 200


@pytest.mark.parametrize("path", ["/", "/config.json", "/healthz", "/metrics", "/api/openapi.json", "/ws"])
async def test_pages_take_get_and_head_only(path: str) -> None:
    """Another method answers 405 with Allow, and OPTIONS says the same."""
    _, app = echo_app()
    async with client(app) as http:
        answer = await http.post(path)
        options = await http.options(path)
    assert (answer.status_code, problem_of(answer)["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == options.headers["allow"] == "GET, HEAD, OPTIONS"
    assert options.status_code == 204


async def test_websocket_address_over_plain_http_says_what_it_is() -> None:
    """Who opens /ws without an upgrade is told to."""
    _, app = echo_app()
    async with client(app) as http:
        answer = await http.get("/ws?ticket=t")
    assert (answer.status_code, answer.headers["upgrade"]) == (400, "websocket")
    assert "WebSocket" in problem_of(answer)["detail"]


async def test_config_is_json_that_the_type_describes() -> None:
    """What /config.json holds is a WebConfig, no more and no less."""
    _, app = echo_app()
    async with client(app) as http:
        content = (await http.get("/config.json")).content
    assert msgspec.json.encode(msgspec.json.decode(content, type=WebConfig)) == content


async def test_what_is_not_http_is_answered_as_asgi_wants() -> None:
    """A server that asks to start and stop the application is told that it may; a WebSocket is refused here."""
    _, app = echo_app()
    asked = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    told: list[str] = []

    async def receive() -> dict[str, str]:
        return next(asked)

    async def send(message: Any) -> None:
        told.append(message["type"])

    await app({"type": "lifespan"}, receive, send)
    await app({"type": "websocket", "path": "/ws", "headers": []}, receive, send)
    assert told == ["lifespan.startup.complete", "lifespan.shutdown.complete", "websocket.close"]
