"""When what of a page came, as the browser measured it: timing.json."""

import json

from evidence_kit.capture.page import DrivenPage

TIMING = "data/page/timing.json"

# Milliseconds since the page was asked for, rounded to 0.1 as browsers do. A site that does
# not allow it keeps the sizes of its answers from the pages of others; they count 0 then.
_TIMING = """() => {
  const round = (ms) => Math.round(ms * 10) / 10;
  const [page] = performance.getEntriesByType("navigation");
  const of_page = {};
  for (const key of ["redirectCount", "redirectStart", "redirectEnd", "domainLookupStart",
      "domainLookupEnd", "connectStart", "secureConnectionStart", "connectEnd", "requestStart",
      "responseStart", "responseEnd", "domInteractive", "domContentLoadedEventEnd",
      "loadEventEnd", "transferSize", "encodedBodySize", "decodedBodySize"])
    if (page && typeof page[key] === "number") of_page[key] = round(page[key]);
  const painted = {};
  for (const entry of performance.getEntriesByType("paint").slice(0, 4))
    painted[entry.name] = round(entry.startTime);
  const resources = performance.getEntriesByType("resource").slice(0, 20000);
  const kinds = {};
  for (const entry of resources) {
    const name = entry.initiatorType.slice(0, 40);
    if (!(name in kinds) && Object.keys(kinds).length >= 40) continue;
    const kind = kinds[name] ??= { count: 0, transferSize: 0, decodedBodySize: 0 };
    kind.count += 1;
    kind.transferSize += entry.transferSize;
    kind.decodedBodySize += entry.decodedBodySize;
  }
  return {
    time_origin_unix_ms: round(performance.timeOrigin),
    taken_ms: round(performance.now()),
    navigation: of_page,
    paint: painted,
    resources: {
      count: resources.length,
      last_end_ms: round(Math.max(0, ...resources.map((entry) => entry.responseEnd))),
      by_initiator: kinds,
    },
  };
}"""


async def timing(page: DrivenPage) -> bytes:
    """timing.json, UTF-8, with a final newline.

    The names in it are those of the W3C's Navigation Timing and Resource Timing.

    Raises:
        Shortfall: the page gives no answer.
    """
    measured = await page.call(_TIMING)
    return (json.dumps(measured, ensure_ascii=False, indent=2) + "\n").encode()
