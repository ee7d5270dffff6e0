"""Draws the icons of the installed web client from its own favicon: web/public/icon-*.png."""

from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

PUBLIC: Final = Path(__file__).resolve().parents[1] / "web" / "public"
CHROMIUM: Final = "/usr/bin/chromium"
GROUND: Final = "#f6efe6"
# Name, pixels, and how much of them the drawing takes: systems cut a maskable icon down to its middle 80 %.
ICONS: Final = (("icon-192", 192, 0.8), ("icon-512", 512, 0.8), ("icon-maskable-512", 512, 0.58))


def main() -> None:
    drawing = (PUBLIC / "favicon.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, size, share in ICONS:
            page = browser.new_page(viewport={"width": size, "height": size})
            style = f"margin:0;display:grid;place-items:center;height:100vh;background:{GROUND}"
            inner = f"width:{size * share:.0f}px;display:flex"
            page.set_content(f'<body style="{style}"><div style="{inner}">{drawing}</div></body>')
            page.screenshot(path=PUBLIC / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
