"""What is said of times in a picture that do not agree is no more than what follows."""

from pathlib import Path

import pytest

from fixtures.pictures import metadata as made
from tests.cli.conftest import Run
from tests.cli.conftest import run as run


@pytest.mark.parametrize(
    ("offset", "name", "english", "chinese"),
    [
        (
            "+08:00",
            "IMG_20260730_004716.jpg",
            "are at least 52:00:00 (hours:minutes:seconds) apart, whatever time zone",
            "至少相差 52:00:00（时:分:秒），不论没写时区的那个是哪个时区",
        ),
        (
            None,
            "IMG_20260730_004716.jpg",
            "are 72:00:00 (hours:minutes:seconds) apart if both are of one time zone",
            "如果属于同一时区，相差 72:00:00（时:分:秒）",
        ),
        (
            "+08:00",
            "wx_camera_1785602000000.jpg",
            "are 0:13:56 (hours:minutes:seconds) apart\n",
            "相差 0:13:56（时:分:秒）\n",
        ),
    ],
    ids=["one zone", "no zone", "both zones"],
)
def test_gap_of_two_times_is_told_with_what_it_rests_on(
    offset: str | None, name: str, english: str, chinese: str, run: Run
) -> None:
    Path(name).write_bytes(made.jpeg(made.exif(offset=offset)))
    run("add", name, "-o", "x.zip", "--no-timestamp")
    assert english in run("show", "x.zip").out
    assert chinese in run("--lang", "zh", "show", "x.zip").out
