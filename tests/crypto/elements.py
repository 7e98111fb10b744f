"""Changes single elements of DER, without a parser's opinion of what they mean."""

from collections.abc import Callable

from evidence_kit.crypto.der import encode

Edit = Callable[[bytes], bytes]


def split(element: bytes) -> tuple[int, bytes, bytes]:
    """Identifier octet and contents of the first element, and what follows it."""
    length, start = element[1], 2
    if length >= 0x80:
        start += length & 0x7F
        length = int.from_bytes(element[2:start], "big")
    return element[0], element[start : start + length], element[start + length :]


def children(element: bytes) -> list[bytes]:
    """The elements inside a constructed one."""
    _, rest, _ = split(element)
    found = []
    while rest:
        _, _, after = split(rest)
        found.append(rest[: len(rest) - len(after)])
        rest = after
    return found


def at(element: bytes, *path: int) -> bytes:
    """The element at this place: the number of the child at each level."""
    for number in path:
        element = children(element)[number]
    return element


def rewrite(element: bytes, path: tuple[int, ...], edit: Edit) -> bytes:
    """The same with one element changed, and the lengths around it made right."""
    if not path:
        return edit(element)
    inner = children(element)
    inner[path[0]] = rewrite(inner[path[0]], path[1:], edit)
    return encode(element[0], *inner)


def insert(element: bytes, path: tuple[int, ...], new: bytes) -> bytes:
    """The same with another element put at this place."""
    *above, number = path

    def edit(parent: bytes) -> bytes:
        inner = children(parent)
        return encode(parent[0], *inner[:number], new, *inner[number:])

    return rewrite(element, tuple(above), edit)


def remove(element: bytes, path: tuple[int, ...]) -> bytes:
    """The same without the element at this place."""
    return rewrite(element, path, lambda _: b"")


def replace(element: bytes, path: tuple[int, ...], new: bytes) -> bytes:
    """The same with another element in this place."""
    return rewrite(element, path, lambda _: new)


def indefinite(element: bytes) -> bytes:
    """A constructed element without a length, which BER allows (X.690 §8.1.3.6)."""
    tag, contents, _ = split(element)
    return bytes([tag, 0x80]) + contents + b"\0\0"


def in_pieces(element: bytes) -> bytes:
    """A string as two strings inside a constructed one (X.690 §8.7.3)."""
    tag, contents, _ = split(element)
    half = len(contents) // 2
    return encode(tag | 0x20, encode(tag, contents[:half]), encode(tag, contents[half:]))


def long_length(element: bytes) -> bytes:
    """The same with its length in more bytes than needed."""
    tag, contents, _ = split(element)
    return bytes([tag, 0x84]) + len(contents).to_bytes(4, "big") + contents
