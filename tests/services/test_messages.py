"""Sending, editing, deleting, reacting: who may, what it does, and that a retry does it once."""

import asyncio

import pytest
from tests.services.refused import refused
from tests.services.world import World, who

from tertulia.adapters.memory.rates import Unlimited
from tertulia.domain import limits
from tertulia.domain.entries import History, MessageDeleted, MessageEdited, MessageSent
from tertulia.domain.members import Cursor, Role
from tertulia.services.messages import Messages, NewAttachment, NewMessage


class TestSending:
    async def test_the_answer_is_the_message_as_it_stands_in_the_log(self, world: World, group: str) -> None:
        """The first send answers the stored message and says that it is new."""
        new = NewMessage(id="one", text="hello @ben and @eve")
        message, created = await world.chat.messages.send(who("ana"), group, new)
        assert created
        assert (message.author, message.id, message.text, message.number) == ("ana", "one", "hello @ben and @eve", 1)
        assert message.mentions == ("ben", "eve")
        assert world.entries(group)[-1] == MessageSent(
            seq=message.seq,
            timestamp=message.timestamp,
            author="ana",
            id="one",
            number=1,
            text="hello @ben and @eve",
            mentions=("ben", "eve"),
        )

    async def test_sending_moves_the_senders_own_cursor(self, world: World, group: str) -> None:
        """Who sends has read up to the own message; nobody else's cursor moves."""
        message = await world.say("ben", group)
        rows = world.store.logs[group].members
        assert rows["ben"].read == Cursor(message.timestamp, 1)
        assert rows["dan"].read.number == 0

    @pytest.mark.parametrize("stranger", ["eve", "nobody"])
    async def test_a_stranger_learns_nothing(self, world: World, group: str, stranger: str) -> None:
        """Who is no member gets the same answer as for a conversation that doesn't exist."""
        for conversation in (group, "g_unknown"):
            with refused("conversation_not_found"):
                await world.say(stranger, conversation)
        assert len(world.entries(group)) == 2

    async def test_who_was_removed_sends_nothing(self, world: World, group: str) -> None:
        """A removal ends the right to send."""
        await world.chat.members.remove(who("ana"), group, "ben")
        with refused("conversation_not_found"):
            await world.say("ben", group)

    @pytest.mark.parametrize("text", ["", "  ", "a\x00b"])
    async def test_what_is_no_text_is_refused(self, world: World, group: str, text: str) -> None:
        """A message without attachments says something, and holds no control characters."""
        with refused("invalid_request"):
            await world.say("ana", group, text)

    async def test_a_text_has_a_greatest_length(self, world: World, group: str) -> None:
        """At the limit it is sent, one past it is not."""
        assert (await world.say("ana", group, "x" * limits.TEXT_MAX)).number == 1
        with refused("too_large"):
            await world.say("ana", group, "x" * (limits.TEXT_MAX + 1))


class TestRetries:
    async def test_a_retry_answers_with_the_first_result(self, world: World, group: str) -> None:
        """The same id and content again: the same message, not created, one entry."""
        new = NewMessage(id="one", text="hello")
        first, _ = await world.chat.messages.send(who("ana"), group, new)
        await world.say("ben", group)
        world.clock.advance(10**6)
        again, created = await world.chat.messages.send(who("ana"), group, new)
        assert (again, created) == (first, False)
        assert sum(isinstance(entry, MessageSent) and entry.id == "one" for entry in world.entries(group)) == 1

    async def test_fifty_at_once_are_one(self, world: World, group: str) -> None:
        """Of fifty sends under one id, one creates the message and all get it."""
        new = NewMessage(id="one", text="hello")
        results = await asyncio.gather(*(world.chat.messages.send(who("ana"), group, new) for _ in range(50)))
        assert sum(created for _, created in results) == 1
        assert {message.seq for message, _ in results} == {results[0][0].seq}

    @pytest.mark.parametrize(
        "other",
        [NewMessage(id="one", text="other"), NewMessage(id="one", text="hello", reply_to=1)],
        ids=["text", "reply"],
    )
    async def test_an_id_names_one_message(self, world: World, group: str, other: NewMessage) -> None:
        """Another content under a used id is refused, and nothing is appended."""
        await world.say("ana", group, "hello", id="one")
        with refused("id_reused"):
            await world.chat.messages.send(who("ana"), group, other)
        assert world.store.logs[group].head.messages == 1

    async def test_ids_belong_to_author_and_conversation(self, world: World, group: str) -> None:
        """The same id of another person, or in another conversation, is another message."""
        elsewhere = await world.direct("ana", "ben")
        sent = [
            await world.say("ana", group, "a", id="one"),
            await world.say("ben", group, "b", id="one"),
            await world.say("ana", elsewhere, "c", id="one"),
        ]
        assert [message.text for message in sent] == ["a", "b", "c"]

    async def test_a_retry_after_removal_answers_with_the_first_result(self, world: World, group: str) -> None:
        """Who sent and was then removed still learns what became of the send."""
        new = NewMessage(id="one", text="hello")
        first, _ = await world.chat.messages.send(who("ben"), group, new)
        await world.chat.members.remove(who("ana"), group, "ben")
        assert await world.chat.messages.send(who("ben"), group, new) == (first, False)
        with refused("id_reused"):
            await world.say("ben", group, "other", id="one")

    async def test_a_retry_after_an_edit_answers_with_the_first_result(self, world: World, group: str) -> None:
        """An edit changes what the message says, not what the send answered."""
        new = NewMessage(id="one", text="hello")
        first, _ = await world.chat.messages.send(who("ana"), group, new)
        await world.chat.messages.edit(who("ana"), group, first.timestamp, "changed")
        assert await world.chat.messages.send(who("ana"), group, new) == (first, False)

    async def test_a_retry_of_a_deleted_message_answers_with_the_tombstone(self, world: World, group: str) -> None:
        """What was said is gone for everybody, the sender too; the message is not sent again."""
        new = NewMessage(id="one", text="hello")
        first, _ = await world.chat.messages.send(who("ana"), group, new)
        gone = await world.chat.messages.delete(who("ana"), group, first.timestamp)
        again, created = await world.chat.messages.send(who("ana"), group, new)
        assert (again, created) == (gone, False)
        assert (again.text, again.deleted > 0) == ("", True)

    async def test_a_retry_of_a_message_with_files_after_removal(self, world: World, group: str) -> None:
        """Files make no difference: who was removed gets the first result."""
        media = await world.upload("ben")
        first = await world.say_with("ben", group, media, id="one")
        await world.chat.members.remove(who("ana"), group, "ben")
        assert await world.say_with("ben", group, media, id="one") == first
        with refused("conversation_not_found"):
            await world.say_with("ben", group, media, id="two")

    async def test_a_retry_of_a_deleted_message_with_files(self, world: World, group: str) -> None:
        """The files are gone with the message, and the retry gets the tombstone."""
        media = await world.upload("ben")
        first = await world.say_with("ben", group, media, id="one", text="look")
        gone = await world.chat.messages.delete(who("ben"), group, first.timestamp)
        assert await world.say_with("ben", group, media, id="one", text="look") == gone
        with refused("attachment_not_found"):
            await world.say_with("ben", group, media, id="two", text="look")


class TestReplies:
    async def test_a_reply_names_a_message_that_the_sender_sees(self, world: World, group: str) -> None:
        """The reply keeps the timestamp of what it replies to."""
        first = await world.say("ana", group)
        assert (await world.say("ben", group, "yes", reply_to=first.timestamp)).reply_to == first.timestamp

    async def test_replies_to_replies_are_one_thread(self, world: World, group: str) -> None:
        """It is the message's that the first one replies to; a retry says the same, and a client can't choose it."""
        first = await world.say("ana", group)
        second = await world.say("ben", group, reply_to=first.timestamp)
        await world.chat.messages.delete(who("ben"), group, second.timestamp)
        third = await world.say("ana", group, id="three", reply_to=second.timestamp)
        beside = await world.say("ben", group)
        assert [m.thread for m in (first, second, third, beside)] == [0, first.timestamp, first.timestamp, 0]
        assert await world.say("ana", group, id="three", reply_to=second.timestamp) == third
        page = await world.chat.history.messages(who("ben"), group, thread=first.timestamp, after=0, limit=2)
        assert [m.timestamp for m in page.messages] == [first.timestamp, second.timestamp]
        assert (page.more_before, page.more_after) == (False, True)

    async def test_a_reply_to_nothing_is_refused(self, world: World, group: str) -> None:
        """A timestamp at which no message stands, such as that of another entry, can't be replied to."""
        for timestamp in (1, world.entries(group)[0].timestamp):
            with refused("reply_not_found"):
                await world.say("ana", group, reply_to=timestamp)

    async def test_a_reply_to_an_invisible_message_is_refused(self, world: World, group: str) -> None:
        """Whether there is a message from before one's joining can't be found out by replying to it."""
        before = await world.say("ana", group, "secret")
        await world.chat.members.put(who("ana"), group, "eve", Role.MEMBER)
        with refused("reply_not_found"):
            await world.say("eve", group, reply_to=before.timestamp)
        await world.chat.conversations.update(who("ana"), group, history=History.ALL)
        assert (await world.say("eve", group, reply_to=before.timestamp)).reply_to == before.timestamp

    async def test_a_reply_can_stand_without_what_it_replies_to(self, world: World, group: str) -> None:
        """Replying to a tombstone is allowed: the other may have been typing."""
        first = await world.say("ana", group)
        await world.chat.messages.delete(who("ana"), group, first.timestamp)
        assert (await world.say("ben", group, reply_to=first.timestamp)).reply_to == first.timestamp


class TestEditing:
    async def test_who_wrote_a_message_changes_it(self, world: World, group: str) -> None:
        """The answer is the message with its new text and mentions, and when it changed."""
        first = await world.say("ben", group)
        edited = await world.chat.messages.edit(who("ben"), group, first.timestamp, "hi @ana, hi @all")
        assert (edited.text, edited.mentions) == ("hi @ana, hi @all", ("@all", "ana"))
        assert edited.edited == edited.changed == world.entries(group)[-1].timestamp
        assert edited.number == first.number

    async def test_the_same_text_again_is_no_edit(self, world: World, group: str) -> None:
        """A retry of an edit makes no entry and answers the same."""
        first = await world.say("ben", group)
        edited = await world.chat.messages.edit(who("ben"), group, first.timestamp, "new")
        length = len(world.entries(group))
        assert await world.chat.messages.edit(who("ben"), group, first.timestamp, "new") == edited
        assert len(world.entries(group)) == length

    async def test_an_edit_comes_in_time_where_there_is_one(self, world: World, group: str) -> None:
        """To the second; a retry of one that came in time is answered at any time, and a deletion is never late."""
        messages = Messages(world.store, world.media, world.library, Unlimited(), edit_seconds=60)
        first = await world.say("ben", group)
        world.clock.time = first.timestamp + 60_000_000 - 2
        edited = await messages.edit(who("ben"), group, first.timestamp, "new")
        world.clock.time = first.timestamp + 60_000_001
        with refused("too_late_to_edit"):
            await messages.edit(who("ben"), group, first.timestamp, "newer")
        assert await messages.edit(who("ben"), group, first.timestamp, "new") == edited
        assert (await messages.delete(who("ben"), group, first.timestamp)).deleted

    @pytest.mark.parametrize("other", ["ana", "cleo", "dan"])
    async def test_nobody_changes_what_another_said(self, world: World, group: str, other: str) -> None:
        """Neither owner nor admin nor member puts words into another's mouth."""
        first = await world.say("ben", group)
        with refused("forbidden"):
            await world.chat.messages.edit(who(other), group, first.timestamp, "new")

    async def test_a_deleted_message_stays_deleted(self, world: World, group: str) -> None:
        """A tombstone can't be edited."""
        first = await world.say("ben", group)
        await world.chat.messages.delete(who("ben"), group, first.timestamp)
        with refused("message_deleted"):
            await world.chat.messages.edit(who("ben"), group, first.timestamp, "new")

    async def test_an_edit_leaves_something_to_see(self, world: World, group: str) -> None:
        """A text may go where there is an attachment, and only there."""
        first = await world.say("ben", group)
        with refused("invalid_request"):
            await world.chat.messages.edit(who("ben"), group, first.timestamp, " ")
        carried = await world.say_with("ben", group, await world.upload("ben"), id="x", text="look")
        assert (await world.chat.messages.edit(who("ben"), group, carried.timestamp, "")).text == ""

    async def test_an_edit_has_the_limits_of_a_text(self, world: World, group: str) -> None:
        """At the limit it is taken, one past it is not."""
        first = await world.say("ben", group)
        long = "x" * limits.TEXT_MAX
        assert (await world.chat.messages.edit(who("ben"), group, first.timestamp, long)).text == long
        with refused("too_large"):
            await world.chat.messages.edit(who("ben"), group, first.timestamp, long + "x")


class TestDeleting:
    @pytest.mark.parametrize("deleter", ["ben", "cleo", "ana"])
    async def test_who_wrote_it_admins_and_owners_delete(self, world: World, group: str, deleter: str) -> None:
        """In a group a message goes by its author, an admin or an owner."""
        first = await world.say("ben", group, "secret")
        gone = await world.chat.messages.delete(who(deleter), group, first.timestamp)
        assert (gone.text, gone.deleted) == ("", world.entries(group)[-1].timestamp)

    async def test_a_member_deletes_nothing_of_others(self, world: World, group: str) -> None:
        """Nor does either side in a direct conversation."""
        first = await world.say("ben", group)
        with refused("forbidden"):
            await world.chat.messages.delete(who("dan"), group, first.timestamp)
        direct = await world.direct("ana", "ben")
        said = await world.say("ben", direct)
        with refused("forbidden"):
            await world.chat.messages.delete(who("ana"), direct, said.timestamp)

    async def test_what_was_said_is_erased_from_the_log(self, world: World, group: str) -> None:
        """Neither the message's entry nor those of its edits keep a word of it, and its files are gone."""
        media = await world.upload("ben")
        first = await world.say_with("ben", group, media, id="x", text="secret one")
        await world.chat.messages.edit(who("ben"), group, first.timestamp, "secret two @ana")
        await world.chat.messages.delete(who("ben"), group, first.timestamp)
        about = [
            entry
            for entry in world.entries(group)
            if entry.timestamp == first.timestamp or getattr(entry, "target", 0) == first.timestamp
        ]
        assert [type(entry) for entry in about] == [MessageSent, MessageEdited, MessageDeleted]
        assert "secret" not in repr(about)
        assert media not in repr(about)
        assert all(entry.erased for entry in about if not isinstance(entry, MessageDeleted))
        assert await world.media.get(media) is None

    async def test_deleting_again_changes_nothing(self, world: World, group: str) -> None:
        """A retry of a deletion answers the same tombstone."""
        first = await world.say("ben", group)
        gone = await world.chat.messages.delete(who("ben"), group, first.timestamp)
        length = len(world.entries(group))
        assert await world.chat.messages.delete(who("ana"), group, first.timestamp) == gone
        assert len(world.entries(group)) == length


class TestReacting:
    async def test_each_person_has_each_emoji_once(self, world: World, group: str) -> None:
        """A second reaction with the same emoji makes no entry."""
        first = await world.say("ana", group)
        await world.chat.messages.react(who("ben"), group, first.timestamp, "👍")
        length = len(world.entries(group))
        after = await world.chat.messages.react(who("ben"), group, first.timestamp, "👍")
        assert [(r.emoji, r.users) for r in after.reactions] == [("👍", ("ben",))]
        assert len(world.entries(group)) == length

    async def test_one_takes_back_the_own_reaction_only(self, world: World, group: str) -> None:
        """Taking back what one never gave makes no entry and touches nobody's."""
        first = await world.say("ana", group)
        await world.chat.messages.react(who("ben"), group, first.timestamp, "👍")
        length = len(world.entries(group))
        after = await world.chat.messages.unreact(who("dan"), group, first.timestamp, "👍")
        assert [(r.emoji, r.users) for r in after.reactions] == [("👍", ("ben",))]
        assert len(world.entries(group)) == length
        assert (await world.chat.messages.unreact(who("ben"), group, first.timestamp, "👍")).reactions == ()

    async def test_a_tombstone_has_no_reactions(self, world: World, group: str) -> None:
        """Neither adding nor taking back."""
        first = await world.say("ana", group)
        await world.chat.messages.delete(who("ana"), group, first.timestamp)
        for change in (world.chat.messages.react, world.chat.messages.unreact):
            with refused("message_deleted"):
                await change(who("ben"), group, first.timestamp, "👍")

    async def test_a_reaction_is_an_emoji(self, world: World, group: str) -> None:
        """Not a text, neither to add nor to take back."""
        first = await world.say("ana", group)
        for change in (world.chat.messages.react, world.chat.messages.unreact):
            with refused("invalid_request"):
                await change(who("ben"), group, first.timestamp, "ok")

    async def test_kinds_of_reactions_are_bounded(self, world: World, group: str) -> None:
        """At the limit a new emoji is refused, and one that is there can still be used."""
        first = await world.say("ana", group)
        for index in range(limits.REACTION_KINDS_MAX):
            await world.chat.messages.react(who("ben"), group, first.timestamp, chr(0x1F600 + index))
        with refused("too_many_reactions"):
            await world.chat.messages.react(who("ben"), group, first.timestamp, "🎉")
        after = await world.chat.messages.react(who("dan"), group, first.timestamp, "😀")
        assert after.reactions[0].users == ("ben", "dan")

    async def test_reactions_are_bounded(self, world: World, group: str) -> None:
        """So many over all people and emoji, and not one more."""
        first = await world.say("ana", group)
        people = [f"p{n}" for n in range(limits.REACTIONS_MAX // limits.REACTION_KINDS_MAX)]
        await world.people(*people)
        for person in people:
            await world.chat.members.put(who("ana"), group, person, Role.MEMBER)
        await world.chat.conversations.update(who("ana"), group, history=History.ALL)
        for index in range(limits.REACTION_KINDS_MAX):
            for person in people:
                await world.chat.messages.react(who(person), group, first.timestamp, chr(0x1F600 + index))
        with refused("too_many_reactions"):
            await world.chat.messages.react(who("ben"), group, first.timestamp, "😀")


class TestSight:
    async def test_what_one_may_not_read_one_may_not_touch(self, world: World, group: str) -> None:
        """To change a message from before one's joining answers as if there were none."""
        before = await world.say("ana", group, "secret")
        await world.chat.members.put(who("ana"), group, "eve", Role.MEMBER)
        messages = world.chat.messages
        for timestamp in (before.timestamp, 1):
            for change in (
                messages.edit(who("eve"), group, timestamp, "x"),
                messages.delete(who("eve"), group, timestamp),
                messages.react(who("eve"), group, timestamp, "👍"),
                messages.unreact(who("eve"), group, timestamp, "👍"),
            ):
                with refused("message_not_found"):
                    await change

    @pytest.mark.parametrize("stranger", ["eve", "ben"])
    async def test_strangers_and_removed_members_touch_nothing(self, world: World, group: str, stranger: str) -> None:
        """The conversation doesn't exist for them."""
        said = await world.say("ben", group)
        await world.chat.members.remove(who("ana"), group, "ben")
        messages = world.chat.messages
        for change in (
            messages.edit(who(stranger), group, said.timestamp, "x"),
            messages.delete(who(stranger), group, said.timestamp),
            messages.react(who(stranger), group, said.timestamp, "👍"),
            messages.unreact(who(stranger), group, said.timestamp, "👍"),
        ):
            with refused("conversation_not_found"):
                await change

    async def test_a_change_tells_nothing_of_what_happened_during_an_absence(self, world: World, group: str) -> None:
        """Who left and returned gets, as the answer to a reaction, the message as that person may see it."""
        said = await world.say("ana", group, "first")
        await world.chat.members.remove(who("ben"), group, "ben")
        await world.chat.messages.edit(who("ana"), group, said.timestamp, "secret")
        await world.chat.messages.react(who("dan"), group, said.timestamp, "🎉")
        await world.chat.members.put(who("ana"), group, "ben", Role.MEMBER)
        after = await world.chat.messages.react(who("ben"), group, said.timestamp, "👍")
        assert (after.text, [reaction.emoji for reaction in after.reactions]) == ("first", ["👍"])
        again = await world.chat.messages.react(who("ben"), group, said.timestamp, "👍")
        assert again == after


class TestAttachments:
    async def test_a_message_carries_uploads_of_its_sender(self, world: World, group: str) -> None:
        """Name, type and size are the upload's, the words about it the sender's."""
        media = await world.upload("ben", b"12345", "cat.bin")
        message = await world.say_with("ben", group, media, id="x")
        (attachment,) = message.attachments
        assert (attachment.media, attachment.name, attachment.type, attachment.size, attachment.alt) == (
            media,
            "cat.bin",
            "application/x-bytes",
            5,
            "a picture",
        )

    async def test_only_complete_uploads_of_ones_own_are_carried(self, world: World, group: str) -> None:
        """Another's, an incomplete and an unknown one are the same."""
        announced = await world.chat.media.announce(who("ben"), "a.png", "image/png", 3)
        for media in (await world.upload("ana"), announced.upload.id, "unknown"):
            with refused("attachment_not_found") as error:
                await world.say_with("ben", group, media, id="x")
            assert error.value.details == {"media": media}

    async def test_an_upload_belongs_to_one_message(self, world: World, group: str) -> None:
        """A second message can't carry it, in whatever conversation."""
        media = await world.upload("ben")
        await world.say_with("ben", group, media, id="x")
        direct = await world.direct("ana", "ben")
        for conversation, name in ((group, "y"), (direct, "x")):
            with refused("attachment_not_found"):
                await world.say_with("ben", conversation, media, id=name)

    async def test_a_stranger_claims_nothing(self, world: World, group: str) -> None:
        """A send that is refused for want of membership leaves the upload free."""
        media = await world.upload("eve")
        with refused("conversation_not_found"):
            await world.say_with("eve", group, media, id="x")
        upload = await world.media.get(media)
        assert upload is not None
        assert upload.conversation == ""

    async def test_attachments_are_bounded(self, world: World, group: str) -> None:
        """So many, and not one more."""
        uploads = [await world.upload("ben") for _ in range(limits.ATTACHMENTS_MAX + 1)]
        with refused("invalid_request"):
            await world.say_with("ben", group, *uploads, id="x")
        assert len((await world.say_with("ben", group, *uploads[1:], id="x")).attachments) == limits.ATTACHMENTS_MAX

    async def test_words_about_a_file_are_cut_to_the_length_of_a_text(self, world: World, group: str) -> None:
        """And they hold no control characters."""
        media = await world.upload("ben")
        new = NewMessage(id="x", attachments=[NewAttachment(media, "a" * (limits.TEXT_MAX + 1))])
        message, _ = await world.chat.messages.send(who("ben"), group, new)
        assert len(message.attachments[0].alt) == limits.TEXT_MAX
        other = NewMessage(id="y", attachments=[NewAttachment(await world.upload("ben"), "a\x00")])
        with refused("invalid_request"):
            await world.chat.messages.send(who("ben"), group, other)
