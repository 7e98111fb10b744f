"""A part that is not as its standard has it: the byte is told, and what stood before it kept."""

import struct
import zlib

import pytest

from evidence_kit.media.facts import TimeSource
from fixtures.pictures import metadata as made
from tests.media.conftest import Describe

HEAD = made.box(b"ftyp", b"isom")
PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8"
EMPTY_APP = b"\xff\xe0\x00\x02"


def movie(*inside: bytes) -> bytes:
    return HEAD + made.box(b"moov", b"".join(inside))


@pytest.mark.parametrize(
    ("content", "code", "byte"),
    [
        (HEAD + struct.pack(">I4s", 7, b"free"), "malformed", 12),
        (HEAD + struct.pack(">I4sQ", 1, b"free", 15), "malformed", 12),
        (HEAD + struct.pack(">I4s", 9, b"free"), "cut_short", 12),
        (movie(struct.pack(">I4s", 9, b"free")) + made.box(b"free", b""), "malformed", 20),
        (movie(made.box(b"mvhd", b"\2" + bytes(99))), "malformed", 28),
        (movie(made.box(b"mvhd", b"\1" + bytes(30))), "malformed", 28),
        (movie(made.box(b"mvhd", b"")), "malformed", 28),
        (movie(made.box(b"trak", made.box(b"tkhd", b"\2" + bytes(99)))), "malformed", 36),
        (movie(made.box(b"trak", made.box(b"tkhd", bytes(83)))), "malformed", 36),
        (JPEG + EMPTY_APP + b"\xfe\xe0\x00\x02", "malformed", 6),
        (JPEG + EMPTY_APP + b"\xff\x00\x00\x02", "malformed", 6),
        (JPEG + EMPTY_APP + b"\xff\xd9", "malformed", 6),
        (JPEG + EMPTY_APP + b"\xff\xe1\x00\x01", "malformed", 6),
        (JPEG + b"\xff\xff\xd0\xff\xe0\x00\x02\xff\xe1\x00\x01", "malformed", 9),
        (PNG + made.chunk(b"IDAT", b""), "malformed", 8),
        (PNG + made.chunk(b"IHDR", bytes(13)) + made.chunk(b"IHDR", b""), "malformed", 33),
        (PNG + made.chunk(b"IHDR", bytes(13)) + made.chunk(b"a\0bc", b""), "malformed", 33),
    ],
)
def test_stops_at_the_byte_where_the_standard_ends(
    content: bytes, code: str, byte: int, described: Describe
) -> None:
    unread = described(content).unread
    assert unread is not None
    assert (unread.code, unread.byte) == (code, byte)


def test_box_of_no_length_goes_up_to_the_end(described: Describe) -> None:
    media = described(HEAD + struct.pack(">I4s", 0, b"mdat") + bytes(50))
    assert media.unread is None


def test_track_without_a_picture_has_no_size(described: Describe) -> None:
    media = described(movie(made.box(b"trak", made.box(b"tkhd", bytes(84)))))
    assert (media.width_px, media.unread) == (None, None)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (b"zTXt", b"Software\0\0" + zlib.compress("Tool \xe9".encode("latin-1"))),
        (b"iTXt", b"Software\0\0\0\0\0" + "Tool \xe9".encode()),
        (b"iTXt", b"Software\0\1\0en\0\0" + zlib.compress("Tool \xe9".encode())),
        (b"tEXt", b"Software\0" + "Tool \xe9".encode("latin-1")),
    ],
    ids=["packed", "international", "international, packed", "plain"],
)
def test_each_kind_of_text_in_a_png_is_read(
    kind: bytes, content: bytes, described: Describe
) -> None:
    (software,) = described(made.png_with(kind, content)).software
    assert software.name == "Tool \xe9"


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (b"zTXt", b"Software\0\0" + b"no deflate"),
        (b"tIME", bytes(6)),
        (b"tIME", struct.pack(">HBBBBB", 2026, 13, 2, 0, 47, 16)),
        (b"tEXt", b"Creation Time\0yesterday"),
        (b"tEXt", b"Creation Time\0Sun, 99 Aug 2026 00:47:16 +0800"),
        (b"tEXt", b"date:create\x002026-13-02T00:47:16+08:00"),
    ],
)
def test_what_can_not_be_read_in_a_png_is_left_out(
    kind: bytes, content: bytes, described: Describe
) -> None:
    media = described(made.png_with(kind, content))
    assert (media.times, media.software, media.unread) == ((), (), None)


@pytest.mark.parametrize(
    ("written", "local", "at"),
    [
        ("Sun, 02 Aug 2026 00:47:16 +0800", "2026-08-02T00:47:16", "2026-08-01T16:47:16Z"),
        ("Sun, 02 Aug 2026 00:47:16", "2026-08-02T00:47:16", None),
    ],
)
def test_time_of_a_png_may_be_written_as_in_mail(
    written: str, local: str, at: str | None, described: Describe
) -> None:
    content = b"Creation Time\0" + written.encode()
    (time,) = described(made.png_with(b"tEXt", content)).times
    assert (time.source, time.local, time.at) == (TimeSource.PNG, local, at)


def test_size_of_a_png_is_told_of_a_whole_header_alone(described: Describe) -> None:
    media = described(PNG + made.chunk(b"IHDR", bytes(12)) + made.chunk(b"IEND", b""))
    assert media.width_px is None


@pytest.mark.parametrize("zone", ["+99:00", "later", "+8"])
def test_zone_that_no_place_has_binds_nothing(zone: str, described: Describe) -> None:
    media = described(made.png(Creation_Time=f"2026-08-02T00:47:16{zone}"))
    assert all(time.at is None for time in media.times)
