"""Everything that a capture writes, searched for its secrets before it is sealed."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from evidence_kit.capture.redaction import Redactor
from evidence_kit.capture.redaction_files import PICTURES, clean_file, is_clean_file
from evidence_kit.capture.secrets import Kind, Secrets
from evidence_kit.capture.secrets_page import learn_page
from evidence_kit.capture.secrets_traffic import learn_url
from evidence_kit.model import DraftFile, Observation

if TYPE_CHECKING:
    from evidence_kit.capture.page import DrivenPage

EVIDENCE = "evidence.json"


class RedactionRun:
    """What is known of the secrets of one capture, and what was taken out of which file.

    Args:
        given: the address and the text that the user gave, which stay as they are.
        is_kept: take nothing out, and say so.
    """

    def __init__(self, given: str, *, is_kept: bool) -> None:
        self.secrets = Secrets(kept=given)
        self.is_kept = is_kept
        self.withheld: list[Observation] = []
        """Files that could not be rid of a secret."""
        self._redactor = Redactor(self.secrets)
        self._counts: Counter[tuple[str, Kind]] = Counter()
        self._pictures: list[str] = []
        asked = Secrets()
        for word in given.split():
            learn_url(asked, word)
        self._is_in_address = bool(len(asked))

    @property
    def redactor(self) -> Redactor:
        """One for every secret that is known by now."""
        if self._redactor.count < len(self.secrets):
            self._redactor = self._redactor.with_secrets(self.secrets)
        return self._redactor

    async def learn(self, page: "DrivenPage") -> None:
        """Add what the page holds now; never fails."""
        if self.is_kept:
            return

        async def cookies() -> list[str]:
            answer = await page.send("Network.getCookies")
            return [str(cookie["value"]) for cookie in answer["cookies"]]

        await learn_page(self.secrets, page, cookies)

    def count(self, path: str, counts: Counter[Kind]) -> None:
        """Note what was taken out of a file of the bundle."""
        for kind, number in counts.items():
            self._counts[path, kind] += number

    def clean_text(self, text: str, path: str = EVIDENCE) -> str:
        """A text without secrets."""
        if self.is_kept:
            return text
        cleaned, counts = self.redactor.clean_text(text)
        self.count(path, counts)
        return cleaned

    def clean_bytes(self, data: bytes, path: str) -> bytes:
        """As `clean_text`, for bytes that are yet to be written."""
        if self.is_kept:
            return data
        cleaned, counts = self.redactor.clean(data)
        self.count(path, counts)
        return cleaned

    def clean_observations(self, observations: Iterable[Observation]) -> tuple[Observation, ...]:
        """Observations whose words hold no secret."""
        return tuple(
            msgspec.structs.replace(
                seen,
                params={
                    name: self.clean_text(value) if isinstance(value, str) else value
                    for name, value in seen.params.items()
                },
            )
            for seen in observations
        )

    async def clean_files(self, files: Iterable[DraftFile]) -> tuple[DraftFile, ...]:
        """The files without secrets; one that can't be cleaned is not among them."""
        if self.is_kept:
            return tuple(files)
        return await asyncio.to_thread(self._clean_files, tuple(files))

    def _clean_files(self, files: tuple[DraftFile, ...]) -> tuple[DraftFile, ...]:
        redactor = self.redactor
        if not redactor.count:
            return files
        kept = []
        for file in files:
            source = Path(file.source)
            try:
                self.count(file.path, clean_file(source, redactor))
                is_clean = is_clean_file(source, redactor)
            except Exception:  # a form that its own reader does not understand: fail closed
                is_clean = False
            if not is_clean:
                lost = Observation(code="secret.withheld", params={"path": file.path})
                self.withheld.append(lost)
                continue
            if source.suffix in PICTURES:
                self._pictures.append(file.path)
            kept.append(file)
        return tuple(kept)

    def observations(self) -> tuple[Observation, ...]:
        """What was taken out, what was not, and what nobody could look into."""
        if self.is_kept:
            return (Observation(code="secrets.kept"),)
        found = [
            Observation(
                code="secret.redacted", params={"kind": kind, "path": path, "count": number}
            )
            for (path, kind), number in sorted(self._counts.items())
        ]
        if self._is_in_address:
            found.append(Observation(code="secrets.in_address"))
        if self._pictures:
            paths = " ".join(sorted(self._pictures))
            found.append(Observation(code="secrets.unsearchable", params={"paths": paths}))
        if self.secrets.is_capped:
            found.append(Observation(code="secrets.too_many", params={"count": len(self.secrets)}))
        return tuple(found)
