"""Print the table as it is now, and how each row differs from what is expected of it."""

import sys
import tempfile
from pathlib import Path

from tests.differential.judges import judge
from tests.differential.table import ROWS, lines
from tests.differential.workshop import Workshop


def main() -> int:
    """Make and judge every row; 1 where an answer is another than the table says."""
    with tempfile.TemporaryDirectory(prefix="differential-") as folder:
        workshop = Workshop(Path(folder))
        answers = {row.name: judge(workshop.make(row)) for row in ROWS}
    print(*lines(answers), sep="\n")
    changed = [row for row in ROWS if answers[row.name] != row.expected]
    for row in changed:
        print(f"CHANGED {row.name}: expected {row.expected}", file=sys.stderr)
    return 1 if changed else 0


sys.exit(main())
