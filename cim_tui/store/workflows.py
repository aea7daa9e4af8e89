"""Definition files read from disk and put together; kept in memory by file and time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from cim_tui.core.errors import BadWorkflow, DamagedFile, NoDefinition
from cim_tui.core.language import (
    ActivityFile,
    Bundle,
    CalendarFile,
    CriteriaFile,
    ListFile,
    WorkflowFile,
)
from cim_tui.core.part import Part
from cim_tui.core.workflow import Workflow, lists_named
from cim_tui.store import toml
from cim_tui.store.fsops import disk

if TYPE_CHECKING:
    from pydantic import ValidationError

T = TypeVar("T", bound=Part)


@dataclass(frozen=True)
class Finding:
    """Something wrong in a definition file, for its author."""

    file: str
    line: int | None
    severity: str
    message: str

    def as_json(self) -> dict[str, Any]:
        """The shell contract's form."""
        return {"file": self.file, "line": self.line, "severity": self.severity,
                "message": self.message}  # fmt: skip

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.severity}: {self.message}"


@dataclass
class Library:
    """Every definition at hand: the shipped ones, extended or overridden by a user's own folder.

    Args:
        folders: read in order; a later one overrides an earlier one, file by file.
        trusted: the folder that came with the program: what stands there was linted before.
    """

    folders: tuple[Path, ...]
    trusted: Path | None = None
    findings: list[Finding] = field(default_factory=list)
    files: dict[str, Path] = field(default_factory=dict)
    """Where each definition came from: `activity:cim-team`."""
    _texts: dict[str, str] = field(default_factory=dict)
    _parsed: dict[str, Any] = field(default_factory=dict)
    _workflows: dict[str, Workflow] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find the files; each is read when something needs it."""
        for folder in self.folders:
            for kind, under in (("workflow", ""), ("activity", "activities"), ("list", "lists"),
                                ("calendar", "calendars"), ("criteria", "criteria"),
                                ("edition", "editions")):  # fmt: skip
                for path in _toml_files(folder / under):
                    self.files[f"{kind}:{path.stem}"] = path

    def distrusting(self) -> Library:
        """The same definitions, read again and each of them checked."""
        own = Library(self.folders)
        own.files = dict(self.files)
        return own

    def ids(self, kind: str) -> list[str]:
        """Ids of the definitions of a kind, by name."""
        return sorted(key.split(":", 1)[1] for key in self.files if key.startswith(kind + ":"))

    def workflow_ids(self) -> list[str]:
        """Ids of the workflows at hand."""
        return self.ids("workflow")

    def workflow(
        self, workflow_id: str, edition: str | None = None, digest: str | None = None
    ) -> Workflow:
        """A workflow, in the edition asked for.

        Args:
            workflow_id: which one.
            edition: the release of its definitions; the newest by default.
            digest: what it has to mean, where one edition was changed in place; when none of
                those at hand means that, the nearest is taken.

        Raises:
            NoDefinition: there is no such workflow, or not in this edition.
            BadWorkflow: its files break the language.
        """
        found = self._in_edition(workflow_id, edition)
        if digest is None or edition is None or (found is not None and found.digest == digest):
            exact = found
        else:
            exact = self._kept(kept_name(workflow_id, edition, digest))
            exact = exact or self._kept(f"{workflow_id}-{edition}", digest) or found
        if exact is not None:
            return exact
        known = ", ".join(self.workflow_ids()) or "none"
        what = f"“{workflow_id}”" + (f", edition {edition}" if edition else "")
        raise NoDefinition(
            f"The process {what} is not here (known: {known}). Ask whoever sent the case for its "
            "workflow file, and put it in your workflows folder"
        )

    def _in_edition(self, workflow_id: str, edition: str | None) -> Workflow | None:
        key = f"{workflow_id}-{edition}"
        if key in self._workflows:
            return self._workflows[key]
        if f"workflow:{workflow_id}" in self.files:
            spec = self.read("workflow", workflow_id, WorkflowFile)
            if edition is None or spec.edition == edition:
                self._workflows[key] = self._put_together(spec)
                return self._workflows[key]
        kept = self._kept(key)
        if kept is not None:
            self._workflows[key] = kept
        return kept

    def _kept(self, name: str, digest: str | None = None) -> Workflow | None:
        """An older edition, or a user's own as a case was started with it."""
        if f"edition:{name}" not in self.files:
            return None
        bundle = self.read("edition", name, Bundle)
        found = Workflow(bundle.workflow, bundle.activities, bundle.lists)
        return found if digest is None or found.digest == digest else None

    def _put_together(self, spec: WorkflowFile) -> Workflow:
        wanted = [name for step in spec.steps.values() for name in step.activities]
        activities = {
            name: self.read("activity", name, ActivityFile)
            for name in wanted
            if f"activity:{name}" in self.files
        }
        named = sorted(lists_named(activities.values()))
        lists = {n: self.read("list", n, ListFile) for n in named if f"list:{n}" in self.files}
        return Workflow(spec, activities, lists)

    def calendar(self, year: object) -> CalendarFile | None:
        """What was published for a monitoring year; None when there is no such file."""
        if f"calendar:{year}" not in self.files:
            return None
        return self.read("calendar", str(year), CalendarFile)

    def criteria(self) -> dict[int, CriteriaFile]:
        """How letters are decided, as published: by year, the oldest first."""
        files = [self.read("criteria", name, CriteriaFile) for name in self.ids("criteria")]
        return {file.year: file for file in sorted(files, key=lambda file: file.year)}

    def read(self, kind: str, name: str, model: type[T]) -> T:
        """One definition, checked against the language.

        Raises:
            BadWorkflow: with file, line and what to change.
        """
        key = f"{kind}:{name}"
        if key in self._parsed:
            found = self._parsed[key]
            if isinstance(found, BadWorkflow):
                raise found
            return found  # type: ignore[no-any-return]
        path = self.files[key]
        try:
            self._parsed[key] = self._load(path, model)
        except BadWorkflow as wrong:
            self._parsed[key] = wrong
            raise
        return self._parsed[key]  # type: ignore[no-any-return]

    def text(self, path: Path) -> str:
        """The text of a definition file, for line numbers."""
        name = str(path)
        if name not in self._texts:
            self._texts[name] = disk.read(path, toml.LIMIT).decode("utf-8-sig", "replace")
        return self._texts[name]

    def _load(self, path: Path, model: type[T]) -> T:
        shown = path.name
        try:
            doc = toml.load(disk.read(path, toml.LIMIT), shown)
            if not self._is_trusted(path):
                doc = toml.cleaned(doc, shown)
        except DamagedFile as wrong:
            from cim_tui.store.broken_toml import in_toml

            said = DamagedFile(
                shown, in_toml(wrong.reason, wrong.line, self.text(path)), wrong.line
            )
            self.findings.append(Finding(str(path), said.line, "error", said.reason))
            raise BadWorkflow(str(said)) from wrong
        except OSError as wrong:
            raise BadWorkflow(f"{shown} cannot be read: {wrong.strerror or wrong}") from wrong
        found = self._trusting(path, model, doc) or self._checking(path, model, doc)
        named = getattr(found, "id", path.stem)
        if model is not Bundle and named != path.stem:
            message = f'the id "{named}" has to be the name of the file, "{path.stem}"'
            self.findings.append(Finding(str(path), 1, "error", message))
            raise BadWorkflow(f"{shown}: {message}")
        return found

    def _is_trusted(self, path: Path) -> bool:
        return self.trusted is not None and path.is_relative_to(self.trusted)

    def _trusting(self, path: Path, model: type[T], doc: dict[str, Any]) -> T | None:
        """What came with the program, without checking it once more; None where that fails."""
        if not self._is_trusted(path):
            return None
        try:
            return model.built(doc)
        except (TypeError, ValueError, AttributeError):
            return None

    def _checking(self, path: Path, model: type[T], doc: dict[str, Any]) -> T:
        from pydantic import ValidationError

        try:
            return model.checked(doc)
        except ValidationError as wrong:
            own = list(self._explain(path, model, doc, wrong))
            self.findings.extend(own)
            raise BadWorkflow(str(own[0])) from wrong

    def _explain(
        self, path: Path, model: type[Part], doc: dict[str, Any], wrong: ValidationError
    ) -> Iterator[Finding]:
        from cim_tui.store.mistakes import in_shape

        for mistake in in_shape(model, doc, self.text(path), wrong.errors()):
            said = f"{mistake.place}: {mistake.says}"
            yield Finding(str(path), mistake.line, "error", said)


def kept_name(workflow_id: str, edition: str, digest: str) -> str:
    """The name of a copy that is kept beside another one of the same edition."""
    return f"{workflow_id}-{edition}-{digest.removeprefix('sha256:')[:12]}"


def _toml_files(folder: Path) -> list[Path]:
    return list(disk.list(folder, ".toml")) if folder.is_dir() else []
