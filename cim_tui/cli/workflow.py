"""`cim workflow`: list, show, lint, copy and try definitions."""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from pathlib import Path

from cim_tui.cli.output import narrate, put_json, say, with_json
from cim_tui.core.errors import CimError, Exit, UsageError
from cim_tui.core.words import counted
from cim_tui.service import authoring
from cim_tui.service.definitions import describe, lint_all
from cim_tui.service.desk import Desk
from cim_tui.service.start import NewCase

EXAMPLE = "cim workflow lint"
ACTS = ("list", "show", "lint", "schema", "new", "copy", "try")


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("what", choices=ACTS, help="what to do")
    parser.add_argument(
        "name", metavar="ID", nargs="?",
        help="a workflow; for copy, an activity too; for schema, the kind of file",
    )  # fmt: skip
    parser.add_argument("to", metavar="NEW-ID", nargs="?", help="for copy: the new id")
    parser.add_argument("--year", type=int, help="for try: the year of the letter")
    parser.add_argument("--level", default="", help="for try: the level")
    parser.add_argument("--no-open", action="store_true", help="for try: only make the case")
    parser.add_argument(
        "--no-required", action="store_true", help="for try: nothing is required; see the form"
    )
    with_json(parser)


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Do one of them."""
    return {
        "list": _list, "show": _show, "lint": _lint, "schema": _schema,
        "new": _new, "copy": _copy, "try": _try,
    }[args.what](args, desk)  # fmt: skip


def _named(args: argparse.Namespace) -> str:
    if not args.name:
        raise UsageError(f"Say which workflow: cim workflow {args.what} ID")
    return str(args.name)


def _list(args: argparse.Namespace, desk: Desk) -> Exit:
    found, broken = [], []
    for name in desk.library.workflow_ids():
        try:
            found.append(desk.library.workflow(name))
        except CimError as wrong:  # one that is broken never hides the others
            broken.append(f"{name}: {wrong}")
    if args.json:
        workflows = [
            {"id": w.id, "title": w.title, "edition": w.edition, "levels": list(w.spec.levels)}
            for w in found
        ]
        put_json("workflow-list", {"workflows": workflows})
    for workflow in () if args.json else found:
        say(f"{workflow.id:<32} {workflow.title} (edition {workflow.edition})")
    for line in broken:
        narrate(line)
    return Exit.INCOMPLETE if broken else Exit.OK


def _show(args: argparse.Namespace, desk: Desk) -> Exit:
    described = describe(desk.library.workflow(_named(args)))
    if args.json:
        put_json("workflow", described)
        return Exit.OK
    for step in described["steps"]:
        say(f"{step['number']} {step['title']}")
        for activity in step["activities"]:
            say(f"    {activity['title']}  ({activity['id']})")
            for field in activity["fields"]:
                when = f"  when {field['applies_when']}" if field["applies_when"] else ""
                say(f"        {field['label']}  [{field['type']}] {field['address']}{when}")
    return Exit.OK


def _lint(args: argparse.Namespace, desk: Desk) -> Exit:
    if args.name and args.name not in desk.library.workflow_ids():
        desk.library.workflow(args.name)  # says which there are
    findings = lint_all(desk.library, args.name)
    if args.json:
        put_json("lint", {"findings": [finding.as_json() for finding in findings]})
    for finding in () if args.json else findings:
        say(str(finding))
    wrong = sum(finding.severity == "error" for finding in findings)
    seen = 1 if args.name else len(desk.library.workflow_ids())
    narrate(f"{counted(seen, 'workflow')}, {counted(wrong, 'error')}, "
            f"{counted(len(findings) - wrong, 'remark')}")  # fmt: skip
    return Exit.INCOMPLETE if wrong else Exit.OK


def _schema(args: argparse.Namespace, desk: Desk) -> Exit:  # noqa: ARG001 - one shape for all
    from cim_tui.service.editor import KINDS, editor_schema

    kind = args.name or "activity"
    if kind not in KINDS:
        raise UsageError(f"There is a schema for {', '.join(KINDS)}")
    say(json.dumps(editor_schema(kind), indent=2, ensure_ascii=False))
    return Exit.OK


def _new(args: argparse.Namespace, desk: Desk) -> Exit:
    for path in authoring.new_workflow(desk, _named(args)):
        say(str(path))
    return Exit.OK


def _copy(args: argparse.Namespace, desk: Desk) -> Exit:
    name = _named(args)
    known = desk.library.files
    if f"workflow:{name}" not in known and f"activity:{name}" in known:
        if args.to:
            raise UsageError(f"An activity keeps its name: cim workflow copy {name}")
        say(str(authoring.copy_activity(desk, name)))
        return Exit.OK
    if not args.to:
        raise UsageError("Name the copy: cim workflow copy ID NEW-ID")
    say(str(authoring.copy_workflow(desk, name, args.to)))
    return Exit.OK


def _try(args: argparse.Namespace, desk: Desk) -> Exit:
    name = _named(args)
    folder = Path(tempfile.mkdtemp(prefix="cim-try-"))
    wanted = NewCase("Trial district", name, args.year or desk.today.year, level=args.level)
    try:
        own, case = authoring.try_out(desk, wanted, folder, required=not args.no_required)
    except CimError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    if args.no_open:
        say(str(folder))
        return Exit.OK
    from cim_tui.cli.open import open_screen

    return open_screen(own, str(case.path))
