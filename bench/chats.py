"""Reading chats with full records: messages a second on one core, memory, growth.

`python -m bench.chats PARSER FILE` reads one file and prints seconds of processor time, MiB at
the peak, and messages.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from bench import rivals
from bench.measure import Options, Row

_SIZES = (10_000, 100_000, 1_000_000)
_PER_MESSAGE_US = 10.0
"""100,000 messages a second."""
_PEAK_MIB = 300.0
_GROWTH = 1.3
"""Cost of a message among the most to that among the fewest; 1 is linear growth."""
_BEGIN = datetime(2026, 1, 1, 9)
_TEXTS = ("你好，请问第{}单什么时候发货？", "保证三天内发货，请放心", "好的\n\n等您消息", "[图片]")


def _moments(count: int) -> Iterator[tuple[datetime, str, str]]:
    for number in range(count):
        at = _BEGIN + timedelta(seconds=17 * number)
        name = "阿禾" if number % 3 else "云雀点卡客服"
        yield at, name, _TEXTS[number % len(_TEXTS)].format(number)


def _wechatmsg_txt(count: int) -> Iterator[str]:
    for at, name, text in _moments(count):
        yield f"{at} {name}\n{text}\n\n"


def _qq_txt(count: int) -> Iterator[str]:
    rule = "=" * 64
    title = "消息记录（此消息记录为文本格式，不支持重新导入）"
    yield f"{title}\n\n{rule}\n消息对象:云雀点卡客服\n{rule}\n\n"
    for at, name, text in _moments(count):
        yield f"{at:%Y-%m-%d} {at.hour}:{at:%M:%S} {name}(10001001)\n{text}\n\n"


def _whatsapp_txt(count: int) -> Iterator[str]:
    for at, name, text in _moments(count):
        half = "上午" if at.hour < 12 else "下午"
        stamp = f"{at.year}/{at.month}/{at.day} {half}{at.hour % 12 or 12}:{at:%M:%S}"
        yield f"[{stamp}] {name}: {text}\n"


def _generic_txt(count: int) -> Iterator[str]:
    for at, name, text in _moments(count):
        yield f"[{at:%Y/%m/%d %H:%M}] {name}: {text}\n"


def _chatlog_json(count: int) -> Iterator[str]:
    for number, (at, name, text) in enumerate(_moments(count)):
        message = {
            "seq": number,
            "time": f"{at.isoformat()}+08:00",
            "talker": "wxid_1",
            "sender": "wxid_2",
            "senderName": name,
            "isSelf": False,
            "type": 1,
            "subType": 0,
            "content": text,
        }
        yield ("," if number else "[") + json.dumps(message, ensure_ascii=False)
    yield "]"


def _telegram_json(count: int) -> Iterator[str]:
    yield '{\n "name": "云雀点卡客服",\n "type": "personal_chat",\n "id": 50020002,\n "messages": ['
    for number, (at, name, text) in enumerate(_moments(count)):
        message = {
            "id": number,
            "type": "message",
            "date": at.isoformat(),
            "date_unixtime": str(1767229200 + 17 * number),
            "from": name,
            "from_id": "user50020002",
            "text": text,
            "text_entities": [{"type": "plain", "text": text}],
        }
        written = json.dumps(message, ensure_ascii=False, indent=1).replace("\n", "\n  ")
        yield f"{',' if number else ''}\n  {written}"
    yield "\n ]\n}"


FORMATS: dict[str, tuple[Callable[[int], Iterator[str]], float | None]] = {
    "wechatmsg_txt": (_wechatmsg_txt, _PER_MESSAGE_US),
    "qq_txt": (_qq_txt, _PER_MESSAGE_US),
    "whatsapp_txt": (_whatsapp_txt, _PER_MESSAGE_US),
    "generic_txt": (_generic_txt, None),
    "chatlog_json": (_chatlog_json, None),
    "telegram_json": (_telegram_json, None),
}
"""Parser -> what writes that many messages, and the microseconds that one may take."""


def measure(folder: Path, options: Options) -> Iterator[Row]:
    """The cost of a message by the number of messages, and the memory for the most."""
    for parser, (write, limit_us) in FORMATS.items():
        costs_us = []
        peak_mib = 0.0
        for size in _SIZES:
            path = folder / f"{parser}-{size}"
            with path.open("w", encoding="utf-8", newline="") as out:
                out.writelines(write(size))
            runs = [_run(parser, path) for _ in range(min(options.runs, 3))]
            path.unlink()
            if any(count != size for _, _, count in runs):
                raise RuntimeError(f"{parser}: not every message was found")
            seconds = sorted(run[0] for run in runs)
            peak_mib = max(run[1] for run in runs)
            costs_us.append(seconds[len(seconds) // 2] / size * 1e6)
            yield Row(
                name=f"chat {size:,} {parser}, a message",
                ours=costs_us[-1],
                unit="us",
                limit=limit_us if size == _SIZES[-1] else None,
                is_ratio=False,
                spread=f"{seconds[0] / size * 1e6:.3g}-{seconds[-1] / size * 1e6:.3g}",
            )
        yield Row(
            name=f"chat {_SIZES[-1]:,} {parser}, memory",
            ours=peak_mib,
            unit="MiB",
            limit=_PEAK_MIB,
            is_ratio=False,
        )
        yield Row(
            name=f"chat {parser}, growth",
            ours=costs_us[-1],
            unit="us",
            floor=costs_us[0],
            floor_name=f"a message among {_SIZES[0]:,}",
            limit=_GROWTH,
        )
    yield from rivals.measure(folder, min(options.runs, 3))


def _run(parser: str, path: Path) -> tuple[float, float, int]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.chats", parser, str(path)],
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, peak_mib, count = done.stdout.split()
    return float(seconds), float(peak_mib), int(count)


def read(parser: str, path: Path) -> tuple[float, float, int]:
    """Processor time in s, largest resident size in MiB, and messages of one reading."""
    from evidence_kit.chats.parser import parser_named
    from evidence_kit.chats.reading import Reading
    from evidence_kit.chats.source import open_source

    chosen = parser_named(parser)
    begin = time.process_time()
    reading = Reading(open_source(path), chosen)
    for _ in reading:
        pass
    seconds = time.process_time() - begin
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / (1 << 20)
    return seconds, peak, reading.chat.records


if __name__ == "__main__":
    print(*read(sys.argv[1], Path(sys.argv[2])))
