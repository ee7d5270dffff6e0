"""Over three hundred strings that try to be more than text: in markup, scripts, addresses, Markdown, writing direction,
marks, length and control."""

from itertools import product
from typing import Final

RAN: Final = "window.ran=true"
"""What runs where one of them gets its will."""

_PAYLOADS: Final = (
    f"<script>{RAN}</script>",
    f"<img src=x onerror={RAN}>",
    f"<svg onload={RAN}></svg>",
    f"<iframe srcdoc='<script>parent.{RAN}</script>'></iframe>",
    f"<a href=javascript:{RAN}>a</a>",
    f"<style>*{{background:url(javascript:{RAN})}}</style>",
    f"<input autofocus onfocus={RAN}>",
    f"<details open ontoggle={RAN}>d</details>",
    f"<video><source onerror={RAN}></video>",
    f"<body onload={RAN}>",
    f"<object data=javascript:{RAN}></object>",
    f"<embed src=javascript:{RAN}>",
    f"<form action=javascript:{RAN}><button>b</button></form>",
    f"<math><mtext></mtext><mglyph><style></style><img src=x onerror={RAN}></mglyph></math>",
    f"<template><img src=x onerror={RAN}></template>",
    f"<noscript><p title='</noscript><img src=x onerror={RAN}>'></noscript>",
    "<base href=http://127.0.0.1:9/>",
    f"<meta http-equiv=refresh content=0;url=javascript:{RAN}>",
    "<link rel=stylesheet href=http://127.0.0.1:9/x.css>",
    f"<marquee onstart={RAN}>m</marquee>",
)
_CLOSERS: Final = ("", '">', "'>", "-->", "</title>", "</textarea>", "</script>", "]]>")
"""Out of what a template may have put around it."""
_SCHEMES: Final = (
    "javascript:",
    "JaVaScRiPt:",
    "java\tscript:",
    " javascript:",
    "vbscript:",
    "data:text/html,",
    "data:image/svg+xml,",
    "file:///etc/passwd#",
    "blob:null/",
    "about:blank#",
    "view-source:http://127.0.0.1/",
    "filesystem:http://127.0.0.1/",
    "intent://x#",
    "ms-msdt:/",
    "tel:1#",
    "ftp://127.0.0.1/",
    "//127.0.0.1:9/",
    "\\\\127.0.0.1\\x ",
    "http://user:pass@127.0.0.1:9/",
    "http://[::1]:9/",
)
_LINKS: Final = ("{0}x", "[a]({0}x)", "<{0}x>", "[a](<{0}x>)", "[{0}x](https://example.org)")
_BIDI: Final = ("\u202a", "\u202b", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u200e", "\u200f", "\u061c")
_MARKS: Final = ("\u0300\u0316", "\u0488\u0489", "\u20dd\u20de", "\u0e47\u0e49", "\u0670\u064b", "\u1ab0\u1dff")
_WORDS: Final = ("W", "😀", "字", "ﷺ", "a\u200d", "&nbsp;", "\u00ad", "界\ufe0f", "i\u0307", "\u1160")
_MARKDOWN: Final = (
    *("*", "**", "***", "_", "__", "~~", "||", "`", "``", "```\n", "> ", "- ", "1. "),
    *("[", "](", "![", "\\", "<", "#", "| "),
)
_OTHERS: Final = (
    "{{constructor.constructor('window.ran=true')()}}",
    "${window.ran=true}",
    "#{7*7} <%= 7*7 %> {7*7} {{7*7}} [[7*7]]",
    "__proto__",
    "constructor",
    "toString",
    "null",
    "undefined",
    "NaN",
    "true",
    "'; DROP TABLE messages; --",
    '" OR ""="',
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "%00%0d%0aSet-Cookie: a=b",
    "&lt;script&gt; &amp; &#60;b&#62; &NotEqualTilde;",
    "@everyone @here @channel @",
    ":tada: :not_there: ::: :a:b:c:",
    "<t:99999999999999:F> <t:-1:R> <t:NaN:F>",
    "\ufeffbyte order mark",
    "\u0085next line\u2028line\u2029paragraph",
    "\ufffe\uffff\U0001ffff",
    "\U000e0001\U000e0041 tags",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "👩‍👩‍👧‍👦" * 40,
    "🇦" * 99,
    "مرحبا <b>بالعالم</b> !dlrow",
    "ا" * 400,
    "Ω≈ç√∫˜µ≤≥÷ œ∑´®†¥¨ˆøπ“‘ ¸˛Ç◊ı˜Â¯˘¿",
    "ヽ༼ຈل͜ຈ༽ﾉ ( ͡° ͜ʖ ͡°) (╯°□°）╯︵ ┻━┻",
    "\u2800\u2800\u2800",
    "\u3164",
    "\u200b\u200c\u2060\ufeff",
    "x\n" * 400,
    "\t" * 200 + "x",
    "a" + " " * 1500 + "b",
    "0" * 3900,
    "https://example.org/" + "a/" * 900,
    "https://xn--80ak6aa92e.com/ https://аррӏе.com/",
    "a@b." + "c" * 500,
)


def _all() -> list[str]:
    found = [closer + payload for closer, payload in product(_CLOSERS, _PAYLOADS)]
    found += [link.format(scheme) + RAN for scheme, link in product(_SCHEMES, _LINKS)]
    found += [f"{sign}right <b>bold</b> left {sign * 20} end" for sign in _BIDI]
    found += ["z" + mark * 60 for mark in _MARKS]
    found += [word * 1200 for word in _WORDS]
    found += [mark * 300 + "x" for mark in _MARKDOWN] + [mark + "x" + mark[::-1] for mark in _MARKDOWN]
    return list(dict.fromkeys([*found, *_OTHERS]))


HOSTILE: Final = _all()
