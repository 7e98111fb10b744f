"""Other people's readers of WhatsApp's exports on the same files: time, and what they get right.

Each is run as a program of its own, from a file to a table of time, sender and text; so are we.
whatstk is under the GPL: its program is started, nothing of it is imported or shipped. The
program of chat-miner 0.6 ends in an error (its table has no `to_csv`), so its classes are called.
"""

import contextlib
import csv
import functools
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from bench.measure import Row, cpu_seconds, in_turns

ENVIRONMENT = Path(__file__).parent.parent / ".venv-rivals"
_CHAT_MINER = (
    "import sys; from chatminer.chatparsers import WhatsAppParser; p = WhatsAppParser(sys.argv[1]);"
    "p.parse_file(); p.parsed_messages.get_df().write_csv(sys.argv[2])"
)
_FEW, _MANY = 1_000, 51_000
"""Messages of two files: the longer one is what a user waits for; the difference of the times is
without the start of a program."""
_BEGIN = datetime(2026, 1, 13, 9)
_TEXTS = (
    "Hello, when does order {} arrive?",
    "Within 3 days: I promise",
    "Fine\n\nI wait",
    "保证三天内发货，请放心",
    "<Media omitted>",
)
_NOTICE = "{} changed the group description"

Said = tuple[str, str, str]
"""Time to the minute, sender, text as `_plain` has it."""


@dataclass(frozen=True)
class _Reader:
    """A program that reads a file and writes a table."""

    name: str
    command: tuple[str | Path, ...]
    """Followed by the file and the table."""
    columns: tuple[str, str, str]
    """Of time, sender and text."""


_OURS = _Reader("ours", (sys.executable, "-m", "bench.rivals"), ("at", "sender", "text"))
_RIVALS = (
    _Reader("whatstk", (ENVIRONMENT / "bin/whatstk-to-csv",), ("date", "username", "message")),
    _Reader(
        "chat-miner",
        (ENVIRONMENT / "bin/python", "-c", _CHAT_MINER),
        ("timestamp", "author", "message"),
    ),
)


def _android_en(at: datetime, name: str | None, text: str) -> str:
    label = f"{name}: " if name else ""
    return f"{at:%d/%m/%Y, %H:%M} - {label}{text}\n"


def _ios_zh(at: datetime, name: str | None, text: str) -> str:
    half = "上午" if at.hour < 12 else "下午"
    stamp = f"{at.year}/{at.month}/{at.day} {half}{at.hour % 12 or 12}:{at:%M:%S}"
    if text == "<Media omitted>":
        return f"\u200e[{stamp}] {name}: \u200e图片已略去\n"
    return f"[{stamp}] {name}: {text}\n" if name else f"\u200e[{stamp}] \u200e{text}\n"


_STYLES: dict[str, Callable[[datetime, str | None, str], str]] = {
    "Android en": _android_en,
    "iOS zh-CN": _ios_zh,
}


def _write(path: Path, style: str, count: int) -> list[Said]:
    """Write an export; what was said in it, without the app's own lines."""
    said: list[Said] = []
    with path.open("w", encoding="utf-8", newline="") as out:
        for number in range(count):
            at = _BEGIN + timedelta(seconds=77 * number)
            name = "Ahe" if number % 3 else "Skylark Cards"
            if number % 50 == 49:
                out.write(_STYLES[style](at, None, _NOTICE.format(name)))
                continue
            text = _TEXTS[number % len(_TEXTS)].format(number)
            out.write(_STYLES[style](at, name, text))
            if style == "iOS zh-CN" and text == "<Media omitted>":
                text = "图片已略去"
            said.append((f"{at:%Y-%m-%d %H:%M}", name, _plain(text)))
    return said


def measure(folder: Path, runs: int) -> Iterator[Row]:
    """Our time beside each rival's, of a whole run and of a message more, and what each gets right.

    Args:
        folder: where the files go.
        runs: of each, in turns, after one that does not count.
    """
    missing = [rival.name for rival in _RIVALS if not Path(rival.command[0]).exists()]
    if missing:
        names = ", ".join(missing)
        print(f"chats: not compared with {names}: run `make rivals` first", file=sys.stderr)
        return
    for style in _STYLES:
        few, many = folder / "few.txt", folder / "many.txt"
        _write(few, style, _FEW)
        said = _write(many, style, _MANY)
        table = folder / "table.csv"
        shares: dict[str, float] = {}
        for reader in (_OURS, *_RIVALS):
            with contextlib.suppress(subprocess.CalledProcessError):
                _run(reader, many, table)
                shares[reader.name] = _share(said, table, reader.columns)
        readers = [reader for reader in (_OURS, *_RIVALS) if reader.name in shares]
        taken = in_turns(
            *(
                functools.partial(_run, reader, path, table)
                for reader in readers
                for path in (few, many)
            ),
            runs=runs,
        )
        timed = [reader.name for reader in readers]
        few_s, many_s = map(median, taken[::2]), map(median, taken[1::2])
        seconds = dict(zip(timed, zip(few_s, many_s, strict=True), strict=True))
        whole_s = {name: many for name, (_, many) in seconds.items()}
        more_us = {n: (many - few) / (_MANY - _FEW) * 1e6 for n, (few, many) in seconds.items()}
        yield from _rows(f"chat WhatsApp {style}, {_MANY:,} messages", "s", whole_s, limit=1 / 3)
        yield from _rows(f"chat WhatsApp {style}, a message more", "us", more_us)
        for rival in _RIVALS:
            yield Row(
                name=f"chat WhatsApp {style}, right",
                ours=shares[_OURS.name] * 100,
                unit="%",
                floor=shares.get(rival.name, 0.0) * 100,
                floor_name=rival.name
                if rival.name in shares
                else f"{rival.name}: ended in an error",
            )


def _rows(
    name: str, unit: str, costs: dict[str, float], limit: float | None = None
) -> Iterator[Row]:
    """Ours beside each rival's, the cheapest first."""
    rivals = {reader: cost for reader, cost in costs.items() if reader != _OURS.name}
    for rival, cost in sorted(rivals.items(), key=lambda item: item[1]):
        yield Row(
            name=name,
            ours=costs[_OURS.name],
            unit=unit,
            floor=cost,
            floor_name=rival,
            limit=limit,
        )


def _run(reader: _Reader, path: Path, table: Path) -> float:
    """Processor time in s.

    Raises:
        subprocess.CalledProcessError: the program failed.
    """
    table.unlink(missing_ok=True)
    return cpu_seconds((*reader.command, path, table))


def _share(said: list[Said], table: Path, columns: tuple[str, str, str]) -> float:
    """How many of the messages are in the table as they were said."""
    csv.field_size_limit(1 << 30)
    with table.open(encoding="utf-8", newline="") as rows:
        found = Counter(
            (
                row[at][:16].replace("T", " "),
                row[sender],
                _plain(row[text]),
            )
            for row in csv.DictReader(rows)
            for at, sender, text in (columns,)
        )
    return sum((Counter(said) & found).values()) / len(said)


def _plain(text: str) -> str:
    """In NFKC, with single spaces, without marks: the rivals change these, and it is forgiven."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("\u200e", "").split())


def _read(path: Path, table: Path) -> None:
    """Read an export as the kit does, and write every record."""
    from evidence_kit.chats.parser import Options, parser_named
    from evidence_kit.chats.reading import Reading
    from evidence_kit.chats.source import open_source

    options = Options(date_order="dmy")
    reading = Reading(open_source(path), parser_named("whatsapp_txt"), options=options)
    with table.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(_OURS.columns)
        writer.writerows(
            (
                record.ts_candidates[0] if record.ts_candidates else "",
                record.sender_raw,
                record.body_raw,
            )
            for record in reading
        )


if __name__ == "__main__":
    _read(Path(sys.argv[1]), Path(sys.argv[2]))
