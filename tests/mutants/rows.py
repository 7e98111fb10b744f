"""The rows of all tables as plain things to run: an attack made once, a verdict wanted."""

import functools
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from evidence_kit.actions.verify import verify_bundle
from evidence_kit.bundle.receipt import read_receipt
from evidence_kit.checks.expectations import Expectations
from evidence_kit.crypto.keys import new_signing_key
from evidence_kit.report import Outcome
from fixtures.tsa import running_tsa
from tests.build import NOW, anchors_of, make_kit, seal_items
from tests.differential.case import Case
from tests.differential.judges import ask_kit
from tests.differential.table import ROWS as DIFFERENTIAL
from tests.differential.workshop import Workshop
from tests.forge import Forge, explode
from tests.tamper.table import Row as TamperRow
from tests.tamper.test_tamper import ROWS, read_distrust


@dataclass(frozen=True, kw_only=True)
class Row:
    """An attack that was made, and whether it still gets its finding."""

    name: str
    code: str
    is_of_crypto: bool
    """It runs cryptography alone, without a bundle around it."""
    is_as_wanted: Callable[[], bool]

    def is_red(self) -> bool:
        """True where it does not, or where something breaks."""
        try:
            return not self.is_as_wanted()
        except Exception:
            return True


def all_rows(folder: Path) -> Iterator[Row]:
    """Every row, its files written to the folder."""
    yield from _tamper_rows(folder)
    yield from _differential_rows(folder)


def _tamper_rows(folder: Path) -> Iterator[Row]:
    with running_tsa() as tsa:
        kit = make_kit(folder, tsa)
        sealed = seal_items(folder, folder / "good.evidence.zip", kit)
        top, files = explode(sealed.path.read_bytes())
        key = kit.keys.default(now=NOW)
        stranger = new_signing_key(now=kit.now())
        good = Forge(top=top, files=files, key=key, stranger=stranger, tsa=tsa)
        for number, row in enumerate(ROWS):
            made = row.attack(replace(good, files=dict(files)))
            path = folder / f"{number}.evidence.zip"
            path.write_bytes(made if isinstance(made, bytes) else made.zip())
            expectations = Expectations(
                anchors=() if row.knows == "nobody" else anchors_of(tsa),
                receipt=read_receipt(sealed.receipt) if row.knows == "receipt" else None,
                signer_sha256=key.certificate_sha256 if row.knows == "signer" else None,
                distrust=read_distrust(row.distrust),
            )
            yield Row(
                name=row.name,
                code=row.reason or row.code,
                is_of_crypto=False,
                is_as_wanted=functools.partial(_is_found, row, path, expectations, top),
            )


def _is_found(row: TamperRow, path: Path, expectations: Expectations, top: str) -> bool:
    report = verify_bundle(path, expectations)
    subject = row.subject.replace("{top}", top)
    found = [f for f in report.findings if (f.code, f.subject) == (row.code, subject)]
    reasons = {finding.params.get("reason") for finding in found}
    return (
        bool(found) and report.verdict is row.verdict and (not row.reason or row.reason in reasons)
    )


def _differential_rows(folder: Path) -> Iterator[Row]:
    workshop = Workshop(folder)
    for row in DIFFERENTIAL:
        case, wanted = row.make(workshop), (row.expected.code, row.expected.outcome)

        def is_as_wanted(case: Case = case, wanted: tuple[str, Outcome] = wanted) -> bool:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ask_kit(case) == wanted

        yield Row(
            name=row.name, code=row.expected.code, is_of_crypto=True, is_as_wanted=is_as_wanted
        )
