"""Draws the web client's icons from its favicon: web/public/favicon.png, and icon-*.png for what is installed."""

from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

PUBLIC: Final = Path(__file__).resolve().parents[1] / "web" / "public"
CHROMIUM: Final = "/usr/bin/chromium"
GROUND: Final = "#f6efe6"
NONE: Final = "transparent"
# Name, pixels, how much of them the drawing takes, and what is behind it: systems cut a maskable icon down to its
# middle 80 %. The page begins with a small picture as its mark: drawing one takes a browser a tenth of a second.
ICONS: Final = (
    ("favicon", 48, 1, NONE),
    ("icon-192", 192, 0.8, GROUND),
    ("icon-512", 512, 0.8, GROUND),
    ("icon-maskable-512", 512, 0.58, GROUND),
)


def main() -> None:
    drawing = (PUBLIC / "favicon.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, size, share, ground in ICONS:
            page = browser.new_page(viewport={"width": size, "height": size})
            style = f"margin:0;display:grid;place-items:center;height:100vh;background:{ground}"
            inner = f"width:{size * share:.0f}px;display:flex"
            page.set_content(f'<body style="{style}"><div style="{inner}">{drawing}</div></body>')
            page.screenshot(path=PUBLIC / f"{name}.png", omit_background=ground == NONE)
        browser.close()


if __name__ == "__main__":
    main()
