"""Where the kit's state lives and what the user has configured.

Each value comes from a flag, else from `EVIDENCE_KIT_*`, else from config.toml, else from
its default. Only this module and `cli` read the environment.
"""

import os
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from evidence_kit.errors import ConfigError, closest

_APP = "evidence-kit"
_VARIABLES = {
    "lang": "EVIDENCE_KIT_LANG",
    "tsa": "EVIDENCE_KIT_TSA",
    "trust": "EVIDENCE_KIT_TRUST",
    "browser": "EVIDENCE_KIT_BROWSER",
}

_PROGRAM_FOLDERS = ("ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All that can be configured."""

    data_dir: Path
    """Keys and saved sessions; never inside a case."""
    config_dir: Path
    """config.toml, and the user's own authorities and lexicons."""
    lang: Literal["en", "zh"] | None = None
    """"zh" or "en"; None follows the locale."""
    tsa: tuple[str, ...] | None = None
    """Ids or URLs of time-stamp authorities; None asks the default ones."""
    trust: tuple[str, ...] = ()
    """Paths of PEM files with further trust anchors."""
    browser: str | None = None
    """Path of the browser; None looks for one."""


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings in force.

    Raises:
        ConfigError: config.toml can't be read, or has an unknown key or a wrong value.
    """
    environ = os.environ if environ is None else environ
    config_dir = _folder(environ, "EVIDENCE_KIT_CONFIG_DIR", "config")
    values = _read_config(config_dir / "config.toml")
    for key, variable in _VARIABLES.items():
        text = environ.get(variable)
        if text:
            is_list = key in ("tsa", "trust")
            values[key] = (
                [part for part in text.split(os.pathsep if key == "trust" else ",") if part]
                if is_list
                else text
            )
    values["data_dir"] = _folder(environ, "EVIDENCE_KIT_DATA_DIR", "data")
    values["config_dir"] = config_dir
    try:
        return msgspec.convert(values, Settings)
    except msgspec.ValidationError as error:
        raise ConfigError(
            "config.value", path=str(config_dir / "config.toml"), detail=str(error)
        ) from error


def program_folders(environ: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """Folders that Windows has programs in, by the names of their variables, in their order."""
    environ = os.environ if environ is None else environ
    return {name: environ[name] for name in _PROGRAM_FOLDERS if environ.get(name)}


def _folder(environ: Mapping[str, str], variable: str, kind: str) -> Path:
    if environ.get(variable):
        return Path(environ[variable]).expanduser()
    import platformdirs

    find = platformdirs.user_config_path if kind == "config" else platformdirs.user_data_path
    return find(_APP, appauthor=False)


def _read_config(path: Path) -> dict[str, object]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigError("config.unreadable", path=str(path), detail=str(error)) from error
    for key in values:
        if key not in _VARIABLES:
            suggestion = closest(key, _VARIABLES)
            raise ConfigError("config.unknown_key", key=key, path=str(path), suggestion=suggestion)
    trust = values.get("trust")
    if isinstance(trust, list):
        # A path in the file is taken from where the file lies, not from the current folder.
        values["trust"] = [str(path.parent / str(name)) for name in trust]
    return values


def platform_family() -> str:
    """Family of the operating system, and no more: a bundle goes to strangers."""
    families = {"linux": "linux", "darwin": "macos", "win32": "windows"}
    return families.get(sys.platform, "other")
