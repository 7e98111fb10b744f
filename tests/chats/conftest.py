"""At the end of a run of these tests: what the fixtures hold, and what of it was understood."""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    from tests.chats.exports import detections, table

    terminalreporter.section("chat exports")
    for line in (*table(), "", *detections()):
        terminalreporter.line(line)
