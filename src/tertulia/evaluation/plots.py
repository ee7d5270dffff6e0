"""Plots, as SVG and PNG: readable in black and white, by markers, kinds of line and names at the lines' ends.

matplotlib draws them; it comes with the extra `evaluate`. Where it is missing, MissingLibraryError says so.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MARKERS: Final = "os^Dvx*P"
STYLES: Final = ("-", "--", ":", "-.")
_DOTS: Final = 110
"""Dots per inch of the PNG."""
_STYLE: Final[dict[Any, Any]] = {
    "svg.hashsalt": "tertulia",
    "svg.fonttype": "path",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "font.size": 9.0,
}
_APART: Final = 0.055
"""Of the height of a plot: how far from each other the names at the lines' ends are at least."""


class MissingLibraryError(Exception):
    """matplotlib isn't there."""


class Line(Struct, frozen=True):
    """One line: its name, its points, and where they are known the ends of each point's spread."""

    name: str
    points: Mapping[int, float]
    spread: Mapping[int, tuple[float, float]] = {}


class Bars(Struct, frozen=True):
    """One kind of bar among several beside each other, with the pattern that tells it apart."""

    name: str
    values: Sequence[float]
    hatch: str = ""


class Picture(Struct, frozen=True):
    """One drawing in both forms."""

    svg: bytes
    png: bytes


def draw_lines(lines: Sequence[Line], *, title: str, across: str, up: str, from_zero: bool = True) -> Picture:
    """Lines over sizes, on a logarithmic axis."""
    with _figure((7.2, 4.0)) as figure:
        axes = figure.subplots()
        for place, line in enumerate(lines):
            sizes = sorted(line.points)
            heights = [line.points[size] for size in sizes]
            axes.plot(
                sizes,
                heights,
                color="black",
                linewidth=1.1,
                linestyle=STYLES[place % len(STYLES)],
                marker=MARKERS[place % len(MARKERS)],
                markersize=5,
                markerfacecolor="white" if place % 2 else "black",
            )
            for size, (low, high) in line.spread.items():
                # Beside each other, so that each can be seen.
                beside = size * 1.035 ** (place - (len(lines) - 1) / 2)
                axes.plot([beside, beside], [low, high], color="gray", linewidth=0.8)
        axes.set_xscale("log")
        if from_zero:
            axes.set_ylim(bottom=0)
        else:
            axes.set_yscale("log")
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,g}")
        axes.yaxis.set_minor_formatter(lambda value, _: f"{value:,g}" if f"{value:e}"[0] in "25" else "")
        axes.set_xlabel(across)
        axes.set_ylabel(up)
        axes.set_title(title, loc="left")
        axes.grid(visible=True, axis="y", color="0.9")
        _name_ends(axes, lines)
        return _saved(figure)


def draw_bars(groups: Sequence[str], bars: Sequence[Bars], *, title: str, up: str) -> Picture:
    """Bars beside each other, a group for each name."""
    with _figure((7.2, 3.4)) as figure:
        axes = figure.subplots()
        add_bars(axes, groups, bars)
        axes.set_ylabel(up)
        axes.set_title(title, loc="left")
        return _saved(figure)


def add_bars(axes: Any, groups: Sequence[str], bars: Sequence[Bars], *, sideways: bool = False) -> None:
    """Into a plot that is there."""
    width = 0.8 / len(bars)
    shades = ("0.35", "white", "0.75")
    for number, each in enumerate(bars):
        offset = (number - (len(bars) - 1) / 2) * width * (-1 if sideways else 1)
        draw = axes.barh if sideways else axes.bar
        places = [place + offset for place in range(len(groups))]
        draw(places, each.values, width, label=each.name, color=shades[number % 3], edgecolor="black", hatch=each.hatch)
    (axes.set_yticks if sideways else axes.set_xticks)(range(len(groups)), groups)
    axes.legend(frameon=False)


def _name_ends(axes: Any, lines: Sequence[Line]) -> None:
    """Writes each line's name at its last point, moved apart where they would lie on each other."""
    to_share = axes.transData + axes.transAxes.inverted()
    ends = sorted(
        (float(to_share.transform((size := max(line.points), line.points[size]))[1]), line.name) for line in lines
    )
    lowest = 0.0
    for height, name in ends:
        lowest = max(height, lowest)
        axes.annotate(
            name,
            xy=(1.0, height),
            xytext=(1.03, lowest),
            xycoords="axes fraction",
            textcoords="axes fraction",
            va="center",
            arrowprops={"arrowstyle": "-", "color": "0.6", "linewidth": 0.6},
            annotation_clip=False,
        )
        lowest += _APART


@contextmanager
def _figure(size: tuple[float, float]) -> Iterator["Figure"]:
    """A figure of so many inches; nothing of it stays in the process."""
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError as error:
        if (error.name or "").partition(".")[0] != "matplotlib":
            raise
        message = 'The report is written without plots, because matplotlib is missing: pip install "tertulia[evaluate]"'
        raise MissingLibraryError(message) from None
    with mpl.rc_context(_STYLE):
        yield Figure(figsize=size, layout="constrained")


def _saved(figure: "Figure") -> Picture:
    svg, png = io.BytesIO(), io.BytesIO()
    figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    figure.savefig(png, format="png", dpi=_DOTS, metadata={"Software": None})
    return Picture(svg.getvalue(), png.getvalue())


@contextmanager
def drawing(width: float, height: float, beside: int = 1) -> Iterator[tuple[Any, list[Any]]]:
    """A figure of so many inches with plots beside each other, to be drawn into and then `saved`."""
    with _figure((width, height)) as figure:
        axes = figure.subplots(1, beside, squeeze=False)[0]
        yield figure, list(axes)


def saved(figure: Any) -> Picture:
    """A figure of `drawing`."""
    return _saved(figure)
