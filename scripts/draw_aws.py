"""Draws docs/images/aws.svg: what the serverless home is made of, and what goes where."""

from pathlib import Path
from typing import Final

WIDTH, HEIGHT = 1000, 560
INK, FAINT, PAPER = "#1f2937", "#6b7280", "#ffffff"
KINDS: Final = {"edge": "#ede9fe", "code": "#ffedd5", "data": "#dbeafe", "people": "#f3f4f6"}

BOXES: Final = {
    # name: (x, y, width, height, kind, title, lines)
    "people": (20, 230, 130, 90, "people", "Browsers, bots", ("page, SDKs, curl",)),
    "front": (210, 215, 150, 120, "edge", "CloudFront", ("one name, TLS", "security headers", "no caching of /api")),
    "web": (410, 20, 190, 80, "data", "S3: the page", ("private, by origin", "access control")),
    "http": (410, 150, 190, 90, "edge", "API Gateway: REST", ("a route an operation", "/api/...")),
    "ws": (410, 310, 190, 90, "edge", "API Gateway: WebSocket", ("a route an action", "/ws, @connections")),
    "functions": (
        635,
        130,
        200,
        140,
        "code",
        "Lambda: seven functions",
        (
            "Chat-Messages-GET, -POST",
            "Chat-Conversations-GET, -POST",
            "Chat-Users-GET, -POST",
            "Chat-Media-POST",
            "one role each",
        ),
    ),
    "socket": (650, 310, 165, 60, "code", "Lambda", ("Chat-WebSocket",)),
    "stream": (650, 430, 165, 70, "code", "Lambda", ("Chat-Stream: pushes,", "search, deletions")),
    "previews": (865, 445, 120, 55, "code", "Lambda", ("Chat-Previews",)),
    "tables": (
        865,
        230,
        120,
        190,
        "data",
        "DynamoDB",
        (
            "Conversations",
            "Messages",
            "Changes",
            "Index",
            "Search",
            "Connections",
            "Media",
        ),
    ),
    "pool": (865, 20, 120, 70, "data", "Cognito", ("accounts,", "administrators")),
    "media": (865, 110, 120, 70, "data", "S3: media", ("by signed", "addresses")),
    "failures": (410, 445, 190, 55, "data", "SQS", ("what failed in spite of all",)),
}
ARROWS: Final = [
    # from, to, words, dashed
    ("people", "front", "https, wss", False),
    ("front", "web", "default", False),
    ("front", "http", "/api/*", False),
    ("front", "ws", "/ws", False),
    ("http", "functions", "", False),
    ("ws", "socket", "", False),
    ("functions", "pool", "", False),
    ("functions", "media", "", False),
    ("functions", "tables", "", False),
    ("socket", "tables", "", False),
    ("tables", "stream", "streams", True),
    ("stream", "ws", "what wasn't pushed", True),
    ("functions", "ws", "push", True),
    ("stream", "failures", "", True),
    ("stream", "previews", "", True),
]


def edge(name: str, toward: str) -> tuple[float, float]:
    """Where the line between the middles of two boxes leaves the first."""
    x, y, width, height = BOXES[name][:4]
    ox, oy, other_width, other_height = BOXES[toward][:4]
    middle_x, middle_y = x + width / 2, y + height / 2
    dx, dy = ox + other_width / 2 - middle_x, oy + other_height / 2 - middle_y
    scale = min(width / 2 / abs(dx) if dx else 9e9, height / 2 / abs(dy) if dy else 9e9)
    return middle_x + dx * scale, middle_y + dy * scale


def box(name: str) -> str:
    x, y, width, height, kind, title, lines = BOXES[name]
    middle = x + width / 2
    parts = [
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="8" fill="{KINDS[kind]}" stroke="{INK}"/>',
        f'<text x="{middle}" y="{y + 22}" class="title">{title}</text>',
    ]
    parts += [f'<text x="{middle}" y="{y + 42 + 18 * at}">{line}</text>' for at, line in enumerate(lines)]
    return "\n".join(parts)


def arrow(source: str, target: str, words: str, dashed: bool) -> str:
    (x1, y1), (x2, y2) = edge(source, target), edge(target, source)
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    line = f'<line x1="{x1:.0f}" y1="{y1:.0f}" x2="{x2:.0f}" y2="{y2:.0f}"{dash} marker-end="url(#tip)"/>'
    label = f'<text x="{(x1 + x2) / 2:.0f}" y="{(y1 + y2) / 2 - 5:.0f}" class="label">{words}</text>' if words else ""
    return line + label


def picture() -> str:
    style = (
        f"text{{font:12px system-ui,sans-serif;fill:{INK};text-anchor:middle}}"
        f".title{{font-weight:600;font-size:13px}}.label{{fill:{FAINT};font-size:11px}}"
        f"line{{stroke:{FAINT};stroke-width:1.5}}"
    )
    tip = (
        '<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        f'<path d="M0 0L8 4L0 8z" fill="{FAINT}"/></marker>'
    )
    body = "\n".join([*(arrow(*each) for each in ARROWS), *(box(name) for name in BOXES)])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="The serverless home on AWS">\n<style>{style}</style>\n<defs>{tip}</defs>\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>\n{body}\n</svg>\n'
    )


if __name__ == "__main__":
    Path(__file__).resolve().parents[1].joinpath("docs", "images", "aws.svg").write_text(picture(), encoding="utf-8")
