"""Where things are: sessions, settings, definitions; and definitions as they are put together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cim_tui.core.errors import BadWorkflow, CimError, NoDefinition
from cim_tui.store import paths, toml
from cim_tui.store.paths import Settings
from cim_tui.store.workflows import Library
from tests.core.builders import PRACTICE, activity_doc, workflow, workflow_doc

# The folder of sessions


def test_the_folder_that_was_given_goes_before_all_others(tmp_path: Path) -> None:
    env = {"CIM_SESSIONS": str(tmp_path / "env")}
    settings = Settings(sessions=str(tmp_path / "settings"))

    found = paths.sessions_folder(str(tmp_path / "given"), env, settings)

    assert (found.path, found.why) == (tmp_path / "given", "--sessions")


def test_then_the_environment_then_the_settings_then_the_place_then_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    env = {"CIM_SESSIONS": str(tmp_path / "env"), "XDG_DATA_HOME": str(tmp_path / "data")}
    settings = Settings(sessions=str(tmp_path / "settings"))

    assert paths.sessions_folder(None, env, settings).path == tmp_path / "env"
    del env["CIM_SESSIONS"]
    assert paths.sessions_folder(None, env, settings).path == tmp_path / "settings"
    assert paths.sessions_folder(None, env, Settings()).path == tmp_path / "data/cim/sessions"
    (tmp_path / "sessions").mkdir()
    assert paths.sessions_folder(None, env, Settings()).path == tmp_path / "sessions"


# Settings


def test_without_a_settings_file_there_are_no_settings(tmp_path: Path) -> None:
    assert paths.read_settings({"CIM_SETTINGS": str(tmp_path / "none.toml")}) == Settings()


def test_settings_are_read_from_their_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('by = "Rosa"\n[keys]\ncheck-step = "f9"\n', "utf-8")

    found = paths.read_settings({"CIM_SETTINGS": str(path)})

    assert (found.by, found.keys) == ("Rosa", {"check-step": "f9"})


@pytest.mark.parametrize("text", ['colour = "red"\n', "by = 3\n", "keys = 'x'\n", "by = \n"])
def test_settings_that_cannot_be_understood_are_refused_with_their_file(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text, "utf-8")

    with pytest.raises(CimError, match=r"settings\.toml"):
        paths.read_settings({"CIM_SETTINGS": str(path)})


def test_a_settings_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").mkdir()

    with pytest.raises(CimError, match="cannot be read"):
        paths.read_settings({"CIM_SETTINGS": str(tmp_path / "settings.toml")})


# What should be known about the place


def test_a_folder_inside_a_git_work_tree_is_said(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "sessions").mkdir()

    assert "git work tree" in paths.remarks(tmp_path / "sessions")[0]


def test_a_folder_that_is_synced_is_said(tmp_path: Path) -> None:
    assert "file-sync" in paths.remarks(Path("/home/x/Dropbox (Team)/sessions"))[0]
    assert paths.remarks(Path("/home/x/dropped/sessions")) == []


# A library of definitions


def shelve(folder: Path, title: str = "Trial", edition: str = "1") -> Path:
    (folder / "activities").mkdir(parents=True, exist_ok=True)
    activities: dict[str, Any] = {"gather.first": {"fields": {"x": {}}}}
    doc = {**workflow_doc(activities), "title": title, "edition": edition}
    (folder / "trial.toml").write_bytes(toml.dump(doc))
    first = activity_doc("first", activities["gather.first"])
    (folder / "activities" / "first.toml").write_bytes(toml.dump(first))
    return folder


def test_a_workflow_is_put_together_from_its_files(tmp_path: Path) -> None:
    library = Library((shelve(tmp_path),))

    assert library.workflow_ids() == ["trial"]
    assert list(library.workflow("trial").fields) == ["gather.first.x"]
    assert library.workflow("trial", "1") is library.workflow("trial", "1")


def test_a_users_own_file_overrides_the_shipped_one_file_by_file(tmp_path: Path) -> None:
    shipped, own = shelve(tmp_path / "shipped"), tmp_path / "own"
    (own / "activities").mkdir(parents=True)
    doc = activity_doc("first", {"fields": {"y": {}}})
    (own / "activities" / "first.toml").write_bytes(toml.dump(doc))

    library = Library((shipped, own))

    assert list(library.workflow("trial").fields) == ["gather.first.y"]


def test_a_workflow_or_an_edition_that_is_not_here_says_what_is(tmp_path: Path) -> None:
    library = Library((shelve(tmp_path),))

    with pytest.raises(NoDefinition, match="known: trial"):
        library.workflow("none")
    with pytest.raises(NoDefinition, match="edition 2"):
        library.workflow("trial", "2")


def test_an_older_edition_is_found_in_its_one_file(tmp_path: Path) -> None:
    old = workflow({"gather.first": {"fields": {"old": {}}}})
    shelve(tmp_path, edition="2")
    (tmp_path / "editions").mkdir()
    (tmp_path / "editions" / "trial-1.toml").write_bytes(toml.dump(old.bundle()))

    library = Library((tmp_path,))

    assert list(library.workflow("trial", "1").fields) == ["gather.first.old"]
    assert library.workflow("trial", "1").digest == old.digest
    assert list(library.workflow("trial").fields) == ["gather.first.x"]


def test_a_broken_workflow_is_refused_each_time_it_is_asked_for(tmp_path: Path) -> None:
    shelve(tmp_path)
    (tmp_path / "trial.toml").write_text("half =", "utf-8")
    library = Library((tmp_path,))

    for _ in range(2):
        with pytest.raises(BadWorkflow, match=r"trial\.toml, line 1"):
            library.workflow("trial")
    assert len(library.findings) == 1


@pytest.mark.parametrize("kind", ["folder", "dangling link"])
def test_a_definition_that_cannot_be_read_is_a_broken_one(tmp_path: Path, kind: str) -> None:
    shelve(tmp_path)
    path = tmp_path / "trial.toml"
    path.unlink()
    if kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "none")

    with pytest.raises(BadWorkflow, match="cannot be read"):
        Library((tmp_path,)).workflow("trial")


def test_a_year_without_a_calendar_has_none(tmp_path: Path) -> None:
    library = Library((shelve(tmp_path),))

    strange: list[Any] = [2025, None, "2025", [], {}]
    for year in strange:
        assert library.calendar(year) is None


def test_a_calendar_is_read_by_its_year(tmp_path: Path) -> None:
    (shelve(tmp_path) / "calendars").mkdir()
    doc = {"year": 2025, "settings": {"most": {"label": "M", "default": 3, "source": PRACTICE}}}
    (tmp_path / "calendars" / "2025.toml").write_bytes(toml.dump(doc))

    found = Library((tmp_path,)).calendar(2025)

    assert found is not None
    assert found.settings["most"].default == 3


def test_a_folder_that_is_not_there_holds_no_definitions(tmp_path: Path) -> None:
    assert Library((tmp_path / "none",)).workflow_ids() == []


def test_the_shipped_definitions_are_found() -> None:
    assert (paths.definitions_folder() / "activities").is_dir()
