"""What is published works: built, installed into an empty environment, run from anywhere.

No network: the dependencies are lent from the environment that runs the tests.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import REPO

pytestmark = pytest.mark.xdist_group("wheel")

PRIVATE = "sessions/real-case.toml"
NOT_SOURCE = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", ".hypothesis")


@dataclass(frozen=True)
class Built:
    source: Path
    sdist: Path
    wheel: Path  # made from the sdist
    wheel_from_tree: Path


@dataclass(frozen=True)
class Installed:
    python: Path
    cim: Path
    package: Path
    elsewhere: Path

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.cim, *arguments],
            cwd=self.elsewhere,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


def python_m(*arguments: str | Path) -> None:
    """Runs a module of this environment's own; no network, nobody's pip settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    done = subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        env={**kept, "PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, f"{arguments}\n{done.stdout}\n{done.stderr}"


def only(folder: Path, pattern: str) -> Path:
    found = list(folder.glob(pattern))
    assert len(found) == 1, found
    return found[0]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    place = tmp_path_factory.mktemp("built")
    source = place / "source"
    shutil.copytree(REPO, source, ignore=NOT_SOURCE)
    (source / PRIVATE).write_text("a real case somebody works on in this checkout\n")
    python_m("build", "--no-isolation", "--outdir", place / "dist", source)
    python_m("build", "--no-isolation", "--wheel", "--outdir", place / "direct", source)
    return Built(
        source=source,
        sdist=only(place / "dist", "*.tar.gz"),
        wheel=only(place / "dist", "*.whl"),
        wheel_from_tree=only(place / "direct", "*.whl"),
    )


@pytest.fixture(scope="module", params=["wheel", "sdist"])
def installed(
    request: pytest.FixtureRequest, built: Built, tmp_path_factory: pytest.TempPathFactory
) -> Installed:
    place = tmp_path_factory.mktemp(f"installed-{request.param}")
    wheel = built.wheel_from_tree
    if request.param == "sdist":  # what pip does with an sdist, with the build tools lent
        python_m("pip", "wheel", "--no-deps", "--no-build-isolation", "-w", place, built.sdist)
        wheel = only(place, "*.whl")

    venv.create(place / "venv", symlinks=True)
    python = place / "venv" / "bin" / "python"
    python_m("pip", "--python", python, "install", "--no-deps", "--no-compile", wheel)
    packages = only(place / "venv" / "lib", "python*/site-packages")
    # A folder named in a .pth lends its packages; its own .pth files, and with them this
    # checkout, are not read.
    lent = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (packages / "lent.pth").write_text("\n".join(sorted(lent)) + "\n")

    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    return Installed(python, python.with_name("cim"), packages / "cim_tui", elsewhere)


@pytest.fixture(scope="module")
def demo(installed: Installed) -> Path:
    done = installed.run("demo", "--no-open")
    assert done.returncode == 0, done.stderr
    folder = Path(done.stdout.strip())
    assert list(folder.glob("*.toml")), f"no case in {folder}"
    return folder


def workflow_files(source: Path) -> set[str]:
    found = {str(path.relative_to(source)) for path in (source / "workflows").rglob("*.toml")}
    assert found
    return found


def test_the_sdist_carries_what_a_build_needs(built: Built) -> None:
    with tarfile.open(built.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert workflow_files(built.source) <= names
    assert {"pyproject.toml", "LICENSE", "Makefile", "requirements/run.txt"} <= names


def test_no_case_is_ever_packed(built: Built) -> None:
    with tarfile.open(built.sdist) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    sessions = [name for name in names if name.startswith("sessions/")]
    assert "sessions/README.md" in sessions
    assert PRIVATE not in sessions
    with zipfile.ZipFile(built.wheel) as wheel:
        assert not [name for name in wheel.namelist() if name.endswith(Path(PRIVATE).name)]


def test_the_wheel_carries_the_workflows_and_nothing_foreign(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as wheel:
        names = set(wheel.namelist())
    files = workflow_files(built.source)
    inside = {name.replace("workflows", "cim_tui/_workflows", 1) for name in files}
    assert inside <= names
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"cim_tui"}


def test_the_wheel_is_the_same_from_the_sdist_and_from_the_tree(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as one, zipfile.ZipFile(built.wheel_from_tree) as other:
        assert {i.filename: i.CRC for i in one.infolist()} == {
            i.filename: i.CRC for i in other.infolist()
        }


def test_the_wheel_asks_for_what_the_project_names(built: Built) -> None:
    project = tomllib.loads((REPO / "pyproject.toml").read_text("utf-8"))["project"]
    with zipfile.ZipFile(built.wheel) as wheel:
        metadata = next(name for name in wheel.namelist() if name.endswith("/METADATA"))
        lines = wheel.read(metadata).decode().splitlines()
    asked = {line.removeprefix("Requires-Dist: ") for line in lines if "Requires-Dist" in line}
    assert {line for line in asked if "extra ==" not in line} == set(project["dependencies"])


def test_the_installed_program_is_not_this_checkout(installed: Installed) -> None:
    done = subprocess.run(
        [installed.python, "-c", "import cim_tui; print(cim_tui.__file__)"],
        cwd=installed.elsewhere,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert Path(done.stdout.strip()).resolve().parent == installed.package.resolve()


def test_the_demo_can_be_asked_about(installed: Installed, demo: Path) -> None:
    case = min(path.stem for path in demo.glob("*.toml"))
    done = installed.run("status", case, "--json", "--sessions", str(demo))
    assert done.returncode in {0, 1}, done.stderr
    answer = json.loads(done.stdout)
    assert answer["schema"] == "cim.status/1"
    assert [session["id"] for session in answer["sessions"]] == [case]
    assert answer["sessions"][0]["steps"]
    assert answer["unreadable"] == []


def test_an_example_of_each_process_is_carried(installed: Installed, tmp_path: Path) -> None:
    done = installed.run("demo", "--all", "--no-open", "--sessions", str(tmp_path / "demo"))
    assert done.returncode == 0, done.stderr
    made = [json.loads(installed.run("case", "show", str(path), "--json").stdout)["facts"]
            for path in sorted((tmp_path / "demo").glob("*.toml"))]  # fmt: skip
    listed = json.loads(installed.run("workflow", "list", "--json").stdout)["workflows"]
    assert sorted(facts["workflow"] for facts in made) == sorted(each["id"] for each in listed)


def test_the_workflows_are_sound_and_are_those_of_the_wheel(installed: Installed) -> None:
    done = installed.run("workflow", "lint")
    assert done.returncode == 0, done.stdout + done.stderr

    # The same command must notice a fault in the installed copy, and nowhere else is one.
    fault = installed.package / "_workflows" / "activities" / "zz-fault.toml"
    fault.write_text('id = "zz-fault"\nno-such-key = 1\n')
    try:
        done = installed.run("workflow", "lint")
    finally:
        fault.unlink()
    assert done.returncode == 1, done.stdout + done.stderr
    assert "zz-fault" in done.stdout + done.stderr
