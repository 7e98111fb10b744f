"""What is derived from a chat: messages.jsonl, transcript.txt, and chat.json, the account.

The same input gives the same bytes; nothing depends on the reader's language or zone.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

import msgspec

from evidence_kit.bundle.text import escape
from evidence_kit.chats.accounts import SameAccount, same_accounts, with_accounts
from evidence_kit.chats.reading import Reading, Roles
from evidence_kit.chats.record import Chat, Party, Record, RecordKind, TzStatus
from evidence_kit.chats.times import in_zone
from evidence_kit.chats.totals import counted
from evidence_kit.chats.unread import Unread, unread_of

FORMAT = "evidence-kit/chat/1-draft"
MESSAGES, TRANSCRIPT, ACCOUNT = "messages.jsonl", "transcript.txt", "chat.json"
_OFFSET = re.compile(r"[+-](0[0-9]|1[0-4]):[0-5][0-9]", re.ASCII)
SHOWN_FILES = 20
"""Of the files that a record points to, people are shown as many; messages.jsonl has all."""
_KINDS = {
    RecordKind.MEDIA: "媒体 media",
    RecordKind.SYSTEM: "系统消息 system",
    RecordKind.RECALL: "撤回 recall",
    RecordKind.DELETED: "删除 deleted",
    RecordKind.UNCLAIMED: "未识别 unclaimed",
}
_PARTIES = {Party.BUYER: "买家 buyer", Party.MERCHANT: "商家 merchant", Party.OTHER: "其他 other"}


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """chat.json: the account of every chat in one original, and what the user said of it."""

    format: str = FORMAT
    chats: tuple[Chat, ...]
    buyer_claimed: tuple[str, ...]
    """Names that the user says are theirs."""
    merchant_claimed: tuple[str, ...]
    same_accounts: tuple[SameAccount, ...] | msgspec.UnsetType = msgspec.UNSET
    """What followed from ids, beyond the names; left out where nothing did, or where a version
    sealed it that took the names alone."""
    unread: Unread | msgspec.UnsetType = msgspec.UNSET
    """What else is in the original where it is a zip; left out where nothing is."""


def decode(content: bytes) -> Account | None:
    """chat.json; None where it is of a later version, or somebody else's."""
    try:
        account = msgspec.json.decode(content, type=Account)
    except (msgspec.ValidationError, msgspec.DecodeError, RecursionError):
        return None
    is_known = account.format == FORMAT and all(
        _OFFSET.fullmatch(chat.assumed_offset) for chat in account.chats
    )
    return account if is_known and account.chats else None


def number_of(position: int) -> str:
    """The name of the n-th record of messages.jsonl, counted from 1: M0001."""
    return f"M{position:04}"


def derive(
    read: Callable[[Roles], Sequence[Reading]],
    folder: Path,
    *,
    name: str,
    roles: Roles,
    is_names_alone: bool = False,
) -> Account:
    """Write the three files into a folder.

    An account that wrote under several names is known once all was read; only then, all is read
    and written once more.

    Args:
        read: gives the chats of one original, unread, for these roles.
        folder: where to.
        name: what the original is called.
        roles: as the user says.
        is_names_alone: pass over what follows from ids, as older versions did.

    Raises:
        OSError: a file can't be written or read.
    """
    account = _write(read(roles), folder, name=name, roles=roles)
    found = () if is_names_alone else same_accounts(account.chats, roles)
    if found:
        again = read(with_accounts(roles, found))
        account = _write(again, folder, name=name, roles=roles, found=found)
    written = msgspec.json.format(msgspec.json.encode(account), indent=1)
    (folder / ACCOUNT).write_bytes(written + b"\n")
    return account


def _write(
    readings: Sequence[Reading],
    folder: Path,
    *,
    name: str,
    roles: Roles,
    found: tuple[SameAccount, ...] = (),
) -> Account:
    """The records and the transcript; the account of them, not yet written."""
    encode = msgspec.json.Encoder().encode
    position = 0
    with (
        open(folder / MESSAGES, "wb", 1 << 20) as messages,
        _text(folder / TRANSCRIPT) as transcript,
    ):
        transcript.write(
            "由 evidence-kit 整理，以原件为准 / made by evidence-kit; the original counts\n"
        )
        for reading in readings:
            transcript.write(_head(reading, name))
            for record in reading:
                position += 1
                messages.write(encode(record) + b"\n")
                transcript.write(_entry(number_of(position), record, reading.assumed_offset))
            transcript.write(_foot(reading.chat))
    return Account(
        chats=counted([reading.chat for reading in readings]),
        buyer_claimed=tuple(sorted(roles.buyer)),
        merchant_claimed=tuple(sorted(roles.merchant)),
        same_accounts=found or msgspec.UNSET,
        unread=unread_of(reading.source for reading in readings) or msgspec.UNSET,
    )


def _text(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="\n")


def _head(reading: Reading, name: str) -> str:
    source, parser, order = reading.source, reading.parser, reading.options.date_order
    member = f" / {escape(source.member)}" if source.member else ""
    return (
        f"\n原件 original: {escape(name)}{member}\n"
        f"sha256: {source.sha256}\n"
        f"格式 format: {parser.title} ({parser.id} {parser.version}), {source.encoding}\n"
        + (f"日月顺序（用户所说） date order, as the user said: {order}\n" if order else "")
        + "\n"
    )


def _entry(number: str, record: Record, assumed_offset: str) -> str:
    who = [record.sender_raw, _PARTIES.get(record.role), _KINDS.get(record.kind)]
    flags = ", ".join(record.flags)
    head = " · ".join(
        [number, _when(record, assumed_offset), *(escape(part) for part in who if part)]
    )
    lines = record.body_raw.replace("\t", "    ").split("\n") if record.body_raw else ()
    body = "".join(f"    {escape(line)}\n" if line else "\n" for line in lines)
    files = "".join(f"    附件 file: {escape(one)}\n" for one in record.attachments[:SHOWN_FILES])
    return f"{head}{f' · [{flags}]' if flags else ''}\n{body}{files}\n"


def _when(record: Record, assumed_offset: str) -> str:
    if record.tz_status is TzStatus.NONE:
        return escape(f"{record.ts_raw or ''} (无日期 undated)".strip())
    if record.tz_status is TzStatus.EPOCH:
        at = in_zone(record.ts_candidates[0], assumed_offset)
        return f"{at:%Y-%m-%d %H:%M:%S} (UTC{assumed_offset})"
    times = " | ".join(record.ts_candidates).replace("T", " ")
    if record.tz_status is TzStatus.ASSUMED:
        return f"{times} (UTC{assumed_offset} 推定 assumed)"
    return times


def _foot(chat: Chat) -> str:
    claims = "".join(f"; {claim.what}: {claim.declared}" for claim in chat.declared)
    taken = "".join(f"; {escape(one.member)}" for one in chat.siblings if one.gives)
    byte = chat.stopped.byte if chat.stopped else 0
    stopped = f"读到第 {byte} 字节为止 read up to byte {byte}\n"
    return (
        f"消息 messages: {chat.records}; 未识别字节 unclaimed bytes: {chat.unclaimed_bytes}\n"
        f"日月不明 ambiguous dates: {chat.ambiguous_dates};"
        f" 时间倒退 backward times: {chat.backward_times}; 无日期 undated: {chat.undated}\n"
        + (f"导出自称 as the export says{claims}\n" if claims else "")
        + (f"另取自 also taken from{taken}\n" if taken else "")
        + (stopped if chat.stopped else "")
    )
