"""The secrets that a page holds: cookies, storage, passwords, tokens in fields and meta tags."""

import contextlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from evidence_kit.capture.secrets import NAMES, Secrets
from evidence_kit.capture.steps import Shortfall

if TYPE_CHECKING:
    from evidence_kit.capture.page import DrivenPage

_MAX_FRAMES = 20
_FRAME_S = 1.0

_HELD = """() => {
  const values = (store) => {
    try {
      const area = globalThis[store];
      return Object.keys(area).slice(0, 500).map((key) => String(area[key]).slice(0, 65536));
    } catch { return []; }
  };
  const list = (query) => [...document.querySelectorAll(query)].slice(0, 500);
  return {
    storage: [...values("localStorage"), ...values("sessionStorage")],
    passwords: list("input[type=password]").map((field) => field.value),
    fields: [
      ...list("input[type=hidden]").map((field) => [field.name || field.id, field.value]),
      ...list("meta[name]").map((tag) => [tag.name, tag.content]),
    ],
  };
}"""


async def learn_page(
    secrets: Secrets, page: "DrivenPage", cookies: Callable[[], Awaitable[list[str]]]
) -> None:
    """Add what the page and its frames hold now; what can't be asked is passed over.

    Args:
        cookies: the values of all cookies that the page or its frames are sent.
    """
    with contextlib.suppress(Shortfall):
        for value in await page.bounded(cookies(), _FRAME_S):
            secrets.add(value, "cookie")
    with contextlib.suppress(Shortfall):
        _learn(secrets, await page.call(_HELD))
    popups = [frame for popup in page.popups.pages for frame in popup.frames]
    for frame in (*page.page.frames[1 : _MAX_FRAMES + 1], *popups[:_MAX_FRAMES]):
        with contextlib.suppress(Shortfall):
            _learn(secrets, await page.bounded(frame.evaluate(_HELD), _FRAME_S))


def _learn(secrets: Secrets, held: Any) -> None:
    for value in held["storage"]:
        secrets.add(str(value), "storage")
    for value in held["passwords"]:
        secrets.add_password(str(value))
    for name, value in held["fields"]:
        if NAMES.search(str(name)):
            secrets.add(str(value), "token")
