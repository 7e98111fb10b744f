"""What is asked of a page at rest: what covers it, what it wants of the visitor, what it hides."""

from typing import Any

import msgspec

from evidence_kit.capture.page import MAX_HEIGHT_PX, DrivenPage

_MAX_FRAMES = 20
_STEP_PAUSE_MS = 50
_SCROLL_S = 12.0

# In the bar at the top or beside the content, a login or a captcha is an offer, not a wall.
# An invisible captcha shows a badge in a corner, 256 by 60 pixels.
_LOOK = """(most) => {
  const large = (box) => box.width * box.height >= 19000;
  const aside = "header, nav, footer, aside, [role=banner], [role=navigation]," +
    "[role=contentinfo], [role=complementary], .grecaptcha-badge";
  const middle = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
  const covers = (node) => {
    for (let up = node; up instanceof Element; up = up.parentElement)
      if (getComputedStyle(up).position === "fixed") return up.contains(middle);
    return false;
  };
  const shown = (selector) => [...document.querySelectorAll(selector)].filter(
    (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true })
      && !node.closest(aside));
  const passwords = shown("input[type=password]");
  const widgets = shown("[id*=captcha i], [class*=captcha i], [id*=turnstile i]," +
    "[class*=turnstile i], [class*=geetest i], [class*=hcaptcha i], #nc_1_wrapper")
    .filter((node) => large(node.getBoundingClientRect()));
  const frames = shown("iframe[src]").filter((node) => large(node.getBoundingClientRect()));
  return {
    webdriver: navigator.webdriver === true,
    password: passwords.length > 0,
    password_covers: passwords.some(covers),
    captcha: widgets.length > 0,
    captcha_covers: widgets.some(covers),
    frames: frames.slice(0, most).map((node) => node.src.slice(0, 2000)),
  };
}"""

_INSIDE = """
  const root = document.scrollingElement || document.documentElement;
  const own = getComputedStyle(document.documentElement).overflowY !== "visible";
  const inside = [...document.querySelectorAll("body, body *")].filter((node) => {
    if (node.scrollHeight - node.clientHeight < 100) return false;
    if (node.clientHeight < 150 || node.clientWidth < 250) return false;
    if (node === root || node.localName === "textarea") return false;
    if (node === document.body && !own) return false;
    const style = getComputedStyle(node).overflowY;
    return ["auto", "scroll", "overlay"].includes(style)
      && node.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  }).slice(0, 20);
"""
_SCROLL_INSIDE = f"""async (pause, limit) => {{
  {_INSIDE}
  for (const node of inside) {{
    const before = node.scrollTop;
    for (let y = before; y < Math.min(node.scrollHeight, limit) - node.clientHeight;) {{
      y += node.clientHeight;
      node.scrollTo({{ top: y, behavior: "instant" }});
      await new Promise((done) => setTimeout(done, pause));
    }}
    node.scrollTo({{ top: before, behavior: "instant" }});
  }}
  globalThis.lastChange = performance.now();
  return inside.length;
}}"""
# What stands around a box must grow with it; what is fixed would hang over the long picture.
_UNROLL = f"""async () => {{
  {_INSIDE}
  const free = (node, styles) => {{
    for (const [name, value] of Object.entries(styles))
      node.style.setProperty(name, value, "important");
  }};
  for (const node of inside)
    for (let up = node; up instanceof Element; up = up.parentElement) {{
      free(up, {{ height: "auto", "max-height": "none", overflow: "visible", contain: "none" }});
      if (getComputedStyle(up).position === "fixed") free(up, {{ position: "absolute" }});
    }}
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}}"""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What a page at rest shows, besides its text and picture."""

    webdriver: bool
    """navigator.webdriver, by which a site can tell that no person drives the browser."""
    password: bool = False
    """A field for a password is shown, and not in a bar beside the content."""
    password_covers: bool = False
    """It stands in front of the page."""
    captcha: bool = False
    """A captcha or another challenge is shown."""
    captcha_covers: bool = False
    frames: tuple[str, ...] = ()
    """Addresses of the larger frames that are shown."""


async def look(page: DrivenPage) -> Look:
    """Look at a page that is scrolled to its top.

    Raises:
        Shortfall: it gives no answer.
    """
    return msgspec.convert(await page.call(_LOOK, _MAX_FRAMES), Look)


async def scroll_inside(page: DrivenPage) -> int:
    """Scroll every larger box of the page to its end and back; gives how many there are.

    Raises:
        Shortfall: it gives no answer.
    """
    count: Any = await page.call(_SCROLL_INSIDE, _STEP_PAUSE_MS, MAX_HEIGHT_PX, limit_s=_SCROLL_S)
    return int(count)


async def unroll(page: DrivenPage) -> None:
    """Let the boxes that scroll by themselves grow to their whole height, for a picture.

    This changes the page, so it comes after everything else was taken.

    Raises:
        Shortfall: it gives no answer.
    """
    await page.call(_UNROLL)
