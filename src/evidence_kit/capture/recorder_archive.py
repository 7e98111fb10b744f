"""What a recorder recorded, as files of the bundle: page.wacz and websocket.jsonl."""

import os
import threading
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from evidence_kit import __version__
from evidence_kit.capture.redaction import MARK
from evidence_kit.capture.redaction_exchange import ExchangeRedactor
from evidence_kit.capture.redaction_run import RedactionRun
from evidence_kit.capture.secrets_traffic import learn
from evidence_kit.webarchive.exchange import Exchange
from evidence_kit.webarchive.wacz import ArchivedPage, write_wacz
from evidence_kit.webarchive.warc import WarcWriter

WACZ = "data/page/page.wacz"
_NOTE = (
    f"Secrets (cookies, passwords, tokens) were replaced while this was written, each with {MARK}"
    " and 16 hexadecimal digits, the same for equal secrets. The metadata record of an exchange"
    ' counts them by kind under "redacted"; digests are of what is left.'
)


class TrafficArchive:
    """Writes the exchanges of one page; each call in a thread, one after the other.

    Args:
        folder: gets the WARC and bodies, and is thrown away.
        redaction: learns from every exchange before one is written.
        started_at: aware, UTC.
    """

    def __init__(self, folder: Path, redaction: RedactionRun, started_at: datetime) -> None:
        self._folder = folder
        self._redaction = redaction
        self._started_at = started_at
        self._software = f"evidence-kit {__version__}"
        self._seed = os.urandom(16)
        self._exchanges: list[Exchange] = []
        self._is_given_up = threading.Event()
        self._begin()

    def add(self, exchanges: Iterable[Exchange]) -> None:
        """Write more exchanges; those before them anew, where these tell of further secrets.

        Raises:
            OSError: the disk takes no more.
        """
        new = tuple(exchanges)
        if not self._redaction.is_kept:
            learn(self._redaction.secrets, new)
        self._exchanges += new
        if self._known < len(self._redaction.secrets) and self._written:
            self._file.close()
            self._begin()
            new = tuple(self._exchanges)
        elif not self._written:
            self._cleaner = self._new_cleaner()
        for exchange in new:
            if self._is_given_up.is_set():
                return
            is_kept = self._redaction.is_kept
            self._writer.add(exchange if is_kept else self._cleaner.clean(exchange))
            self._written += 1

    def close(self, target: Path, page: ArchivedPage, chains: dict[str, list[str]]) -> bool:
        """Write the WACZ; False where there was nothing to write.

        Args:
            chains: certificate chains by origin, DER in base64.

        Raises:
            OSError: the disk takes no more.
        """
        with self._file:
            for origin, chain in chains.items():
                content = {"certificate_chain": chain}
                self._writer.add_metadata(f"{origin}/", content, at=self._started_at)
        if not self._written or self._is_given_up.is_set():
            return False
        write_wacz(target, self._warc, page=page, software=self._software)
        self._redaction.count(WACZ, self._cleaner.counts)
        return True

    def give_up(self) -> None:
        """Have the thread that is writing come to its end soon."""
        self._is_given_up.set()

    def discard(self) -> None:
        """Close what is open."""
        self._file.close()

    def _begin(self) -> None:
        self._warc = self._folder / "data.warc.gz"
        self._file = self._warc.open("wb")
        self._writer = WarcWriter(
            self._file,
            software=self._software,
            created_at=self._started_at,
            seed=self._seed,
            note="" if self._redaction.is_kept else _NOTE,
        )
        self._written = 0
        self._cleaner = self._new_cleaner()

    def _new_cleaner(self) -> ExchangeRedactor:
        self._known = len(self._redaction.secrets)
        return ExchangeRedactor(self._redaction.redactor, self._folder)
