"""Secrets in the files of a capture: taken out where that is possible, else the file is."""

import base64
import gzip
import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

from evidence_kit.capture.redaction import Redactor
from evidence_kit.capture.redaction_exchange import ExchangeRedactor
from evidence_kit.capture.redaction_mhtml import clean_mhtml, is_clean_mhtml
from evidence_kit.capture.secrets import Kind, Secrets
from evidence_kit.capture.secrets_traffic import learn_body, learn_headers, learn_url

_PIECE = 8 * 2**20
PICTURES = (".png", ".pdf")
"""What a secret may be drawn in, where nobody can look for it."""


def clean_file(path: Path, redactor: Redactor) -> Counter[Kind]:
    """Write a file anew without secrets; how many of each kind there were.

    Raises:
        OSError: it can't be read or written.
    """
    if path.suffix in (*PICTURES, ".wacz"):
        return Counter()
    data = path.read_bytes()
    if path.suffix == ".mhtml":
        cleaned, counts = clean_mhtml(data, redactor)
    else:
        cleaned, counts = redactor.clean(data)
    if counts:
        path.write_bytes(cleaned)
    return counts


def is_clean_file(path: Path, redactor: Redactor) -> bool:
    """Whether no secret is left in a file, whatever it is packed in.

    Raises:
        OSError: it can't be read.
    """
    if path.suffix == ".wacz":
        return _is_clean_wacz(path, redactor)
    if path.suffix == ".mhtml":
        return is_clean_mhtml(path.read_bytes(), redactor)
    return redactor.is_clean_file(path)


def _is_clean_wacz(path: Path, redactor: Redactor) -> bool:
    with zipfile.ZipFile(path) as packed:
        for name in packed.namelist():
            with packed.open(name) as member:
                plain = gzip.GzipFile(fileobj=member) if name.endswith(".gz") else member
                # what a piece ends with may go on in the next
                rest = b""
                while piece := plain.read(_PIECE):
                    if not redactor.is_clean(rest + piece):
                        return False
                    rest = piece[-redactor.longest :]
    return True


def learn_sockets(secrets: Secrets, lines: bytes) -> None:
    """Add what the frames of WebSockets give away."""
    for line in lines.splitlines():
        frame: dict[str, Any] = json.loads(line)
        learn_url(secrets, frame.get("url", ""))
        learn_headers(secrets, tuple(frame.get("headers", {}).items()))
        if frame.get("text", "")[:1] in ("{", "["):
            learn_body(secrets, frame["text"].encode("utf-8", errors="replace"), "json")


def clean_sockets(lines: bytes, cleaner: ExchangeRedactor) -> bytes:
    """The frames of WebSockets without secrets."""
    cleaned = []
    for line in lines.splitlines():
        frame: dict[str, Any] = json.loads(line)
        if "headers" in frame:
            frame["headers"] = cleaner.socket_headers(frame["headers"])
        if "base64" in frame:
            data, counts = cleaner.redactor.clean(base64.b64decode(frame["base64"]))
            cleaner.counts.update(counts)
            frame["base64"] = base64.b64encode(data).decode()
        for name in ("text", "url"):
            if name in frame:
                frame[name], counts = cleaner.redactor.clean_text(frame[name])
                cleaner.counts.update(counts)
        cleaned.append(json.dumps(frame, ensure_ascii=False))
    return "".join(f"{line}\n" for line in cleaned).encode("utf-8", errors="replace")
