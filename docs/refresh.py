"""Write again what the documents take from the program: `.venv/bin/python -m docs.refresh`.

The picture of the screen, the reference of the workflow language, and what the commands printed in
the documents really answer. `tests/contracts/test_documents.py` fails while something is out of
date. An answer that is replaced comes whole: shorten it by hand, with a line of `...`.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path

from docs.blocks import Stale, follow
from docs.picture import picture
from docs.reference import reference

DOCS = Path(__file__).resolve().parent
REPO = DOCS.parent

FOLLOWED = ("README.md", "docs/writing-workflows.md")
"""Documents whose commands are run, in order, each document in a folder of its own."""


def between(text: str, name: str) -> str:
    """What stands between the marks of a generated part."""
    found = re.search(_marks(name), text, re.DOTALL)
    return found[2] if found else ""


def put_between(text: str, name: str, content: str) -> str:
    """A document with a generated part replaced."""
    return re.sub(_marks(name), lambda m: f"{m[1]}\n{content}\n{m[3]}", text, flags=re.DOTALL)


def _marks(name: str) -> str:
    return rf"(<!-- generated: {name} -->)\n(.*?)\n(<!-- end of {name} -->)"


def generated() -> dict[str, str]:
    """Every file that is written from here, with what it has to hold now."""
    drawn = picture()
    readme = (REPO / "README.md").read_text(encoding="utf-8")
    language = (DOCS / "workflow-file.md").read_text(encoding="utf-8")
    return {
        "docs/picture.txt": drawn.text,
        "docs/picture.svg": drawn.svg,
        "README.md": put_between(readme, "picture", f"```text\n{drawn.text}```"),
        "docs/workflow-file.md": put_between(language, "reference", reference()),
    }


def answered(document: str, stale: list[Stale]) -> str:
    """A document with the answers that turned out otherwise replaced."""
    lines = document.splitlines()
    for said, real in sorted(stale, key=lambda each: -each.said.line):
        start = said.line
        while lines[start - 1].endswith("\\"):
            start += 1
        lines[start : start + len(said.answer)] = real
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write everything again, and say what changed."""
    for name in list(os.environ):  # a picture for everybody, not of this terminal's colours
        if name in ("NO_COLOR", "COLORTERM", "FORCE_COLOR") or name.startswith("TEXTUAL"):
            del os.environ[name]
    for name, content in generated().items():
        _write(REPO / name, content)
    for name in FOLLOWED:
        document = (REPO / name).read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            stale = list(follow(document, Path(folder)))
        _write(REPO / name, answered(document, stale))


def _write(path: Path, content: str) -> None:
    if not path.exists() or path.read_text(encoding="utf-8") != content:
        path.write_text(content, encoding="utf-8")
        sys.stdout.write(f"written: {path.relative_to(REPO)}\n")


if __name__ == "__main__":
    main()
