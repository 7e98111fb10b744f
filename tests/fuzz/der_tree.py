"""DER as a tree that can be changed and written back with true lengths, digests, signatures."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.fuzz.workshop import Party

_MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")
_SIGNED_ATTRIBUTES = 0xA0


@dataclass
class Node:
    """One element: contents as bytes, or elements inside."""

    tag: int
    content: bytes = b""
    children: list["Node"] = field(default_factory=list)
    is_parent: bool = False
    excess: int = 0
    """By how many bytes its length is longer than it need be."""

    def dump(self) -> bytes:
        """The element with its true length, the shortest one unless `excess` says otherwise."""
        content = b"".join(child.dump() for child in self.children)
        content = content if self.is_parent else self.content
        size = len(content)
        if size < 0x80 and not self.excess:
            return bytes([self.tag, size]) + content
        least = 0 if size < 0x80 else (size.bit_length() + 7) // 8
        length = size.to_bytes(least + self.excess, "big")
        return bytes([self.tag, 0x80 | len(length)]) + length + content

    def walk(self) -> Iterator["Node"]:
        """The element and everything below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def parse(data: bytes, depth: int = 0) -> Node:
    """The one element that `data` is.

    Raises:
        ValueError: it is none, or too deep.
    """
    nodes = _parse_all(data, depth)
    if len(nodes) != 1:
        raise ValueError("not one element")
    return nodes[0]


def _parse_all(data: bytes, depth: int) -> list[Node]:
    nodes = []
    at = 0
    while at < len(data):
        if at + 2 > len(data) or depth > 40:
            raise ValueError("cut short")
        tag, size = data[at], data[at + 1]
        at += 2
        if size >= 0x80:
            count = size & 0x7F
            size = int.from_bytes(data[at : at + count], "big")
            at += count
        content = data[at : at + size]
        if len(content) != size:
            raise ValueError("cut short")
        at += size
        if tag & 0x20:
            nodes.append(Node(tag, children=_parse_all(content, depth + 1), is_parent=True))
        else:
            nodes.append(Node(tag, content))
    return nodes


def sign_again(response: Node, signer: Party) -> None:
    """Make digest and signature of a CMS structure true again, whatever was changed in it.

    Takes a TimeStampResp or a ContentInfo (RFC 3161 §2.4.2, RFC 5652 §5.1).

    Raises:
        IndexError, StopIteration: the structure is another one.
    """
    is_response = response.children[0].tag == 0x30
    info = response.children[1] if is_response else response
    signed = info.children[1].children[0]
    signer_info = signed.children[-1].children[0]
    attributes = next(node for node in signer_info.children if node.tag == _SIGNED_ATTRIBUTES)
    content = signed.children[2].children[1:]
    if content:
        digest = hashlib.sha256(content[0].children[0].content).digest()
        for attribute in attributes.children:
            if attribute.children[0].content == _MESSAGE_DIGEST:
                attribute.children[1].children[0].content = digest
    to_sign = Node(0x31, children=attributes.children, is_parent=True).dump()
    signature = signer_info.children[-1]
    signature.content = signer.key.sign(to_sign)


def sign_list_again(certificate_list: Node, signer: Party) -> None:
    """Make the signature of a revocation list true again (RFC 5280 §5.1.1).

    Raises:
        ValueError: the structure is another one.
    """
    content, _, signature = certificate_list.children[:3]
    signature.content = b"\0" + signer.key.sign(content.dump())
