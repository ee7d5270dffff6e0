"""axe-core in a page: what it says of a view. Every rule is on, also those of good practice and the targets' size."""

from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page

SCRIPT: Final = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
AAA: Final = ("color-contrast-enhanced", "identical-links-same-purpose", "meta-refresh-no-exceptions")
"""Rules beyond AA, which is what we hold ourselves to; of these the first is asked for in high contrast."""
STILL: Final = """() => document.getAnimations()
  .every(({ playState, effect }) => playState !== 'running' || effect.getTiming().iterations === Infinity)"""
COLOURS: Final = ("color-contrast", "link-in-text-block")
"""Rules that a look can change; the others ask what is there, and that is the same in every look."""
RUN: Final = """async ([off, on, only]) => {
  const rules = Object.fromEntries(axe.getRules().map(({ ruleId }) => [ruleId, { enabled: !off.includes(ruleId) }]));
  for (const rule of on) rules[rule] = { enabled: true };
  if (only.length) for (const rule in rules) rules[rule].enabled &&= only.includes(rule);
  const { violations, passes } = await axe.run(document, { resultTypes: ['violations'], rules });
  return {
    passed: passes.length,
    violations: violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
      `${id}: ${target.join(' ')}: ${failureSummary.split('\\n').slice(1, 3).map((line) => line.trim()).join(' ')}`)),
  };
}"""


def violations(page: Page, *, contrast: bool = False, colours: bool = False) -> list[str]:
    """What breaks a rule on the page as it is now, a line each; with `contrast`, text has to be at 7:1; with `colours`
    only what a look can change."""
    if not SCRIPT.exists():
        pytest.fail("axe-core isn't installed: run `python scripts/build_web.py --force`.")
    page.wait_for_function(STILL)
    # By the debugger, past the page's policy, which forbids any script that is not the page's own.
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(SCRIPT.read_text())
    on = AAA[:1] if contrast else ()
    found: dict[str, Any] = page.evaluate(RUN, [list(AAA), on, [*COLOURS, *on] if colours else []])
    assert colours or found["passed"] > 5, "axe has looked at something"
    told: list[str] = found["violations"]
    return told
