"""The same input gives the same bundle, whatever the machine is set to."""

import os
import subprocess
import sys
from pathlib import Path

from evidence_kit.crypto.keys import KeyStore
from tests.build import NOW

ROOT = Path(__file__).parents[2]
PROGRAM = """
import os, sys
from pathlib import Path
from evidence_kit.actions.add import add_files
from evidence_kit.actions.kit import Kit
from evidence_kit.crypto.keys import KeyStore
from evidence_kit.trust.anchors import Endpoint
from evidence_kit.trust.tsa_client import TokenReply
from tests.build import NOW
from fixtures.tsa import Authority

folder = Path(sys.argv[1])
os.umask(int(sys.argv[2], 8))
token = folder / "token.tsr"

def ask(endpoints, signature, *, algorithm):
    if not token.exists():
        (folder / "tsa").mkdir()
        token.write_bytes(Authority(folder / "tsa").stamp(signature))
    return (TokenReply(id="x", url="x", elapsed_s=0.0, tsr=token.read_bytes()),)

kit = Kit(
    keys=KeyStore(folder / "keys"), endpoints=(Endpoint(id="x", url="http://x.invalid/"),),
    anchors=(), ask=ask, now=lambda: NOW, new_id=lambda: "0123456789abcdef" * 2,
)
files = [folder / "聊天.txt", folder / "b.png"]
sealed = add_files(files, Path(sys.argv[3]), kit=kit, label="标签")
assert sealed.report.answers, sealed
"""


def test_same_input_gives_the_same_bytes_everywhere(tmp_path: Path) -> None:
    (tmp_path / "聊天.txt").write_text("点卡", encoding="utf-8")
    (tmp_path / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    KeyStore(tmp_path / "keys").default(now=NOW)
    machines = [
        ("022", {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"}),
        ("077", {"TZ": "Asia/Shanghai", "LC_ALL": "zh_CN.UTF-8", "PYTHONHASHSEED": "2"}),
        ("000", {"TZ": "America/New_York", "LC_ALL": "C", "PYTHONHASHSEED": "3"}),
    ]
    bundles = set()
    for number, (umask, environ) in enumerate(machines):
        folder = tmp_path / str(number)
        folder.mkdir()
        for name in ("聊天.txt", "b.png"):
            os.utime(tmp_path / name, (number * 1e9, number * 1e9))
        path = folder / "x.evidence.zip"
        subprocess.run(
            [sys.executable, "-c", PROGRAM, str(tmp_path), umask, str(path)],
            check=True,
            cwd=ROOT,
            env=os.environ | environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        )
        bundles.add(path.read_bytes())
    assert len(bundles) == 1
