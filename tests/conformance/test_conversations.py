"""Conversations: direct ones exist once, groups have roles and an owner, lists are whole."""

import asyncio

import pytest
from tests.conformance.homes import Home
from tests.conformance.people import Person, new_id


async def test_the_direct_conversation_of_two_people_is_one(home: Home) -> None:
    """Whoever begins it and however often, two people have one direct conversation: 201 once, then 200."""
    ana, ben = await home.register_all("ana", "ben")
    body = {"kind": "direct", "members": [ben.username]}
    first = await ana.call("POST", "/api/conversations", json=body, expect=201)
    again = await ana.call("POST", "/api/conversations", json=body, expect=200)
    back = await ben.call("POST", "/api/conversations", json={"kind": "direct", "members": [ana.username]}, expect=200)
    assert first["id"] == again["id"] == back["id"]
    assert {member["username"] for member in first["members"]} == {ana.username, ben.username}


async def test_both_can_begin_the_direct_conversation_at_once(home: Home) -> None:
    """Twenty requests from both sides at once make one conversation with one first entry."""
    ana, ben = await home.register_all("ana", "ben")

    async def begin(one: Person, other: Person) -> tuple[int, str]:
        body = {"kind": "direct", "members": [other.username]}
        response = await one.ask("POST", "/api/conversations", json=body)
        return response.status_code, response.json()["id"]

    answers = await asyncio.gather(*(begin(*pair) for pair in [(ana, ben), (ben, ana)] * 10))
    assert sorted(status for status, _ in answers) == [200] * 19 + [201]
    assert len({conversation for _, conversation in answers}) == 1
    assert [entry["kind"] for entry in await ana.log(answers[0][1])] == ["created"]


async def test_a_direct_conversation_keeps_its_shape(home: Home) -> None:
    """It has no title, no roles, no third member, and nobody leaves it; live typing can be switched on by both."""
    ana, ben, carla = await home.register_all("ana", "ben", "carla")
    direct = await ana.direct(ben)
    path = f"/api/conversations/{direct}"
    await ana.refused("direct_conversation", "PATCH", path, json={"title": "x"})
    await ana.refused("direct_conversation", "PATCH", path, json={"history": "all"})
    await ana.refused("direct_conversation", "PUT", f"{path}/members/{carla.username}", json={})
    await ana.refused("direct_conversation", "PUT", f"{path}/members/{ben.username}", json={"role": "admin"})
    await ana.refused("direct_conversation", "DELETE", f"{path}/members/{ben.username}")
    await ana.refused("direct_conversation", "DELETE", f"{path}/members/{ana.username}")
    assert (await ben.change(direct, live_typing=True))["live_typing"] is True
    assert len(await ana.log(direct)) == 2


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "direct", "members": []},
        {"kind": "direct", "members": ["SELF"]},
        {"kind": "direct", "members": ["OTHER", "THIRD"]},
        {"kind": "direct", "members": ["OTHER"], "title": "x"},
        {"kind": "crowd", "members": []},
        {"kind": "group"},
    ],
    ids=["nobody", "oneself", "three", "titled", "unknown kind", "no members"],
)
async def test_a_conversation_that_cannot_be_is_refused(home: Home, body: dict[str, object]) -> None:
    """What makes no conversation is `invalid_request`, and leaves none behind."""
    ana, ben, carla = await home.register_all("ana", "ben", "carla")
    names = {"SELF": ana.username, "OTHER": ben.username, "THIRD": carla.username}
    members = body.get("members")
    if isinstance(members, list):
        body = {**body, "members": [names[name] for name in members]}
    await ana.refused("invalid_request", "POST", "/api/conversations", json=body)
    assert (await ana.call("GET", "/api/conversations"))["conversations"] == []


async def test_nobody_can_be_added_who_does_not_exist(home: Home) -> None:
    """An unknown user is `user_not_found`, at creation and later."""
    ana = await home.register()
    body = {"kind": "group", "members": ["nobody-at-all"]}
    await ana.refused("user_not_found", "POST", "/api/conversations", json=body)
    group = await ana.group()
    await ana.refused("user_not_found", "PUT", f"/api/conversations/{group}/members/nobody-at-all", json={})


async def test_a_group_begins_with_its_owner_and_members(home: Home) -> None:
    """Who makes a group owns it; the caller's own name among the members changes nothing, nor does a name twice."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben, ben, ana, title="  Our group  ")
    view = await ben.view(group)
    assert (view["kind"], view["title"], view["member_count"], view["role"]) == ("group", "Our group", 2, "member")
    assert {m["username"]: m["role"] for m in view["members"]} == {ana.username: "owner", ben.username: "member"}
    assert (view["head"]["seq"], view["head"]["messages"], view["live_typing"]) == (1, 0, False)


async def test_roles_and_what_they_may(home: Home) -> None:
    """Owners change roles; admins add and remove members, not each other; members do neither."""
    owner, admin, member, other = await home.register_all("owner", "admin", "member", "other")
    group = await owner.group(admin, member)
    path = f"/api/conversations/{group}/members"
    await owner.add(group, admin, role="admin")
    await member.refused("forbidden", "PUT", f"{path}/{other.username}", json={})
    await member.refused("forbidden", "DELETE", f"{path}/{admin.username}")
    await member.refused("forbidden", "PUT", f"{path}/{member.username}", json={"role": "owner"})
    await admin.refused("forbidden", "PUT", f"{path}/{member.username}", json={"role": "admin"})
    await admin.refused("forbidden", "PUT", f"{path}/{other.username}", json={"role": "admin"})
    await admin.refused("forbidden", "PUT", f"{path}/{admin.username}", json={"role": "owner"})
    await admin.refused("forbidden", "DELETE", f"{path}/{owner.username}")
    await admin.add(group, other)
    await owner.add(group, other, role="admin")
    await admin.refused("forbidden", "DELETE", f"{path}/{other.username}")
    await owner.remove(group, other)
    await admin.remove(group, member)
    assert (await owner.view(group))["member_count"] == 2


async def test_a_group_keeps_an_owner(home: Home) -> None:
    """The last owner can neither leave nor step down before somebody else is owner: 409 `last_owner`."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    path = f"/api/conversations/{group}/members/{ana.username}"
    await ana.refused("last_owner", "DELETE", path)
    await ana.refused("last_owner", "PUT", path, json={"role": "member"})
    await ana.add(group, ben, role="owner")
    await ana.add(group, ana, role="member")
    await ana.remove(group, ana)
    assert [m["username"] for m in (await ben.view(group))["members"]] == [ben.username]


async def test_two_owners_cannot_step_down_at_once(home: Home) -> None:
    """When two owners step down at the same moment, one of them stays owner."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    await ana.add(group, ben, role="owner")
    for _ in range(5):
        answers = await asyncio.gather(
            *(
                p.ask("PUT", f"/api/conversations/{group}/members/{p.username}", json={"role": "member"})
                for p in (ana, ben)
            )
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        view = await ana.view(group)
        roles = {member["username"]: member["role"] for member in view["members"]}
        assert sorted(roles.values()) == ["member", "owner"]
        left = ana if roles[ana.username] == "owner" else ben
        await left.add(group, ben if left is ana else ana, role="owner")


async def test_the_last_member_can_leave(home: Home) -> None:
    """Somebody alone in a group may leave it."""
    ana = await home.register()
    group = await ana.group()
    await ana.remove(group, ana)
    await ana.refused("conversation_not_found", "GET", f"/api/conversations/{group}")


async def test_members_are_listed_in_pages(home: Home) -> None:
    """Pages of members, put together, are all members once, by username."""
    people = await home.register_all("ana", *(["member"] * 7))
    group = await people[0].group(*people[1:])
    names: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        params = {"limit": 3, "cursor": cursor}
        page = await people[1].call("GET", f"/api/conversations/{group}/members", params=params)
        names += [member["username"] for member in page["members"]]
        cursor = page["cursor"]
    assert names == sorted(person.username for person in people)


async def test_conversations_are_listed_in_pages(home: Home) -> None:
    """Pages of conversations, put together, are all of the caller's once."""
    ana, ben = await home.register_all("ana", "ben")
    groups = {await ana.group(ben) for _ in range(7)}
    listed: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await ben.call("GET", "/api/conversations", params={"limit": 3, "cursor": cursor})
        listed += [view["id"] for view in page["conversations"]]
        cursor = page["cursor"]
    assert len(listed) == 7
    assert set(listed) == groups


async def test_an_unknown_member_cannot_be_removed(home: Home) -> None:
    """Removing somebody who is no member is `member_not_found`."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group()
    await ana.refused("member_not_found", "DELETE", f"/api/conversations/{group}/members/{ben.username}")


async def test_several_settings_change_at_once(home: Home) -> None:
    """Title, live typing and history can change in one request; what is absent stays."""
    ana = await home.register()
    group = await ana.group(title="Before")
    view = await ana.change(group, live_typing=True, history="all")
    assert (view["title"], view["live_typing"], view["history"]) == ("Before", True, "all")
    view = await ana.change(group, title="After")
    assert (view["title"], view["live_typing"], view["history"]) == ("After", True, "all")


async def test_ids_of_groups_of_different_people_do_not_collide(home: Home) -> None:
    """The id that names a request is its creator's own: somebody else's request with that id is another group."""
    ana, ben = await home.register_all("ana", "ben")
    request_id = new_id()
    assert await ana.group(id=request_id) != await ben.group(id=request_id)
