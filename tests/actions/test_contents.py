"""What a page shows of a bundle is what was verified, and nothing that a picture does stops it."""

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from evidence_kit.actions.contents import Contents, ContentsReader, State
from evidence_kit.actions.pictures import make_preview
from evidence_kit.actions.verify import verify_bundle
from evidence_kit.bundle.reader import Bundle
from evidence_kit.checks.expectations import Expectations
from evidence_kit.report import Outcome
from tests.build import anchors_of
from tests.forge import CHAT, PICTURE, TRANSCRIPT, Forge
from tests.tamper.conftest import forge as forge
from tests.tamper.conftest import forged as forged
from tests.tamper.conftest import good as good

Write = Callable[[Forge | bytes], Path]


def drawing(width: int = 40, height: int = 30, *, kind: str = "PNG", mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, (width, height), 200 if mode == "L" else "orange").save(out, kind)
    return out.getvalue()


def pictured(forge: Forge, content: bytes, media_type: str = "image/png") -> Forge:
    """The good bundle with another picture in it, sealed by its owner."""
    forge.put(PICTURE, content)
    forge.tell(
        lambda told: told["items"][1]["files"][0].update(
            size_bytes=len(content), media_type=media_type
        )
    )
    return forge.remanifest().reseal()


def read(path: Path, forge: Forge, reader: ContentsReader | None = None) -> Contents | None:
    reader = reader or ContentsReader()
    report = verify_bundle(path, Expectations(anchors=anchors_of(forge.tsa)), witness=reader)
    return reader.contents.get(report.path)


def states(contents: Contents) -> dict[str, State]:
    files = [held for item in contents.items for held in item.files] + [*contents.record]
    return {held.entry.path: held.state for held in files}


def has_preview(contents: Contents | None) -> bool:
    assert contents is not None
    return any(held.preview for item in contents.items for held in item.files)


def test_every_file_is_told_of_with_its_digest_and_state(forge: Forge, forged: Write) -> None:
    contents = read(forged(pictured(forge, drawing())), forge)
    assert contents is not None
    assert contents.is_as_signed
    assert set(states(contents).values()) == {State.AS_SEALED}
    assert states(contents).keys() == {path for path in forge.files if path.startswith("data/")}
    assert contents.left_out_count == 0
    assert has_preview(contents)


def test_changed_and_absent_files_are_told_apart_and_not_shown(forge: Forge, forged: Write) -> None:
    pictured(forge, drawing())
    forge.put(PICTURE, drawing(41)).drop(CHAT)
    contents = read(forged(forge), forge)
    assert contents is not None
    assert states(contents)[PICTURE] is State.CHANGED
    assert states(contents)[CHAT] is State.ABSENT
    assert states(contents)[TRANSCRIPT] is State.AS_SEALED
    assert not has_preview(contents)


def test_picture_with_a_list_of_digests_to_match_is_not_shown(forge: Forge, forged: Write) -> None:
    pictured(forge, drawing())
    contents = read(forged(forge.put(PICTURE, drawing(41)).remanifest().retag()), forge)
    assert contents is not None
    assert states(contents)[PICTURE] is State.CHANGED  # its size is not the recorded one
    assert not contents.is_as_signed
    assert not has_preview(contents)


def test_picture_that_is_exchanged_while_it_is_verified_is_not_shown(
    forge: Forge, forged: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = forged(pictured(forge, drawing()))
    honest = Bundle.read

    def exchanged(self: Bundle, name: str, *, max_bytes: int = 1 << 16) -> bytes:
        return drawing(41) if name == PICTURE else honest(self, name, max_bytes=max_bytes)

    monkeypatch.setattr(Bundle, "read", exchanged)
    assert not has_preview(read(path, forge))


def test_record_that_can_not_be_read_gives_no_contents(forge: Forge, forged: Write) -> None:
    assert read(forged(forge.put("evidence.json", b"{").reseal()), forge) is None


def test_zip_that_must_not_be_read_gives_no_contents(forge: Forge, forged: Write) -> None:
    reader = ContentsReader()
    report = verify_bundle(forged(forge.zip() + b"more"), Expectations(), witness=reader)
    assert report.verdict is Outcome.FAILED
    assert reader.contents == {}


@pytest.mark.parametrize(("rows", "left_out"), [(0, 4), (1, 4), (2, 3), (5, 1), (6, 0)])
def test_what_is_too_much_is_counted(forge: Forge, forged: Write, rows: int, left_out: int) -> None:
    """Two items with three files between them, and one file of the kit's own: six rows."""
    contents = read(forged(forge), forge, ContentsReader(max_rows=rows))
    assert contents is not None
    assert contents.left_out_count == left_out
    assert len(states(contents)) == 4 - left_out


def test_previews_stop_where_there_is_no_room_for_more(forge: Forge, forged: Write) -> None:
    path = forged(pictured(forge, drawing()))
    reader = ContentsReader(max_preview_bytes=1000)
    assert has_preview(read(path, forge, reader))
    again = path.rename(path.with_name("again.zip"))
    assert not has_preview(read(again, forge, reader))


# Previews


@pytest.mark.parametrize(("kind", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_preview_is_a_small_jpeg(kind: str, media_type: str, mode: str) -> None:
    preview = make_preview(drawing(1080, 1200, kind=kind, mode=mode), media_type)
    assert preview is not None
    assert (preview.width_px, preview.height_px) == (360, 400)
    assert not preview.is_cropped
    with Image.open(io.BytesIO(preview.jpeg)) as shown:
        assert (shown.format, shown.size) == ("JPEG", (360, 400))
    assert len(preview.jpeg) < 20_000


def test_webp_is_shown() -> None:
    assert make_preview(drawing(kind="WEBP"), "image/webp") is not None


def test_of_a_long_picture_the_upper_part_is_shown() -> None:
    picture = Image.new("RGB", (360, 5000), "white")
    picture.paste("red", (0, 0, 360, 480))
    out = io.BytesIO()
    picture.save(out, "PNG")
    preview = make_preview(out.getvalue(), "image/png")
    assert preview is not None and preview.is_cropped
    with Image.open(io.BytesIO(preview.jpeg)) as shown:
        assert shown.size == (360, 480)
        lowest = shown.getpixel((180, 470))
        assert isinstance(lowest, tuple) and lowest[0] > 200 and lowest[1] < 60


def test_what_is_transparent_is_shown_on_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    preview = make_preview(out.getvalue(), "image/png")
    assert preview is not None
    with Image.open(io.BytesIO(preview.jpeg)) as shown:
        assert shown.getpixel((10, 10)) == (255, 255, 255)


def test_picture_of_a_phone_is_turned_as_it_was_held() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    Image.new("RGB", (40, 30)).save(out, "JPEG", exif=exif)
    preview = make_preview(out.getvalue(), "image/jpeg")
    assert preview is not None
    assert (preview.width_px, preview.height_px) == (30, 40)


def bomb(width: int, height: int) -> bytes:
    """A small PNG that says it is huge."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(9999)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"", "image/png"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "image/png"),
        (drawing(400, 400)[:-40], "image/png"),
        (drawing(), "image/jpeg"),
        (drawing(kind="BMP"), "image/png"),
        (drawing(), "image/svg+xml"),
        (drawing(), "text/html"),
        (bomb(8000, 8000), "image/png"),
        (bomb(12_000, 12_000), "image/png"),
        (bomb(60_000, 60_000), "image/png"),
        (bomb(0, 0), "image/png"),
    ],
    ids=[
        "empty",
        "rubbish",
        "cut short",
        "of another kind",
        "of a kind not shown",
        "drawing with scripts",
        "no picture",
        "large",
        "bomb",
        "great bomb",
        "of no size",
    ],
)
def test_picture_that_can_not_be_shown_is_left_out(content: bytes, media_type: str) -> None:
    assert make_preview(content, media_type) is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_no_damage_to_a_picture_is_more_than_a_missing_preview(kind: str) -> None:
    content = drawing(64, 64, kind=kind)
    media_type = f"image/{kind.lower()}"
    for at in range(0, len(content), max(1, len(content) // 150)):
        damaged = bytearray(content)
        damaged[at] ^= 0xFF
        preview = make_preview(bytes(damaged), media_type)
        assert preview is None or preview.width_px <= 360
