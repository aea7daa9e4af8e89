"""`make bench`: the speed table of the design, as ratios measured in one run.

CPU seconds of whole processes, the smallest of several runs: what is compared is work, not luck.
Nothing here is a test; tests gate what is deterministic (modules imported, calls made).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.definitions import load_row, rules_rows
from tests.bench.large_session import make_large
from tests.bench.saving import save_row
from tests.bench.screens import key_cost, next_activity, real_key
from tests.bench.table import Row, show
from tests.bench.waiting import edit_row, slow_disk_rows

ROOT = Path(__file__).resolve().parents[2]
CIM = Path(sys.executable).with_name("cim")
LARGE = 200_000
"""Bytes of a large session."""


def cpu(command: list[str], runs: int = 7, env: dict[str, str] | None = None) -> float:
    """CPU seconds of a command: user and system, the smallest of several runs."""
    clean = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | (env or {})
    found = []
    for _ in range(runs + 1):
        with subprocess.Popen(
            command, env=clean, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:  # fmt: skip
            _, _, used = os.wait4(process.pid, 0)
            process.returncode = 0
        found.append(used.ru_utime + used.ru_stime)
    return min(found[1:])


def empty_script(folder: Path) -> list[str]:
    """An empty console script in the same environment, as an installer writes them."""
    (folder / "empty.py").write_text("def main() -> int:\n    return 0\n")
    script = folder / "empty-script"
    script.write_text(
        "import re\nimport sys\n"
        f"sys.path.insert(0, {str(folder)!r})\nfrom empty import main\n"
        "if __name__ == '__main__':\n"
        "    sys.argv[0] = re.sub(r'(-script\\.pyw|\\.exe)?$', '', sys.argv[0])\n"
        "    sys.exit(main())\n"
    )
    return [sys.executable, str(script)]


def shell_rows(folder: Path, sessions: Path) -> list[Row]:
    """The rows of the shell."""
    base = cpu(empty_script(folder))
    one = [str(CIM), "status", "example", "--sessions", str(sessions)]
    return [
        Row("cim --version", cpu([str(CIM), "--version"]) / base, 1.2, "E"),
        Row("cim --help", cpu([str(CIM), "--help"]) / base, 1.5, "E"),
        Row("cim status ONE, no index", cpu(one, 5) / base, 10.0, "E"),
        Row("cim status ONE, fresh index", None, 2.0, "E", "the index comes later"),
        Row("cim status of 2,300 sessions", None, 1.6, "a scan", "the index comes later"),
    ]


def paint_rows(sessions: Path, large: Path) -> tuple[list[Row], float]:
    """First paint against a Textual hello-world: of an activity, and of a large case."""
    environment = {"CIM_SESSIONS": str(sessions), "TERM": "xterm-256color"}
    worker = [sys.executable, "-m", "tests.bench.first_paint"]
    hello = cpu([*worker, "hello"], 7, environment)
    activity = cpu([*worker, "activity", str(sessions)], 7, environment)
    path = make_large(large, LARGE)
    opened = cpu([*worker, "case", str(large)], 7, environment)
    size = f"{path.stat().st_size / 1000:.0f} KB, cim open ID until the first screen is painted"
    return [
        Row("first paint of an activity", activity / hello, 2.0, "hello"),
        Row("opening a 200 KB session", opened / hello, 2.2, "hello", size),
    ], hello


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sessions = folder / "sessions"
        subprocess.run(
            [str(CIM), "demo", "--no-open", "--sessions", str(sessions)],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        rows = shell_rows(folder, sessions)
        painted, hello = paint_rows(sessions, folder / "large")
        rows += painted
        one = key_cost(1)
        rows.append(Row("a key in a form of 150 entries", key_cost(150) / one, 1.3, "one field"))
        rows.append(Row("a key in the worked example", real_key(sessions) / one, 1.3, "one field"))
        rows.append(Row("next activity, p95", next_activity(sessions) / hello, 0.5, "hello"))
        rows.append(save_row(sessions))
        case = next(sessions.glob("*.toml"))
        rows += [edit_row(case), *slow_disk_rows(case)]
        rows += [load_row(), *rules_rows()]
        show(rows)


main()
