"""Seal or stamp in a case, and die at one of the system calls that write.

`python -m tests.actions.killing seal|stamp CASE KEYS WORK TOKEN`: copies the case to
WORK/1, WORK/2 …, and in the Nth copy is killed at the Nth such call, half a write done.
Ends with the copy in which nothing was left to be killed at.
"""

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from evidence_kit.actions.case import open_case
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.stamp import stamp
from evidence_kit.crypto.keys import KeyStore
from evidence_kit.trust.anchors import Endpoint
from evidence_kit.trust.tsa_client import TokenReply
from tests.build import seal_items

KILLED = 137
WRITING = ("write", "fsync", "link", "rename", "replace", "unlink")


def kill_at(last: int) -> None:
    """Let the process die at this call."""
    count = 0

    def deadly(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            nonlocal count
            count += 1
            if count == last:
                if name == "write":
                    descriptor, content = arguments
                    call(descriptor, content[: len(content) // 2])
                os._exit(KILLED)
            return call(*arguments, **options)

        return counted

    for name in WRITING:
        setattr(os, name, deadly(name, getattr(os, name)))


def act(verb: str, case: Path, keys: Path, sources: Path, token: Path) -> None:
    """Seal or stamp."""

    def ask(
        endpoints: Sequence[Endpoint], signature: bytes, *, algorithm: str = "sha256"
    ) -> tuple[TokenReply, ...]:
        return (TokenReply(id="x", url="x", elapsed_s=0.0, tsr=token.read_bytes()),)

    kit = Kit(keys=KeyStore(keys), endpoints=(), anchors=(), ask=ask)
    if verb == "seal":
        seal_items(sources, open_case(case), kit)
    else:
        kit = Kit(keys=kit.keys, endpoints=(Endpoint(id="x", url="x"),), anchors=(), ask=ask)
        stamp(case / "0002-chat.evidence.zip", kit=kit)


def main(verb: str, *paths: str) -> None:
    """Die again and again."""
    case, keys, work, token = map(Path, paths)
    for number in range(1, 1000):
        copy = work / str(number)
        shutil.copytree(case, copy)
        child = os.fork()
        if not child:
            kill_at(number)
            act(verb, copy, keys, work / f"sources-{number}", token)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.waitstatus_to_exitcode(status) == 0:
            return
        if os.waitstatus_to_exitcode(status) != KILLED:
            raise SystemExit(f"copy {number}: {status}")


if __name__ == "__main__":
    main(*sys.argv[1:])
