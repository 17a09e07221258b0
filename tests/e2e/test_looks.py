"""Every page and state, light and dark, from the narrowest phone to a desk: usable by all, nothing
cut off, nothing over anything else. What pictures would show, told by the boxes themselves, so
that it holds on every machine's fonts."""

import itertools
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.test_pages import PATHS, STATES, Stage, stage

__all__ = ["stage"]  # the fixture
SHOWN = [*PATHS, *STATES.values()]
LOOKS = list(itertools.product((320, 768, 1280), ("light", "dark")))

# Pairs of texts of which one stands in the other, neither part of the other. A font's box is
# higher than its letters, so a third of a line is no overlap.
_OVERLAPPING = """() => {
  const boxes = [];
  const all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (all.nextNode()) {
    const owner = all.currentNode.parentElement;
    const seen = owner.checkVisibility({visibilityProperty: true});
    if (!all.currentNode.data.trim() || !seen) continue;
    const range = document.createRange();
    range.selectNodeContents(all.currentNode);
    for (const box of range.getClientRects()) {
      if (box.width > 1 && box.right > 0) boxes.push([owner, box, all.currentNode.data.trim()]);
    }
  }
  const found = [];
  boxes.forEach(([owner, a, text], i) => boxes.slice(i + 1).forEach(([other, b, beside]) => {
    if (owner === other || owner.contains(other) || other.contains(owner)) return;
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (across > 2 && down > Math.min(a.height, b.height) / 3) found.push([text, beside]);
  }));
  return found;
}"""

# Texts on the certificate that come nearer to the rings' middle than their bark, once the species
# has the longest name of those that there are.
_UNDER_THE_RINGS = """(name) => {
  document.querySelector(".species__name").textContent = name;
  const rings = document.querySelector(".certificate > .rings").getBoundingClientRect();
  const [x, y] = [rings.x + rings.width / 2, rings.y + rings.height / 2];
  const found = [];
  const words = document.querySelector(".certificate");
  const all = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
  while (all.nextNode()) {
    if (!all.currentNode.data.trim()) continue;
    const range = document.createRange();
    range.selectNodeContents(all.currentNode);
    for (const box of range.getClientRects()) {
      const across = Math.max(box.left - x, 0, x - box.right);
      const down = Math.max(box.top - y, 0, y - box.bottom);
      if (Math.hypot(across, down) < rings.width / 2) found.push(all.currentNode.data.trim());
    }
  }
  return found;
}"""


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]} {look[1]}")
def page(request, stage: Stage) -> Iterator[Page]:
    width, scheme = request.param
    language = "zh-CN" if scheme == "dark" else "en-US"
    context = stage.browser.new_context(
        viewport={"width": width, "height": 800}, locale=language, color_scheme=scheme
    )
    yield context.new_page()
    context.close()


@pytest.mark.timeout(240)
def test_every_page_and_state_is_whole(stage: Stage, page: Page):
    for what in SHOWN:
        stage.show(page, what)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), what
        assert page.evaluate(_OVERLAPPING) == [], what


@pytest.mark.parametrize("width", [320, 703, 704, 768, 900, 1023, 1024, 1440])
def test_the_rings_run_under_no_words_however_long_a_name_is(stage: Stage, width: int):
    context = stage.browser.new_context(viewport={"width": width, "height": 900}, locale="en-US")
    page = context.new_page()
    stage.show(page, "pine")
    longest = "Slender-branch sweetvetch"  # of the example's species
    assert page.evaluate(_UNDER_THE_RINGS, longest) == []
    context.close()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_and_state_is_usable_by_all(stage: Stage, width: int, scheme: str):
    context = stage.browser.new_context(
        viewport={"width": width, "height": 800}, locale="en-US", color_scheme=scheme
    )
    page = context.new_page()
    axe = Axe()
    for what in SHOWN:
        stage.show(page, what)
        found = axe.run(page)
        assert found.response["violations"] == [], f"{what}: {found.generate_report()}"
    context.close()


def test_words_and_icon_tell_the_state_without_any_colour(stage: Stage):
    context = stage.browser.new_context(locale="en-US", forced_colors="active")
    page = context.new_page()
    said, drawn = set(), set()
    for what in STATES.values():
        stage.show(page, what)
        said.add(page.locator(".state__word").first.inner_text())
        drawn.add(page.locator(".state > svg.icon").first.inner_html())
    assert len(said) == len(drawn) == len(STATES)
    context.close()
