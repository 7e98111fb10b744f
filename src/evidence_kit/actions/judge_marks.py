"""A user's word on the marks of a chat: sealed as a note of its own, never written into a bundle.

The note holds for the original with this digest, whichever bundle of the case it stands in.
"""

import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from evidence_kit.actions.case import Case
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.seal import Sealed, seal
from evidence_kit.actions.sealed_chat import SealedChat
from evidence_kit.actions.verify import verify_bundle
from evidence_kit.bundle import layout
from evidence_kit.bundle.reader import Bundle
from evidence_kit.bundle.tags import encode_json
from evidence_kit.chats.derived import number_of
from evidence_kit.chats.lexicon import Category, Lexicon
from evidence_kit.chats.marks import Mark, MarkFinder
from evidence_kit.checks.expectations import Expectations
from evidence_kit.errors import InputError, UsageError, closest
from evidence_kit.i18n import english_of
from evidence_kit.model import Draft, DraftFile, Evidence, Kind, Stated
from evidence_kit.report import Fault, Outcome, Report

EVENT = "marks"
"""`Stated.event` of such a note."""
FORMAT = "evidence-kit/marks/1-draft"
CATEGORIES = {
    Category.PROMISE: "承诺",
    Category.REFUSAL: "拒绝",
    Category.DELIVERY: "交付",
    Category.CLAIM: "买家主张",
    Category.OFF_PLATFORM: "引到平台外",
}
"""Each with its Chinese."""
_VERDICTS = {"confirmed": "确认", "rejected": "否定"}

Verdict = Literal["confirmed", "rejected"]
Judgements = dict[tuple[str, str], str]
"""By record id and category."""


class Judgement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the user says of the marks of one category in one message."""

    record: str
    category: Category
    verdict: Verdict
    marks: tuple[Mark, ...]
    """As they were found then, with the lexicon's version."""


class MarksNote(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """data/note/marks.json."""

    format: str
    chat_sha256: str
    """Digest of the original that the marks stand in; of the first one's file, in a chat of several
    files."""
    bundle_id: str
    item: str
    """Where the user saw it."""
    judgements: tuple[Judgement, ...]


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What the notes of a case say of a chat."""

    verdicts: Judgements
    """The newest word on each."""
    unusable: tuple[str, ...]
    """Names of bundles that may hold such a note, and were changed or damaged."""


def read_names(names: Sequence[str]) -> tuple[tuple[int, Category], ...]:
    """Marks as a user names them: M0142:promise.

    Raises:
        UsageError: "chat.no_such_mark".
    """
    found = []
    for name in names:
        number, _, category = name.replace("：", ":").rpartition(":")
        digits = number.upper().rpartition("#")[2].removeprefix("M")
        wanted = english_of(category, CATEGORIES)
        is_number = digits.isascii() and digits.isdecimal() and len(digits) < 10
        if wanted is None or not is_number:
            known = closest(category.lower(), (*CATEGORIES, *CATEGORIES.values()))
            raise UsageError("chat.no_such_mark", name=name, known=known)
        found.append((int(digits), wanted))
    return tuple(found)


def judge_marks(
    case: Case,
    chat: SealedChat,
    lexicons: Sequence[Lexicon],
    *,
    confirmed: Sequence[str],
    rejected: Sequence[str],
    kit: Kit,
) -> Sealed:
    """Seal what the user says of marks.

    Args:
        case: where the note goes.
        chat: that they stand in, open.
        lexicons: that they were found with.
        confirmed: marks as `read_names` takes them.
        rejected: the same.
        kit: keys, authorities, roots.

    Raises:
        UsageError: "chat.no_such_mark", "chat.not_marked_so", "chat.other_party", or
            "chat.mark_twice".
        SealError, CaseError, SigningKeyError: see `seal`.
    """
    verdicts: dict[tuple[int, Category], Verdict] = dict.fromkeys(
        read_names(confirmed), "confirmed"
    )
    for place in read_names(rejected):
        if place in verdicts:
            raise UsageError("chat.mark_twice", name=_name(place))
        verdicts[place] = "rejected"
    judgements = _judgements(chat, lexicons, verdicts)
    note = MarksNote(
        format=FORMAT,
        chat_sha256=chat.transcript.entry(min(verdicts)[0]).record.src.sha256,
        bundle_id=chat.bundle_id,
        item=chat.item.id,
        judgements=judgements,
    )
    now = kit.now()
    told = ", ".join(
        f"{_name(place)} {verdict} {_VERDICTS[verdict]}" for place, verdict in verdicts.items()
    )
    origin = Stated(
        event=EVENT,
        recorded_at=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        on_claimed=now.date().isoformat(),
        channel_claimed=None,
        note_claimed=told,
    )
    with tempfile.TemporaryDirectory(prefix="evidence-kit-") as folder:
        written = Path(folder) / "marks.json"
        written.write_bytes(encode_json(note))
        file = DraftFile(path=layout.MARKS, source=str(written), media_type="application/json")
        label = f"marks of {chat.item.id} / 聊天标记"
        return seal(
            [Draft(kind=Kind.NOTE, label=label, origin=origin, files=(file,))], case, kit=kit
        )


def _judgements(
    chat: SealedChat,
    lexicons: Sequence[Lexicon],
    verdicts: Mapping[tuple[int, Category], Verdict],
) -> tuple[Judgement, ...]:
    finder = MarkFinder(chat.transcript, lexicons)
    made = []
    for (number, category), verdict in verdicts.items():
        name = _name((number, category))
        if not chat.transcript.first <= number <= chat.transcript.last:
            known = f"{number_of(chat.transcript.first)}–{number_of(chat.transcript.last)}"
            raise UsageError("chat.no_such_mark", name=name, known=known)
        marks = finder.marks(chat.transcript.entry(number))
        found = [one for one in marks if one.category is category]
        if not found:
            known = ", ".join(dict.fromkeys(_name((number, one.category)) for one in marks))
            code = "chat.not_marked_so" if known else "chat.not_marked"
            raise UsageError(code, name=name, known=known)
        if verdict == "confirmed" and not found[0].is_theirs:
            raise UsageError("chat.other_party", name=name)
        made.append(
            Judgement(
                record=found[0].record, category=category, verdict=verdict, marks=tuple(found)
            )
        )
    return tuple(made)


def _name(place: tuple[int, Category]) -> str:
    return f"{number_of(place[0])}:{place[1]}"


def read_judgements(case: Case, files: Collection[str], expectations: Expectations) -> Judged:
    """What the notes of a case say of the marks of a chat; each note is verified first.

    Args:
        case: whose notes are read.
        files: digests of the files that the chat stands in.
        expectations: as for `verify_bundle`.
    """
    verdicts: Judgements = {}
    unusable: list[str] = []
    for path in case.bundle_paths():
        try:
            note = _read_note(path, case.id, expectations)
        except (Fault, InputError, ValueError):
            unusable.append(path.name)
            continue
        if note is not None and note.chat_sha256 in files:
            verdicts |= {(one.record, one.category): one.verdict for one in note.judgements}
    return Judged(verdicts=verdicts, unusable=tuple(unusable))


def _read_note(path: Path, case_id: str, expectations: Expectations) -> MarksNote | None:
    """The note in a bundle; None where it is of another kind or belongs to another case.

    Raises:
        Fault, InputError: the bundle can't be read, or was changed or damaged.
        ValueError: the note is not of the form that it must have.
    """
    with Bundle(path) as bundle:
        if not _is_note(bundle.evidence, case_id):
            return None
    contents: list[bytes] = []

    def read(bundle: Bundle, report: Report) -> None:
        if report.verdict is not Outcome.FAILED and _is_note(bundle.evidence, case_id):
            contents.append(bundle.read(layout.MARKS, max_bytes=layout.MAX_TEXT_BYTES))

    verify_bundle(path, expectations, witness=read)
    if not contents:
        raise ValueError("changed or damaged")
    note = msgspec.json.decode(contents[0], type=MarksNote)
    if note.format != FORMAT:
        raise ValueError("of another version")
    return note


def _is_note(evidence: Evidence, case_id: str) -> bool:
    is_own = evidence.case is not None and evidence.case.id == case_id
    return is_own and any(
        isinstance(item.origin, Stated)
        and item.kind is Kind.NOTE
        and item.origin.event == EVENT
        and any(file.path == layout.MARKS for file in item.files)
        for item in evidence.items
    )
