"""Pages and pictures of the web: where the server goes because of a link, and where it doesn't; how much it takes."""

import asyncio
import gzip
import logging
import ssl
from collections.abc import AsyncIterator

import pytest
from tests.adapters.web.certificates import made_for
from tests.adapters.web.site import LOOPBACK, Names, Site, answer, opened_site, page, pages_of, redirect

from tertulia.adapters.web.dialing import Dialer
from tertulia.adapters.web.pages import WebPages
from tertulia.domain import limits
from tertulia.ports.pages import Page


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with opened_site() as opened:
        yield opened


def at(site: Site, path: str = "/", host: str = "pages.example") -> str:
    return f"http://{host}:{site.port}{path}"


class TestHaving:
    async def test_a_page(self, site: Site) -> None:
        """Title, description, the picture's whole address; the site is the link's own host."""
        more = '<meta property="og:image" content="/a.png?b=c"><meta name="description" content="d">'
        site.answers["/x"] = answer(page("t", more), kind="Text/HTML; charset=utf-8")
        found = await pages_of(site, "pages.example").page(at(site, "/x#part"))
        assert found == Page(site="pages.example", title="t", description="d", picture=at(site, "/a.png?b=c"))

    async def test_what_is_said_of_us(self, site: Site) -> None:
        """No cookie, no credentials, no Referer; the host by its name."""
        site.answers["/"] = answer(page("t"), fields={"Set-Cookie": "a=b"})
        pages = pages_of(site, "pages.example")
        await pages.page(at(site))
        await pages.page(at(site))
        fields = dict(line.split(b": ", 1) for line in site.asked[1].split(b"\r\n")[1:] if line)
        assert set(fields) == {b"Host", b"User-Agent", b"Accept", b"Accept-Encoding", b"Connection"}
        assert fields[b"Host"] == f"pages.example:{site.port}".encode()
        assert fields[b"User-Agent"].startswith(b"Tertulia")

    async def test_a_page_in_chunks_and_gzip(self, site: Site) -> None:
        """As servers send it in spite of everything."""
        packed = gzip.compress(page("packed"))
        chunks = b"".join(b"%x;ext=1\r\n%s\r\n" % (len(part), part) for part in (packed[:7], packed[7:]))
        fields = "Content-Type: text/html\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip"
        site.answers["/"] = f"HTTP/1.1 200 OK\r\n{fields}\r\n\r\n".encode() + chunks + b"0\r\n\r\n"
        found = await pages_of(site, "pages.example").page(at(site))
        assert found is not None
        assert found.title == "packed"

    async def test_a_picture(self, site: Site) -> None:
        """Whole, or not at all: at the limit and one past it."""
        most = limits.PREVIEW_PICTURE_BYTES
        site.answers |= {"/a": answer(b"x" * most, kind="image/png"), "/b": answer(b"x" * (most + 1), kind="image/png")}
        site.answers["/svg"] = answer(b"<svg/>", kind="image/svg+xml")
        pages = pages_of(site, "pages.example")
        assert len(await pages.picture(at(site, "/a")) or b"") == most
        assert await pages.picture(at(site, "/b")) is None
        assert await pages.picture(at(site, "/svg")) is None

    @pytest.mark.parametrize(
        "given",
        [
            answer(page("t"), status="404 Not Found"),
            answer(page("t"), status="206 Partial Content"),
            answer(page("t"), kind="application/json"),
            answer(page("t"), fields={"Content-Encoding": "br"}),
            answer(page("t"), fields={"Transfer-Encoding": "gzip, chunked"}),
            answer(b"not gzip", fields={"Content-Encoding": "gzip"}),
            answer(page("")),
            redirect("http://[", "301 Moved"),
            b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 101 + b"\r\n",
            b"HTTP/1.1 200 OK\r\nA: " + b"x" * 70_000 + b"\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"",
        ],
    )
    async def test_what_isnt_a_page(self, site: Site, given: bytes) -> None:
        """Is None, whatever it is."""
        site.answers["/"] = given
        assert await pages_of(site, "pages.example").page(at(site)) is None


class TestWhereItGoes:
    async def test_nothing_of_ours_is_asked(self, site: Site) -> None:
        """As it comes, nothing let through: not this machine by any of its names, and no port but the web's."""
        site.answers["/"] = answer(page("secret"))
        pages = WebPages()
        for host in (
            LOOPBACK,
            "localhost",
            "127.1",
            "0x7f000001",
            "2130706433",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "0.0.0.0",
        ):
            assert await pages.page(f"http://{host}/") is None
            assert await pages.page(f"http://{host}:{site.port}/") is None
        for address in (
            LOOPBACK,
            "10.0.0.1",
            "169.254.169.254",
            "::ffff:127.0.0.1",
            "fd00:ec2::254",
            "64:ff9b::7f00:1",
        ):
            dialer = Dialer(resolve=Names(pages_example=[[address]]), ports=frozenset({site.port}))
            assert await WebPages(dialer).page(at(site)) is None
        pages.close()
        assert site.asked == []

    async def test_one_private_address_among_public_ones_is_enough(self, site: Site) -> None:
        """Such a name is refused whole, in whatever order its addresses come."""
        for addresses in (["1.1.1.1", LOOPBACK], [LOOPBACK, "1.1.1.1"]):
            dialer = Dialer(resolve=Names(pages_example=[addresses]), ports=frozenset({site.port}))
            assert await WebPages(dialer).page(at(site)) is None
        assert site.asked == []

    async def test_a_name_is_resolved_once(self, site: Site) -> None:
        """The connection goes to the address that was looked at, also where the name leads elsewhere by then (DNS
        rebinding); the next request looks anew."""
        site.answers["/"] = answer(page("t"))
        names = Names(pages_example=[[LOOPBACK], ["127.0.0.2"]])
        dialer = Dialer(
            resolve=names, reachable=lambda address: address == LOOPBACK, ports=frozenset({site.port}), own=True
        )
        assert await WebPages(dialer).page(at(site)) is not None
        assert names.asked == ["pages.example"]
        assert await WebPages(dialer).page(at(site)) is None
        assert len(site.asked) == 1

    async def test_this_machines_own_public_address_is_refused(self, site: Site) -> None:
        """Both ends are the same then: it could be a way round a firewall."""
        site.answers["/"] = answer(page("t"))
        dialer = Dialer(
            resolve=Names(pages_example=[[LOOPBACK]]), reachable=lambda _: True, ports=frozenset({site.port})
        )
        assert await WebPages(dialer).page(at(site)) is None
        assert site.asked == []

    @pytest.mark.parametrize(
        "to", ["http://inside.example:{port}/in", "http://127.0.0.2:{port}/in", "//127.0.0.2:{port}/in"]
    )
    async def test_redirects_are_looked_at_like_the_first(self, site: Site, to: str) -> None:
        """One that leads inside is not followed."""
        site.answers |= {"/": redirect(to.format(port=site.port)), "/in": answer(page("secret"))}
        names = Names(pages_example=[[LOOPBACK]], inside_example=[["127.0.0.2"]])
        dialer = Dialer(
            resolve=names, reachable=lambda address: address == LOOPBACK, ports=frozenset({site.port}), own=True
        )
        assert await WebPages(dialer).page(at(site)) is None
        assert site.paths == ["/"]

    @pytest.mark.parametrize(
        "to", ["file:///etc/passwd", "ftp://pages.example/", "http://pages.example:22/", "http://a@pages.example/"]
    )
    async def test_redirects_stay_on_the_web(self, site: Site, to: str) -> None:
        """No other scheme or port, no credentials."""
        site.answers["/"] = redirect(to)
        assert await pages_of(site, "pages.example").page(at(site)) is None
        assert site.paths == ["/"]

    async def test_redirects_end(self, site: Site) -> None:
        """Three are followed; of a hundred no more than three."""
        site.answers |= {f"/{n}": redirect(f"/{n + 1}") for n in range(100)}
        site.answers["/100"] = answer(page("t"))
        pages = pages_of(site, "pages.example")
        found = await pages.page(at(site, f"/{100 - limits.PREVIEW_REDIRECTS_MAX}"))
        assert found is not None
        assert await pages.page(at(site, f"/{99 - limits.PREVIEW_REDIRECTS_MAX}")) is None
        site.asked.clear()
        assert await pages.page(at(site, "/0")) is None
        assert site.paths == ["/0", "/1", "/2", "/3"]

    async def test_the_log_has_no_path(self, site: Site, caplog: pytest.LogCaptureFixture) -> None:
        """One line, with the host and a few words."""
        site.answers["/secret?token=1"] = answer(status="403 Forbidden")
        with caplog.at_level(logging.INFO):
            await pages_of(site, "pages.example").page(at(site, "/secret?token=1"))
        assert caplog.messages == ["nothing to show from pages.example: not what is looked for"]


class TestHowMuchItTakes:
    async def test_an_endless_page(self, site: Site) -> None:
        """Its beginning is enough; then the connection is cut."""
        cut = asyncio.Event()

        async def speak(writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>endless</title>")
            try:
                while True:
                    writer.write(b" " * 65_536)
                    await writer.drain()
            except ConnectionError:
                cut.set()

        site.answers["/"] = speak
        found = await pages_of(site, "pages.example").page(at(site))
        assert found is not None
        assert found.title == "endless"
        async with asyncio.timeout(10):
            await cut.wait()

    @pytest.mark.parametrize(
        "beginning",
        [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>a</title>"],
    )
    async def test_a_slow_page(self, site: Site, beginning: bytes, caplog: pytest.LogCaptureFixture) -> None:
        """The time is for all of it, however often a byte comes."""

        async def speak(writer: asyncio.StreamWriter) -> None:
            writer.write(beginning)
            while True:
                writer.write(b"x")
                await asyncio.sleep(0.02)

        site.answers["/"] = speak
        with caplog.at_level(logging.INFO):
            assert await pages_of(site, "pages.example", seconds=0.3).page(at(site)) is None
        assert caplog.messages == ["nothing to show from pages.example: too slow"]

    async def test_a_slow_name(self, caplog: pytest.LogCaptureFixture) -> None:
        """Resolving is part of the time."""

        async def resolve(host: str, port: int) -> list[str]:
            await asyncio.Event().wait()
            raise AssertionError(host, port)

        with caplog.at_level(logging.INFO):
            assert await WebPages(Dialer(resolve=resolve), seconds=0.1).page("http://pages.example/") is None
        assert caplog.messages == ["nothing to show from pages.example: too slow"]

    async def test_a_bomb_stays_small(self, site: Site) -> None:
        """A page of gigabytes in a few kilobytes is read as far as any other; a picture is refused."""
        packed = gzip.compress(page("bomb") + bytes(64 * 1024 * 1024))
        assert len(packed) < limits.PREVIEW_PAGE_BYTES
        site.answers["/"] = answer(packed, fields={"Content-Encoding": "gzip"})
        site.answers["/a"] = answer(packed, kind="image/png", fields={"Content-Encoding": "gzip"})
        pages = pages_of(site, "pages.example")
        found = await pages.page(at(site))
        assert found is not None
        assert found.title == "bomb"
        assert await pages.picture(at(site, "/a")) is None

    async def test_gzip_without_content_ends(self, site: Site) -> None:
        """What unpacks to nothing is bounded by what came."""
        empty = b"\x00\x00\x00\xff\xff" * 200_000
        packed = gzip.compress(b"")[:10] + empty
        site.answers["/"] = answer(packed, fields={"Content-Encoding": "gzip"})
        assert len(packed) > limits.PREVIEW_PAGE_BYTES
        assert await pages_of(site, "pages.example").page(at(site)) is None


class TestTls:
    async def test_the_name_is_the_links(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        """SNI and certificate are of the name, though the connection goes to an address; another name is refused."""
        server, client = made_for("pages.example", tmp_path_factory.mktemp("tls"))
        seen: list[str | None] = []
        server.sni_callback = lambda _socket, name, _context: seen.append(name)
        async with opened_site(server) as site:
            site.answers["/"] = answer(page("safe"))
            pages = pages_of(site, "pages.example", "other.example", tls=client)
            found = await pages.page(f"https://pages.example:{site.port}/")
            assert found is not None
            assert found.title == "safe"
            assert await pages.page(f"https://other.example:{site.port}/") is None
            untrusting = pages_of(site, "pages.example", tls=ssl.create_default_context())
            assert await untrusting.page(f"https://pages.example:{site.port}/") is None
        assert seen[:2] == ["pages.example", "other.example"]
        assert len(site.asked) == 1
