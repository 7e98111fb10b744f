"""DER (X.690): a strict reader that refuses what two parsers could read differently.

asn1crypto reads lazily and accepts much of BER, so hostile bytes pass here first.
"""

from itertools import pairwise

from evidence_kit.report import Fault

_MAX_ELEMENTS = 20_000
_BOOLEAN, _INTEGER, _BIT_STRING, _NULL, _OID, _ENUMERATED = 1, 2, 3, 5, 6, 10
_SEQUENCE, _SET = 16, 17
_PLAIN = frozenset({4, 12, 18, 19, 20, 21, 22, 23, 24, 26, 27, 28, 30})
_PRIMITIVE = _PLAIN | {_BOOLEAN, _INTEGER, _BIT_STRING, _NULL, _OID, _ENUMERATED}


def encode(tag: int, *parts: bytes) -> bytes:
    """One DER element with this identifier octet and the joined parts as contents."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def tags_inside(element: bytes) -> bytes:
    """The identifier octets of the elements directly inside a constructed one that is DER."""
    position, end, _ = _read_element(element, 0, "")
    found = bytearray()
    while position < end:
        found.append(element[position])
        _, position, _ = _read_element(element, position, "")
    return bytes(found)


def require_der(data: bytes, *, code: str, max_bytes: int, max_depth: int = 32) -> None:
    """Demand that `data` is exactly one DER value (X.690 §8, §10, §11).

    Definite minimal lengths, minimal INTEGERs and OIDs, BOOLEAN 00 or FF, no constructed
    strings, nothing after the end. The order of a SET OF is not demanded: public
    authorities break it.

    Raises:
        Fault: `code`, where the bytes are no DER, are longer than `max_bytes`, are nested
            deeper than `max_depth` or hold too many elements.
    """
    if len(data) > max_bytes:
        raise Fault(code, detail="too long")
    ends: list[int] = []
    position = count = 0
    while True:
        count += 1
        if count > _MAX_ELEMENTS:
            raise Fault(code, detail="too many elements")
        start, end, is_constructed = _read_element(data, position, code)
        if end > (ends[-1] if ends else len(data)):
            raise Fault(code, detail="length past the end")
        if is_constructed:
            if len(ends) >= max_depth:
                raise Fault(code, detail="nested too deep")
            ends.append(end)
            position = start
        else:
            position = end
        while ends and position == ends[-1]:
            ends.pop()
        if not ends:
            break
    if position != len(data):
        raise Fault(code, detail="bytes after the end")


def _read_element(data: bytes, position: int, code: str) -> tuple[int, int, bool]:
    """Start and end of the contents, and whether they are elements themselves."""
    try:
        first = data[position]
        number = first & 0x1F
        length = data[position + 1]
        start = position + 2
        if length >= 0x80:
            size = length & 0x7F
            raw = data[start : start + size]
            length = int.from_bytes(raw, "big")
            if not 1 <= size <= 4 or len(raw) < size or length < 0x80 or raw[0] == 0:
                raise Fault(code, detail="length is not minimal or not definite")
            start += size
        end = start + length
        if number == 0x1F:
            # no structure read here has a tag number above 30
            raise Fault(code, detail="long tag")
        is_constructed = bool(first & 0x20)
        if first < 0x40:
            _require_universal(number, is_constructed, data[start:end], code)
    except IndexError as error:
        raise Fault(code, detail="cut short") from error
    return start, end, is_constructed


def _require_universal(number: int, is_constructed: bool, content: bytes, code: str) -> None:
    """Rules of the universal types; content may be cut short, which IndexError tells."""
    is_right = number in ((_SEQUENCE, _SET) if is_constructed else _PRIMITIVE)
    match number:
        case _ if not is_right or is_constructed:
            pass
        case 1:
            is_right = content in (b"\x00", b"\xff")
        case 2 | 10:
            is_right = len(content) == 1 or (content[0], content[1] >> 7) not in ((0, 0), (255, 1))
        case 3:
            unused = content[0]
            is_right = (
                unused == 0
                if len(content) == 1
                else unused < 8 and content[-1] & ((1 << unused) - 1) == 0
            )
        case 5:
            is_right = not content
        case 6:
            is_right = content[-1] < 0x80 and content[0] != 0x80
            is_right = is_right and not any(
                before < 0x80 and after == 0x80 for before, after in pairwise(content)
            )
    if not is_right:
        raise Fault(code, detail="an element is not DER")
