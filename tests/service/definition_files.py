"""A sound workflow with one activity, written to a folder for a test to spoil."""

from __future__ import annotations

from pathlib import Path

from cim_tui.service.definitions import lint_all
from cim_tui.store.workflows import Finding, Library

WORKFLOW = """\
id = "trial"
title = "Trial"
edition = "1"
aims = ["To try it out"]
source = { tag = "practice" }
resources = [{ title = "Monitoring", at = "https://caltan.info/monitoring" }]

[steps.gather]
number = 1
title = "Gather"
activities = { first = {} }

[levels.one]
title = "One"

[levels.two]
title = "Two"
"""
ACTIVITY = """\
id = "first"
title = "First"
purpose = "To try it out"
source = { tag = "practice" }

[fields.q]
type = "yes-no"
label = "Go on"

[fields.n]
type = "number"
label = "Number"

[fields.d]
type = "date"
label = "Day"

[fields.words]
type = "text"
label = "Words"

[fields.tier]
type = "choice"
label = "Tier"
choices = { small = "Small", large = "Large" }

[fields.t]
type = "table"
label = "Team"

[fields.t.columns]
name = { type = "text", label = "Name" }
age = { type = "integer", label = "Age" }
role = { type = "choice", label = "Role", choices = "list:roles" }
"""
ROLES = """\
id = "roles"
title = "Roles"
source = { tag = "practice" }
items = { selpa = "SELPA", parent = "Parent" }
"""
SOURCE = 'source = { tag = "practice" }'
RULE = f'message = "Mend it"\n{SOURCE}\n'
NEVER = "this can never be true: look at its tests together"


def written(
    folder: Path, *, workflow: str = "", activity: str = "", base: str = WORKFLOW
) -> Library:
    for name in ("activities", "lists", "calendars", "editions"):
        (folder / name).mkdir(parents=True)
    (folder / "trial.toml").write_text(base + workflow, "utf-8")
    (folder / "activities" / "first.toml").write_text(ACTIVITY + activity, "utf-8")
    (folder / "lists" / "roles.toml").write_text(ROLES, "utf-8")
    return Library((folder,))


def marked(library: Library, key: str) -> int:
    """The line that a test marked with `# here`."""
    lines = library.files[key].read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.endswith("# here"))


def only(library: Library) -> Finding:
    found = lint_all(library)
    assert len(found) == 1, found
    return found[0]
