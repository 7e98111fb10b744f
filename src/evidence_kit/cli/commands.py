"""The command `evidence-kit` itself: its global options, and its commands, lazily imported."""

import gettext
import importlib
import re
from typing import Any

import click

from evidence_kit.cli.terminal import Terminal
from evidence_kit.errors import UsageError, closest
from evidence_kit.i18n import LANGUAGES, mark

NAME = "evidence-kit"
COMMANDS = (
    "init",
    "capture",
    "login",
    "add",
    "log",
    "stamp",
    "verify",
    "show",
    "chat",
    "share",
    "attach",
    "key",
    "doctor",
)
"""In the order of their use; each is the `command` of the module of the same name."""
_OTHER_DASH = re.compile(r"[-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]{1,4}(?<!--)([a-z][a-z-]+)")
"""What a Chinese keyboard, a word processor or a chat makes of the two hyphens of an option."""
_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class _Formatter(click.HelpFormatter):
    """Headings with the colon of the language, which needs no blank behind it in Chinese."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line on how a command is called."""
        usage = gettext.gettext("Usage:")
        super().write_usage(prog, args, prefix or (f"{usage} " if usage.isascii() else usage))

    def write_heading(self, heading: str) -> None:
        """Write the line above a list."""
        text = gettext.gettext(mark("{heading}:")).format(heading=heading)
        self.write(f"{'':>{self.current_indent}}{text}\n")


class _Context(click.Context):
    formatter_class = _Formatter


class _Help:
    """A help text that is translated when it is read, not when its module is imported."""

    _help: str | None = None

    @property
    def help(self) -> str | None:
        """The text in the language of the moment."""
        return gettext.gettext(self._help) if self._help else None

    @help.setter
    def help(self, text: str | None) -> None:
        self._help = text


class _ShortHelp(_Help):
    """So is the line in the list of commands."""

    short_help: str | None

    def get_short_help_str(self, limit: int = 45) -> str:
        """The line in the list of commands; never cut."""
        return gettext.gettext(self.short_help) if self.short_help else ""


class Option(_Help, click.Option):
    """An option with a help text in both languages."""


def _remember(context: click.Context, option: click.Parameter, value: Any) -> None:
    terminal = context.find_object(Terminal)
    if terminal is not None and value:
        match option.name:
            case "quiet":
                terminal.is_quiet = True
            case "verbose":
                terminal.is_verbose = True
            case "no_input":
                terminal.may_ask = False


def _show_version(context: click.Context, _: click.Parameter, value: bool) -> None:
    from evidence_kit import __version__

    if value:
        context.ensure_object(Terminal).put(f"{NAME} {__version__}")
        context.exit()


def _global_options(*, hidden: bool) -> list[click.Parameter]:
    shared: dict[str, Any] = {"expose_value": False, "callback": _remember, "hidden": hidden}
    return [
        Option(
            ["--lang"],
            type=click.Choice(sorted(LANGUAGES)),
            help=mark("language of all texts; JSON is never translated"),
            **shared,
        ),
        Option(
            ["-q", "--quiet"],
            is_flag=True,
            help=mark("nothing on standard error but errors"),
            **shared,
        ),
        Option(
            ["-v", "--verbose"],
            is_flag=True,
            help=mark("also what passed, and where an unexpected error arose"),
            **shared,
        ),
        Option(
            ["--no-input"],
            is_flag=True,
            help=mark("never ask; what is not given is an error or left out"),
            **shared,
        ),
    ]


class Command(_ShortHelp, click.Command):
    """A command; the global options may stand behind it as well as before it."""

    context_class = _Context

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        keywords.setdefault("context_settings", _SETTINGS)
        super().__init__(*arguments, **keywords)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Its own options and, not listed again in its help, the global ones."""
        return [*super().get_params(ctx), *_global_options(hidden=True)]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read its words; an option behind another dash than the two that are meant is told."""
        names = {name for parameter in self.get_params(ctx) for name in parameter.opts}
        for word in args:
            found = _OTHER_DASH.match(word)
            if found and (meant := f"--{found[1]}") in names:
                raise UsageError("option.dash", given=word.partition("=")[0], suggestion=meant)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run it, unless the configuration is wrong."""
        ctx.ensure_object(Terminal).require_settings()
        return super().invoke(ctx)


class Group(_ShortHelp, click.Group):
    """A command that has commands."""

    command_class = Command
    context_class = _Context

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        keywords.setdefault("context_settings", _SETTINGS)
        super().__init__(*arguments, **keywords)


class _Root(Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"evidence_kit.cli.{cmd_name}")
        found: click.Command = module.command
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args == ["help"]:
            click.echo(ctx.get_help(), color=ctx.color)
            ctx.exit()
        if args[0] == "help":
            args = [args[1], "--help"]
        if args[0] not in COMMANDS and args[0][:1].isalnum():
            suggestion = closest(args[0], COMMANDS)
            raise UsageError("command.unknown", name=args[0], suggestion=suggestion)
        return super().resolve_command(ctx, args)


root = _Root(
    NAME,
    params=[
        *_global_options(hidden=False),
        Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_show_version,
            help=mark("show the version and exit"),
        ),
    ],
    help=mark(
        "Seal, time-stamp and verify the evidence of an online purchase dispute."
        " The options below may also stand behind a command."
    ),
)
