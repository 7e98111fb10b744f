"""Where answers and remarks go: standard output is data, standard error is all else.

Whatever is written here, even a name that a stranger chose, can't move the cursor, change
a colour or turn the direction of the text.
"""

import contextlib
import itertools
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

import click

from evidence_kit import settings
from evidence_kit.bundle.text import escape, is_safe_text
from evidence_kit.cli.similar import similar_path
from evidence_kit.cli.words import Words, join
from evidence_kit.errors import EvidenceKitError
from evidence_kit.i18n import Translator, mark
from evidence_kit.settings import Settings

_PROGRESS_AFTER_S = 1.0
_PROGRESS_EVERY_S = 0.2
_LINES_AT_ONCE = 1000
_COLOURS = {"passed": "green", "failed": "red", "indeterminate": "yellow"}


class Terminal:
    """The user's side of the program.

    Args:
        translator: the language of all texts.
        stdin: where answers to questions come from.
        stdout: takes data.
        stderr: takes everything else.
        monotonic: seconds.
    """

    def __init__(
        self,
        translator: Translator,
        stdin: TextIO,
        stdout: TextIO,
        stderr: TextIO,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.words = Words(translator)
        self.tr = self.words.tr
        self.lang = translator.lang
        self.is_quiet = False
        self.is_verbose = False
        self.may_ask = stdin.isatty()
        self._out = stdout
        self._err = stderr
        self._monotonic = monotonic
        self._settings: Settings | None = None
        for stream in (stdout, stderr):
            _make_writable(stream)

    # Settings

    def require_settings(self) -> Settings:
        """The settings, read once.

        Raises:
            ConfigError: they are wrong.
        """
        if self._settings is None:
            self._settings = settings.load()
        return self._settings

    # Data

    def put(self, text: str, outcome: str | None = None) -> None:
        """Write a line of an answer; in colours, that of an outcome."""
        clean = escape(text)
        if outcome in _COLOURS and self._out.isatty() and not os.environ.get("NO_COLOR"):
            clean = click.style(clean, fg=_COLOURS[outcome], bold=True)
        self._write(self._out, clean)

    def put_path(self, path: Path) -> None:
        """Write a path: byte for byte where a program reads it."""
        is_read_by_program = not self._out.isatty()
        self._write(self._out, str(path) if is_read_by_program else escape(str(path)))

    def put_json(self, value: Any) -> None:
        """Write a value as JSON: UTF-8, indented, never translated."""
        import json

        import msgspec

        text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=2)
        self._write(self._out, "\n".join(map(_escape_json, text.split("\n"))))

    def put_json_line(self, value: Any) -> None:
        """Write a value as JSON on a line of its own."""
        import json

        import msgspec

        text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False)
        self._write(self._out, _escape_json(text))

    def put_json_list(self, head: Any, name: str, entries: Iterable[Any]) -> None:
        """Write an object as JSON whose last member is a long list, an entry a line.

        Args:
            head: the other members; not empty.
            name: of the list.
            entries: taken one after the other, so that they need not fit into memory.
        """
        import json

        import msgspec

        opening = json.dumps(msgspec.to_builtins(head), ensure_ascii=False, indent=2)
        texts = (msgspec.json.encode(entry).decode() for entry in entries)
        lines = itertools.chain(
            (f"{opening.removesuffix(chr(10) + '}')},", f'  "{name}": ['),
            _with_commas(texts),
            ("  ]", "}"),
        )
        parts = itertools.chain.from_iterable(line.split("\n") for line in lines)
        self._write_many(map(_escape_json, parts))

    def put_many(self, lines: Iterable[str]) -> None:
        """Write many lines of an answer, as they come."""
        self._write_many(map(escape, lines))

    def _write_many(self, lines: Iterable[str]) -> None:
        coming = iter(lines)
        while batch := list(itertools.islice(coming, _LINES_AT_ONCE)):
            self._write(self._out, "\n".join(batch))

    # Remarks

    def say(self, text: str) -> None:
        """Tell something that is no data, in one line."""
        if not self.is_quiet:
            self._write(self._err, escape(text))

    def suggest(self, *command: str | Path, form: str = mark("next: {command}")) -> None:
        """Name the next sensible command, in a sentence of that form."""
        line = join([str(part) for part in command])
        self.say(self.tr(form, command=line))

    def ask(self, question: str, *, is_secret: bool = False) -> str:
        """The answer to a question; empty where none is given."""
        answer: str = click.prompt(
            escape(question), default="", show_default=False, err=True, hide_input=is_secret
        )
        return answer

    @contextlib.contextmanager
    def stages(self, names: Mapping[str, str]) -> Iterator[Callable[[str], None] | None]:
        """Show which stage the work is at, on a terminal.

        Args:
            names: what to call each stage; one that is not named is not shown.
        """
        if self.is_quiet or not self._err.isatty():
            yield None
            return
        line = _ProgressLine(self._err)

        def show(stage: str) -> None:
            line.show(names[stage]) if stage in names else line.clear()

        try:
            yield show
        finally:
            line.clear()

    @contextlib.contextmanager
    def progress(self, text: str) -> Iterator[Callable[[int], None] | None]:
        """Show how many bytes are done, on a terminal and after a second of work."""
        if self.is_quiet or not self._err.isatty():
            yield None
            return
        line = _ProgressLine(self._err)
        done_bytes, next_s = 0, self._monotonic() + _PROGRESS_AFTER_S

        def add(count: int) -> None:
            nonlocal done_bytes, next_s
            done_bytes += count
            now_s = self._monotonic()
            if now_s >= next_s:
                next_s = now_s + _PROGRESS_EVERY_S
                line.show(f"{text} {done_bytes / 1e6:.0f} MB")

        try:
            yield add
        finally:
            line.clear()

    # Errors

    def show_error(self, error: EvidenceKitError) -> None:
        """Tell what went wrong, and what to do next."""
        text, hint = self.words.of_error(error)
        if error.code == "file.missing" and (meant := similar_path(str(error.params["path"]))):
            hint = self.tr("did you mean {suggestion}?", suggestion=join([meant]))
        self._complain(text, hint)

    def show_usage_error(self, error: click.UsageError) -> None:
        """Tell what is wrong with the command, in the same form as every error."""
        command = error.ctx.command_path if error.ctx else "evidence-kit"
        text, hint = (
            error.format_message(),
            self.tr("see how it is used with: {command}", command=f"{command} -h"),
        )
        if isinstance(error, click.NoSuchOption) and _is_of_a_command(error):
            example = f"{command} COMMAND {error.option_name}"
            text = error.message
            hint = self.tr("put it behind the command: {command}", command=example)
        elif isinstance(error, click.NoSuchOption) and error.possibilities:
            text = error.message
            hint = self.tr("did you mean {suggestion}?", suggestion=error.possibilities[0])
        # Some are spread over several lines; all are written as whole sentences.
        text = " ".join(text.split()).rstrip(".")
        if text.isascii():
            text = text[:1].lower() + text[1:]
        self._complain(text, hint)

    def show_system_error(self, error: OSError) -> None:
        """Tell what the operating system refused."""
        detail = error.strerror or str(error) or type(error).__name__
        place = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
        text = self.tr("the system refused to do it ({detail})", detail=detail)
        if place:
            text = self.tr(
                "the system refused to do it ({detail}): {path}", detail=detail, path=place
            )
        self._complain(text, self.tr("check the path, the rights and the free space"))
        self._show_traceback()

    def show_internal_error(self, error: Exception) -> None:
        """Tell that the program is at fault."""
        self._complain(
            self.tr("internal error ({kind})", kind=type(error).__name__),
            self.tr("please report it, with what this command prints when run with -v"),
        )
        self._show_traceback()

    def show_interrupted(self) -> None:
        """Tell that the user stopped it."""
        self._complain(self.tr("interrupted"), self.tr("run the same command again"))

    def show_help(self, text: str) -> None:
        """Show how a command is used to who gave none."""
        self._write(self._err, _clean_lines(text))

    def _complain(self, text: str, hint: str) -> None:
        lines = [self.tr("error: {text}", text=text)]
        if hint:
            lines.append(self.tr("hint: {text}", text=hint))
        self._write(self._err, "\n".join(lines))

    def _show_traceback(self) -> None:
        if self.is_verbose:
            import traceback

            self._write(self._err, _clean_lines(traceback.format_exc().rstrip("\n")))

    # Streams

    def _write(self, stream: TextIO, text: str) -> None:
        try:
            click.echo(text, file=stream, color=None)
            stream.flush()
        except BrokenPipeError:
            # Who reads has enough; the work goes on and its exit code stays true.
            _discard(stream)

    def close(self) -> None:
        """Bring everything out; at exit nothing may be left that can fail."""
        for stream in (self._out, self._err):
            try:
                stream.flush()
            except OSError:
                _discard(stream)


class _ProgressLine:
    """One line that is written over again."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_shown = False

    def show(self, text: str) -> None:
        self._is_shown = True
        self._stream.write(f"\r\x1b[K{escape(text)}")
        self._stream.flush()

    def clear(self) -> None:
        if self._is_shown:
            self._is_shown = False
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def _is_of_a_command(error: click.NoSuchOption) -> bool:
    """True where the option stands before the command that it belongs to."""
    context = error.ctx
    if context is None or not isinstance(context.command, click.Group):
        return False
    names = context.command.list_commands(context)
    commands = (context.command.get_command(context, name) for name in names)
    return any(
        error.option_name in parameter.opts
        for command in commands
        if command
        for parameter in command.params
    )


def _clean_lines(text: str) -> str:
    return "\n".join(map(escape, text.split("\n")))


def _escape_json(line: str) -> str:
    """What is unsafe on a terminal stands in strings only, where JSON has escapes for it."""
    if is_safe_text(line):
        return line
    return "".join(c if is_safe_text(c) else f"\\u{ord(c):04x}" for c in line)


def _with_commas(entries: Iterable[str]) -> Iterator[str]:
    before: str | None = None
    for entry in entries:
        if before is not None:
            yield f"    {before},"
        before = entry
    if before is not None:
        yield f"    {before}"


def _make_writable(stream: TextIO) -> None:
    """Make sure that no text can fail to be written."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is None:
        return
    if stream.isatty():
        reconfigure(errors="backslashreplace")
    else:
        reconfigure(encoding="utf-8", errors=sys.getfilesystemencodeerrors())


def _discard(stream: TextIO) -> None:
    """Let everything that is still to be written vanish."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
