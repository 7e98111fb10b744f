"""A list of pages, and the note of those that are done."""

from pathlib import Path

import pytest

from evidence_kit.actions.page_list import MAX_PAGES, DoneList, ListedPage, read_list
from evidence_kit.errors import EvidenceKitError, InputError, SealError, UsageError
from tests.build import refused

PAGE = ListedPage(number=1, url="https://shop.example/1", label=None)


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "urls.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_addresses_labels_and_remarks(tmp_path: Path) -> None:
    text = (
        "\ufeff# orders of November\r\n\r\n"
        "https://shop.example/1\t 订单一 \r\n"
        "  https://shop.example/2#top\r\n"
        "https://shop.example/1\tagain\r\n"
    )
    assert read_list(written(tmp_path, text)) == (
        ListedPage(number=1, url="https://shop.example/1", label="订单一"),
        ListedPage(number=2, url="https://shop.example/2#top", label=None),
    )


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b"", InputError, "urls.empty"),
        (b"# nothing\n", InputError, "urls.empty"),
        (b"https://shop.example/\xff\n", InputError, "urls.unreadable"),
        (b"#" * (1 << 20) + b"#", InputError, "urls.unreadable"),
        (b"https://shop.example/\nshop.example/2\n", UsageError, "urls.line"),
        (b"file:///etc/passwd\n", UsageError, "urls.line"),
        (
            b"".join(b"https://shop.example/%d\n" % n for n in range(MAX_PAGES + 1)),
            InputError,
            "urls.too_many",
        ),
    ],
)
def test_a_list_that_can_not_be_used_is_refused(
    tmp_path: Path, content: bytes, kind: type[EvidenceKitError], code: str
) -> None:
    with refused(kind, code):
        read_list(written(tmp_path, content))


def test_a_list_that_is_not_there_is_told(tmp_path: Path) -> None:
    with refused(InputError, "urls.unreadable"):
        read_list(tmp_path / "none.txt")


def test_the_line_is_named_and_a_password_in_it_is_not_repeated(tmp_path: Path) -> None:
    path = written(tmp_path, "https://shop.example/\nhttps://ahe:geheim@shop.example/\n")
    with refused(UsageError, "urls.line") as caught:
        read_list(path)
    assert caught.value.params == {"line": 2, "url": "shop.example/"}


def test_what_is_done_is_remembered_as_long_as_its_bundle_is_there(tmp_path: Path) -> None:
    done = DoneList(tmp_path / "urls.txt", tmp_path)
    assert done.bundles() == {}
    bundle = tmp_path / "1.evidence.zip"
    bundle.touch()
    done.add(PAGE, bundle)
    again = DoneList(tmp_path / "urls.txt", tmp_path)
    assert again.path == tmp_path / "urls.txt.done"
    assert again.bundles() == {PAGE.url: bundle.resolve()}
    bundle.unlink()
    assert again.bundles() == {}


def test_what_was_captured_to_another_place_is_not_done(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    bundle = tmp_path / "other" / "1.evidence.zip"
    bundle.touch()
    done = DoneList(tmp_path / "urls.txt", tmp_path)
    done.add(PAGE, bundle)
    assert done.bundles() == {}


@pytest.mark.parametrize("torn", [b'{"url": "https://shop.exam', b"\xff\xfe", b"[" * 9000, b"{}"])
def test_a_torn_line_counts_as_not_written(tmp_path: Path, torn: bytes) -> None:
    bundle = tmp_path / "1.evidence.zip"
    bundle.touch()
    done = DoneList(tmp_path / "urls.txt", tmp_path)
    done.add(PAGE, bundle)
    with done.path.open("ab") as file:
        file.write(torn)
    assert done.bundles() == {PAGE.url: bundle.resolve()}


def test_a_note_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    done = DoneList(tmp_path / "none" / "urls.txt", tmp_path)
    with refused(SealError, "seal.write"):
        done.add(PAGE, tmp_path / "1.evidence.zip")
