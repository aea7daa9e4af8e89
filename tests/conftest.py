"""One world for every test: no user's files, no clock of its own, no terminal of its own.

What runs as a subprocess inherits it, since it is all in the environment.
"""

import itertools
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

REPO = Path(__file__).resolve().parent.parent
TODAY = "2025-11-03"
USER = "Test Person"

# Read before the freeze takes every CIM_* away: CI sets it, where a skip would be a false calm.
_TOOLS_REQUIRED = os.environ.get("CIM_REQUIRE_TOOLS") == "1"

_GONE = {
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLORTERM",
    "COLUMNS",
    "EDITOR",
    "FORCE_COLOR",
    "LINES",
    "NO_COLOR",
    "PAGER",
    "STY",
    "TMUX",
    "VISUAL",
}
_GONE_PREFIXES = ("CIM_", "LC_", "TEXTUAL", "XDG_")
_FIXED = {
    "CIM_TODAY": TODAY,
    "CIM_USER": USER,
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "TERM": "xterm-256color",
    "TEXTUAL_ANIMATIONS": "none",
    "TZ": "UTC",
}
_XDG = {
    "XDG_CACHE_HOME": ".cache",
    "XDG_CONFIG_HOME": ".config",
    "XDG_DATA_HOME": ".local/share",
    "XDG_RUNTIME_DIR": ".run",
    "XDG_STATE_HOME": ".local/state",
}

settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile(
    "deep",
    max_examples=2_000,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ci")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--deep",
        action="store_true",
        help="run tests marked deep, and give every property far more, and fresh, examples",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--deep") and not config.getoption("--hypothesis-profile"):
        settings.load_profile("deep")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--deep"):
        return
    for item in items:
        if item.get_closest_marker("deep"):
            item.add_marker(pytest.mark.skip(reason="takes long: runs with --deep"))


def _freeze(patch: pytest.MonkeyPatch, home: Path) -> None:
    for name in list(os.environ):
        if name in _GONE or name.startswith(_GONE_PREFIXES):
            patch.delenv(name)
    for name, value in _FIXED.items():
        patch.setenv(name, value)
    patch.setenv("HOME", str(home))
    patch.setenv("USERPROFILE", str(home))
    for name, folder in _XDG.items():
        patch.setenv(name, str(home / folder))
    home.mkdir(exist_ok=True)


@pytest.fixture(scope="session", autouse=True)
def frozen_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The same world for fixtures that outlive one test; answers where the homes lie."""
    homes = tmp_path_factory.mktemp("homes", numbered=False)
    with pytest.MonkeyPatch.context() as patch:
        _freeze(patch, homes / "shared")
        time.tzset()
        yield homes
    time.tzset()


_count = itertools.count()


@pytest.fixture(autouse=True)
def home(frozen_session: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home for this test alone. Not under tmp_path: that stays the test's own."""
    place = frozen_session / str(next(_count))
    _freeze(monkeypatch, place)
    return place


@pytest.fixture(autouse=True)
def nobody_writes_on() -> Iterator[None]:
    """A test that leaves a saver behind would have it write in the middle of another test."""
    yield
    left = [thread for thread in threading.enumerate() if thread.name == "saver"]
    assert not left, "a screen was left open: app.saver.end() is missing"


def needs(program: str) -> str:
    """Where a system program lies; without it the test is skipped, or fails where CI says so."""
    found = shutil.which(program)
    if found:
        return found
    if _TOOLS_REQUIRED:
        pytest.fail(f"{program} is not installed, and CIM_REQUIRE_TOOLS=1: see .ci/apt.txt")
    pytest.skip(f"{program} is not installed")


def shared(path: str) -> Path:
    """A file or folder of material that may lie beside the project; skips where it does not."""
    place = REPO.parent / "shared" / path
    if not place.exists():
        pytest.skip(f"shared/{path} does not lie beside the project")
    return place


@pytest.fixture(name="needs", scope="session")
def _needs() -> Callable[[str], str]:
    return needs


@pytest.fixture(name="shared", scope="session")
def _shared() -> Callable[[str], Path]:
    return shared
