"""Every code has words, all words have a code, and every text has its Chinese."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import evidence_kit
from evidence_kit import messages
from evidence_kit.chats.parser import parsers
from evidence_kit.cli import words
from evidence_kit.i18n import Translator
from evidence_kit.messages import environment

SOURCE = Path(evidence_kit.__file__).parent
ROOT = SOURCE.parents[1]
RAISED = re.compile(
    r"(Fault|[A-Za-z]*Error|finding|_about|_note|_failed|Observation|Diagnosis|ChatStop|Stop|stop)$"
)
# A parameter of this name holds a code, whose words then stand inside another sentence.
CODE_PARAMETERS = ("code", "error", "reason")
FAMILY = re.compile(
    r"(bundle|case|chain|container|digest|files|key|not_before|receipt|revocation|seal"
    r"|signature|signer|structure|timestamp|trust|tsa)\.[a-z0-9_]+"
)
NO_CODES = {
    "bundle.reader",
    "key.p12",
    "case.id",
    "case.previous",
    "case.sequence",
    "case.toml",
    "signer.pem",
}
"""Names of fields and files that look like a code."""
TABLES: dict[str, dict[str, str] | dict[str, messages.Message]] = {
    "ERRORS": messages.ERRORS,
    "DIAGNOSES": messages.DIAGNOSES,
    "FINDINGS": messages.FINDINGS,
    "OBSERVATIONS": messages.OBSERVATIONS,
    "LIMITS": messages.LIMITS,
    "LINES": environment.LINES,
    "REASONS": environment.REASONS,
    "SEEN": environment.SEEN,
}
KNOWN = {code for table in TABLES.values() for code in table}


def trees() -> Iterator[ast.Module]:
    for path in SOURCE.rglob("*.py"):
        if path.parent.name != "messages":
            yield ast.parse(path.read_text(encoding="utf-8"))


def constants(node: ast.AST) -> Iterator[str]:
    for child in ast.walk(node):
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            yield child.value


def codes_in_calls(tree: ast.Module) -> Iterator[str]:
    """Texts with a dot in them that are given to whatever makes a fault, finding or error."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if not RAISED.match(name):
            continue
        given = [argument for argument in node.args if not isinstance(argument, ast.Call)]
        given += [k.value for k in node.keywords if k.arg in CODE_PARAMETERS]
        for argument in given:
            if isinstance(argument, ast.Constant | ast.IfExp):
                yield from (
                    c for c in constants(argument) if re.fullmatch(r"[a-z_]+\.[a-z_0-9]+", c)
                )


def beginnings(tree: ast.Module) -> Iterator[str]:
    """What codes begin with that are put together from two parts."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
            text = str(node.values[0].value)
            if re.fullmatch(r"[a-z]+\.", text):
                yield text


def test_every_code_has_words() -> None:
    used = {code for tree in trees() for code in codes_in_calls(tree)}
    families = {c for tree in trees() for c in constants(tree) if FAMILY.fullmatch(c)}
    assert (used | families) - KNOWN - NO_CODES == set()
    assert len(used) > 100


def test_all_words_have_a_code_that_is_used() -> None:
    used = {constant for tree in trees() for constant in constants(tree)}
    begun = tuple(text for tree in trees() for text in beginnings(tree))
    assert {code for code in KNOWN - used if not code.startswith(begun)} == set()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_text_takes_whatever_its_fields_hold(lang: str) -> None:
    translate = Translator(lang)
    for table in TABLES.values():
        for entry in table.values():
            for text in (entry,) if isinstance(entry, str) else entry:
                fields = set(re.findall(r"{(\w+)", text))
                told = (
                    translate(text, **dict.fromkeys(fields, "hostile {braces} %s"))
                    if fields
                    else ""
                )
                assert "{" not in told.replace("{braces}", "")


def test_english_texts_begin_small_and_have_no_full_stop() -> None:
    for table in TABLES.values():
        for entry in table.values():
            for text in (entry,) if isinstance(entry, str) else entry:
                assert not text.endswith(".")
                assert not text[:1].isupper()


def test_no_text_claims_that_anything_is_true() -> None:
    po = (SOURCE / "locale/zh_CN/LC_MESSAGES/evidence_kit.po").read_text(encoding="utf-8")
    own = "\n".join(block for block in po.split("\n\n") if "evidence_kit/" in block)
    assert "真实" not in own
    assert not re.search(r"\b(true|genuine|authentic|真的)\b", own)


def test_catalogue_is_complete_and_fresh() -> None:
    result = subprocess.run(
        [sys.executable, str(ROOT / "tools/catalogues.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")


def test_details_of_the_system_are_translated() -> None:
    translate = Translator("zh")
    assert all(translate(detail) != detail for detail in words.DETAILS)


def test_name_of_a_format_has_no_english_words_in_chinese() -> None:
    chinese = words.Words(Translator("zh"))
    titles = [parser.title for parser in parsers()]
    left = [chinese.tr("{format}", format=title) for title in titles]
    assert [title for title in left if re.search(r"\b(paste|typed|mail)\b", title)] == []
