"""The directory of a canonical zip, read as one piece.

`zipscan` reads every zip entry by entry and says what is wrong with it. What the kit itself
writes has one form: a pattern finds its entries, and what the pattern leaves open is
compared for all of them at once. Whatever does not fit is left to `zipscan`.
"""

import itertools
import operator
import re
import struct
from collections.abc import Iterable, Iterator, Sequence

from evidence_kit.bundle import layout, zipform
from evidence_kit.bundle.zipform import STORED, Member

_BLANK = zipform.central_header(b"", 0, 0, 0)
# CRC and both sizes, length of the name, offset, name; all else is the same in every entry.
_ENTRY = re.compile(
    re.escape(_BLANK[:16])
    + rb"(.{12})(..)"
    + re.escape(_BLANK[30:42])
    + rb"(.{4})([\x21-\x7e]+)(?=PK\x01\x02|\Z)",
    re.DOTALL,
)


def read_directory(records: bytes, length: int, count: int) -> tuple[Member, ...] | None:
    """The members that a canonical directory lists; None where it has any other form.

    None also stands for what is canonical but rare: zip64 entries, names not in ASCII.

    Args:
        records: the central directory and all that follows it.
        length: of the directory alone, in bytes.
        count: of members, as the end record tells it.
    """
    entries = _ENTRY.findall(records, 0, length)
    if not entries or len(entries) != count:
        return None
    heads, name_lengths, offsets, names = zip(*entries, strict=True)
    numbers = struct.unpack(f"<{3 * count}I", b"".join(heads))
    checksums, stored, sizes = numbers[::3], numbers[1::3], numbers[2::3]
    lengths = tuple(map(len, names))
    # Where each content begins, and behind it the next member: none overlaps, none leaves a gap.
    spans = [
        zipform.LOCAL.size + length + size for length, size in zip(lengths, sizes, strict=True)
    ]
    *begins, end = itertools.accumulate(spans, initial=0)
    if (
        # What was passed over between two entries is missing from the sum.
        count * zipform.CENTRAL.size + sum(lengths) != length
        or struct.unpack(f"<{count}H", b"".join(name_lengths)) != lengths
        or stored != sizes
        or zipform.FULL_32 in (max(sizes), max(begins))
        or struct.unpack(f"<{count}I", b"".join(offsets)) != tuple(begins)
        or records[length:] != zipform.end_records(count, length, end)
        or not _are_in_order(names)
    ):
        return None
    contents = map(operator.sub, itertools.accumulate(spans), sizes)
    plain = itertools.repeat(STORED), itertools.repeat(0)
    fields = zip(names, *plain, checksums, sizes, sizes, begins, contents, strict=False)
    # What `Member._make` does, without a call of Python's own for each.
    return tuple(map(tuple.__new__, itertools.repeat(Member), fields))


def _begin(names: Iterable[bytes], prefix: bytes) -> Iterator[bool]:
    return map(bytes.startswith, names, itertools.repeat(prefix))


def _are_in_order(names: Sequence[bytes]) -> bool:
    """True where names of one top folder stand in canonical order."""
    top = names[0].partition(b"/")[0] + b"/"
    if not all(_begin(names, top)):
        return False
    prefix = top + layout.DATA.encode()
    count = sum(_begin(names, prefix))
    data, others = names[:count], names[count:]
    # In order, what stands between two names with one beginning has it too.
    if data and not (data[0].startswith(prefix) and data[-1].startswith(prefix)):
        return False
    try:
        places = [layout.member_order(name[len(top) :].decode("ascii")) for name in others]
    except ValueError:
        return False
    return list(data) == sorted(data) and places == sorted(places)
