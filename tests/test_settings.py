from pathlib import Path

import pytest

from evidence_kit import settings
from evidence_kit.errors import ConfigError


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {
        "EVIDENCE_KIT_CONFIG_DIR": str(tmp_path / "config"),
        "EVIDENCE_KIT_DATA_DIR": str(tmp_path / "data"),
    }


def configure(environ: dict[str, str], text: str) -> Path:
    folder = Path(environ["EVIDENCE_KIT_CONFIG_DIR"])
    folder.mkdir(exist_ok=True)
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return folder


def test_without_a_file_every_setting_has_its_default(environ: dict[str, str]) -> None:
    loaded = settings.load(environ)
    assert (loaded.lang, loaded.tsa, loaded.trust, loaded.browser) == (None, None, (), None)
    assert loaded.data_dir == Path(environ["EVIDENCE_KIT_DATA_DIR"])


def test_the_environment_goes_before_the_file(environ: dict[str, str]) -> None:
    configure(environ, 'lang = "zh"\ntsa = ["one"]\n')
    assert settings.load(environ).tsa == ("one",)
    environ |= {"EVIDENCE_KIT_TSA": "two,three", "EVIDENCE_KIT_LANG": "en"}
    loaded = settings.load(environ)
    assert (loaded.lang, loaded.tsa) == ("en", ("two", "three"))


def test_a_path_in_the_file_is_taken_from_its_folder(environ: dict[str, str]) -> None:
    folder = configure(environ, 'trust = ["root.pem", "/etc/other.pem"]\n')
    assert settings.load(environ).trust == (str(folder / "root.pem"), "/etc/other.pem")


def test_an_unknown_key_gets_a_suggestion(environ: dict[str, str]) -> None:
    configure(environ, 'brwser = "x"\n')
    with pytest.raises(ConfigError) as caught:
        settings.load(environ)
    assert caught.value.code == "config.unknown_key"
    assert caught.value.params["suggestion"] == "browser"


@pytest.mark.parametrize("text", ['lang = "fr"\n', "tsa = 1\n", 'trust = "root.pem"\n'])
def test_a_wrong_value_is_refused(environ: dict[str, str], text: str) -> None:
    configure(environ, text)
    with pytest.raises(ConfigError) as caught:
        settings.load(environ)
    assert caught.value.code == "config.value"


@pytest.mark.parametrize("content", [b"lang = ", b"\xff\xfe"])
def test_a_file_that_is_no_toml_is_named(environ: dict[str, str], content: bytes) -> None:
    folder = configure(environ, "")
    (folder / "config.toml").write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        settings.load(environ)
    assert caught.value.code == "config.unreadable"
