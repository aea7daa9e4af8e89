"""What helps somebody who writes a workflow of their own: a first file, a copy, a trial."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from cim_tui.core.errors import CimError, NotSaved, UsageError
from cim_tui.core.language import ID, WorkflowFile
from cim_tui.core.text import shorten
from cim_tui.service.case import Case
from cim_tui.service.desk import Desk
from cim_tui.service.loose import nothing_required
from cim_tui.service.start import NewCase, start
from cim_tui.store import paths, sessions, toml
from cim_tui.store.fsops import disk
from cim_tui.store.paths import Folder
from cim_tui.store.workflows import Library

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
    """Copy a workflow under a new id; its activities stay shared until one is overridden.

    It says what it is a copy of: so what activities ask only in that process is asked in it too.
    """
    _check_name(desk, new)
    kind = desk.library.workflow(name).kind
    source = desk.library.files[f"workflow:{name}"]
    text = _as_copy(desk.library.text(source), new, kind)
    return _write(own_folder(desk) / f"{new}.toml", text)


def copy_activity(desk: Desk, name: str) -> Path:
    """Copy an activity into the user's own folder, where it takes the place of the one copied.

    Raises:
        UsageError: there is no such activity.
        CimError: it is in that folder already.
    """
    source = desk.library.files.get(f"activity:{name}")
    if source is None:
        raise UsageError(f"There is no activity “{shorten(name, 40)}”")
    return _write(own_folder(desk) / "activities" / f"{name}.toml", desk.library.text(source))


def try_out(desk: Desk, wanted: NewCase, folder: Path, *, required: bool) -> tuple[Desk, Case]:
    """Start a case to throw away, in a folder of its own.

    Args:
        desk: the desk of whoever tries.
        wanted: what to start.
        folder: an empty folder; the trial's definitions are kept in it too.
        required: whether the trial asks for what is required. Without it the case is pinned to
            an edition of its own, in which nothing is; a fact that the process needs and nobody
            gave is the first there is.

    Returns:
        A desk that works in that folder, and the case.
    """
    own = replace(desk, folder=Folder(folder, "cim workflow try made it"))
    case = start(own, wanted)
    if required:
        return own, case
    loose = nothing_required(case.workflow)
    beside = folder / "workflows"
    file = beside / "editions" / f"{loose.id}-{loose.edition}.toml"
    try:
        disk.make_folder(file.parent)
        disk.write_atomic(file, toml.dump(loose.bundle()))
    except OSError as wrong:
        raise NotSaved(f"{file} cannot be written: {wrong.strerror or wrong}") from wrong
    session = case.session.with_fact("edition", loose.edition).with_fact("digest", loose.digest)
    for fact, there in _facts_needed(loose.spec).items():
        if session.fact(fact) is None:
            session = session.with_fact(fact, there)
    sessions.write(folder, session)
    library = Library((*desk.library.folders, beside), trusted=desk.library.trusted)
    own = replace(own, library=library)
    return own, own.take_up(case.path, sessions.read(case.path))


def _facts_needed(spec: WorkflowFile) -> dict[str, str]:
    """Facts that a case of a process has to have, each with the first that it may be."""
    named = {
        "category": list(spec.categories), "entry": list(spec.entries),
        "cycle": list(spec.cycles), "level": list(spec.levels) if spec.level_required else [],
    }  # fmt: skip
    return {fact: there[0] for fact, there in named.items() if there}


_ID_LINE = re.compile(
    r"""^(?P<key>[ \t]*(?:id|"id"|'id')[ \t]*=[ \t]*)(?:"[^"\n]*"|'[^'\n]*')""", re.MULTILINE
)


def _as_copy(text: str, new: str, kind: str) -> str:
    """A workflow file under another id, with what it is a copy of; comments and layout are kept."""
    before = _loaded(text)
    wanted = {**before, "id": new, "based-on": kind}
    said = "" if before.get("based-on") == kind else f'\nbased-on = "{kind}"'
    for found in _ID_LINE.finditer(text):
        rest = text[found.end() :]
        end_of_line = rest.find("\n") if "\n" in rest else len(rest)
        changed = (
            f'{text[: found.start()]}{found["key"]}"{new}"{rest[:end_of_line]}{said}'
            f"{rest[end_of_line:]}"
        )
        if _loaded(changed) == wanted:  # not a line of prose, nor an id of something inside
            return changed
    return toml.dump(wanted).decode()


def _loaded(text: str) -> dict[str, Any]:
    try:
        return toml.load(text.encode(), "the copy")
    except CimError:
        return {}


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
