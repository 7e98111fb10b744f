"""XMP: the times and programs in it, found without an XML parser (ISO 16684-1)."""

import re

from evidence_kit.media.facts import Means, PrivateKind, TimeSource
from evidence_kit.media.findings import Found
from evidence_kit.media.times import written_time

MAX_BYTES = 1 << 20
_MAX_MATCHES = 64
_TIMES = {
    b"DateCreated": Means.TAKEN,
    b"CreateDate": Means.TAKEN,
    b"DateTimeOriginal": Means.TAKEN,
    b"ModifyDate": Means.CHANGED,
}
# An attribute (xmp:CreateDate="…") or an element (<xmp:CreateDate>…</).
_VALUE = re.compile(
    rb"(?:xmp|exif|photoshop|tiff):(CreatorTool|Software|%b)\s*(?:=\s*[\"']|>)([^\"'<>]{1,200})[\"'<]"
    % b"|".join(_TIMES)
)
_PLACES = {
    PrivateKind.LOCATION: re.compile(rb"exif:GPSL(?:at|ong)itude\b"),
    PrivateKind.SERIAL: re.compile(rb"aux:(?:Lens)?SerialNumber\b|exifEX:BodySerialNumber\b"),
    PrivateKind.OWNER: re.compile(rb"dc:creator\b|aux:OwnerName\b|exifEX:CameraOwnerName\b"),
}


def read_xmp(packet: bytes, found: Found) -> None:
    """Take in what a packet of XMP tells; entities in it are left as they stand."""
    packet = packet[:MAX_BYTES]
    for number, match in enumerate(_VALUE.finditer(packet)):
        if number == _MAX_MATCHES:
            break
        name, value = match[1], match[2].decode("utf-8", "replace")
        if name in _TIMES:
            found.add_time(written_time(TimeSource.XMP, name.decode(), _TIMES[name], value))
        else:
            found.add_software(f"xmp.{name.decode()}", value)
    found.private |= {kind for kind, place in _PLACES.items() if place.search(packet)}
