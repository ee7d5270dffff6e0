"""Two people, each in a browser of their own, talk."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect
from tests.browser.files import held_up
from tests.browser.guests import OFFLINE, REFUSED, Guest, until
from tests.conformance.places import Place

Invite = Callable[..., Guest]


@pytest.fixture
def pair(invite: Invite) -> tuple[Guest, Guest]:
    """Two who have a conversation, and it is on the screen of the first."""
    ana, ben = invite("Ana María"), invite("Ben Okafor")
    ana.visit(ben)
    return ana, ben


def test_two_people_sign_up_find_each_other_and_talk(invite: Invite) -> None:
    ana, ben = invite("Ana María", arrive=False), invite("Ben Okafor", arrive=False)
    ana.sign_up()
    ben.sign_up()
    ana.begin_with(ben)
    ana.say("Hello Ben!")
    ben.open("Ana María")
    ben.sees("Hello Ben!")


def test_two_people_see_each_others_messages_at_once_and_in_one_order(pair: tuple[Guest, Guest]) -> None:
    ana, ben = pair
    ana.say("Hello Ben!", "Are you there?")
    ben.open("Ana María")
    ben.sees("Hello Ben!", "Are you there?")
    ben.say("I am.")
    ana.sees("Hello Ben!", "Are you there?", "I am.")
    ben.sees("Hello Ben!", "Are you there?", "I am.")


def test_a_reload_keeps_the_page_where_it_was(pair: tuple[Guest, Guest]) -> None:
    ana, _ = pair
    ana.say("one", "two")
    address = ana.page.url
    assert "/c/" in address
    ana.page.reload()
    ana.sees("one", "two")
    assert ana.page.url == address
    ana.page.go_back()
    expect(ana.page.get_by_role("heading", name="Pull up a chair")).to_be_visible()
    ana.page.go_forward()
    ana.sees("one", "two")


SEND_AND_RELOAD = """() => {
  window.before = true;
  const enter = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true });
  document.querySelector('textarea').dispatchEvent(enter);
  location.reload();
}"""


def test_what_is_sent_at_the_moment_of_a_reload_is_sent_after_it(pair: tuple[Guest, Guest]) -> None:
    """Though the page goes before its database has written it, and before the server has it."""
    ana, ben = pair
    ana.say("hello")
    ben.open("Ana María")
    ben.sees("hello")
    with ana.forgiving("Failed to load resource"):
        ana.page.route(
            "**/messages", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
        )
        ana.composer.fill("at the last moment")
        ana.page.evaluate(SEND_AND_RELOAD)
        ana.page.wait_for_function("() => !window.before")
        ana.page.unroute_all()
    ben.sees("hello", "at the last moment")
    ana.sees("hello", "at the last moment")


def test_who_was_offline_misses_nothing(pair: tuple[Guest, Guest]) -> None:
    ana, ben = pair
    ana.say("before")
    ben.open("Ana María")
    ben.sees("before")
    with ana.forgiving(OFFLINE):
        ana.context.set_offline(True)
        expect(ana.page.get_by_text("You’re offline")).to_be_visible(timeout=30_000)
        ben.say("while you were away", "and this")
        ben.sees("before", "while you were away", "and this")
        ana.say("written offline", "in order")
        ana.sees("before", "written offline", "in order")
        ana.context.set_offline(False)
        everything = ("before", "while you were away", "and this", "written offline", "in order")
        ana.sees(*everything)
        ben.sees(*everything)
        expect(ana.page.get_by_text("You’re offline")).to_be_hidden()


def test_what_was_written_offline_survives_a_reload_and_a_closed_tab(pair: tuple[Guest, Guest]) -> None:
    ana, ben = pair
    ana.say("before")
    ana.sees("before")
    expect(ana.page.locator(".mark")).to_have_count(0)
    address = ana.page.url

    def refuse(route: Route) -> None:
        route.abort()

    with ana.forgiving("Failed to load resource"):
        ana.context.route("**/messages", refuse)
        ana.say("unsent")
        expect(ana.page.locator(".mark.sending")).to_have_count(1)
        ana.page.close()
        ana.context.unroute("**/messages", refuse)
        ana.page = ana.context.new_page()
        ana.listen(ana.page)
        ana.page.goto(address)
        ana.sees("before", "unsent")
    ben.open("Ana María")
    ben.sees("before", "unsent")


def test_a_send_whose_answer_was_lost_is_retried_with_the_same_id_and_shows_once(pair: tuple[Guest, Guest]) -> None:
    ana, ben = pair
    ids: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        ids.append(route.request.post_data_json["id"])
        if len(ids) > 1:
            return route.continue_()
        route.fetch()
        return route.abort()

    with ana.forgiving("Failed to load resource"):
        ana.page.route("**/messages", lose)
        ana.say("only once")
        ana.sees("only once")
        ben.open("Ana María")
        ben.sees("only once")
        ana.page.wait_for_function("() => !document.querySelector('.mark')")
    assert len(set(ids)) == 1
    ana.page.unroute_all()
    ana.page.reload()
    ana.sees("only once")


def test_a_refused_message_says_why_and_can_be_retried_edited_or_let_go(pair: tuple[Guest, Guest]) -> None:
    ana, _ = pair

    def refuse(route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        problem = {"status": 409, "code": "id_reused", "detail": "Not like this.", "title": "", "type": ""}
        return route.fulfill(status=409, json=problem)

    with ana.forgiving("409"):
        ana.page.route("**/messages", refuse)
        ana.say("first")
        problem = ana.page.get_by_role("alert").filter(has_text="Not sent. Not like this.")
        expect(problem).to_be_visible()
        ana.page.unroute("**/messages")
        problem.get_by_role("button", name="Retry").click()
        expect(problem).to_be_hidden()
        ana.page.route("**/messages", refuse)
        ana.say("second")
        problem.get_by_role("button", name="Edit").click()
        expect(ana.composer).to_have_value("second")
        ana.sees("first")


def test_unread_counts_are_exact_and_vanish_when_the_messages_were_seen(pair: tuple[Guest, Guest]) -> None:
    ana, ben = pair
    ana.say("one", "two", "three")
    expect(ben.item("Ana María").get_by_label("3 unread")).to_be_visible()
    expect(ben.page).to_have_title("(3) Tertulia")
    ben.open("Ana María")
    expect(ben.page.get_by_role("separator", name="New messages from here")).to_be_visible()
    expect(ben.page).to_have_title("Tertulia")
    expect(ana.log.get_by_text("Seen", exact=True)).to_be_visible()
    expect(ben.page.get_by_role("separator", name="New messages from here")).to_be_visible()
    _reads_unseen(ana, ben)
    ben.page.reload()
    ben.sees("one", "two", "three", "four")
    expect(ben.page.get_by_role("separator", name="New messages from here")).to_have_count(0)


def _reads_unseen(ana: Guest, ben: Guest) -> None:
    """Who doesn't show what was read reads, and nobody is shown it; nor is that person shown what others read."""
    ben.page.get_by_role("button", name="Settings", exact=True).click()
    shows = ben.page.get_by_role("switch", name="Let others see what you have read")
    shows.uncheck()
    ben.page.keyboard.press("Escape")
    ana.say("four")
    ben.sees("one", "two", "three", "four")
    conversation = ana.page.url.rpartition("/")[2]
    ben.reads_all(conversation)
    members = ana.get(f"/api/conversations/{conversation}")["members"]
    assert {each["username"]: each["read"]["number"] for each in members}[ben.username] == 3
    ana.page.reload()
    expect(ana.log.get_by_text("Sent", exact=True)).to_be_visible()


def test_typing_shows_in_a_line_that_moves_nothing(pair: tuple[Guest, Guest]) -> None:
    ana, ben = pair
    ana.say("hello")
    ben.open("Ana María")
    ben.sees("hello")
    before = ben.log.bounding_box()
    ana.composer.press_sequentially("typing")
    expect(ben.page.locator(".typing-line")).to_have_text("Ana María is typing…")
    assert ben.log.bounding_box() == before
    ana.composer.press("Enter")
    expect(ben.page.locator(".typing-line")).to_have_text("")


def test_messages_can_be_edited_deleted_reacted_to_and_replied_to(pair: tuple[Guest, Guest]) -> None:
    ana, ben = pair
    ana.say("teh first", "second")
    ben.open("Ana María")
    ben.message("teh first").hover()
    ben.page.get_by_role("button", name="React with 👍").click()
    expect(ana.log.get_by_role("button", name="👍 1", exact=True)).to_be_visible()
    expect(ben.log.get_by_role("button", name="👍 1, including you")).to_be_visible()
    ben.message("second").hover()
    ben.page.get_by_role("button", name="Reply").click()
    ben.say("an answer")
    expect(ana.message("an answer").get_by_role("button", name="In reply to Ana María second")).to_be_visible()
    ana.message("teh first").hover()
    ana.page.get_by_role("button", name="Edit").click()
    expect(ana.composer).to_have_value("teh first")
    ana.say("the first")
    ben.sees("the first", "second", "an answer")
    sign = ben.message("the first").get_by_role("button", name="edited, show earlier versions")
    sign.press("Enter")
    versions = ben.page.get_by_role("dialog", name="Versions of this message").locator("li .text")
    expect(versions).to_have_text(["the first", "teh first"])
    ben.page.keyboard.press("Escape")
    expect(sign).to_be_focused()
    ana.message("second").hover()
    ana.page.get_by_role("toolbar").get_by_role("button", name="Delete").click()
    expect(ana.log.get_by_text("This message was deleted.").first).to_be_visible()
    ana.page.get_by_role("button", name="Undo").click()
    expect(ana.message("second")).to_be_visible()
    ana.message("second").hover()
    ana.page.get_by_role("toolbar").get_by_role("button", name="Delete").click()
    ben.sees("the first", "second", "an answer")
    # A page that goes doesn't wait until it can no longer be taken back.
    ana.page.reload()
    expect(ben.log.get_by_text("This message was deleted.").first).to_be_visible()
    ben.sees("the first", "an answer")


def test_a_group_has_members_who_come_and_go_and_a_title(invite: Invite) -> None:
    ana, ben, cleo = invite("Ana María"), invite("Ben Okafor"), invite("Cleo")
    ana.begin_group("Round table", ben)
    ana.say("welcome")
    ben.open("Round table")
    ben.sees("welcome")
    ana.page.get_by_role("button", name="Members and settings").click()
    dialog = ana.page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Search people").fill(cleo.username)
    dialog.get_by_role("option", name=cleo.username).click()
    expect(dialog.get_by_text("Members (3)")).to_be_visible()
    dialog.get_by_label("Title").fill("Square table")
    dialog.get_by_role("button", name="Save").click()
    expect(cleo.item("Square table")).to_be_visible()
    expect(ben.page.get_by_role("heading", name="Square table")).to_be_visible()
    dialog.get_by_role("button", name="Remove Ben Okafor").click()
    expect(ben.item("Square table")).to_have_count(0)
    expect(ben.page.get_by_role("heading", name="This conversation isn’t here")).to_be_visible()
    cleo.open("Square table")
    cleo.page.get_by_role("button", name="Members and settings").click()
    cleo.page.get_by_role("button", name="Leave the group").click()
    expect(cleo.page.get_by_role("heading", name="Pull up a chair")).to_be_visible()
    expect(dialog.get_by_text("Members (1)")).to_be_visible()


def test_live_typing_shows_every_keystroke_where_it_is_on_and_keeps_nothing(pair: tuple[Guest, Guest]) -> None:
    ana, ben = pair
    ben.open("Ana María")
    ben.page.get_by_role("button", name="Members and settings").click()
    ben.page.get_by_role("switch", name=re.compile("Live typing")).check()
    ben.page.keyboard.press("Escape")
    expect(ana.page.get_by_role("region", name="Live typing")).to_be_visible()
    ana.composer.press_sequentially("half a tho")
    live = ben.page.get_by_role("region", name="Live typing")
    expect(live).to_contain_text("half a tho")
    ana.composer.press_sequentially("ught")
    expect(live).to_contain_text("half a thought")
    ana.composer.press("Enter")
    expect(live).not_to_contain_text("half a thought")
    ben.sees("half a thought")


def test_presence_is_told_in_words(pair: tuple[Guest, Guest]) -> None:
    ana, ben = pair
    expect(ana.page.get_by_role("main").get_by_text(f"@{ben.username} · online")).to_be_visible()
    expect(ana.item("Ben Okafor").get_by_role("img", name="online")).to_be_visible()
    _says_and_takes_back(ana, ben)
    ben.page.goto("about:blank")
    expect(ana.page.get_by_role("main").get_by_text(f"@{ben.username} · offline")).to_be_visible(timeout=70_000)


def _says_and_takes_back(ana: Guest, ben: Guest) -> None:
    """A status comes beside the name and moves nothing, and who isn't to be disturbed is shown so in words."""
    head, item = ana.page.locator(".pane-head"), ana.item("Ben Okafor")
    boxes = head.bounding_box(), item.bounding_box()
    ben.page.get_by_role("button", name="Your account").click()
    dialog = ben.page.get_by_role("dialog")
    dialog.get_by_role("button", name="On holiday").click()
    dialog.get_by_role("switch", name="Do not disturb").check()
    dialog.get_by_role("button", name="Save the status").click()
    expect(dialog.get_by_text("Your status is saved.")).to_be_visible()
    expect(head.get_by_text(f"@{ben.username} · do not disturb")).to_be_visible()
    expect(head.get_by_text("On holiday")).to_be_visible()
    expect(item.get_by_role("img", name="Status: On holiday")).to_be_visible()
    expect(item.get_by_role("img", name="do not disturb")).to_be_visible()
    assert (head.bounding_box(), item.bounding_box()) == boxes
    dialog.get_by_role("switch", name="Do not disturb").uncheck()
    dialog.get_by_role("button", name="Save the status").click()
    dialog.get_by_role("button", name="Clear the status").click()
    expect(head.get_by_text(f"@{ben.username} · online")).to_be_visible()
    expect(item.get_by_role("img", name="Status: On holiday")).to_have_count(0)
    ben.page.keyboard.press("Escape")


def test_a_restart_of_the_server_loses_nothing_and_needs_no_reload(place: Place, pair: tuple[Guest, Guest]) -> None:
    if not place.features.restart:
        pytest.skip("This server can't be restarted from here.")
    ana, ben = pair
    ana.say("before")
    ben.open("Ana María")
    ben.sees("before")
    with ana.forgiving(REFUSED), ben.forgiving(REFUSED):
        place.kill()
        ana.say("while the server is away")
        place.start()
        ben.sees("before", "while the server is away")
        ben.say("after")
        ana.sees("before", "while the server is away", "after")


def test_what_is_read_in_one_tab_is_read_in_all(pair: tuple[Guest, Guest]) -> None:
    ana, ben = pair
    other: Page = ben.context.new_page()
    ben.listen(other)
    other.goto("/")
    ana.say("one", "two")
    expect(other).to_have_title("(2) Tertulia")
    ben.open("Ana María")
    expect(other).to_have_title("Tertulia")


def test_signing_out_ends_all_tabs_and_signing_in_brings_the_conversations_back(pair: tuple[Guest, Guest]) -> None:
    ana, _ = pair
    ana.say("hello")
    ana.sees("hello")
    other: Page = ana.context.new_page()
    ana.listen(other)
    other.goto(ana.page.url)
    expect(other.get_by_role("log").get_by_text("hello")).to_be_visible()
    ana.page.get_by_role("button", name="Your account").click()
    ana.page.get_by_role("button", name="Sign out", exact=True).click()
    expect(ana.page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(other.get_by_role("button", name="Sign in")).to_be_visible()
    ana.sign_in()
    ana.sees("hello")


def test_the_wrong_password_is_said_to_be_wrong(invite: Invite) -> None:
    ana = invite("Ana", arrive=False)
    with ana.forgiving("401"):
        ana.page.goto("/")
        ana.sign_in()
        expect(ana.page.get_by_role("alert")).to_have_text("The username or the password is wrong.")


def test_a_conversation_whose_first_page_fails_is_asked_for_again(pair: tuple[Guest, Guest]) -> None:
    """Twice nothing comes; the person sees the messages without doing anything."""
    ana, ben = pair
    ana.say("worth waiting for")
    failures = []

    def fail(route: Route) -> None:
        if len(failures) < 2:
            failures.append(route.request.url)
            route.fulfill(status=503, json={"code": "unavailable", "detail": "In a moment.", "temporary": True})
        else:
            route.continue_()

    with ben.forgiving(REFUSED):
        ben.page.route(re.compile(r"/messages\?"), fail)
        ben.open("Ana María")
        ben.sees("worth waiting for")
    assert len(failures) == 2


def test_who_cannot_sign_out_goes_on(invite: Invite) -> None:
    """The connection is ended before the session is; where that fails there is another one."""
    ana, ben = invite("Ana"), invite("Ben")
    ana.visit(ben)
    held = held_up(ana.page, re.compile("/api/auth/sign-out$"), "POST")
    with ana.page.expect_websocket() as connected:
        ana.page.reload()
    expect(ana.composer).to_be_visible()
    ana.page.get_by_role("button", name="Your account").click()
    with ana.forgiving("Failed to load resource"):
        with connected.value.expect_event("close"):
            ana.page.get_by_role("button", name="Sign out", exact=True).click()
        until(ana.page, "() => true", lambda _: len(held) == 1)
        with ana.page.expect_websocket():
            held[0].abort()
    ana.page.keyboard.press("Escape")
    ben.open("Ana")
    ben.say("still there?")
    ana.sees("still there?")
