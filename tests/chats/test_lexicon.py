"""Lexicons: what a pattern fits, and what is refused."""

import time
from pathlib import Path

import pytest

from evidence_kit.chats.clauses import Tag, tags_of
from evidence_kit.chats.lexicon import Category, load_lexicons
from evidence_kit.chats.marks import find_hits
from evidence_kit.errors import ConfigError
from tests.chats.chatting import LEXICONS


def own(folder: Path, text: str, name: str = "mine") -> Path:
    (folder / "lexicons").mkdir(exist_ok=True)
    (folder / "lexicons" / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def found(text: str) -> list[tuple[str, str]]:
    hits, _ = find_hits(text, LEXICONS)
    return [(text[hit.start : hit.end], hit.category.value) for hit in hits]


@pytest.mark.parametrize(
    ("text", "words", "category"),
    [
        ("我们保证正品", "保证", "promise"),
        ("24小时内给您发货", "24小时内给您发", "promise"),
        ("三天内退", "三天内退", "promise"),
        ("３个工作日之内处理", "３个工作日之内处理", "promise"),
        ("假一赔十", "假一赔十", "promise"),
        ("概不退换", "概不退换", "refusal"),
        ("我们不支持退款", "不支持退款", "refusal"),
        ("已发货", "已发货", "delivery"),
        ("请查收", "查收", "delivery"),
        ("没收到", "没收到", "claim"),
        ("加V聊", "加V", "off_platform"),
        ("加我微信", "加我微信", "off_platform"),
        ("微信加我", "微信加我", "off_platform"),
        ("秒发", "秒发", "promise"),
        ("今天发货", "今天发货", "promise"),
        ("没有收到", "没有收到", "claim"),
        ("加v聊", "加v", "off_platform"),
        ("We GUARANTEE it", "GUARANTEE", "promise"),
        ("within 2 business days", "within 2 business days", "promise"),
        ("no refunds!", "no refunds", "refusal"),
        ("It has been sent", "has been sent", "delivery"),
        ("it doesn't work", "doesn't work", "claim"),
    ],
)
def test_words_of_the_shipped_lexicons_are_found(text: str, words: str, category: str) -> None:
    assert (words, category) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "请今天发货",
        "请你们尽快发货",
        "麻烦在24小时内退",
        "请保证",
        "卡密还没收到",
        "没有收到您的卡密",
    ],
)
def test_a_request_is_no_promise_and_what_did_not_come_no_delivery(text: str) -> None:
    assert [category for _, category in found(text)] == ["claim"]


def test_please_before_something_else_takes_no_promise_away() -> None:
    assert found("请放心今天发货") == [("今天发货", "promise")]
    assert found("已发货，请查收") == [("已发货", "delivery"), ("查收", "delivery")]


@pytest.mark.parametrize("text", ["你好", "24小时客服在线", "guaranteeing", "prefund", "三天", ""])
def test_other_words_are_not(text: str) -> None:
    assert found(text) == []


def test_longest_word_goes_first_and_nothing_is_marked_twice() -> None:
    assert found("不支持退款") == [("不支持退款", "refusal")]
    assert found("退款") == [("退款", "claim")]
    assert found("已退款") == [("已退款", "delivery")]


def test_gap_does_not_reach_over_a_sign_or_too_far() -> None:
    assert found("三天内，您看发") == []
    assert found("三天内我们一定会给您发") == []


def test_own_lexicon_is_searched_too(tmp_path: Path) -> None:
    folder = own(
        tmp_path,
        'version = "7"\nlanguage = "zh"\n[promise]\nwords = ["包您满意"]\n'
        'patterns = ["减{n}{元|块}", "包{0-3}{好|}用"]\n',
    )
    lexicons = load_lexicons(folder)
    assert [one.id for one in lexicons] == ["en", "zh", "mine"]
    hits, _ = find_hits("包您满意，不好减一百块，包它好用，包用", lexicons)
    assert [(h.pattern, h.lexicon.id) for h in hits] == [
        ("包您满意", "mine"),
        ("减{n}{元|块}", "mine"),
        ("包{0-3}{好|}用", "mine"),
        ("包{0-3}{好|}用", "mine"),
    ]
    assert all(h.category is Category.PROMISE for h in hits)


@pytest.mark.parametrize(
    "entry",
    [
        'patterns = ["(a+)+$|{n}x{"]',
        'patterns = ["{0-11}退"]',
        'patterns = ["{0-9}退{0-9}款"]',
        'patterns = ["{0-5}"]',
        'patterns = ["{n}"]',
        'patterns = ["{a}"]',
        'patterns = ["退}"]',
        'patterns = ["{|}"]',
        'words = [""]',
        "words = [3]",
        f'words = ["{"长" * 161}"]',
        f"words = {[str(n) for n in range(2001)]}",
        'colour = "red"',
        'words = ["退款"]\n[claim]\nwords = ["退款"]',
        "words = [",
    ],
)
def test_lexicon_of_another_form_is_refused(entry: str, tmp_path: Path) -> None:
    folder = own(tmp_path, f'version = "1"\nlanguage = "zh"\n[promise]\n{entry}\n')
    with pytest.raises(ConfigError) as caught:
        load_lexicons(folder)
    assert caught.value.code == "lexicon.malformed"
    assert "mine.toml" in str(caught.value)


def test_lexicon_under_the_name_of_the_kits_own_is_refused(tmp_path: Path) -> None:
    own(tmp_path, 'version = "1"\nlanguage = "zh"\n', name="zh")
    with pytest.raises(ConfigError) as caught:
        load_lexicons(tmp_path)
    assert caught.value.code == "lexicon.duplicate"


def test_too_large_a_lexicon_is_refused(tmp_path: Path) -> None:
    own(tmp_path, 'version = "1"\nlanguage = "zh"\n' + "# x\n" * 100_000)
    with pytest.raises(ConfigError) as caught:
        load_lexicons(tmp_path)
    assert caught.value.code == "lexicon.malformed"


def test_signs_of_regular_expressions_are_plain_text(tmp_path: Path) -> None:
    own(tmp_path, 'version = "1"\nlanguage = "zh"\n[claim]\nwords = ["(a+)+$", ".*"]\n')
    hits, _ = find_hits("aaaaaaaaaaaaaa (a+)+$ .*", load_lexicons(tmp_path))
    assert [hit.pattern for hit in hits] == ["(a+)+$", ".*"]


@pytest.mark.parametrize(
    "text", ["一" * 200_000, "天内" * 100_000, "三天内" * 60_000, "a" * 200_000, "“" * 200_000]
)
def test_hostile_text_and_pattern_take_bounded_time(text: str, tmp_path: Path) -> None:
    own(
        tmp_path,
        'version = "1"\nlanguage = "zh"\n[promise]\n'
        'patterns = ["{n}{0-10}{一|一一|一一一}{n}退", "{a|aa|}{0-10}ab"]\n',
    )
    begin_s = time.process_time()
    find_hits(text, load_lexicons(tmp_path))
    assert time.process_time() - begin_s < 10


def test_own_lexicon_can_say_what_is_no_hit_and_what_is_a_condition(tmp_path: Path) -> None:
    folder = own(
        tmp_path,
        'version = "1"\nlanguage = "zh"\n[promise]\nwords = ["包您满意"]\n'
        'patterns = ["送{0-3}礼品"]\nunless = ["已"]\n[condition]\nbehind = ["才算"]\n',
    )
    lexicons = load_lexicons(folder)
    hits, _ = find_hits("送您礼品，送已礼品，包您满意才算，包您满意", lexicons)
    text = "送您礼品，送已礼品，包您满意才算，包您满意"
    assert [(hit.pattern, tags_of(text, hit, lexicons)) for hit in hits] == [
        ("送{0-3}礼品", ()),
        ("包您满意", (Tag.CONDITION,)),
        ("包您满意", ()),
    ]


@pytest.mark.parametrize("text", ["不" * 100_000, "不能向您" * 50_000, "如果您" * 60_000 + "保证"])
def test_tags_of_a_hostile_text_take_bounded_time(text: str, tmp_path: Path) -> None:
    between = [f"{'能' * length}" for length in range(1, 60)]
    own(
        tmp_path,
        f'version = "1"\nlanguage = "zh"\n[promise]\nwords = ["能"]\n'
        f'[negation]\nwords = ["拒"]\nbetween = {between}\nreach = 100000\n',
    )
    lexicons = load_lexicons(tmp_path)
    begin_s = time.process_time()
    hits, _ = find_hits(text + "能" * 400, lexicons)
    for hit in hits:
        tags_of(text, hit, lexicons)
    assert time.process_time() - begin_s < 10
