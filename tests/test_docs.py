"""The documents tell of the program as it is."""

import hashlib
import os
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import click
import msgspec
import pytest

import evidence_kit
from evidence_kit import make_kit, messages, model, report, settings
from evidence_kit.bundle import layout, tags
from evidence_kit.chats.parser import parsers
from evidence_kit.cli.commands import root
from evidence_kit.crypto.pem import MAX_CRL_BYTES
from evidence_kit.errors import ConfigError, UsageError
from evidence_kit.i18n import Translator
from evidence_kit.trust.anchors import Authority, load_authorities
from fixtures.tsa import Tsa
from tests.conftest import State

ROOT = Path(__file__).parent.parent
FORMAT = ROOT / "docs/format.md"
READMES = (ROOT / "README.md", ROOT / "README.zh.md")
TWINS = sorted([*ROOT.glob("*.zh.md"), *(ROOT / "docs").rglob("*.zh.md")])
"""Pages in Chinese; each has one in English beside it."""
AUTHORITIES = ROOT / "docs/authorities.md"
LIBRARY = ROOT / "docs/library.md"
RECORDS = sorted((ROOT / "docs/adr").glob("*.md"))
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

SAID = (
    "sealed and checked: no change found since sealing",
    "sealed no later than {time}",
    "receipt: {receipt}",
    "send the receipt to someone at once: whoever holds it can tell later that this"
    " bundle was not made anew",
    "next: {command}",
    "verdict: {verdict}",
    "{name}: {verdict}; sealed no later than {time}",
)
"""What the READMEs show of the program's answers."""

_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)


def prose(path: Path) -> str:
    return _FENCE.sub("", path.read_text(encoding="utf-8"))


def headings(path: Path) -> list[tuple[str, str]]:
    return _HEADING.findall(prose(path))


def anchors(path: Path) -> set[str]:
    """The anchors of headings, as GitHub makes them."""
    kept = (re.sub(r"[^\w\- ]", "", text.lower()) for _, text in headings(path))
    return {text.replace(" ", "-") for text in kept}


def broken_links(path: Path) -> Iterator[str]:
    for link in _LINK.findall(prose(path)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = path.parent / name if name else path
        if not target.is_file() or (anchor and anchor not in anchors(target)):
            yield link


def shown_commands(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    in_blocks = re.findall(r"^(?:\$ )?(evidence-kit .+)$", text, re.MULTILINE)
    return in_blocks + re.findall(r"`(evidence-kit [^`]+)`", prose(path))


def parse(line: str) -> None:
    """Parse a command as the program would.

    Raises:
        click.UsageError, UsageError: the program would not understand it.
    """
    words = shlex.split(line)[1:]
    command: click.Command = root
    name: str | None = None
    while isinstance(command, click.Group):
        name, found, words = command.resolve_command(click.Context(command), words)
        assert found is not None
        command = found
    if words:  # a name alone stands for the command, not for a call
        command.make_context(name, words)


def test_every_link_leads_somewhere() -> None:
    assert {path.name: list(broken_links(path)) for path in PAGES} == {
        path.name: [] for path in PAGES
    }


def test_a_link_to_nothing_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Here\n[a](page.md#here) [b](gone.md) [c](#gone)\n", encoding="utf-8")

    assert list(broken_links(page)) == ["gone.md", "#gone"]


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_every_command_in_a_readme_is_understood(path: Path) -> None:
    commands = shown_commands(path)

    assert len(commands) >= 8
    for line in commands:
        parse(line)


@pytest.mark.parametrize(
    "line",
    [
        "evidence-kit seal case",
        "evidence-kit verify case --fast",
        "evidence-kit key forget x",
        "evidence-kit add --from WeChat",
    ],
)
def test_a_command_that_does_not_exist_is_noticed(line: str) -> None:
    with pytest.raises((click.UsageError, UsageError)):
        parse(line)


def shape(path: Path) -> list[str]:
    """What both languages of a page share: levels of headings, rows and points, names in code."""
    lines = path.read_text(encoding="utf-8").splitlines()
    kinds = (re.match(r"#+ |\d+\. |- |\|(?: `\w+`)?|```", line) for line in lines)
    return [kind[0] for kind in kinds if kind]


def test_every_page_that_a_reader_of_chinese_is_sent_to_is_in_chinese() -> None:
    names = {path.name for path in TWINS}

    assert {"README.zh.md", "threat-model.zh.md", "chats.zh.md", "media.zh.md"} <= names


@pytest.mark.parametrize("chinese", TWINS, ids=lambda path: path.name)
def test_both_languages_have_the_same_sections(chinese: Path) -> None:
    english = chinese.with_name(chinese.name.replace(".zh.", "."))

    assert shape(english) == shape(chinese)
    assert chinese.name in _LINK.findall(prose(english))
    assert english.name in _LINK.findall(prose(chinese))


def test_a_row_that_one_language_lacks_is_noticed(tmp_path: Path) -> None:
    (english, chinese) = (tmp_path / "page.md", tmp_path / "page.zh.md")
    english.write_text("# Here\n\n| `a` | x |\n| `b` | y |\n", encoding="utf-8")
    chinese.write_text("# 这里\n\n| `a` | 甲 |\n", encoding="utf-8")

    assert shape(english) != shape(chinese)


def test_both_readmes_show_the_same_commands() -> None:
    names = [[shlex.split(line)[1] for line in shown_commands(path)] for path in READMES]

    assert names[0] == names[1]


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
@pytest.mark.parametrize("text", SAID)
def test_the_readmes_quote_the_program_as_it_speaks(path: Path, text: str) -> None:
    chinese = Translator("zh")(text)
    spoken = chinese if path.name == "README.zh.md" else text
    pattern = re.sub(r"\\{[a-z]+\\}", ".+", re.escape(spoken))

    assert chinese != text, "the program does not say this any more"
    assert re.search(f"^ *{pattern}$", path.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_format_names_the_digest_of_verify_txt() -> None:
    assert hashlib.sha256(tags.verify_txt()).hexdigest() in FORMAT.read_text(encoding="utf-8")


def test_the_format_names_every_finding_and_observation() -> None:
    text = FORMAT.read_text(encoding="utf-8")

    assert [
        code for code in {**messages.FINDINGS, **messages.OBSERVATIONS} if f"`{code}`" not in text
    ] == []


def test_every_code_in_the_tables_of_findings_has_words() -> None:
    tables = FORMAT.read_text(encoding="utf-8").partition("### Findings")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+) \|", tables, re.MULTILINE)
    codes = [code for row in rows for code in re.findall(r"`([a-z_.0-9]+)`", row)]

    assert len(codes) > 80
    assert [code for code in codes if code not in messages.FINDINGS] == []


def test_the_format_names_every_key_of_evidence_json() -> None:
    text = FORMAT.read_text(encoding="utf-8")
    drafts = (model.Draft, model.DraftFile)
    records = [
        kind
        for kind in vars(model).values()
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind not in drafts
    ]
    keys = {key for kind in records for key in kind.__struct_encode_fields__}

    assert len(keys) > 50
    assert [key for key in sorted(keys) if not re.search(rf"`[^`]*\b{key}\b", text)] == []


@pytest.mark.parametrize(
    "limit",
    [
        f"{layout.MAX_MEMBERS:,}",
        f"{layout.MAX_TEXT_BYTES >> 20} MiB",
        f"| {layout.MAX_JSON_DEPTH} |",
        f"{layout.MAX_SMALL_BYTES >> 10} KiB",
        f"| tokens | {layout.MAX_TOKENS} |",
        f"{MAX_CRL_BYTES >> 20} MiB",
        f"{layout.MAX_OTHER_BYTES >> 20} MiB",
        f"{layout.MAX_PART_BYTES} bytes",
        f"{layout.MAX_PATH_BYTES} bytes and {layout.MAX_DEPTH} parts",
    ],
)
def test_the_format_names_every_limit(limit: str) -> None:
    assert limit in FORMAT.read_text(encoding="utf-8")


def test_every_library_has_its_row_with_a_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [re.split(r"[>=<; \[]", name)[0] for name in project["dependencies"]]
    text = (ROOT / "docs/adr/0007-libraries.md").read_text(encoding="utf-8")

    rows = re.findall(r"^\| ([a-z][a-z0-9-]+) \|", text, re.MULTILINE)

    assert rows[1:] == sorted(needed)


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_has_its_four_parts(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert path.name.startswith(f"{RECORDS.index(path) + 1:04d}-")
    assert text.startswith(f"# {RECORDS.index(path) + 1}. ")
    for part in ("Context", "Options", "Choice", "What is bad"):
        assert f"**{part}." in text


def blocks(path: Path, language: str) -> list[str]:
    """The blocks of a page in a language, "" for none."""
    text = path.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def add_authority(folder: Path, pem: Path, sha256: str) -> tuple[Authority, ...]:
    """The user's own authorities, once the example was followed with a root of one's own."""
    authorities = folder / "authorities"
    authorities.mkdir(parents=True)
    (authorities / "example.pem").write_bytes(pem.read_bytes())
    example = blocks(AUTHORITIES, "toml")[0]
    (authorities / "example.toml").write_text(example.replace("0" * 64, sha256), encoding="utf-8")
    shipped = load_authorities(folder / "nothing")
    return tuple(one for one in load_authorities(folder) if one not in shipped)


def fingerprint(pem: Path, folder: Path) -> str:
    """What the command of the page prints for a root."""
    (folder / "example.pem").write_bytes(pem.read_bytes())
    command = blocks(AUTHORITIES, "")[1]
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.split()[0]


def test_an_authority_is_added_as_its_page_says(tmp_path: Path, tsa: Tsa, state: State) -> None:
    sha256 = fingerprint(tsa.root_pem, tmp_path)

    (own,) = add_authority(state.config_dir, tsa.root_pem, sha256)

    assert own.id == "example" and own.is_default
    assert [anchor.source for anchor in own.anchors] == ["user"]
    (state.config_dir / "config.toml").write_text(blocks(AUTHORITIES, "toml")[1])
    (state.config_dir / "root.pem").write_bytes(tsa.root_pem.read_bytes())
    kit = make_kit(settings.load(dict(os.environ)))
    assert [endpoint.id for endpoint in kit.endpoints] == ["example", "digicert"]
    assert [anchor.source for anchor in kit.anchors][-2:] == ["user", "given"]


def test_an_authority_whose_fingerprint_was_not_put_in_is_refused(tmp_path: Path, tsa: Tsa) -> None:
    with pytest.raises(ConfigError) as caught:
        add_authority(tmp_path, tsa.root_pem, "0" * 64)

    assert caught.value.code == "authority.fingerprint"


def test_the_page_of_authorities_names_every_key() -> None:
    text = AUTHORITIES.read_text(encoding="utf-8")
    example = tomllib.loads(blocks(AUTHORITIES, "toml")[0])

    assert {"name_en", "name_zh", "url", "roots"} <= example.keys()
    for key in (*example, *example["roots"][0], "policy", "status", "tried_on"):
        assert f"`{key}`" in text


def test_the_example_of_the_library_runs(
    tmp_path: Path,
    tsa: Tsa,
    state: State,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EVIDENCE_KIT_TSA", tsa.url)
    monkeypatch.setenv("EVIDENCE_KIT_TRUST", str(tsa.root_pem))
    (tmp_path / "chat.txt").write_text("when does it come?\n", encoding="utf-8")
    (tmp_path / "bill.txt").write_text("paid 100\n", encoding="utf-8")
    (code,) = blocks(LIBRARY, "python")

    names: dict[str, Any] = {}
    exec(compile(code, str(LIBRARY), "exec"), names)

    assert names["report"].verdict == names["whole"].verdict == "passed"
    assert names["shared"].report.verdict == "indeterminate"
    assert names["sealed"].receipt in capsys.readouterr().out
    assert (tmp_path / "for-the-platform.evidence.zip").is_file()


def test_the_library_names_everything_public_and_every_field_of_a_report() -> None:
    text = LIBRARY.read_text(encoding="utf-8")
    names = {*evidence_kit.__all__, *report.Report.__struct_fields__} - {"__version__", "path"}

    assert [name for name in sorted(names) if name not in text] == []


@pytest.mark.parametrize("name", ["how-it-works.svg", "how-it-works.zh.svg"])
def test_a_picture_says_in_words_what_it_shows(name: str) -> None:
    picture = ElementTree.parse(ROOT / "docs/pictures" / name).getroot()
    texts = {
        tag: picture.findtext(f"{{http://www.w3.org/2000/svg}}{tag}") for tag in ("title", "desc")
    }

    assert all(texts.values())
    assert any(name in path.read_text(encoding="utf-8") for path in READMES)


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_each_chat_format_stands_in_the_table_of_a_readme(path: Path) -> None:
    rows = [line for line in path.read_text(encoding="utf-8").split("\n") if line.startswith("| ")]
    makers = {re.split("[/ ]", parser.title)[0] for parser in parsers()} - {"typed"}
    assert [one for one in makers if not any(one.lower() in row.lower() for row in rows)] == []


def test_each_chat_format_has_a_row_that_says_what_it_loses() -> None:
    text = (ROOT / "docs/chats.md").read_text(encoding="utf-8")
    assert [parser.id for parser in parsers() if f"\n| `{parser.id}` | " not in text] == []
