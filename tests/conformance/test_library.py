"""The server's own pictures: added, found, sent by anybody, and gone."""

from tests.conformance.homes import Home
from tests.conformance.people import JSON, Person, new_id, reaction_path
from tests.conformance.places import ADMIN, PASSWORD
from tests.fixtures import pictures

ADDING = ("POST", "/api/library/pictures")


async def gif(person: Person) -> str:
    """A moving upload of theirs."""
    return str((await person.picture(pictures.moving("GIF"), "a.gif", "image/gif"))["id"])


async def listed(person: Person, kind: str, **asked: str) -> list[JSON]:
    found: list[JSON] = []
    cursor: str | None = ""
    while cursor is not None:
        params = {"kind": kind, "limit": "100", **asked, **({"cursor": cursor} if cursor else {})}
        page = await person.call("GET", "/api/library/pictures", params=params)
        found += page["pictures"]
        cursor = page["cursor"]
    return found


async def test_a_gif_is_everybodys(home: Home) -> None:
    """Who adds it, finds it by a word and sends it needn't be the same; each message has its words, and one file; it is
    pushed and found like any message. When it goes, the words stay."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    media, word = await gif(ana), new_id()
    body = {"media": media, "kind": "gif", "name": f"dance {word}", "alt": f"dance {word}", "tags": ["joy"]}
    added = await ana.call(*ADDING, json=body, expect=201)
    assert (await ana.call(*ADDING, json=body))["media"] == media
    (found,) = await listed(ben, "gif", query=f"{word[:8]} joy")
    assert (found["name"], found["added_by"], found["animated"]) == (added["name"], ana.username, True)
    for address in (found["url"], found["still"]):
        assert (await home.http.get(address)).status_code == 200
    socket = await ana.connect()
    message = await ben.send(group, "", attachments=[{"media": media}])
    assert (message["attachments"][0]["library"], message["attachments"][0]["alt"]) == ("gif", f"dance {word}")
    await socket.settle()
    assert message["seq"] in [entry["seq"] for entry in socket.entries(group)]
    other = await ben.send(group, "", attachments=[{"media": media}])
    await ben.delete(group, message)
    assert (await home.http.get((await ben.call("GET", f"/api/media/{media}"))["url"])).status_code == 200
    await ben.refused("forbidden", "DELETE", f"/api/library/pictures/{media}")
    await ana.call("DELETE", f"/api/library/pictures/{media}")
    await ben.refused("media_not_found", "GET", f"/api/media/{media}")
    assert await listed(ben, "gif", query=word) == []
    assert (await ana.messages(group))[-1]["attachments"] == other["attachments"]


async def test_our_own_stickers_are_there(home: Home) -> None:
    """Without any set-up, and sent like others."""
    ana = await home.register()
    group = await ana.group()
    (cup,) = [each for each in await listed(ana, "sticker") if each["name"] == "cup"]
    assert (await ana.call("GET", f"/api/media/{cup['media']}"))["url"] == cup["url"] == "/stickers/cup.svg"
    sent = await ana.send(group, "", attachments=[{"media": cup["media"]}])
    assert (sent["attachments"][0]["library"], sent["attachments"][0]["alt"]) == ("sticker", cup["alt"])


async def test_a_reaction_by_name_needs_such_an_emoji(home: Home) -> None:
    """Which nobody but an administrator can make."""
    ana = await home.register()
    group = await ana.group()
    message = await ana.send(group)
    await ana.refused("emoji_not_found", "PUT", reaction_path(group, message, f":{new_id()[:20].lower()}:"))
    still = await ana.picture(pictures.png(), "a.png", "image/png")
    await ana.refused("picture_unsuitable", *ADDING, json={"media": still["id"], "kind": "gif", "name": "x"})
    await ana.refused("forbidden", *ADDING, json={"media": still["id"], "kind": "emoji", "name": "x"})


async def test_administrators_keep_the_library(home: Home) -> None:
    """Emoji by name, packs whole, and what is decided for all."""
    home.needs("admin")
    root = await home.people.sign_in(ADMIN, PASSWORD)
    name = f"e{new_id()[:12].lower()}".replace("-", "_")
    group = await root.group()
    first, second = [(await root.picture(pictures.png(), "a.png", "image/png"))["id"] for _ in range(2)]
    await root.call(*ADDING, json={"media": first, "kind": "emoji", "name": name}, expect=201)
    await root.refused("name_taken", *ADDING, json={"media": second, "kind": "emoji", "name": name})
    message = await root.send(group, f":{name}:")
    reacted = await root.react(group, message, f":{name}:")
    assert [each["emoji"] for each in reacted["reactions"]] == [f":{name}:"]
    await root.call("DELETE", f"/api/library/pictures/{first}")
    assert "reactions" not in await root.unreact(group, message, f":{name}:")
    broken = await root.upload(b"PK\x03\x04 not a zip", "x.zip", "application/zip")
    await root.refused("pack_broken", "POST", "/api/library/packs", json={"media": broken})
    files = {"bird.png": pictures.telling("PNG"), "x.txt": b"no"}
    zipped = await root.upload(pictures.zipped(files), "Birds.zip", "application/zip")
    taken = await root.call("POST", "/api/library/packs", json={"media": zipped})
    assert (taken["added"], taken["next"]) == (1, None)
    assert [(each["file"], each["code"]) for each in taken["problems"]] == [("x.txt", "picture_unsuitable")]
    pack = {"id": zipped, "kind": "sticker", "title": "Birds"}
    assert pack in (await root.call("PATCH", "/api/library", json={"gifs": "everyone"}))["packs"]
    (bird,) = [each for each in await listed(root, "sticker") if each.get("pack") == zipped]
    content = await home.http.get(bird["url"])
    assert (content.status_code, pictures.SECRET in content.content) == (200, False)
    await root.call("DELETE", f"/api/library/packs/{zipped}")
    assert pack not in (await root.call("GET", "/api/library"))["packs"]
