"""The command line: each command parses, calls one action and shows what came of it."""

import io
import sys
import warnings
from collections.abc import Sequence

import click

from evidence_kit.cli.commands import NAME, root
from evidence_kit.cli.language import choose_language, speak
from evidence_kit.cli.terminal import Terminal
from evidence_kit.errors import EvidenceKitError, ExitCode


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name; gives its exit code (`errors.ExitCode`).

    Args:
        arguments: those behind the program's name; None takes those of the process.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    if not sys.warnoptions:
        # Odd certificates from strangers make libraries warn; that is nothing for a user.
        warnings.simplefilter("ignore")
    # Python sets a stream to None that was closed by whoever started it.
    stdin, stdout, stderr = (
        stream or io.StringIO() for stream in (sys.stdin, sys.stdout, sys.stderr)
    )
    terminal = Terminal(speak(choose_language(given)), stdin, stdout, stderr)
    try:
        return _run(terminal, arguments)
    except KeyboardInterrupt:  # a second one, while the first was being told
        return ExitCode.INTERRUPTED
    finally:
        terminal.close()


def _run(terminal: Terminal, arguments: Sequence[str] | None) -> int:
    try:
        code = root.main(arguments, prog_name=NAME, standalone_mode=False, obj=terminal)
        return int(code or ExitCode.DONE)
    except EvidenceKitError as error:
        terminal.show_error(error)
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        terminal.show_help(error.message)
        return ExitCode.USAGE
    except click.UsageError as error:
        terminal.show_usage_error(error)
        return ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        terminal.show_interrupted()
        return ExitCode.INTERRUPTED
    except OSError as error:
        terminal.show_system_error(error)
        return ExitCode.ERROR
    except Exception as error:
        terminal.show_internal_error(error)
        return ExitCode.ERROR
