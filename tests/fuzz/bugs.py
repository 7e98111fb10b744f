"""Bugs planted by hand, to see that fuzzing finds them: `python -m tests.fuzz.bugs [NAME…]`.

Each is planted in a copy of the code; the hunt is that of `make fuzz`. Prints how long each
took. `FUZZ_SECONDS` is what one may take (300).
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.museum import CORPUS

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class Bug:
    """Text that is taken out of a module and what stands there instead."""

    module: str
    old: str
    new: str
    target: str
    """Which target must find it."""


BUGS = {
    "crc not checked": Bug(
        module="bundle/hashing.py",
        old="elif crc32(content) != checksum:",
        new="elif False:",
        target="zip",
    ),
    "folder with a CRC": Bug(
        module="bundle/zipscan.py",
        old=" or member.size_bytes or member.crc32)",
        new=")",
        target="zip",
    ),
    "local header not compared": Bug(
        module="bundle/zipscan.py",
        old="or raw[zipform.LOCAL.size :] != member.name",
        new="or False",
        target="zip",
    ),
    "longer name in the local header": Bug(
        module="bundle/zipscan.py",
        old="or name_size != len(member.name)",
        new="or False",
        target="zip",
    ),
    "bytes between members": Bug(
        module="bundle/zipscan.py",
        old="if member.offset != at:",
        new="if member.offset < at:",
        target="zip",
    ),
    "bytes after DER": Bug(
        module="crypto/der.py",
        old="if position != len(data):",
        new="if position > len(data):",
        target="der",
    ),
    "longer lengths in DER": Bug(
        module="crypto/der.py",
        old=" or length < 0x80 or raw[0] == 0",
        new="",
        target="der",
    ),
    "imprint not checked": Bug(
        module="crypto/tsp.py",
        old='if imprint["hashed_message"].native != digest(algorithm, data):',
        new="if False:",
        target="token",
    ),
    "messageDigest of a token not checked": Bug(
        module="crypto/token.py",
        old='if _value(attributes, "message_digest").native != digest(digest_algorithm, content):',
        new="if False:",
        target="token",
    ),
    "time at the end of all time": Bug(
        module="crypto/tsp.py",
        old="if not datetime.min.year < whole.year < datetime.max.year:",
        new="if False:",
        target="token",
    ),
    "nonce not checked": Bug(
        module="crypto/tsp.py",
        old="if token.nonce != nonce:",
        new="if False:",
        target="reply",
    ),
    "signature not canonical": Bug(
        module="crypto/cms.py",
        old="if signature_der != expected:",
        new="if False:",
        target="cms",
    ),
    "KeyError let out": Bug(
        module="crypto/hostile.py",
        old="    LookupError,\n",
        new="    IndexError,\n",
        target="cms",
    ),
    "list nobody signed": Bug(
        module="crypto/crl.py",
        old="if not self._holds(issuer, issuer_der):",
        new="if False:",
        target="crl",
    ),
    "key of JSON twice": Bug(
        module="bundle/tags.py",
        old="if len(members) != len(pairs):",
        new="if False:",
        target="evidence",
    ),
    "manifest in any order": Bug(
        module="bundle/manifest.py",
        old="            or not all(map(operator.lt, [last, *listed], listed))\n",
        new="",
        target="manifest",
    ),
    "tag files not checked": Bug(
        module="checks/digests.py",
        old="""        # A missing one is reported by check_members.
        if bundle.digests.sha256.get(path, sealed) != sealed:
""",
        new="        if False:\n",
        target="bundle",
    ),
    "file that nothing lists": Bug(
        module="checks/structure.py",
        old="if not is_tag and not path.startswith(layout.PROOF):",
        new="if False:",
        target="bundle",
    ),
}
"""By name."""


class Stale(Exception):
    """The code that a bug was planted in reads otherwise now; the row must follow it."""


def plant(name: str, folder: Path) -> None:
    """Copy the package to a folder, with one bug in it.

    Raises:
        Stale: its text is not there exactly once.
    """
    bug = BUGS[name]
    shutil.copytree(ROOT / "src" / "evidence_kit", folder / "evidence_kit")
    path = folder / "evidence_kit" / bug.module
    text = path.read_text(encoding="utf-8")
    if text.count(bug.old) != 1:
        raise Stale(f"{name}: {bug.module} holds {bug.old!r} {text.count(bug.old)} times")
    path.write_text(text.replace(bug.old, bug.new), encoding="utf-8")


def hunt(name: str, work: Path, *, seconds: float, seed: int = 1, guided: bool) -> float | None:
    """Seconds until the bug was found; None where it was not.

    Args:
        name: which of `BUGS`.
        work: an empty folder.
        seconds: how long the hunt may take.
        seed: of the mutations.
        guided: by coverage, where Atheris is installed.
    """
    plant(name, work / "src")
    kept = work / "kept"
    kept.mkdir()
    target = BUGS[name].target
    command = [sys.executable, "-m", "tests.fuzz.engine", target, str(work), str(seconds)]
    command += [str(seed), str(kept), str(CORPUS / target)]
    environ = os.environ | {
        "PYTHONPATH": f"{work / 'src'}{os.pathsep}{ROOT}",
        "FUZZ_GUIDED": "1" if guided else "0",
    }
    begin = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, timeout=seconds + 60, check=False
    )
    found = list(work.glob(f"{target}-*"))
    return time.monotonic() - begin if done.returncode and found else None


def main() -> int:
    """Hunt for the named bugs, or for all; the exit code is 1 where one was not found."""
    seconds = float(os.environ.get("FUZZ_SECONDS", "300"))
    is_complete = True
    for name in sys.argv[1:] or BUGS:
        with tempfile.TemporaryDirectory(prefix="evidence-kit-bug-") as work:
            took_s = hunt(name, Path(work), seconds=seconds, guided=True)
        is_complete = is_complete and took_s is not None
        outcome = "not found" if took_s is None else f"found in {took_s:.1f} s"
        print(f"{name} ({BUGS[name].target}): {outcome}", flush=True)
    return 0 if is_complete else 1


if __name__ == "__main__":
    sys.exit(main())
