"""Who may know whom: held by the static graph, and by what a command really loads.

A static graph sees every import that is written, also one that never runs; `sys.modules` sees
what a run loaded, also by a way that no graph follows.
"""

import ast
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import REPO

PACKAGE = REPO / "cim_tui"

# What each kind of command may not load. Names are whole packages.
SCREEN = frozenset({"textual"})
# Definitions that came with the program were checked before: nothing that checks is loaded.
CHECKING = SCREEN | {"pydantic", "pydantic_core"}
HEAVY = SCREEN | {"argparse", "asyncio", "pydantic", "pydantic_core", "rich", "tomli", "tomllib"}

# {id} becomes the example case's id.
COMMANDS = [
    ("--version", HEAVY, {0}),
    ("--help", HEAVY, {0}),
    ("list", CHECKING, {0, 1}),
    ("list --json", CHECKING, {0, 1}),
    ("status", CHECKING, {0, 1}),
    ("status --short", CHECKING, {0, 1}),
    ("status {id}", CHECKING, {0, 1}),
    ("status {id} --json", CHECKING, {0, 1}),
    ("check {id}", CHECKING, {0, 1}),
    ("check {id} --json", CHECKING, {0, 1}),
    ("next {id}", CHECKING, {0, 1}),
    ("due", CHECKING, {0, 1}),
    ("get {id}", CHECKING, {0, 1}),
    ("get {id} --json", CHECKING, {0, 1}),
    ("case show {id}", CHECKING, {0}),
    ("workflow list", CHECKING, {0}),
    ("workflow lint", SCREEN, {0}),
    ("status no-such-case", SCREEN, {3}),
    ("no-such-command", SCREEN, {2}),
]

# Runs one command as the console script does, then writes down what it loaded.
PROBE = """
import sys
report, arguments = sys.argv[1], sys.argv[2:]
before = set(sys.modules)
sys.argv = ["cim", *arguments]
from cim_tui.__main__ import main
try:
    code = main(arguments)
except SystemExit as end:
    code = end.code
loaded = sorted(set(sys.modules) - before)
with open(report, "w", encoding="utf-8") as file:
    print(*loaded, sep="\\n", file=file)
sys.exit(code)
"""


@dataclass(frozen=True)
class Run:
    code: int
    stdout: str
    stderr: str
    loaded: frozenset[str]


def run(command: list[str], sessions: Path, scratch: Path) -> Run:
    report = scratch / "loaded.txt"
    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(report), *command],
        cwd=scratch,
        env={**os.environ, "CIM_SESSIONS": str(sessions)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert report.exists(), f"cim {command} ended before it could be asked:\n{done.stderr}"
    loaded = report.read_text(encoding="utf-8").split()
    return Run(done.returncode, done.stdout, done.stderr, frozenset(loaded))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sessions folder of a worked example, made as a user makes it."""
    scratch = tmp_path_factory.mktemp("demo")
    done = run(["demo", "--no-open"], scratch / "unused", scratch)
    assert done.code == 0, done.stderr
    assert not packages(done) & SCREEN
    folder = Path(done.stdout.strip())
    assert folder.is_dir(), f"cim demo --no-open said {done.stdout!r}"
    return folder


def packages(done: Run) -> set[str]:
    return {name.partition(".")[0] for name in done.loaded}


def case_id(sessions: Path) -> str:
    """The id of the example: a case is named after its file."""
    stems = sorted(path.stem for path in sessions.glob("*.toml"))
    assert stems, f"no case in {sessions}"
    return stems[0]


@pytest.mark.xdist_group("import-contracts")
@pytest.mark.parametrize(("command", "forbidden", "codes"), COMMANDS, ids=[c[0] for c in COMMANDS])
def test_a_shell_command_loads_only_what_it_may(
    command: str, forbidden: frozenset[str], codes: set[int], demo: Path, tmp_path: Path
) -> None:
    words = command.format(id=case_id(demo)).split()
    done = run(words, demo, tmp_path)
    assert done.code in codes, done.stderr
    assert "Traceback" not in done.stderr
    assert not packages(done) & forbidden, f"cim {command} loaded what it may not"


def test_the_probe_sees_a_load_it_must_refuse(tmp_path: Path) -> None:
    """A measure that cannot fail proves nothing: the app itself does load textual."""
    done = subprocess.run(
        [sys.executable, "-c", "import sys, cim_tui.tui.app; print('textual' in sys.modules)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.strip() == "True"


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    code = "from importlinter.cli import lint_imports_command as run; run()"
    return subprocess.run(
        [sys.executable, "-c", code, "--no-logo", "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_the_import_graph_keeps_the_contracts() -> None:
    done = lint_imports(REPO)
    assert done.returncode == 0, done.stdout + done.stderr


# One forbidden line each, put into an otherwise empty house.
BREACHES = [
    ("cim_tui/core/a.py", "import os"),
    ("cim_tui/core/a.py", "import pathlib"),
    ("cim_tui/core/a.py", "def f():\n    from time import time"),
    ("cim_tui/core/a.py", "import tomli_w"),
    ("cim_tui/core/a.py", "import cim_tui.store"),
    ("cim_tui/core/a.py", "import cim_tui.data"),
    ("cim_tui/data/a.py", "import shutil"),
    ("cim_tui/data/a.py", "import cim_tui.service"),
    ("cim_tui/store/a.py", "import cim_tui.service"),
    ("cim_tui/service/a.py", "import cim_tui.reports"),
    ("cim_tui/reports/a.py", "import cim_tui.cli"),
    ("cim_tui/service/a.py", "import textual"),
    ("cim_tui/cli/a.py", "def f():\n    import textual.app"),
    ("cim_tui/cli/a.py", "import cim_tui.tui.app"),
    ("cim_tui/cli/open.py", "import cim_tui.tui.app, cim_tui.tui.screens"),
    ("cim_tui/tui/a.py", "import cim_tui.cli"),
    ("cim_tui/elsewhere.py", "import os"),
]


def empty_house(folder: Path) -> None:
    (folder / "pyproject.toml").write_bytes((REPO / "pyproject.toml").read_bytes())
    for room in ("", "core", "data", "store", "service", "reports", "cli", "tui"):
        (folder / "cim_tui" / room).mkdir()
        (folder / "cim_tui" / room / "__init__.py").touch()
    (folder / "cim_tui" / "__main__.py").write_text("import cim_tui.cli.open\n")
    (folder / "cim_tui" / "cli" / "open.py").write_text("import cim_tui.tui.app\n")
    (folder / "cim_tui" / "tui" / "app.py").write_text("import textual\n")
    (folder / "cim_tui" / "tui" / "screens.py").touch()


def test_an_empty_house_keeps_the_contracts(tmp_path: Path) -> None:
    empty_house(tmp_path)
    done = lint_imports(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("path", "line"), BREACHES, ids=[f"{p}: {c}" for p, c in BREACHES])
def test_a_breach_is_found(path: str, line: str, tmp_path: Path) -> None:
    empty_house(tmp_path)
    (tmp_path / path).write_text(line + "\n")
    done = lint_imports(tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout


# The clock and the disk can be reached without importing a module named after them; and chance
# comes in as a random.Random, so `random` itself may be imported for its type, never called.
IMPURE_CALLS = frozenset({"open", "input", "print", "exec", "eval", "compile", "__import__"})
IMPURE_METHODS = frozenset({"now", "today", "utcnow", "read_text", "write_text", "read_bytes"})


def impure(source: str) -> list[tuple[int, str]]:
    """Lines that ask the clock, the disk or chance, or run text."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Name(id=name) if name in IMPURE_CALLS:
                found.append((node.lineno, name))
            case ast.Attribute(attr=name) if name in IMPURE_METHODS:
                found.append((node.lineno, name))
            case ast.Attribute(value=ast.Name(id="random"), attr=name):
                found.append((node.lineno, f"random.{name}"))
    return found


@pytest.mark.parametrize("room", ["core", "data"])
def test_pure_rooms_ask_no_clock_no_disk_and_no_chance(room: str) -> None:
    files = sorted((PACKAGE / room).rglob("*.py"))
    assert files
    found = {str(path.relative_to(REPO)): impure(path.read_text("utf-8")) for path in files}
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "line", ["date.today()", "datetime.now(UTC)", "open('x')", "eval('1')", "random.random()"]
)
def test_an_impure_line_is_found(line: str) -> None:
    assert impure(f"def f():\n    return {line}\n")
