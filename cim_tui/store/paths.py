"""Where things are: sessions, settings, the shipped workflows, a user's own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from cim_tui.core.errors import CimError, DamagedFile
from cim_tui.store import toml
from cim_tui.store.fsops import disk

APP = "cim"


class Folder(NamedTuple):
    """The folder of sessions, and why it is this one."""

    path: Path
    why: str


@dataclass(frozen=True)
class Settings:
    """A user's settings file; every key may be left out."""

    by: str = ""
    sessions: str = ""
    workflows: str = ""
    theme: str = ""
    keys: Mapping[str, str] | None = None

    KNOWN = ("by", "sessions", "workflows", "theme", "keys")


def settings_path(env: Mapping[str, str]) -> Path:
    """Where the settings file is, whether or not it exists."""
    if env.get("CIM_SETTINGS"):
        return Path(env["CIM_SETTINGS"])
    return _user("config", env) / "settings.toml"


def _user(kind: str, env: Mapping[str, str]) -> Path:
    variable = {"config": "XDG_CONFIG_HOME", "data": "XDG_DATA_HOME", "state": "XDG_STATE_HOME"}
    if env.get(variable[kind]):
        return Path(env[variable[kind]]) / APP
    import platformdirs

    folders = platformdirs.PlatformDirs(APP, appauthor=False)
    return {
        "config": folders.user_config_path,
        "data": folders.user_data_path,
        "state": folders.user_state_path,
    }[kind]


def state_folder(env: Mapping[str, str]) -> Path:
    """Where crash reports go."""
    return _user("state", env)


def read_settings(env: Mapping[str, str]) -> Settings:
    """Read the settings file.

    Raises:
        CimError: it is there and cannot be understood; nothing in it is guessed.
    """
    path = settings_path(env)
    try:
        doc: dict[str, Any] = toml.load(disk.read(path, toml.LIMIT), str(path))
    except (FileNotFoundError, NotADirectoryError):
        return Settings()
    except DamagedFile as wrong:
        raise CimError(f"The settings file cannot be read. {wrong}") from wrong
    except OSError as wrong:
        raise CimError(f"The settings file {path} cannot be read: {wrong.strerror}") from wrong
    for key, value in doc.items():
        wanted = dict if key == "keys" else str
        if key not in Settings.KNOWN or not isinstance(value, wanted):
            known = ", ".join(Settings.KNOWN)
            raise CimError(f'{path}: "{key}" is not a setting; these are: {known}')
    return Settings(**doc)


def sessions_folder(given: str | None, env: Mapping[str, str], settings: Settings) -> Folder:
    """Where sessions live, by the rule of the shell contract, and which part of it decided."""
    if given:
        return Folder(Path(given).absolute(), "--sessions")
    if env.get("CIM_SESSIONS"):
        return Folder(Path(env["CIM_SESSIONS"]).absolute(), "CIM_SESSIONS")
    if settings.sessions:
        return Folder(Path(settings.sessions).expanduser().absolute(), "the settings file")
    here = Path("sessions").absolute()
    if here.is_dir():
        return Folder(here, "./sessions is here")
    return Folder(_user("data", env) / "sessions", "the user's data folder")


SYNC_FOLDERS = ("OneDrive", "Dropbox", "Google Drive", "GoogleDrive", "iCloud", "Box", "Nextcloud")


def remarks(folder: Path) -> list[str]:
    """What a person should know about where the sessions are; said once, never in the way."""
    found = []
    for above in (folder, *folder.parents):
        if (above / ".git").exists():
            ignored = (folder / ".gitignore").exists()
            advice = "" if ignored else "; keep cases out of its history with a .gitignore"
            found.append(f"The sessions folder is inside a git work tree ({above}){advice}")
            break
    for part in folder.parts:
        if any(part.lower().startswith(name.lower()) for name in SYNC_FOLDERS):
            found.append(
                f"The sessions folder is inside a file-sync folder ({part}): "
                "let one person at a time work on a case"
            )
            break
    return found


def definitions_folder() -> Path:
    """The shipped workflows: in a wheel inside the package, in a checkout beside it."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "_workflows"
    return shipped if shipped.is_dir() else package.parent / "workflows"


def own_definitions(env: Mapping[str, str], settings: Settings) -> Path | None:
    """A user's own workflows folder, when one is named."""
    named = env.get("CIM_WORKFLOWS") or settings.workflows
    return Path(named).expanduser().absolute() if named else None


def login_name(env: Mapping[str, str]) -> str:
    """The name the machine knows this person by."""
    for variable in ("LOGNAME", "USER", "USERNAME"):
        if env.get(variable):
            return env[variable]
    if hasattr(os, "getuid"):
        return f"user {os.getuid()}"
    return "somebody"
