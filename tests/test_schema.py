"""The schemas in docs/schema fit what the program writes, and nothing else."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from evidence_kit.errors import ExitCode
from fixtures.chats import make
from fixtures.shop import Shop
from fixtures.tsa import Tsa
from tests.cli.conftest import Run
from tests.cli.conftest import authority as authority
from tests.cli.conftest import bundle as bundle
from tests.cli.conftest import run as run

SCHEMAS = Path(__file__).parents[1] / "docs/schema"
Change = Callable[[Any], object]


def schema(name: str) -> Any:
    return json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))


def validator(name: str) -> Draft202012Validator:
    Draft202012Validator.check_schema(schema(name))
    return Draft202012Validator(schema(name))


def record_of(path: Path) -> Any:
    """evidence.json of a bundle, read without the kit."""
    with zipfile.ZipFile(path) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/evidence.json"))
        return json.loads(archive.read(name))


def report_on(run: Run, *arguments: str | Path) -> Any:
    return json.loads(run("verify", *arguments, "--json").out)


def test_reports_of_every_verdict_are_valid(run: Run, bundle: Path) -> None:
    valid = validator("report")
    spoilt = Path("spoilt.zip")
    content = bundle.read_bytes()
    spoilt.write_bytes(content.replace(b"hello\n", b"hallo\n"))
    Path("refused.zip").write_bytes(content + b"more")
    run("share", bundle, "--without", "data/files/0001-chat.txt", "-o", "part.zip")
    found = [report_on(run, name) for name in (bundle, spoilt, "refused.zip", "part.zip")]

    assert [one["verdict"] for one in found] == ["passed", "failed", "failed", "indeterminate"]
    for one in found:
        valid.validate(one)


def test_report_on_a_case_and_a_list_with_what_is_no_bundle_are_valid(
    run: Run, bundle: Path
) -> None:
    valid = validator("report")
    run("init", "case")
    run("add", "chat.txt", "--case", "case")
    case = report_on(run, "case")
    several = report_on(run, bundle, "case", "chat.txt")

    assert len(case["bundles"]) == 1
    assert several[2]["error"]["code"] == "bundle.not_a_zip"
    valid.validate(case)
    valid.validate(several)


WRONG_REPORTS: dict[str, Change] = {
    "no verdict": lambda told: told.pop("verdict"),
    "other verdict": lambda told: told.update(verdict="true"),
    "answer missing": lambda told: told["answers"].pop("since"),
    "question unknown": lambda told: told["answers"].update(why="passed"),
    "time no text": lambda told: told.update(sealed_no_later_than=7),
    "digest in capitals": lambda told: told["signer"].update(certificate_sha256="A" * 64),
    "outcome unknown": lambda told: told["findings"][0].update(outcome="perhaps"),
    "no time": lambda told: told["proven_times"][0].update(gen_time=None),
}
WRONG_RECORDS: dict[str, Change] = {
    "later format": lambda told: told.update(format="evidence-kit/bundle/2"),
    "key unknown": lambda told: told.update(note="unknown"),
    "short digest": lambda told: told.update(signer_sha256="0"),
    "no items": lambda told: told.pop("items"),
    "kind unknown": lambda told: told["items"][0].update(kind="rumour"),
    "origin unknown": lambda told: told["items"][0]["origin"].update(type="dreamt"),
    "no role": lambda told: told["items"][0]["files"][0].pop("role"),
    "size no number": lambda told: told["items"][0]["files"][0].update(size_bytes="6"),
}


@pytest.mark.parametrize("change", WRONG_REPORTS.values(), ids=WRONG_REPORTS)
def test_report_that_is_none_is_refused(run: Run, bundle: Path, change: Change) -> None:
    told = report_on(run, bundle)
    validator("report").validate(told)
    change(told)
    with pytest.raises(ValidationError):
        validator("report").validate(told)


def test_list_of_one_is_refused(run: Run, bundle: Path) -> None:
    with pytest.raises(ValidationError):
        validator("report").validate([report_on(run, bundle)])


def test_records_of_every_origin_are_valid(run: Run, authority: Tsa, shop: Shop) -> None:
    Path("chat.txt").write_text("hello\n", encoding="utf-8")
    run("init", "case")
    assert run("capture", shop.shared_order_url, "--case", "case").code == ExitCode.DONE
    assert run("add", "chat.txt", "--case", "case").code == ExitCode.DONE
    assert run("log", "case", "paid", "--on", "2026-11-01").code == ExitCode.DONE
    records = [record_of(path) for path in sorted(Path("case").glob("*.zip"))]

    assert [record["items"][0]["origin"]["type"] for record in records] == [
        "captured",
        "imported",
        "stated",
    ]
    for record in records:
        validator("evidence").validate(record)


@pytest.mark.parametrize("change", WRONG_RECORDS.values(), ids=WRONG_RECORDS)
def test_record_that_is_none_is_refused(run: Run, bundle: Path, change: Change) -> None:
    told = record_of(bundle)
    validator("evidence").validate(told)
    change(told)
    with pytest.raises(ValidationError):
        validator("evidence").validate(told)


def test_what_the_code_says_of_a_field_stands_in_its_schema() -> None:
    definitions = schema("report")["$defs"]
    digest = definitions["SignerIdentity"]["properties"]["certificate_sha256"]

    assert "lowercase hex" in digest["description"]
    assert definitions["ProvenTime"]["properties"]["gen_time"]["format"] == "date-time"
    assert "None" not in json.dumps([schema("report"), schema("evidence")])


@pytest.fixture
def chat(run: Run, authority: Tsa) -> Path:
    """A bundle with a chat whose roles are known."""
    said = make.HERE / "wechatmsg_txt/k20261101/chat.txt"
    Path("k.txt").write_bytes(said.read_bytes() + b"2026-02-30 10:00:00 x\n\n")
    run("add", "k.txt", "-o", "chat.zip", "--me", "阿禾", "--merchant", "云雀点卡客服")
    return Path("chat.zip")


@pytest.mark.parametrize(
    ("view", "names"),
    [
        ("timeline", ()),
        ("marks", ()),
        ("silence", ()),
        ("promises", ()),
        ("coverage", ()),
        ("cite", ("M0004",)),
        ("diff", ("other.zip",)),
        ("timeline", ("--from", "2026-11-02", "--sender", "阿禾", "--only", "marked")),
        ("silence", ("--until", "2026-11-05")),
    ],
)
def test_every_view_of_a_chat_is_valid(
    view: str, names: tuple[str, ...], run: Run, chat: Path
) -> None:
    said = make.HERE / "wechatmsg_txt/bodies/聊天.txt"
    run("add", said, "-o", "other.zip")
    shown = json.loads(run("chat", chat, view, *names, "--json").out)
    assert shown["view"] == view
    assert shown["entries"]
    valid = validator("chat-view")
    valid.validate(shown)
    changes: tuple[Change, ...] = (
        lambda one: one.update(format="evidence-kit/chat-view/2"),
        lambda one: one.update(view="other"),
        lambda one: one["entries"].append({}),
        lambda one: one.pop("entries"),
        lambda one: one["chats"][0].pop("verdict"),
    )
    if "narrowed" in shown:
        changes += (lambda one: one["narrowed"].pop("total"),)
    for change in changes:
        spoilt = json.loads(json.dumps(shown))
        change(spoilt)
        assert not valid.is_valid(spoilt)
