"""The texts of a mail in plain and in HTML: when they say the same."""

import pytest

from evidence_kit.chats.alternatives import say_the_same


@pytest.mark.parametrize(
    ("plain", "page"),
    [
        ("", ""),
        ("*Order*  SHIPPED\n=======\n", "<h1>Order shipped</h1>"),
        ("don't", "<p>don&rsquo;t</p>"),
        ("１２ ＡＢ", "<p>12 AB</p>"),
        ("> a\n> b\nc", "<blockquote>a b</blockquote>c"),
        ("see <mailto:a@shop.example>", "<p>see</p>"),
        ("a\n----- Original Message -----\nb", "a<hr>b"),
        ("a", "<p>a</p><p>-- <br>Shop<br>Tel 400</p>"),
        ("a", "<style>p { color: red }</style>a<!-- b -->"),
    ],
)
def test_what_programs_write_in_one_text_alone_does_not_count(plain: str, page: str) -> None:
    assert say_the_same(plain, page)


@pytest.mark.parametrize(
    ("plain", "page"),
    [
        ("refund", "<p>no refund</p>"),
        ("no refund", "<p>refund</p>"),
        ("退款，退款", "<p>退款</p>"),
        ("598 yuan", "<p>599 yuan</p>"),
        ("ok", ""),
        ("ok", "<img src=a.png>"),
        ("ok\n-- \n" + "more\n" * 12, "<p>ok</p>"),
        ("ok", "<p>ok</p><p>-- " + "<br>more" * 12 + "</p>"),
        ("ok [image: no refund", "<p>ok</p>"),
        ("ok", "<a href=x>no refund</a>ok"),
    ],
)
def test_word_that_one_text_lacks_is_a_difference(plain: str, page: str) -> None:
    assert not say_the_same(plain, page)


@pytest.mark.parametrize(
    "piece", ["<a>", "<a ", ' alt="', "alt ", "[image", "> ", "---", "---a", "www.", "a@", "-- \n"]
)
def test_hostile_texts_take_no_long_time(piece: str) -> None:
    say_the_same(f"https://shop.example {piece * 100_000}", piece * 100_000)
