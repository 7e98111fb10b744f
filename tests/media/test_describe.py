"""What pictures and recordings say about themselves is told with its source, and no more."""

import struct
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from evidence_kit.errors import InputError
from evidence_kit.media.describe import describe, matches
from evidence_kit.media.facts import Means, Media, PrivateKind, StatedTime, TimeSource, Zone
from fixtures.pictures import metadata as made
from tests.media.conftest import Describe

CREATED = datetime(2026, 8, 1, 16, 47, 16, tzinfo=UTC)
PICTURES: dict[str, Callable[[], bytes]] = {
    "image/jpeg": made.jpeg,
    "image/png": made.png,
    "image/gif": made.gif,
    "image/webp": made.webp,
    "lossless": made.lossless_webp,
    "extended": lambda: made.webp(made.exif()),
    "image/heic": made.heic,
    "video/mp4": lambda: made.mp4(CREATED),
    "video/quicktime": lambda: made.mp4(CREATED, brand=b"qt  ", version=1),
}


def time_of(media: Media, source: TimeSource) -> StatedTime:
    return next(time for time in media.times if time.source is source)


@pytest.mark.parametrize("make", PICTURES.values(), ids=PICTURES)
def test_size_is_the_one_that_the_writer_gave(
    make: Callable[[], bytes], described: Describe
) -> None:
    media = described(make())
    assert (media.width_px, media.height_px) == made.SIZE_PX
    assert media.unread is None or media.media_type == "image/heic"


@pytest.mark.parametrize("write", [made.jpeg, made.webp], ids=["jpeg", "webp"])
def test_exif_time_with_its_zone_is_bound_to_utc(
    write: Callable[..., bytes], described: Describe
) -> None:
    time = time_of(described(write(made.exif())), TimeSource.EXIF)
    assert (time.field, time.means) == ("DateTimeOriginal", Means.TAKEN)
    assert (time.local, time.at) == ("2026-08-02T00:47:16", "2026-08-01T16:47:16Z")
    assert (time.zone, time.raw) == (Zone.OFFSET, "2026:08:02 00:47:16 +08:00")


def test_exif_time_without_a_zone_gets_none(described: Describe) -> None:
    time = time_of(described(made.jpeg(made.exif(offset=None))), TimeSource.EXIF)
    assert (time.local, time.at, time.zone) == ("2026-08-02T00:47:16", None, Zone.NONE)


def test_exif_in_a_png_is_found_behind_the_pixels(described: Describe) -> None:
    block = made.exif().tobytes().removeprefix(b"Exif\0\0")
    media = described(made.png_with(b"eXIf", block))
    assert time_of(media, TimeSource.EXIF).at == "2026-08-01T16:47:16Z"


def test_software_is_told_verbatim(described: Describe) -> None:
    media = described(made.jpeg(made.exif(), xmp=made.xmp_packet(CreatorTool="Tool 1")))
    assert [(one.field, one.name) for one in media.software] == [
        ("exif.Software", made.EDITOR),
        ("xmp.CreatorTool", "Tool 1"),
    ]


def test_texts_of_a_png_are_unpacked(described: Describe) -> None:
    media = described(made.png(Software="编辑器", Creation_Time="2026-08-02T00:47:16+08:00"))
    assert media.software[0].name == "编辑器"
    assert time_of(media, TimeSource.PNG).at == "2026-08-01T16:47:16Z"


def test_time_chunk_of_a_png_gets_no_zone_since_many_write_local_time(described: Describe) -> None:
    content = struct.pack(">HBBBBB", 2026, 8, 2, 0, 47, 16)
    time = time_of(described(made.png_with(b"tIME", content)), TimeSource.PNG)
    assert (time.local, time.at, time.means) == ("2026-08-02T00:47:16", None, Means.CHANGED)


@pytest.mark.parametrize("version", [0, 1])
def test_movie_header_counts_from_1904(version: int, described: Describe) -> None:
    media = described(made.mp4(CREATED, version=version))
    assert time_of(media, TimeSource.MOVIE).at == "2026-08-01T16:47:16Z"
    assert media.duration_ms == 12_500


def test_movie_time_of_zero_is_unset_and_no_year_1904(described: Describe) -> None:
    media = described(made.mp4(None))
    assert media.times == ()
    assert not media.has_metadata


def test_keys_of_a_phone_tell_local_time_software_and_that_there_is_a_place(
    described: Describe,
) -> None:
    keys = made.quicktime_keys(
        creationdate="2026-08-02T00:47:16+0800", software="26.0", location_ISO6709="+31.2+121.4/"
    )
    media = described(made.mp4(CREATED, inside=keys, brand=b"qt  "))
    assert "creationdate" in [time.field for time in media.times]
    assert media.software[0].name == "26.0"
    assert media.private == (PrivateKind.LOCATION,)
    assert media.disagreements == ()


def test_place_device_and_owner_are_named_but_not_copied(described: Describe) -> None:
    media = described(made.jpeg(made.exif(is_private=True)))
    assert media.private == (PrivateKind.LOCATION, PrivateKind.OWNER, PrivateKind.SERIAL)
    assert not any(word in str(media) for word in ("SERIAL-0000", "A. Example", "31", "121"))


def test_picture_without_metadata_says_so(described: Describe) -> None:
    media = described(made.jpeg())
    assert not media.has_metadata
    assert media.software == ()
    assert media.times == ()


@pytest.mark.parametrize(
    ("name", "field", "local", "at"),
    [
        ("Screenshot_2026-08-02-00-47-16-106_com.tencent.mm.jpg", "Screenshot", "2026", None),
        ("Screenshot_20260802-004716.png", "Screenshot", "2026", None),
        ("Screenshot_20260802_004716_WeChat.jpg", "Screenshot", "2026", None),
        ("Screen Shot 2026-08-02 at 00.47.16.png", "Screenshot", "2026", None),
        ("截屏2026-08-02 00.47.16.png", "截屏", "2026", None),
        ("Screenrecorder-2026-08-02-00-47-16-106.mp4", "Screenrecorder", "2026", None),
        ("SVID_20260802_004716_1.mp4", "SVID", "2026", None),
        ("IMG_20260802_004716.jpg", "IMG", "2026", None),
        ("mmexport1785602836106.jpg", "mmexport", None, "2026-08-01T16:47:16Z"),
        ("wx_camera_1785602836106.mp4", "wx_camera", None, "2026-08-01T16:47:16Z"),
    ],
)
def test_time_in_a_name_is_understood(
    name: str, field: str, local: str | None, at: str | None, described: Describe
) -> None:
    time = time_of(described(made.jpeg(), name), TimeSource.NAME)
    assert (time.field, time.at) == (field, at)
    assert time.local == ("2026-08-02T00:47:16" if local else None)
    assert time.zone is (Zone.NONE if local else Zone.UTC)


PUBLIC = "names of pictures in public repositories, 2023 to 2026"
ANDROID = "AOSP, SystemUI: 'screen-'yyyyMMdd-HHmmss'.mp4', made when a recording is saved"
HARMONY = "OpenHarmony's own tests of its album"
EXPORT = "README of WechatExif, which lists WeChat's names"
MAC = "names of macOS in public repositories, with clocks of 12 and 24 hours"
LOCAL, AT = "2026-08-02T00:47:16", "2026-08-01T16:47:16Z"
SEEN: tuple[tuple[str, str, Means, str, str], ...] = (
    ("微信图片_20260802004716.png", "WeChat", Means.SAVED, LOCAL, PUBLIC),
    ("微信图片_20260802004716_921_3.jpg", "WeChat", Means.SAVED, LOCAL, f"{PUBLIC}, WeChat 4"),
    ("微信图片_2026-08-02_004716_574.png", "WeChat", Means.SAVED, LOCAL, f"{PUBLIC}, WeChat 4"),
    ("WeChat Image_20260802004716.jpg", "WeChat", Means.SAVED, LOCAL, PUBLIC),
    ("Weixin Image_20260802004716_133_1.jpg", "WeChat", Means.SAVED, LOCAL, PUBLIC),
    ("微信视频2026-08-02_004716_513.mp4", "WeChat", Means.SAVED, LOCAL, PUBLIC),
    ("微信截图_20260802004716.png", "WeChat", Means.TAKEN, LOCAL, PUBLIC),
    ("企业微信截图_20260802004716.png", "WeChat", Means.TAKEN, LOCAL, PUBLIC),
    (
        "企业微信截图_17856028361067.png",
        "WeCom",
        Means.TAKEN,
        AT,
        f"{PUBLIC}: one stands beside a picture of typora's, which dates it to the minute",
    ),
    ("QQ图片20260802004716.jpg", "QQ", Means.SAVED, LOCAL, PUBLIC),
    ("QQ截图20260802004716.png", "QQ", Means.TAKEN, LOCAL, PUBLIC),
    ("QQ录屏20260802004716.mp4", "QQ", Means.TAKEN, LOCAL, PUBLIC),
    ("screen-20260802-004716.mp4", "screen", Means.SAVED, LOCAL, ANDROID),
    ("screen_20260802_004716.mp4", "screen", Means.SAVED, LOCAL, ANDROID),
    ("录屏_20260802_004716.mp4", "Screenrecorder", Means.TAKEN, LOCAL, PUBLIC),
    ("Screenrecording_20260802_004716.mp4", "Screenrecorder", Means.TAKEN, LOCAL, PUBLIC),
    ("Record_2026-08-02-00-47-16_698ad8eb4a.mp4", "Record", Means.TAKEN, LOCAL, f"{PUBLIC}, OPPO"),
    ("SVID_20260802_004716_1.mp4", "SVID", Means.TAKEN, LOCAL, HARMONY),
    ("RPReplay_Final1785602836.mp4", "RPReplay", Means.SAVED, AT, f"{PUBLIC}, iOS"),
    (f"mmexport{'0a' * 16}_1785602836106.jpeg", "mmexport", Means.SAVED, AT, EXPORT),
    ("microMsg.tmp.1785602836106.jpg", "microMsg", Means.SAVED, AT, EXPORT),
    ("录屏2026-08-02 00.47.16.mov", "Screenrecorder", Means.TAKEN, LOCAL, MAC),
    ("录屏2026-08-02 上午12.47.16.mov", "Screenrecorder", Means.TAKEN, LOCAL, MAC),
    ("截屏2026-08-02 上午12.47.16.png", "Screenshot", Means.TAKEN, LOCAL, MAC),
    ("Screenshot 2026-08-02 at 12.47.16\u202fAM.png", "Screenshot", Means.TAKEN, LOCAL, MAC),
)


@pytest.mark.parametrize(
    ("name", "field", "means", "moment", "source"), SEEN, ids=[row[0] for row in SEEN]
)
def test_time_in_a_name_of_a_program_is_understood(
    name: str, field: str, means: Means, moment: str, source: str, described: Describe
) -> None:
    assert source
    time = time_of(described(made.jpeg(), name), TimeSource.NAME)
    assert (time.field, time.means) == (field, means)
    assert moment == (time.at or time.local)
    assert name.startswith(time.raw)


@pytest.mark.parametrize(
    ("name", "local"),
    [
        ("Screenshot 2026-08-02 at 3.05.30 PM.png", "2026-08-02T15:05:30"),
        ("Screen Recording 2026-08-02 at 10.05.30\u202fPM.mov", "2026-08-02T22:05:30"),
        ("截屏2026-08-02 下午8.43.35.png", "2026-08-02T20:43:35"),
        ("截屏2026-08-02 下午12.43.35.png", "2026-08-02T12:43:35"),
        ("Screenshot 2026-08-02 at 10.05.30 AM.png", "2026-08-02T10:05:30"),
        ("Screenshot 2026-08-02 at 22.05.30.png", "2026-08-02T22:05:30"),
    ],
)
def test_half_of_the_day_in_a_name_counts(name: str, local: str, described: Describe) -> None:
    assert time_of(described(made.jpeg(), name), TimeSource.NAME).local == local


@pytest.mark.parametrize(
    "name",
    [
        "微信图片_12.jpg",
        "微信图片_202608020047161.jpg",
        "企业微信截图_0fcbdf31-d6cf-4984-9e7a-8038f33d6a19.png",
        "RPReplay_Final178560283.mp4",
        "Record_20260802_004716.mp4",
        f"mmexport{'0a' * 16}.jpeg",
        "截屏2026-08-02 下午13.43.35.png",
        "截屏2026-08-02 4.28.01.png",
        "IMG_0001.PNG",
        "Screenshot_2026-13-40-25-61-61.png",
        "mmexport12.jpg",
        "my mmexport1785602836106.jpg",
        "Screenshot_2026-08-02-00-47-161.png",
    ],
)
def test_name_of_another_form_gives_no_time(name: str, described: Describe) -> None:
    assert TimeSource.NAME not in {time.source for time in described(made.jpeg(), name).times}


def test_name_is_last(described: Describe) -> None:
    times = described(made.jpeg(made.exif()), "mmexport1785602836106.jpg").times
    assert [time.source for time in times][-1] is TimeSource.NAME
    assert len(times) > 1


def test_two_times_of_taking_that_differ_are_told_with_the_gap(described: Describe) -> None:
    media = described(made.jpeg(made.exif(offset=None)), "Screenshot_2026-08-02-01-47-16.jpg")
    (gap,) = media.disagreements
    assert (gap.one, gap.other) == ("exif.DateTimeOriginal", "name.Screenshot")
    assert gap.gap_s == 3600


def test_times_that_some_zone_makes_agree_do_not_disagree(described: Describe) -> None:
    media = described(made.mp4(CREATED), "Screenrecorder-2026-08-02-00-47-16.mp4")
    assert media.disagreements == ()


def test_times_that_no_zone_makes_agree_differ_by_what_is_left(described: Describe) -> None:
    media = described(made.mp4(CREATED), "Screenrecorder-2026-08-05-00-47-16.mp4")
    (gap,) = media.disagreements
    assert gap.gap_s == (80 - 14) * 3600


def test_zone_of_one_time_is_not_lent_to_the_other(described: Describe) -> None:
    content = made.jpeg(made.exif())
    assert described(content, "IMG_20260801_104716.jpg").disagreements == ()
    (gap,) = described(content, "IMG_20260731_004716.jpg").disagreements
    assert gap.gap_s == 28 * 3600


def test_gap_is_the_least_over_all_zones_of_the_time_without(described: Describe) -> None:
    taken = datetime(2026, 8, 1, 16, 47, 16, tzinfo=UTC)
    for day in (29, 30, 31):
        name = datetime(2026, 7, day, 0, 47, 16, tzinfo=UTC)
        least = min(
            abs(taken - (name - timedelta(hours=zone))).total_seconds() for zone in range(-12, 15)
        )
        (gap,) = described(made.jpeg(made.exif()), f"IMG_{name:%Y%m%d_%H%M%S}.jpg").disagreements
        assert gap.gap_s == least


@pytest.mark.parametrize(
    "change",
    [
        lambda media: msgspec.structs.replace(media, disagreements=()),
        lambda media: msgspec.structs.replace(media, times=(*media.times, media.times[-1])),
        lambda media: msgspec.structs.replace(
            media, times=(*media.times[:-1], msgspec.structs.replace(media.times[-1], local="x"))
        ),
        lambda media: msgspec.structs.replace(
            media, times=(*media.times[:-1], msgspec.structs.replace(media.times[-1], local=None))
        ),
    ],
    ids=["none", "two names", "no time", "no local time"],
)
def test_disagreements_that_do_not_follow_from_the_times_are_noticed(
    change: Callable[[Media], Media], described: Describe
) -> None:
    content = made.jpeg(made.exif())
    media = described(content, "IMG_20260701_004716.jpg")
    assert media.disagreements
    assert matches(media, content)
    assert not matches(change(media), content)


@pytest.mark.parametrize("written", ["0999:01:01 00:00:00", "0001:01:01 00:00:00"])
@pytest.mark.parametrize("offset", ["+08:00", None])
def test_year_of_few_digits_is_compared_like_others(
    written: str, offset: str | None, described: Describe
) -> None:
    content = made.jpeg(made.exif(offset=offset, taken=written))
    media = described(content, "IMG_20260701_004716.jpg")
    assert matches(media, content)
    (gap,) = media.disagreements
    assert gap.gap_s > 1000 * 365 * 24 * 3600


def test_later_saving_is_no_disagreement(described: Describe) -> None:
    assert described(made.jpeg(made.exif()), "mmexport1785999999106.jpg").disagreements == ()


@pytest.mark.parametrize("make", PICTURES.values(), ids=PICTURES)
def test_file_that_was_cut_short_is_told_as_far_as_it_goes(
    make: Callable[[], bytes], described: Describe
) -> None:
    content = make()
    media = described(content[:-3])
    assert media.unread is not None
    assert media.unread.code == "cut_short"


def test_animation_is_noticed(described: Describe) -> None:
    assert described(made.gif(frames=3)).is_animated
    assert not described(made.gif()).is_animated


def test_bomb_in_a_text_is_unpacked_to_its_limit_only(described: Describe) -> None:
    packed = zlib.compress(b"A" * (1 << 26), 9)
    media = described(made.png_with(b"zTXt", b"Software\0\0" + packed))
    assert len(media.software[0].name) == 200


def test_claimed_size_of_a_bomb_is_told_and_not_decoded(described: Describe) -> None:
    head = made.chunk(b"IHDR", struct.pack(">IIBBBBB", 1 << 30, 1 << 30, 8, 2, 0, 0, 0))
    media = described(b"\x89PNG\r\n\x1a\n" + head + made.chunk(b"IEND", b""))
    assert (media.width_px, media.height_px) == (1 << 30, 1 << 30)


def test_boxes_without_end_are_bounded(described: Describe) -> None:
    media = described(made.box(b"ftyp", b"isom") + made.box(b"free", b"") * 200_000)
    assert media.unread is not None
    assert media.unread.code == "too_large"


def test_boxes_in_boxes_are_bounded(described: Describe) -> None:
    inner = b""
    for _ in range(2000):
        inner = made.box(b"udta", inner)
    media = described(made.box(b"ftyp", b"isom") + inner)
    assert media.unread is not None


def test_kind_that_is_not_understood_says_so(described: Describe) -> None:
    media = described(b"#!AMR\n" + bytes(20), "voice.amr")
    assert media.unread is not None
    assert media.unread.code == "not_understood"


def test_controls_in_metadata_are_escaped(described: Describe) -> None:
    media = described(made.png(Software="a\x1b[2Kb\u202e"))
    assert media.software[0].name == "a%1B[2Kb%E2%80%AE"


def test_missing_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        describe(tmp_path / "none.png", "image/png")
