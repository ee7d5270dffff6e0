"""A page in parts, and the two forms in which it is written: Markdown, and one HTML file that needs no network."""

import html
import re
from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from tertulia.evaluation.plots import Picture

_STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #111; }
h1, h2, h3 { line-height: 1.2; margin-top: 2em; } h1 { margin-top: 0; }
table { border-collapse: collapse; font-size: 0.85rem; margin: 1em 0; display: block; overflow-x: auto; }
th, td { border-bottom: 1px solid #bbb; padding: 0.25em 0.7em; text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; } th { border-bottom: 2px solid #111; vertical-align: bottom; }
pre { background: #f2f2f2; padding: 0.7em; overflow-x: auto; } figure { margin: 1em 0; }
figure svg { max-width: 100%; height: auto; } figcaption { color: #444; font-size: 0.9rem; }
"""


class Heading(Struct, frozen=True):
    level: int
    text: str


class Paragraph(Struct, frozen=True):
    """Text, in which `code` and **strong** may stand."""

    text: str


class Table(Struct, frozen=True):
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


class Plot(Struct, frozen=True):
    """`file` is its name without ending; `caption` says in a sentence what is to be seen. `draw` draws it, once: a page
    in Markdown needs no drawing."""

    file: str
    caption: str
    draw: Callable[[], Picture]


class Code(Struct, frozen=True):
    text: str


Block = Heading | Paragraph | Table | Plot | Code


def markdown(blocks: Sequence[Block], images: str) -> str:
    """`images` is the folder of the plots, as the page names it."""
    return "\n\n".join(_markdown(block, images) for block in blocks) + "\n"


def page(blocks: Sequence[Block], title: str) -> str:
    """One HTML file with everything in it; its policy forbids any request."""
    body = "\n".join(map(_html, blocks))
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{html.escape(title)}</title>\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<link rel="icon" href="data:,">\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def pictures(blocks: Sequence[Block]) -> dict[str, bytes]:
    """The files of the plots, by name."""
    plots = [block for block in blocks if isinstance(block, Plot)]
    return {f"{plot.file}.{kind}": getattr(plot.draw(), kind) for plot in plots for kind in ("svg", "png")}


def _markdown(block: Block, images: str) -> str:
    match block:
        case Heading(level=level, text=text):
            return f"{'#' * level} {text}"
        case Paragraph(text=text):
            return text
        case Code(text=text):
            return f"```sh\n{text}\n```"
        case Plot(file=file, caption=caption):
            seen = caption.replace("`", "").partition(", n = ")[0]
            return f"![{seen}]({images}/{file}.svg)\n\n{caption} ([PNG]({images}/{file}.png))"
        case Table(head=head, rows=rows):
            lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
            return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _html(block: Block) -> str:
    match block:
        case Heading(level=level, text=text):
            return f"<h{level}>{_inline(text)}</h{level}>"
        case Paragraph(text=text):
            return f"<p>{_inline(text)}</p>"
        case Code(text=text):
            return f"<pre>{html.escape(text)}</pre>"
        case Plot(caption=caption, draw=draw):
            return f"<figure>\n{_svg(draw())}\n<figcaption>{_inline(caption)}</figcaption>\n</figure>"
        case Table(head=head, rows=rows):
            first = "".join(f"<th>{_inline(cell)}</th>" for cell in head)
            rest = "\n".join("<tr>" + "".join(f"<td>{_inline(cell)}</td>" for cell in row) + "</tr>" for row in rows)
            return f"<table>\n<thead><tr>{first}</tr></thead>\n<tbody>\n{rest}\n</tbody>\n</table>"


def _inline(text: str) -> str:
    text = html.escape(text, quote=False)
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", text)
    return re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", text)


def _svg(picture: Picture) -> str:
    """The drawing's element alone: what comes before names a document type on another server."""
    text = picture.svg.decode()
    return text[text.index("<svg") :]
