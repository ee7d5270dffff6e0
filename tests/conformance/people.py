"""People who use the system under test: one small class for REST, and the sockets that they open."""

import secrets
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import httpx
from tests.conformance.places import PASSWORD
from tests.conformance.sockets import Socket

from tertulia.domain import limits

JSON = dict[str, Any]
LAST: Final = 2**53 - 1
"""The largest timestamp there can be."""


class Person:
    """Somebody who is signed in. A method is a request; `expect` is the status, or statuses, that it must have."""

    def __init__(self, http: httpx.AsyncClient, username: str, password: str, session: JSON) -> None:
        self.http = http
        self.username = username
        self.password = password
        self.token: str = session["access_token"]
        self.refresh_token: str = session["refresh_token"]
        self.sockets: list[Socket] = []

    async def ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **how: Any
    ) -> httpx.Response:
        """A request as this person, whatever comes of it."""
        sent = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        return await self.http.request(method, path, headers=sent, **how)

    async def call(self, method: str, path: str, *, expect: int | tuple[int, ...] = 200, **how: Any) -> JSON:
        """The body of the answer, which must have the expected status."""
        response = await self.ask(method, path, **how)
        expected = expect if isinstance(expect, tuple) else (expect,)
        assert response.status_code in expected, f"{method} {path}: {response.status_code} {response.text}"
        body: JSON = response.json()
        return body

    async def refused(self, code: str, method: str, path: str, **how: Any) -> JSON:
        """The problem of an answer that must have this code."""
        response = await self.ask(method, path, **how)
        assert not response.is_success, f"{method} {path}: {response.status_code} {response.text}"
        body: JSON = response.json()
        assert body["code"] == code, f"{method} {path}: {response.status_code} {response.text}"
        return body

    # Conversations

    async def group(self, *members: "Person", title: str = "", **more: Any) -> str:
        """The id of a new group with these members."""
        names = [member.username for member in members]
        body = {"kind": "group", "members": names, "title": title, **more}
        return str((await self.call("POST", "/api/conversations", json=body, expect=201))["id"])

    async def direct(self, other: "Person") -> str:
        body = {"kind": "direct", "members": [other.username]}
        return str((await self.call("POST", "/api/conversations", json=body, expect=(201, 200)))["id"])

    async def view(self, conversation: str) -> JSON:
        return await self.call("GET", f"/api/conversations/{conversation}")

    async def change(self, conversation: str, **settings: Any) -> JSON:
        return await self.call("PATCH", f"/api/conversations/{conversation}", json=settings)

    async def add(self, conversation: str, other: "Person", **role: str) -> JSON:
        path = f"/api/conversations/{conversation}/members/{other.username}"
        return await self.call("PUT", path, json=role, expect=(200, 201))

    async def remove(self, conversation: str, other: "Person") -> None:
        await self.call("DELETE", f"/api/conversations/{conversation}/members/{other.username}")

    # Messages

    async def send(self, conversation: str, text: str = "hello", **more: Any) -> JSON:
        """The message, new."""
        body = {"id": new_id(), "text": text, **more}
        return await self.call("POST", f"/api/conversations/{conversation}/messages", json=body, expect=201)

    async def edit(self, conversation: str, message: JSON, text: str) -> JSON:
        return await self.call("PATCH", message_path(conversation, message), json={"text": text})

    async def versions(self, conversation: str, message: JSON) -> list[JSON]:
        """What it says and said, newest first."""
        body = await self.call("GET", message_path(conversation, message) + "/edits")
        assert body["cursor"] is None
        found: list[JSON] = body["versions"]
        return found

    async def delete(self, conversation: str, message: JSON) -> JSON:
        return await self.call("DELETE", message_path(conversation, message))

    async def react(self, conversation: str, message: JSON, emoji: str) -> JSON:
        return await self.call("PUT", reaction_path(conversation, message, emoji))

    async def unreact(self, conversation: str, message: JSON, emoji: str) -> JSON:
        return await self.call("DELETE", reaction_path(conversation, message, emoji))

    async def messages(self, conversation: str, **page: Any) -> list[JSON]:
        body = await self.call("GET", f"/api/conversations/{conversation}/messages", params=page)
        found: list[JSON] = body["messages"]
        return found

    async def log_page(self, conversation: str, after: int = 0, limit: int = 500) -> JSON:
        return await self.call("GET", f"/api/conversations/{conversation}/log", params={"after": after, "limit": limit})

    async def log(self, conversation: str, after: int = 0, limit: int = 500) -> list[JSON]:
        """Every entry after the cursor that this person may read."""
        entries: list[JSON] = []
        while True:
            page = await self.log_page(conversation, after, limit)
            entries += page["entries"]
            if page["through"] == after:
                return entries
            after = page["through"]

    async def read(self, conversation: str, timestamp: int) -> JSON:
        return await self.call("PUT", f"/api/conversations/{conversation}/read", json={"timestamp": timestamp})

    async def search(self, query: str = "", **how: Any) -> list[JSON]:
        """As many as a page has. One call may look at a part of it only: then the cursor is followed."""
        results: list[JSON] = []
        asked = {"query": query, "limit": limits.PAGE_DEFAULT, **how}
        while True:
            found = await self.call("GET", "/api/search", params=asked)
            results += found["results"]
            if len(results) >= asked["limit"] or found.get("cursor") is None:
                return results[: asked["limit"]]
            asked["cursor"] = found["cursor"]

    async def found(self, query: str = "", **how: Any) -> list[str]:
        """The texts that a search finds."""
        return [result["message"]["text"] for result in await self.search(query, **how)]

    # Media

    async def upload(self, content: bytes, name: str = "file.bin", kind: str = "application/octet-stream") -> str:
        """The id of an upload whose content is there; it comes whole, and nobody completed it."""
        announced = await self.announce(len(content), name, kind)
        response = await self.http.request(
            announced["method"], announced["url"], headers=announced["headers"], content=content
        )
        assert response.is_success, response.text
        return str(announced["id"])

    async def send_part(self, part: JSON, content: bytes) -> httpx.Response:
        """One part of a large file, to its address."""
        return await self.http.request(part["method"], part["url"], headers=part["headers"], content=content)

    async def complete(self, media: str, **how: str) -> JSON:
        return await self.call("POST", f"/api/media/{media}/complete", **({"json": how} if how else {}))

    async def picture(self, content: bytes, name: str = "a.png", kind: str = "image/png") -> JSON:
        """A completed upload."""
        return await self.complete(await self.upload(content, name, kind))

    async def announce(self, size: int, name: str = "file.bin", kind: str = "application/octet-stream") -> JSON:
        body = {"name": name, "type": kind, "size": size}
        return await self.call("POST", "/api/media", json=body, expect=201)

    # Real time

    async def ticket(self, origin: str = "") -> str:
        headers = {"Origin": origin} if origin else {}
        return str((await self.call("POST", "/api/tickets", headers=headers, expect=201))["ticket"])

    async def connect(self, **how: Any) -> Socket:
        """A socket of this person's; closed at the end of the test at the latest."""
        socket = Socket(str(self.http.base_url), await self.ticket(), **how)
        self.sockets.append(socket)
        await socket.open()
        return socket


class People:
    """Makes people, and closes what they opened."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.all: list[Person] = []

    async def register(self, who: str = "ana", /, **profile: Any) -> Person:
        """Somebody new, signed in; the username begins with `who`."""
        username = f"{who}-{secrets.token_hex(5)}"
        body = {"username": username, "password": PASSWORD, **profile}
        response = await self.http.post("/api/auth/sign-up", json=body)
        assert response.status_code == 201, response.text
        return await self.sign_in(username)

    async def sign_in(self, username: str, password: str = PASSWORD) -> Person:
        """One more session of somebody who has an account."""
        body = {"username": username, "password": password, "return_refresh_token": True}
        response = await self.http.post("/api/auth/sign-in", json=body)
        assert response.status_code == 200, response.text
        person = Person(self.http, username, password, response.json())
        self.all.append(person)
        return person

    async def close(self) -> None:
        for person in self.all:
            for socket in person.sockets:
                await socket.close()


def new_id() -> str:
    """A client id for a message."""
    return secrets.token_hex(8)


def message_path(conversation: str, message: JSON) -> str:
    return f"/api/conversations/{conversation}/messages/{message['timestamp']}"


def reaction_path(conversation: str, message: JSON, emoji: str) -> str:
    return f"{message_path(conversation, message)}/reactions/{quote(emoji, safe='')}"
