"""The reader's language: gettext catalogues for the words of the kit and of click."""

import gettext
import locale
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

DOMAIN = "evidence_kit"
LOCALE_DIR = Path(__file__).parent / "locale"
LANGUAGES = {"en": "en", "zh": "zh_CN"}

_Name = TypeVar("_Name", bound=str)


def mark(text: str) -> str:
    """Mark a text for extraction into the catalogues; it is translated when it is shown."""
    return text


def english_of(name: str, names: Mapping[_Name, str]) -> _Name | None:
    """The English name that a user gave in either language; None where there is no such name.

    Args:
        name: as typed; case does not matter.
        names: each with its Chinese.

    >>> english_of("承诺", {"promises": "承诺"}), english_of("Promises", {"promises": "承诺"})
    ('promises', 'promises')
    """
    return next((one for one, chinese in names.items() if name.lower() in (one, chinese)), None)


class Translator:
    """Gives the kit's texts in one language.

    Args:
        lang: "zh" or "en".
    """

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._catalogue = gettext.translation(
            DOMAIN, LOCALE_DIR, languages=[LANGUAGES[lang]], fallback=lang == "en"
        )

    def __call__(self, text: str, /, **params: str | int) -> str:
        """The text in this language, its {names} filled in."""
        translated = self._catalogue.gettext(text) if text else ""
        return translated.format_map(params) if params else translated

    def plural(self, one: str, many: str, count: int, /, **params: str | int) -> str:
        """The form that fits `count`, which the text names as {count}."""
        return self._catalogue.ngettext(one, many, count).format_map({"count": count, **params})


def language(environ: Mapping[str, str]) -> str:
    """ "zh" where the locale is Chinese, else "en"."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(variable):
            return "zh" if environ[variable].lower().startswith("zh") else "en"
    name = locale.getlocale()[0] or ""
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"
