"""A conversation that has everything which can be in one: what the tests of looks look at."""

from typing import Any, Final, Protocol
from uuid import uuid4

import httpx
from playwright.sync_api import Locator, expect
from tests.browser.files import Made, animation, is_loaded, made, picture, text, tone
from tests.browser.guests import Guest, until

RICH: Final = (
    "**bold**, *italic*, ~~gone~~, `code`, ||hidden||, [a link](https://example.org), https://example.org/plain :tada:",
    "> a quotation\n> of two lines",
    "1. one\n2. two\n\n- a\n- b",
    "```python\nprint('a line of code that is so long that it has to be broken, within its own box')\n```",
    "🎉",
    "مرحبا بالجميع",
)
FILM: Final = """async () => {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [320, 180];
  const brush = canvas.getContext('2d');
  const recorder = new MediaRecorder(canvas.captureStream(10), { mimeType: 'video/webm;codecs=vp8' });
  const pieces = [];
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  const stopped = new Promise((resolve) => { recorder.onstop = resolve; });
  recorder.start();
  for (let frame = 0; frame < 10; frame += 1) {
    brush.fillStyle = frame % 2 ? 'teal' : 'gold';
    brush.fillRect(0, 0, 320, 180);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  recorder.stop();
  await stopped;
  return [...new Uint8Array(await new Blob(pieces).arrayBuffer())];
}"""


class Author(Protocol):
    """Somebody who can ask the server beside any page."""

    http: httpx.Client
    token: str

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]: ...


def film(guest: Guest, name: str = "film.webm") -> Made:
    """A second of two colours, which the guest's browser records."""
    return made(name, "video/webm", bytes(guest.page.evaluate(FILM)))


def say(author: Author, conversation: str, words: str, **more: Any) -> dict[str, Any]:
    """Sends beside the page; answers the message."""
    return author.post(f"/api/conversations/{conversation}/messages", {"id": uuid4().hex, "text": words, **more})


def upload(author: Author, file: Made, **about: Any) -> dict[str, Any]:
    """Uploads beside the page; answers what a message names it by."""
    asked = {"name": file["name"], "type": file["mimeType"], "size": len(file["buffer"])}
    begun = author.post("/api/media", asked)
    headers = {"Authorization": f"Bearer {author.token}", **begun["headers"]}
    assert author.http.put(begun["url"], content=file["buffer"], headers=headers).is_success
    author.post(f"/api/media/{begun['id']}/complete", {})
    return {"media": begun["id"], **about}


def furnish(ana: Guest, ben: Guest, title: str = "Everything") -> str:
    """A group of both with every kind of row; answers its id. Ana has read nothing of what Ben wrote last."""
    group = {"kind": "group", "members": [ben.username], "title": title}
    conversation = str(ana.post("/api/conversations", group)["id"])
    path = f"/api/conversations/{conversation}"
    ana.patch(path, {"title": f"{title}!"})
    ana.patch(path, {"title": title})
    for words in RICH:
        say(ben, conversation, words)
    first = say(ana, conversation, f"@{ben.username} one of my own")
    edited = say(ana, conversation, "with a mistaek")
    ana.patch(f"{path}/messages/{edited['timestamp']}", {"text": "without a mistake"})
    gone = say(ben, conversation, "to be deleted")
    ben.call("DELETE", f"{path}/messages/{gone['timestamp']}")
    for who, emoji in ((ana, "👍"), (ben, "👍"), (ben, "🎉")):
        who.call("PUT", f"{path}/messages/{first['timestamp']}/reactions/{emoji}", {})
    _show(ana, ben, conversation)
    ana.call("PUT", f"{path}/read", {"timestamp": say(ana, conversation, "read up to here")["timestamp"]})
    say(ben, conversation, "an answer", reply_to=first["timestamp"])
    say(ben, conversation, "and one to what is gone", reply_to=gone["timestamp"])
    say(ben, conversation, "the last word")
    return conversation


def _show(ana: Guest, ben: Guest, conversation: str) -> None:
    """Media of every kind, of both."""
    for author in (ana, ben):
        say(author, conversation, "one picture", attachments=[upload(author, picture(), alt="a golden ball")])
        several = [upload(author, picture(f"{number}.png", 300, 200)) for number in range(3)]
        say(author, conversation, "", attachments=several)
        say(author, conversation, "", attachments=[upload(author, animation())])
        say(author, conversation, "", attachments=[upload(author, tone())])
        say(author, conversation, "", attachments=[upload(author, film(author))])
        peaks = [number * 4 for number in range(64)]
        say(author, conversation, "", attachments=[upload(author, tone("note.wav"), voice=True, peaks=peaks)])
        say(author, conversation, "a file", attachments=[upload(author, text())])


def bring(ana: Guest, picture: Locator) -> None:
    """Scrolls to it until it stays. It isn't a person's scrolling: a list that grows meanwhile goes back to its end."""

    def comes(_: object) -> bool:
        picture.scroll_into_view_if_needed()
        return picture.locator("img").count() > 0

    until(ana.page, "() => true", comes)


def open_furnished(ana: Guest, conversation: str, last: str = "the last word") -> None:
    """On the screen, with its pictures, at the end."""
    ana.page.goto(f"/c/{conversation}")
    expect(ana.message(last)).to_have_count(1)
    # All rows, and not only those of the first screen: else the first picture is soon another.
    expect(ana.log.locator(".beginning")).to_have_count(1)
    pictures = ana.log.locator(".picture")
    for index in range(pictures.count()):
        bring(ana, pictures.nth(index))
        is_loaded(pictures.nth(index).locator("img"))
    ana.message(last).scroll_into_view_if_needed()
