"""Which language to speak, and making click speak it too."""

import gettext
import os
from collections.abc import Sequence

from evidence_kit import settings
from evidence_kit.errors import ConfigError
from evidence_kit.i18n import DOMAIN, LANGUAGES, LOCALE_DIR, Translator, language, mark

CLICK_WORDS = (mark("required"),)
"""Words of click that it looks up without naming them in its own source."""


def choose_language(arguments: Sequence[str]) -> str:
    """ "zh" or "en": from --lang, else from the settings, else from the locale.

    Looks at the arguments before click does, so that even its complaint about them is in
    the language asked for.
    """
    for number, argument in enumerate(arguments):
        if argument == "--":
            break
        following = arguments[number + 1] if number + 1 < len(arguments) else ""
        lang = following if argument == "--lang" else argument.removeprefix("--lang=")
        if lang in LANGUAGES and argument.startswith("--lang"):
            return lang
    try:
        configured = settings.load().lang
    except ConfigError:  # told later, by the command that needs the settings
        configured = None
    return configured or language(os.environ)


def speak(lang: str) -> Translator:
    """The translator to a language. From now on click uses the same catalogue."""
    # gettext's own functions, which click calls, know no other way to be told a language
    os.environ["LANGUAGE"] = LANGUAGES[lang]
    gettext.bindtextdomain(DOMAIN, LOCALE_DIR)
    gettext.textdomain(DOMAIN)
    return Translator(lang)
