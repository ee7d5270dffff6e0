"""The Markdown dialect: the shared fixtures, and what holds for every text."""

import json
import re
import string
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tertulia.api import fields
from tertulia.domain import limits, markdown, markdown_inline
from tertulia.domain.everyone import Named
from tertulia.domain.markdown import has_link, mentions, named, parse, plain, previewable
from tertulia.domain.markup import (
    Block,
    Bold,
    Break,
    Code,
    CodeBlock,
    Inline,
    Italic,
    Link,
    List,
    Mention,
    Paragraph,
    Quote,
    Shortcode,
    Spoiler,
    Strike,
    Text,
    Timestamp,
)

FIXTURES = Path(__file__).parent.parent / "fixtures" / "markdown.json"


def expand(value: Any) -> Any:
    """In the fixtures a pair of a text and a number stands for the text so many times."""
    match value:
        case [str() as unit, int() as times]:
            return unit * times
        case list():
            return [expand(inner) for inner in value]
        case dict():
            return {key: expand(inner) for key, inner in value.items()}
        case _:
            return value


CASES: list[dict[str, Any]] = [expand(case) for case in json.loads(FIXTURES.read_text())]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_text_gives_the_tree_that_the_web_client_is_held_to_as_well(case: dict[str, Any]) -> None:
    assert json.loads(msgspec.json.encode(parse(case["text"]))) == case["blocks"]
    assert msgspec.convert(case["blocks"], tuple[Block, ...]) == parse(case["text"])
    assert plain(case["text"]) == case["plain"]
    assert list(mentions(case["text"])) == case["mentions"]
    assert named(case["text"]) == Named(tuple(case["mentions"]), tuple(case.get("everyone", ())))
    assert has_link(case["text"]) is case["link"]


def test_every_fixture_has_a_name_of_its_own() -> None:
    """A fixture that a copy hides would guard nothing."""
    assert len({case["name"] for case in CASES}) == len({case["text"] for case in CASES}) == len(CASES) >= 150


def test_a_spoiler_is_not_told_where_it_must_not_be() -> None:
    """The preview of a notification must not say who the murderer is."""
    assert plain("the killer is ||the **butler**||.", hide_spoilers=True) == "the killer is ▒▒▒."
    assert plain("- ||a||\n  1. ||b||", hide_spoilers=True) == "- ▒▒▒\n  1. ▒▒▒"


@pytest.mark.parametrize(
    ("text", "links"),
    [
        (
            "see https://a.example/ and [b](https://b.example/x), https://a.example/",
            ["https://a.example/", "https://b.example/x"],
        ),
        ("> https://a.example/\n- **https://b.example/**", ["https://a.example/", "https://b.example/"]),
        ("||https://a.example/|| `https://b.example/`\n```\nhttps://c.example/\n```", []),
        ("**||[a](https://a.example/)||**", []),
        ("mailto:ana@example.org [write](mailto:ana@example.org)", []),
        ("https://a.example/" + "x" * limits.PREVIEW_URL_MAX, []),
        (
            "https://a.example/".ljust(limits.PREVIEW_URL_MAX, "x"),
            ["https://a.example/".ljust(limits.PREVIEW_URL_MAX, "x")],
        ),
        (
            " ".join(f"https://{n}.example/" for n in range(9)),
            [f"https://{n}.example/" for n in range(limits.PREVIEWS_MAX)],
        ),
        ("nothing", []),
    ],
)
def test_links_that_are_looked_at(text: str, links: list[str]) -> None:
    """Each once, in their order, up to the limit and up to the longest; none from code or a spoiler, no mail."""
    assert previewable(text) == tuple(links)


def test_who_can_be_named_can_be_mentioned() -> None:
    """The grammar's usernames are those of the API."""
    for name in ("ab", "a" * limits.USERNAME_MAX, "a_.-" * (limits.USERNAME_MAX // 4 - 1) + "a_.z", "0_", "a.b-c_d"):
        assert re.search(fields.USERNAME_PATTERN, name)
        assert mentions(f"hi @{name}, and bye") == (name,)
    for other in ("a", "a" * (limits.USERNAME_MAX + 1), "_ab", "Ab"):
        assert mentions(f"hi @{other}, and bye") == ()


@pytest.mark.parametrize("depth", [limits.MARKDOWN_DEPTH_MAX, limits.MARKDOWN_DEPTH_MAX + 1])
def test_spans_and_quotes_nest_as_deep_as_the_limit_and_no_deeper(depth: int) -> None:
    kinds = [("*", "*"), ("_", "_"), ("~~", "~~"), ("||", "||"), ("**", "**")] * 2
    spans = kinds[:depth]
    text = " ".join(f"{start}a" for start, _ in spans) + " " + " ".join(f"b{end}" for _, end in reversed(spans))
    assert depth_of(parse(text)) == min(depth, limits.MARKDOWN_DEPTH_MAX)
    assert quote_depth(parse("> " * depth + "a")) == min(depth, limits.MARKDOWN_DEPTH_MAX)


def test_at_most_so_many_people_are_mentioned() -> None:
    names = [f"user{number}" for number in range(limits.MENTIONS_MAX + 1)]
    everybody = " ".join("@" + name for name in names)
    assert mentions(everybody) == tuple(names[: limits.MENTIONS_MAX])
    assert mentions(everybody.removesuffix(f" @{names[-1]}")) == tuple(names[: limits.MENTIONS_MAX])


FRAGMENTS = st.sampled_from(
    [
        *"*_~|`\\[]()<>@:-.#\n\t ",
        *("**", "***", "~~", "||", "``", "```", "> ", "- ", "* ", "1. ", "  - ", "\n\n", "```py\n", "\n```\n", "\r\n"),
        *("a", "B", "word", "é", "你好", "👍🏽", "\u202e", "\u0301", "\u00a0", "\u3000", "0", "42"),
        *("@ana", "@bob.c_d", ":tada:", ":+1:", "<t:0:F>", "http://x.org/a", "HTTPS://y.org", "](http://z.org/b_(c))"),
        *("](mailto:a@b.org)", "[a](http://x.org)", "javascript:", "<script>", "http://", "*a*", "**b", "c||"),
    ]
)
MARKUP = st.lists(FRAGMENTS, max_size=60).map("".join)
TEXTS = MARKUP | st.text(max_size=200) | st.lists(st.text(max_size=8) | FRAGMENTS, max_size=40).map("".join)
PROPERTY = settings(deadline=None, derandomize=True, max_examples=120)


def spans_of(nodes: Iterable[Inline]) -> list[Inline]:
    found: list[Inline] = []
    for node in nodes:
        found.append(node)
        if isinstance(node, Bold | Italic | Strike | Spoiler | Link):
            found += spans_of(node.children)
    return found


def all_nodes(blocks: Iterable[Block]) -> list[Inline]:
    found: list[Inline] = []
    for block in blocks:
        match block:
            case Paragraph():
                found += spans_of(block.children)
            case Quote():
                found += all_nodes(block.blocks)
            case List():
                for item in block.items:
                    found += spans_of(item.children)
                    found += all_nodes(item.lists)
    return found


def inline_depth(node: Inline) -> int:
    if isinstance(node, Bold | Italic | Strike | Spoiler | Link):
        return 1 + max(map(inline_depth, node.children), default=0)
    return 0


def depth_of(blocks: Iterable[Block]) -> int:
    return max(map(inline_depth, all_nodes(blocks)), default=0)


def quote_depth(blocks: Iterable[Block]) -> int:
    return max((1 + quote_depth(block.blocks) for block in blocks if isinstance(block, Quote)), default=0)


@PROPERTY
@given(TEXTS)
def test_every_text_is_a_text(text: str) -> None:
    """No text is an error, the same text gives the same tree, and the tree is never deep."""
    tree = parse(text)
    assert tree == parse(text)
    assert msgspec.json.decode(msgspec.json.encode(tree), type=tuple[Block, ...]) == tree
    assert depth_of(tree) <= limits.MARKDOWN_DEPTH_MAX
    assert quote_depth(tree) <= limits.MARKDOWN_DEPTH_MAX
    assert has_link(text) == any(isinstance(node, Link) for node in all_nodes(tree))


@PROPERTY
@given(st.text(alphabet=st.sampled_from("abcXYZ019 éß你好\u0301👍🏽,;!?\n"), max_size=200))
@example("\n \none\n\n two  \n\n")
def test_text_without_markup_is_that_text(text: str) -> None:
    """What has no markup is one paragraph of exactly its lines, but for empty lines at its ends."""
    lines = text.split("\n")
    while lines and not lines[0].strip(" "):
        lines.pop(0)
    while lines and not lines[-1].strip(" "):
        lines.pop()
    nodes: list[Inline] = []
    for line in lines:
        nodes += [Break(), Text(line)] if line else [Break()]
    assert parse(text) == ((Paragraph(tuple(nodes[1:])),) if lines else ())
    assert plain(text) == "\n".join(lines)


MARKUP_CHARACTERS = re.compile(f"[{re.escape(string.punctuation)}\\s]+")


def said(blocks: Iterable[Block], *, shown: bool) -> str:
    """What a tree says, in the order of its text; with `shown`, only what `plain` gives of it."""
    pieces: list[str] = []
    for block in blocks:
        match block:
            case Paragraph():
                pieces.append(said_by(block.children, shown))
            case Quote():
                pieces.append(said(block.blocks, shown=shown))
            case CodeBlock():
                pieces += ["" if shown else block.language, block.text]
            case List():
                for item in block.items:
                    number = str(item.number) if block.ordered else ""
                    pieces += [number, said_by(item.children, shown), said(item.lists, shown=shown)]
    return "".join(pieces)


def said_by(nodes: Iterable[Inline], shown: bool) -> str:
    pieces: list[str] = []
    for node in nodes:
        match node:
            case Text() | Code():
                pieces.append(node.text)
            case Mention():
                pieces.append(node.username)
            case Shortcode():
                pieces.append(node.name)
            case Timestamp():
                pieces.append("1970-01-01 00:00 UTC" if shown else f"t{node.seconds}{node.style}")
            case Link():
                name = said_by(node.children, shown)
                pieces += [name] if shown or name == node.url else [name, node.url]
            case Bold() | Italic() | Strike() | Spoiler():
                pieces.append(said_by(node.children, shown))
    return "".join(pieces)


@PROPERTY
@given(MARKUP)
@example("[http://x.org/a](http://x.org/b)")
def test_nothing_but_markup_is_lost(text: str) -> None:
    """Every character of the text but ASCII punctuation and white space is in the tree, in its order.

    `plain` has all of that but the URLs behind names and the languages of code, and shows moments as dates.
    """
    tree = parse(text)
    assert MARKUP_CHARACTERS.sub("", said(tree, shown=False)) == MARKUP_CHARACTERS.sub("", text)
    assert MARKUP_CHARACTERS.sub("", plain(text)) == MARKUP_CHARACTERS.sub("", said(tree, shown=True))


@PROPERTY
@given(TEXTS)
def test_mentions_stand_in_the_text(text: str) -> None:
    """Who is mentioned is named in the text after an at sign, by a name that somebody can have, and is listed once."""
    names = mentions(text)
    assert len(set(names)) == len(names) <= limits.MENTIONS_MAX
    for name in names:
        assert f"@{name}" in text
        assert re.search(fields.USERNAME_PATTERN, name)
        assert limits.USERNAME_MIN <= len(name) <= limits.USERNAME_MAX


@PROPERTY
@given(TEXTS)
def test_links_lead_where_links_may(text: str) -> None:
    """A URL stands in the text, is of an allowed scheme, and holds nothing that ends an attribute or turns a line."""
    for node in all_nodes(parse(text)):
        if isinstance(node, Link):
            assert node.url in text
            assert re.match(
                r"(?i)(https?://|mailto:)[^\s\x00-\x20<>\"`\u200e\u200f\u202a-\u202e\u2066-\u2069]+\Z", node.url
            )
            assert not any(isinstance(inner, Link | Mention) for inner in spans_of(node.children))


@PROPERTY
@given(st.lists(MARKUP, max_size=4))
def test_blocks_do_not_reach_into_each_other(texts: list[str]) -> None:
    """Texts in quotes that stand apart are parsed as if each stood alone."""
    quoted = [["> " + line for line in ("x" + text).replace("\r\n", "\n").split("\n")] for text in texts]
    tree = parse("\n\n".join("\n".join(lines) for lines in quoted))
    assert tree == tuple(block for lines in quoted for block in parse("\n".join(lines)))


class Steps:
    """Counts the lines of the parser that run, and what it hands to `max`, which runs no lines."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        monkeypatch.setattr(markdown_inline, "max", self.counted_max, raising=False)

    def counted_max(self, values: Any, **options: Any) -> Any:
        self.count += len(values)
        return max(values, **options)

    def trace(self, frame: FrameType, event: str, _: object) -> Callable[..., Any] | None:
        if frame.f_globals.get("__name__") not in {markdown.__name__, markdown_inline.__name__}:
            return None
        self.count += event == "line"
        return self.trace

    def of(self, text: str) -> int:
        self.count = 0
        earlier = sys.gettrace()
        sys.settrace(self.trace)
        try:
            parse(text)
        finally:
            sys.settrace(earlier)
        return self.count


DEEP = "*a _b ~~c **d ||e *f _g ~~h~~ g_ f* e|| d** c~~ b_ a*"
HOSTILE: list[tuple[str, str, str]] = [
    *[("", unit, "") for unit in "*`[]>_~|@:\\(-\n \th<"],
    *[
        ("", unit, "")
        for unit in ("> ", "- ", "*a ", "a* ", "[a](http://", "[](", "](http://x", "http://a", "``` \n", "\n>")
    ],
    *[
        ("", unit, "")
        for unit in ("**a *b", "a***", "***a", "_*", "*_a_ ", "`` ` ", "<t:1", ":a", "@a-", "- a\n  - b\n", "  a\n")
    ],
    ("**0 ", DEEP + " ", " 0**"),
    ("**a " * 300, DEEP, ""),
    ("- a\n", "  ", "x"),
    ("[", "*a* ", "](http://x.org)"),
    ("```\n", "a```a\n", ""),
    ("http://x", "(", ""),
    ("`", " ", "x"),
]


@pytest.mark.parametrize(("before", "unit", "after"), HOSTILE)
def test_twice_the_text_takes_twice_the_steps(
    before: str, unit: str, after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The work grows with the length of a text, not with its square, whatever is in it."""
    steps = Steps(monkeypatch)
    once = steps.of(before + unit * 200 + after)
    twice = steps.of(before + unit * 400 + after)
    assert twice <= 2.2 * once + 200


def test_closers_that_may_not_close_stay_cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Openers and closers around what nests as deep as it may are given up at once, not one by one."""
    steps = Steps(monkeypatch)
    once = steps.of("**a " * 200 + DEEP + " b**" * 200)
    twice = steps.of("**a " * 400 + DEEP + " b**" * 400)
    assert twice <= 2.2 * once


@settings(deadline=None, derandomize=True, max_examples=40)
@given(st.lists(FRAGMENTS, min_size=1, max_size=6).map("".join))
def test_a_text_that_repeats_takes_steps_in_proportion(unit: str) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        steps = Steps(monkeypatch)
        once = steps.of(unit * 40)
        assert steps.of(unit * 160) <= 4.5 * once + 400
