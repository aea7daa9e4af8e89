"""A first file for somebody who writes a workflow of their own."""

from __future__ import annotations

from pathlib import Path

from cim_tui.core.errors import CimError, UsageError
from cim_tui.core.language import ID
from cim_tui.core.text import shorten
from cim_tui.service.desk import Desk
from cim_tui.store import paths
from cim_tui.store.fsops import disk

WORKFLOW = """\
id = "{id}"
title = "{title}"
edition = "1"
summary = "Say in one sentence what this process is for."
aims = ["What it should lead to"]
source = {{ tag = "practice", note = "Who asked for it" }}
resources = [{{ title = "Monitoring", at = "https://caltan.info/monitoring" }}]

[steps.gather]
number = 1
title = "Gather and Inquire"

[steps.gather.activities]
{id}-first = {{ required = true }}
"""

ACTIVITY = """\
id = "{id}-first"
title = "A first activity"
purpose = "Say why people do this."
about-minutes = 15
source = {{ tag = "practice", note = "Who asked for it" }}

[fields.summary]
type = "long-text"
label = "What was found"
hint = "Two or three sentences."
required = true
because = "The activity would be empty without it"
source = {{ tag = "practice", note = "Who asked for it" }}
"""


def own_folder(desk: Desk) -> Path:
    """The user's own workflows folder.

    Raises:
        UsageError: none is named yet.
    """
    folder = paths.own_definitions(desk.env, desk.settings)
    if folder is None:
        raise UsageError(
            "Name a folder for your own workflows first: set CIM_WORKFLOWS, or workflows = "
            f'"..." in {paths.settings_path(desk.env)}'
        )
    return folder


def new_workflow(desk: Desk, name: str) -> list[Path]:
    """Write a small workflow that lints clean, to build on; returns the files made."""
    _check_name(desk, name)
    folder = own_folder(desk)
    title = name.replace("-", " ").capitalize()
    return [
        _write(folder / f"{name}.toml", WORKFLOW.format(id=name, title=title)),
        _write(folder / "activities" / f"{name}-first.toml", ACTIVITY.format(id=name)),
    ]


def copy_workflow(desk: Desk, name: str, new: str) -> Path:
    """Copy a workflow under a new id; its activities stay shared until one is overridden."""
    _check_name(desk, new)
    desk.library.workflow(name)
    source = desk.library.files[f"workflow:{name}"]
    text = desk.library.text(source).replace(f'id = "{name}"', f'id = "{new}"', 1)
    return _write(own_folder(desk) / f"{new}.toml", text)


def _check_name(desk: Desk, name: str) -> None:
    if not ID.match(name):
        raise UsageError(f"“{shorten(name, 40)}” is not an id: lower case words and hyphens")
    if f"workflow:{name}" in desk.library.files:
        raise UsageError(f"There is already a workflow {name}")


def _write(path: Path, text: str) -> Path:
    try:
        disk.make_folder(path.parent)
        disk.create(path, text.encode())
    except FileExistsError as wrong:
        raise CimError(f"There is already a file {path}") from wrong
    except OSError as wrong:
        raise CimError(f"{path} cannot be written: {wrong.strerror or wrong}") from wrong
    return path
