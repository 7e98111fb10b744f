"""The wheel, as a user has it: alone in an environment with what it declares to need."""

import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

import evidence_kit

ROOT = Path(__file__).parent.parent
VERSION = evidence_kit.__version__

IMPORT_EVERYTHING = """
import importlib, pkgutil
import evidence_kit
for module in pkgutil.walk_packages(evidence_kit.__path__, "evidence_kit."):
    if not module.name.endswith(".__main__"):
        importlib.import_module(module.name)
print(evidence_kit.__file__)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-build-isolation", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
    [built] = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that holds the wheel and, by links, the packages it requires."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    pip("--python", str(folder), "install", "--no-index", "--no-deps", str(wheel))
    [site_packages] = folder.glob("lib/python*/site-packages")
    for name in required_by("evidence-kit"):
        files = distribution(name).files or []
        for top in {file.parts[0] for file in files} - {".."}:
            link = site_packages / top
            if not link.exists():
                link.symlink_to(Path(str(distribution(name).locate_file(top))))
    return folder


def pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*command, *arguments], check=True)


def required_by(name: str) -> set[str]:
    """The packages that a package needs here, and those that they need."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for line in distribution(waiting.pop()).requires or []:
            requirement = Requirement(line)
            wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
            if wanted and requirement.name not in found:
                found.add(requirement.name)
                waiting.append(requirement.name)
    return found


def run(environment: Path, program: str, *arguments: str) -> str:
    result = subprocess.run(
        [environment / "bin" / program, *arguments],
        cwd=environment,
        env={"HOME": str(environment), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout


def test_wheel_holds_every_file_of_the_package_and_nothing_else(wheel: Path) -> None:
    package = ROOT / "src" / "evidence_kit"
    wanted = {
        path.relative_to(package.parent).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    held = set(ZipFile(wheel).namelist())
    assert {name for name in held if ".dist-info/" not in name} == wanted


def test_wheel_carries_the_licence(wheel: Path) -> None:
    assert any(name.endswith("licenses/LICENSE") for name in ZipFile(wheel).namelist())


def test_every_module_imports_with_the_declared_dependencies_alone(environment: Path) -> None:
    origin = run(environment, "python", "-c", IMPORT_EVERYTHING).strip()
    assert Path(origin).is_relative_to(environment)


def test_development_packages_are_out_of_the_wheels_reach(environment: Path) -> None:
    code = "import importlib.util as u; print(u.find_spec('pytest'), u.find_spec('fixtures'))"
    assert run(environment, "python", "-c", code) == "None None\n"


def test_installed_command_tells_its_version(environment: Path) -> None:
    assert VERSION in run(environment, "evidence-kit", "--version")


@pytest.mark.parametrize(("lang", "is_chinese"), [("en", False), ("zh", True)])
def test_installed_command_explains_itself_in_both_languages(
    environment: Path, lang: str, is_chinese: bool
) -> None:
    help_text = run(environment, "evidence-kit", "--lang", lang, "--help")
    assert "capture" in help_text
    assert any("\u4e00" <= character <= "\u9fff" for character in help_text) == is_chinese
