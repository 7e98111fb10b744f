"""One target under libFuzzer (Atheris), in a process of its own; in plain Python where it is not.

`python -m tests.fuzz.engine TARGET FOUND_FOLDER SECONDS SEED FOLDER…`: inputs that reach
something new are kept in the first FOLDER. Ends with an error where something was found.
`FUZZ_GUIDED=0` does without libFuzzer even where it is.
"""

import hashlib
import importlib
import os
import random
import sys
import traceback
from pathlib import Path
from typing import Any, NoReturn

_TIMEOUT_S = 20
_RSS_MB = 2048


def main() -> None:
    """Fuzz one target."""
    name, found, seconds, seed, *folders = sys.argv[1:]
    try:
        if os.environ.get("FUZZ_GUIDED") == "0":
            raise ImportError
        atheris = importlib.import_module("atheris")
    except ImportError:
        _fuzz_plainly(name, Path(found), float(seconds), int(seed))
        return
    with atheris.instrument_imports(include=["evidence_kit", "asn1crypto"]):
        from tests.fuzz import targets
    target = targets.TARGETS[name]

    def mutate(data: bytes, max_bytes: int, number: int) -> bytes:
        def havoc(piece: bytes) -> bytes:
            return bytes(atheris.Mutate(piece, min(max_bytes, len(piece) + 64)))

        return target.mutate(bytes(data), random.Random(number), havoc)[:max_bytes]

    _fuzz_guided(atheris, name, Path(found), target, mutate, [
        f"-max_total_time={int(float(seconds))}", f"-seed={seed}", f"-max_len={target.max_bytes}",
        f"-timeout={_TIMEOUT_S}", f"-rss_limit_mb={_RSS_MB}", "-print_final_stats=1",
        f"-artifact_prefix={found}/{name}-", "-len_control=0", *folders,
    ])  # fmt: skip


def _fuzz_guided(
    atheris: Any, name: str, found: Path, target: Any, mutate: Any, options: list[str]
) -> None:
    from tests.fuzz.guard import bounded

    def run(data: bytes) -> None:
        try:
            with bounded():
                target.run(bytes(data))
        except Exception:
            traceback.print_exc()
            _keep(name, found, bytes(data))
            _leave()

    atheris.Setup([sys.argv[0], *options], run, custom_mutator=mutate)
    try:
        atheris.Fuzz()
    except Exception:  # a mutator is broken
        traceback.print_exc()
        _leave()


def _leave() -> NoReturn:
    """End at once: in the ordinary way libFuzzer can wait for ever for the interpreter's lock."""
    sys.stderr.flush()
    os._exit(1)


def _keep(name: str, found: Path, content: bytes) -> None:
    path = found / f"{name}-crash-{hashlib.sha256(content).hexdigest()[:16]}"
    path.write_bytes(content)
    print(f"Test unit written to {path}", file=sys.stderr)


def _fuzz_plainly(name: str, found: Path, seconds: float, seed: int) -> None:
    from tests.fuzz import driver

    try:
        tried = driver.mutate(name, seed=seed, seconds=seconds)
    except driver.Found as error:
        _keep(name, found, error.content)
        raise
    print(f"#{tried} DONE", file=sys.stderr)


if __name__ == "__main__":
    main()
