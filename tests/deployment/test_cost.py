"""The month's bill is what a person computes by hand from the two tables."""

import json
from collections.abc import Callable
from datetime import date

import pytest
from tests.cli.conftest import Ran, run

from tertulia.deployment import cost
from tertulia.deployment.cost import Load, Price, Units, amounts_of, bill, dollars_of, prices, prices_date, times_of

__all__ = ["run"]


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two operations and round habits, so that the sums can be done in the head; the prices are the real ones."""
    send = Units(write_units=7, read_units=8, read_units_each=1, posts_each=1)
    nothing = Units()
    names = times_of(Load(users=1, messages_per_day=1, group_size=1))
    monkeypatch.setattr(cost, "operations", lambda: {**dict.fromkeys(names, nothing), "send": send})
    habits = dict.fromkeys(cost.habits(), 0.0)
    pauses = dict.fromkeys((name for name in habits if name.startswith("minutes_between_")), 1e12)
    monkeypatch.setattr(cost, "habits", lambda: {**habits, **pauses})


@pytest.mark.usefixtures("tables")
def test_the_bill_of_a_million_messages_by_hand() -> None:
    """1,000,000 messages to ten members: 7 million write units are $4.375, 18 million read units $2.25, ten million
    pushes and two messages for each send $12."""
    load = Load(users=1000, messages_per_day=1000 / 30, group_size=10, hours_online=0)
    lines = {line.unit: line for line in bill(load).lines}
    assert lines["write units"].dollars == pytest.approx(7 * 0.625)
    assert lines["read units"].dollars == pytest.approx(18 * 0.125)
    assert lines["WebSocket messages of up to 32 KB"].dollars == pytest.approx(12 * 1.00)
    assert lines["WebSocket messages of up to 32 KB"].free == pytest.approx(1.00)
    # A call for the send, one for the stream, and one that tells who is away.
    assert lines["calls"].amount == pytest.approx(3_000_000)
    assert lines["calls"].dollars == pytest.approx(0.60)
    assert lines["calls"].free == pytest.approx(0.20)
    # 0.1 s of 1 GB for the send, 0.05 s for the stream and for who is away; 400,000 are free.
    assert lines["GB-seconds (arm64)"].amount == pytest.approx(200_000)
    assert lines["GB-seconds (arm64)"].free == lines["GB-seconds (arm64)"].dollars == pytest.approx(2.66668)
    assert lines["people active in the month (Lite)"].dollars == pytest.approx(5.50)
    assert lines["people active in the month (Lite)"].free == pytest.approx(5.50)


def test_a_month_has_all_that_the_page_asks_for() -> None:
    """Ten people, thirty days, three times a day, eight hours: 900 sessions and 144,000 minutes; 2,000 messages."""
    times = times_of(Load(users=10, messages_per_day=20 / 3, group_size=5))
    assert times["send"] == pytest.approx(2_000)
    assert times["keep_draft"] == pytest.approx(1_200)
    assert times["list_conversations"] == 2 * 900
    each = ("get_notifications", "list_drafts", "list_statuses", "read_log", "connect")
    assert [times[name] for name in each] == [900] * len(each)
    assert times["list_users"] == pytest.approx(900 + 144_000 / 25)
    assert times["refresh"] == pytest.approx(900 + 144_000 / 5)


@pytest.mark.usefixtures("tables")
def test_a_million_sends_by_hand() -> None:
    """To two members: 7 writes, 10 reads, 2 pushes, a message and its answer, a call of 0.1 s."""
    by_hand = 7 * 0.625 + 10 * 0.125 + (2 + 2) * 1.00 + 0.20 + 100_000 * 0.0000133334
    assert dollars_of("send", 2) == pytest.approx(by_hand)


def test_connections_are_paid_by_the_minute() -> None:
    """100 people, 8 hours a day, 30 days: 1,440,000 minutes, 36 cents, of which 750,000 minutes are free for a year."""
    lines = {line.unit: line for line in bill(Load(users=100, messages_per_day=1, group_size=2)).lines}
    minutes = lines["minutes of a connection"]
    assert (minutes.amount, minutes.dollars) == (1_440_000, pytest.approx(0.36))
    assert minutes.free == pytest.approx(0.1875)


def test_nothing_is_paid_while_nobody_chats() -> None:
    """Neither for nobody nor for people who don't come."""
    assert bill(Load(users=0, messages_per_day=20, group_size=10)).total == 0
    assert bill(Load(users=1000, messages_per_day=0, group_size=10)).total == 0


def test_twice_the_people_pay_twice() -> None:
    """List prices have no steps in the range of a chat; only what is free differs."""
    one, two = (bill(Load(users=users, messages_per_day=20, group_size=10)) for users in (100, 200))
    assert two.total == pytest.approx(2 * one.total)


def test_the_sum_is_that_of_its_parts() -> None:
    """By service and by line; nothing free is more than what it is free of."""
    found = bill(Load(users=300, messages_per_day=15, group_size=7))
    services = found.by_service().values()
    assert sum(dollars for dollars, _ in services) == pytest.approx(found.total)
    assert sum(free for _, free in services) == pytest.approx(found.free)
    assert all(line.free <= line.dollars + 1e-9 for line in found.lines)


def test_an_operation_over_http_is_a_call_and_an_action_two_messages() -> None:
    """API Gateway counts what a client says and what it is answered."""
    assert amounts_of("get_conversation", 10)["http_calls"] == 1
    assert amounts_of("get_conversation", 10)["websocket_messages"] == 0
    assert amounts_of("ping", 10)["http_calls"] == 0
    assert amounts_of("ping", 10)["websocket_messages"] == 2


def test_every_price_has_a_source_and_a_date() -> None:
    """A number that nobody can look up again is none."""
    date.fromisoformat(prices_date())
    for name, price in prices().items():
        assert isinstance(price, Price)
        assert price.dollars > 0, name
        assert len(price.source) > 20, name
        assert bool(price.free) == bool(price.free_for), name


def test_the_command_prints_a_table_or_json(run: Callable[..., Ran]) -> None:
    """Both have the same sum."""
    options = ("--users", "100", "--messages-per-day", "20", "--group-size", "10")
    table, found = run("cost", *options), json.loads(run("cost", *options, "--json").out)
    expected = bill(Load(users=100, messages_per_day=20, group_size=10))
    assert found["total"] == pytest.approx(expected.total)
    assert f"${expected.total:,.2f}" in table.out
    assert {line["service"] for line in found["lines"]} == set(expected.by_service())
    assert prices_date() in table.out
