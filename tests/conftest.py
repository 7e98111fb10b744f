"""What every test has at hand: a shop, an authority, state of its own, and no network."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fixtures.loopback import loopback_only
from fixtures.shop import Order, Shop, running_shop
from fixtures.tsa import Tsa, running_tsa


@dataclass(frozen=True)
class State:
    """Where the kit keeps its state during one test."""

    data_dir: Path
    config_dir: Path


@pytest.fixture(autouse=True)
def _stay_on_this_machine() -> Iterator[None]:
    """Fail a test whose process tried to reach another machine, even if it hid the error."""
    with loopback_only() as refused:
        yield
    if refused:
        pytest.fail(f"reached out to {', '.join(refused)}")


@pytest.fixture(scope="session")
def shop() -> Iterator[Shop]:
    """A shop that all tests share; who edits it takes `own_shop`."""
    with running_shop() as shared:
        yield shared
        assert shared.order == Order(), "a test edited the shared shop"


@pytest.fixture
def own_shop() -> Iterator[Shop]:
    """A shop for one test, which may edit it and count its log."""
    with running_shop() as own:
        yield own


@pytest.fixture(scope="session")
def tsa() -> Iterator[Tsa]:
    """A time-stamp authority that all tests share."""
    with running_tsa() as shared:
        yield shared


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> State:
    """Empty state folders and no `EVIDENCE_KIT_*` variable but those that name them."""
    for name in list(os.environ):
        if name.startswith("EVIDENCE_KIT_"):
            monkeypatch.delenv(name)
    folders = State(tmp_path / "kit-data", tmp_path / "kit-config")
    monkeypatch.setenv("EVIDENCE_KIT_DATA_DIR", str(folders.data_dir))
    monkeypatch.setenv("EVIDENCE_KIT_CONFIG_DIR", str(folders.config_dir))
    return folders
