"""The words of codes, in the reader's language, with nothing in them that a terminal obeys."""

import os
import shlex
from typing import TYPE_CHECKING

import msgspec

from evidence_kit.bundle.text import escape
from evidence_kit.i18n import Translator, mark

if TYPE_CHECKING:
    from evidence_kit.errors import EvidenceKitError
    from evidence_kit.model import Observation
    from evidence_kit.report import Finding

DETAILS = (
    mark("Address already in use"),
    mark("Connection aborted"),
    mark("Connection refused"),
    mark("Connection reset by peer"),
    mark("Directory not empty"),
    mark("File exists"),
    mark("File name too long"),
    mark("File too large"),
    mark("Input/output error"),
    mark("Is a directory"),
    mark("No space left on device"),
    mark("No such file or directory"),
    mark("Not a directory"),
    mark("Operation not permitted"),
    mark("Permission denied"),
    mark("Read-only file system"),
    mark("Too many open files"),
    mark("no PKCS#12"),
    mark("not a regular file"),
    mark("no key with a certificate in it"),
    mark("the certificate is another key's"),
    mark("an element is not DER"),
    mark("bytes after the end"),
    mark("cut short"),
    mark("length is not minimal or not definite"),
    mark("length past the end"),
    mark("long tag"),
    mark("nested too deep"),
    mark("no certificate in PEM form"),
    mark("too long"),
    mark("too many elements"),
)
"""Details that the system or a lower room gives in English, as part of a sentence."""

_DAMAGED = mark("damaged")
_NO_ANSWER = mark("no usable answer")
_REFUSED_CERTIFICATE = mark("its certificate is not trusted")
_EXCEPTIONS = {
    "BadStatusLine": _NO_ANSWER,
    "BrokenPipeError": mark("Connection aborted"),
    "ConnectionAbortedError": mark("Connection aborted"),
    "ConnectionRefusedError": mark("Connection refused"),
    "ConnectionResetError": mark("Connection reset by peer"),
    "IncompleteRead": mark("cut short"),
    "InvalidURL": mark("not an address"),
    "LineTooLong": _NO_ANSWER,
    "OSError": mark("no connection"),
    "RemoteDisconnected": mark("Connection aborted"),
    "SSLCertVerificationError": _REFUSED_CERTIFICATE,
    "SSLEOFError": mark("Connection aborted"),
    "SSLError": mark("no secure connection"),
    "TimeoutError": mark("no answer in time"),
    "UnicodeError": mark("not an address"),
    "ValueError": _DAMAGED,
    "gaierror": mark("there is no such name, or no network"),
}
"""The same for the names of exceptions."""

_PATHS = frozenset({"bundles", "example", "path"})
"""Parameters that a hint names as something to be typed."""

_WHOLE = frozenset({"container", "case"})
"""Subjects that are no paths."""


def join(command: list[str]) -> str:
    """The command as it can be pasted into this system's shell."""
    if os.name != "nt":
        return shlex.join(command)
    import subprocess

    return subprocess.list2cmdline(command)


def _typed(params: dict[str, str | int]) -> dict[str, str | int]:
    """The same for a hint, where paths are parts of commands."""
    return {
        name: join([value]) if name in _PATHS and isinstance(value, str) else value
        for name, value in params.items()
    }


class _Blanks(dict[str, str | int]):
    """What is not known of the words of another code is left open."""

    def __missing__(self, name: str) -> str:
        return "" if name == "path" else "…"


class Words:
    """Looks up the words of codes.

    Args:
        translator: to the reader's language.
    """

    def __init__(self, translator: Translator) -> None:
        self._translator = translator

    def tr(self, text: str, /, **params: str | int) -> str:
        """A text of the kit's own, its {names} filled in."""
        return self._translator(text, **self._shown(params))

    def plural(self, one: str, many: str, count: int, /, **params: str | int) -> str:
        """The form that fits `count`, which the text names as {count}."""
        return self._translator.plural(one, many, count, **self._shown(params))

    def of_error(self, error: "EvidenceKitError") -> tuple[str, str]:
        """What went wrong, and what to do next."""
        return self.of_error_code(error.code, error.params)

    def of_error_code(self, code: str, params: dict[str, str | int]) -> tuple[str, str]:
        """As `of_error`, for an error that was kept as data."""
        from evidence_kit.messages import ERRORS

        message = ERRORS[code]
        return self.tr(message.text, **params), self.tr(message.hint, **_typed(params))

    def of_finding(self, finding: "Finding") -> str:
        """What a check established. What bears on all of the bundle names no path."""
        from evidence_kit.messages import FINDINGS

        params = finding.params
        if finding.code == "capture.noticed":
            return self._of_noticed(finding)
        if params.get("path") in _WHOLE:
            params = {**params, "path": ""}
        return self.tr(FINDINGS[finding.code], **params).rstrip(" :：")

    def _of_noticed(self, finding: "Finding") -> str:
        from evidence_kit.messages import FINDINGS
        from evidence_kit.model import Observation

        code = str(finding.params["observation"])
        what = self.of_observation(Observation(code=code, params=finding.params))
        return self.tr(FINDINGS[finding.code], item=finding.subject, what=what)

    def of_finding_briefly(self, finding: "Finding") -> str:
        """The same inside a sentence: without its place, and with names cut short."""
        from evidence_kit.report import common_name

        params = {**finding.params, "path": ""}
        if "authority" in params:
            params["authority"] = common_name(str(params["authority"]))
        return self.of_finding(msgspec.structs.replace(finding, params=params))

    def of_observation(self, observation: "Observation") -> str:
        """What was noticed about a page; its code where a stranger or a later version wrote it."""
        from evidence_kit.messages import CHAT_SINGULARS, OBSERVATIONS

        quantities = {name: self._quantity(name, n) for name, n in observation.params.items()}
        params = {"code": observation.code, **quantities}
        forms = CHAT_SINGULARS if params.get("count") == 1 else {}
        try:
            form = forms.get(observation.code) or OBSERVATIONS[observation.code]
            return self.tr(form, **params)
        except KeyError:
            return escape(observation.code)

    def _quantity(self, name: str, value: str | int) -> str | int:
        """A number with what it counts, where the text leaves that to the number."""
        if name == "messages" and isinstance(value, int):
            return self.plural("{count} message", "{count} messages", value)
        if name == "unclaimed" and value == 0:
            return self.tr("everything was understood")
        if name == "unclaimed" and isinstance(value, int):
            return self.plural(
                "{count} byte was not understood", "{count} bytes were not understood", value
            )
        return value

    def of_reason(self, codes: str) -> str:
        """The words of codes, separated by commas, that stand inside another sentence."""
        return "; ".join(map(self._brief, codes.split(", ")))

    def _brief(self, code: str) -> str:
        from evidence_kit.messages import FINDINGS

        text = FINDINGS.get(code)
        if text is None:
            return self._translator(escape(code))
        return self._translator(text).format_map(_Blanks()).rstrip(" :：")

    def _shown(self, params: dict[str, str | int]) -> dict[str, str | int]:
        return {name: self._value(name, value) for name, value in params.items()}

    def _value(self, name: str, value: str | int) -> str | int:
        if isinstance(value, int):
            return value
        if name == "reason":
            return self.of_reason(value)
        if name == "format":
            return escape(self._translator(value))
        if name == "detail":
            return escape(self._translator(_EXCEPTIONS.get(value, value)))
        return escape(value)
