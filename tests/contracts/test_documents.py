"""What the documents say is so: links, commands, files, pictures, and the reference they print."""

from __future__ import annotations

import argparse
import re
import shlex
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import tomli

from cim_tui.cli.commands import COMMANDS
from cim_tui.cli.run import parser_for
from cim_tui.core.errors import UsageError
from cim_tui.core.language import Column, Condition, FieldSpec, Rule, Setting, Signature
from cim_tui.core.words import ABSENT
from cim_tui.service.definitions import lint_all
from cim_tui.service.desk import set_up
from cim_tui.service.meanings import SAID
from cim_tui.store import sessions
from cim_tui.store.workflows import Library
from docs import refresh
from docs.blocks import Block, Said, agrees, blocks, commands, follow
from docs.reference import PARTS, keys, parts
from tests.conftest import REPO

NAMES = sorted(
    str(path.relative_to(REPO)) for path in (*REPO.glob("*.md"), *(REPO / "docs").glob("*.md"))
)
WRITTEN_HERE = [
    "CHANGELOG.md", "CONTRIBUTING.md", "README.md", "docs/architecture.md", "docs/session-file.md",
    "docs/workflow-file.md", "docs/writing-workflows.md",
]  # fmt: skip


def text_of(name: str) -> str:
    return (REPO / name).read_text(encoding="utf-8")


def prose_of(name: str) -> str:
    """A document without what stands between fences."""
    return re.sub(r"^(`{3,})\w*$.*?^\1$", "", text_of(name), flags=re.DOTALL | re.MULTILINE)


# Links


@dataclass(frozen=True)
class Link:
    target: str
    anchor: str


def links(name: str) -> Iterator[Link]:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose_of(name)):
        if not re.match(r"[a-z]+:", target):
            path, _, anchor = target.partition("#")
            yield Link(path, anchor)


def anchors(name: str) -> set[str]:
    """Where a heading can be linked to, as the common hosts make it."""
    found: set[str] = set()
    for title in re.findall(r"^#+ (.+)$", prose_of(name), flags=re.MULTILINE):
        plain = unicodedata.normalize("NFC", title.lower())
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        number = 0
        while (made := f"{slug}-{number}" if number else slug) in found:
            number += 1
        found.add(made)
    return found


def waiting(name: str) -> Any:
    """A document that links to the shell's reference, while that is still being written."""
    if (REPO / "docs/shell.md").exists() or "shell.md)" not in text_of(name):
        return name
    reason = "docs/shell.md is not written yet"
    return pytest.param(name, marks=pytest.mark.xfail(strict=True, reason=reason))


@pytest.mark.parametrize("name", [waiting(name) for name in NAMES])
def test_every_relative_link_leads_somewhere(name: str) -> None:
    lost = []
    for link in links(name):
        place = (REPO / name).parent / link.target if link.target else REPO / name
        if not place.exists():
            lost.append(link.target)
        elif link.anchor and link.anchor not in anchors(str(place.resolve().relative_to(REPO))):
            lost.append(f"{link.target}#{link.anchor}")
    assert lost == []


# Commands


def shown_commands(name: str) -> Iterator[str]:
    """Every `cim ...` of a document: in console blocks, and in running text where it is whole."""
    for block in blocks(text_of(name), "console"):
        yield from (said.command for said in commands(block))
    for block in blocks(text_of(name), "sh"):
        yield from block.text.splitlines()
    for code in re.findall(r"`(cim [^`\n]+)`", prose_of(name)):
        if "..." not in code:
            yield code


def calls(command: str) -> Iterator[list[str]]:
    """The calls of `cim` in a line for the shell, without pipes, variables and redirection."""
    for part in re.split(r"&&|\|\||[|;]", command):
        words = shlex.split(re.split(r"\s\d?[<>]", part)[0])
        while words and re.match(r"[A-Z_]+=", words[0]):
            words = words[1:]
        if words and words[0] == "cim":
            yield words[1:]


def not_understood(words: list[str]) -> str:
    """What the real parser says against a call; nothing when it takes it."""
    while words and words[0] in ("--sessions", "--by", "--as-of"):
        words = [*words[2:3], *words[:2], *words[3:]]
    if not words or words in (["--version"], ["--help"]):
        return ""
    if words[0] not in COMMANDS:
        return f"no command {words[0]}"
    if words[1:] == ["--help"]:
        return ""
    try:
        parser_for(COMMANDS[words[0]]).parse_args(words[1:])
    except (UsageError, argparse.ArgumentError) as wrong:
        return str(wrong)
    return ""


@pytest.mark.parametrize("name", NAMES)
def test_every_command_shown_is_one_that_the_parser_takes(name: str) -> None:
    found = [
        (command, wrong)
        for command in shown_commands(name)
        for words in calls(command)
        if (wrong := not_understood(words)) and not _only_named(words)
    ]
    assert found == []


def _only_named(words: list[str]) -> bool:
    """`cim check` or `cim case set` in running text names a command and is not a whole call."""
    if not words or words[0] not in COMMANDS:
        return False
    acts = next((a.choices for a in parser_for(COMMANDS[words[0]])._actions if a.choices), ())
    return not words[1:] or (len(words) == 2 and words[1] in (acts or ()))


def test_the_readme_shows_commands_at_all() -> None:
    assert len(list(shown_commands("README.md"))) > 10


@pytest.mark.parametrize("command", ["cim no-such-command", "cim check --no-such-option example"])
def test_a_command_that_does_not_exist_is_found(command: str) -> None:
    assert [wrong for words in calls(command) if (wrong := not_understood(words))]


@pytest.mark.parametrize("name", refresh.FOLLOWED)
def test_a_document_that_is_followed_word_for_word_answers_as_it_says(
    name: str, tmp_path: Path
) -> None:
    stale = list(follow(text_of(name), tmp_path))
    assert not stale, "Run: python -m docs.refresh\n" + "\n".join(map(str, stale))


def test_an_answer_that_differs_is_found(tmp_path: Path) -> None:
    document = "```console\n$ echo one\ntwo\n```\n"
    (stale,) = follow(document, tmp_path)
    assert stale.real == ["one"]
    assert refresh.answered(document, [stale]) == "```console\n$ echo one\none\n```\n"


@pytest.mark.parametrize(
    ("said", "real", "same"),
    [
        (["a", "b"], ["a", "b"], True),
        (["a"], ["a", "b"], False),
        (["a", "..."], ["a", "b", "c"], True),
        (["...", "c"], ["a", "b", "c"], True),
        (["a ... c"], ["a b c"], True),
        (["a ... c"], ["a b d"], False),
        ([], [], True),
        ([], ["a"], False),
    ],
)
def test_three_dots_stand_for_what_is_left_out(
    said: list[str], real: list[str], same: bool
) -> None:
    assert agrees(said, real) is same


def test_a_command_over_two_lines_is_one_command() -> None:
    block = Block("console", "$ echo a \\\n    b\na b\n", 1)
    assert list(commands(block)) == [Said("echo a b", ["a b"], 1)]


# What is written from the program


@pytest.fixture(scope="module")
def written_anew() -> dict[str, str]:
    return refresh.generated()


@pytest.mark.parametrize(
    "name", ["README.md", "docs/picture.svg", "docs/picture.txt", "docs/workflow-file.md"]
)
def test_what_is_taken_from_the_program_is_up_to_date(
    name: str, written_anew: dict[str, str]
) -> None:
    assert text_of(name) == written_anew[name], "Run: python -m docs.refresh"


def test_the_picture_fits_a_terminal_of_80_columns_and_asks_no_other_machine() -> None:
    assert max(map(len, text_of("docs/picture.txt").splitlines())) <= 80
    drawing = text_of("docs/picture.svg")
    assert not re.search(r"@import|@font-face|href=|url\(\s*['\"]?\w+:", drawing)


def test_the_reference_names_every_part_of_the_language() -> None:
    assert sorted(name for _, names in PARTS for name in names) == sorted(parts())


@pytest.mark.parametrize("part", sorted(parts()))
def test_every_key_of_the_language_has_a_meaning_in_the_reference(part: str) -> None:
    found = list(keys(parts()[part]))
    assert found
    assert [key.name for key in found if not key.means or not key.kind] == []


def test_no_meaning_is_kept_for_a_key_that_is_gone() -> None:
    known = {f"{name}.{key.name}" for name, part in parts().items() for key in keys(part)}
    bare = {f"*.{name.partition('.')[2]}" for name in known}
    assert set(SAID) - known - bare == set()


# Files in the documents


def toml_blocks() -> list[tuple[str, Block]]:
    return [(name, block) for name in NAMES for block in blocks(text_of(name), "toml")]


def loaded(block: Block) -> dict[str, Any]:
    return tomli.loads(block.text, parse_float=Decimal)


@pytest.mark.parametrize(
    ("name", "block"), toml_blocks(), ids=[f"{n}:{b.line}" for n, b in toml_blocks()]
)
def test_every_toml_block_parses(name: str, block: Block) -> None:
    assert loaded(block)


SHAPES: dict[str, Any] = {"rules": Rule, "fields": FieldSpec, "settings": Setting}


def test_the_pieces_in_the_reference_keep_to_the_language() -> None:
    checked = 0
    for block in blocks(text_of("docs/workflow-file.md"), "toml"):
        doc = loaded(block)
        for table, shape in SHAPES.items():
            for piece in doc.get(table, {}).values():
                shape.checked(piece)
                checked += 1
        if "applies-when" in doc:
            Condition.checked(doc["applies-when"])
        for signature in doc.get("signatures", []):
            Signature.checked(signature)
    assert checked > 15


def test_every_kind_of_rule_has_an_example_in_the_reference() -> None:
    shown = {
        Rule.checked(rule).kind
        for block in blocks(text_of("docs/workflow-file.md"), "toml")
        for rule in loaded(block).get("rules", {}).values()
    }
    from cim_tui.core.language import RULE_KINDS

    assert shown == set(RULE_KINDS)


def test_the_ways_of_calculating_in_the_reference_keep_to_the_language() -> None:
    part = text_of("docs/workflow-file.md").partition("## Calculated fields")[2]
    ways = re.findall(r"^\| `(\{.+?\})` \|", part.partition("\n## ")[0], flags=re.MULTILINE)
    assert len(ways) >= 6
    for way in ways:
        how = tomli.loads(f"how = {way}")["how"]
        Column.checked({"type": "calculated", "label": "It", "calculate": how})


def test_the_origins_of_rows_in_the_reference_keep_to_the_language() -> None:
    part = text_of("docs/workflow-file.md").partition("## Rows that stand ready")[2]
    origins = re.findall(r"^\| `(\{.+\})` \|", part.partition("\n## ")[0], flags=re.MULTILINE)
    assert len(origins) >= 5
    column = {"result": {"type": "text", "label": "Result"}}
    for origin in origins:
        rows = tomli.loads(f"rows = {origin}")["rows"]
        spec = {"type": "table", "label": "It", "columns": column, "rows-from": rows}
        FieldSpec.checked(spec)


def test_the_example_in_the_reference_lints_without_a_finding(tmp_path: Path) -> None:
    for block in blocks(text_of("docs/workflow-file.md"), "toml"):
        named = re.match(r"# (\S+\.toml)\n", block.text)
        if named:
            path = tmp_path / named[1]
            path.parent.mkdir(exist_ok=True)
            path.write_text(block.text)
    found = lint_all(Library((tmp_path,)))
    assert [str(finding) for finding in found] == []


def test_every_reason_for_a_missing_answer_is_explained() -> None:
    for name in ("docs/workflow-file.md", "docs/session-file.md"):
        shown = set(re.findall(r"^\| `([a-z-]+)` \| (.+?) \|", text_of(name), flags=re.MULTILINE))
        assert set(ABSENT.items()) <= shown, name


# The session file


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The whole example of the session file, as a file."""
    whole = [b for b in blocks(text_of("docs/session-file.md"), "toml") if "schema = 1" in b.text]
    path = tmp_path / "stone-creek-2025-intensive.toml"
    path.write_text(whole[0].text, encoding="utf-8")
    return path


def test_the_whole_example_of_a_session_file_is_one(example: Path) -> None:
    session = sessions.read(example)
    assert session.lea == "Stone Creek Unified"
    assert sessions.encode(session)


def test_the_whole_example_of_a_session_file_shows_every_table(example: Path) -> None:
    doc = sessions.read(example).doc
    assert set(sessions.ORDER) - set(doc) <= {"example", "archived", "origin"}
    assert list(doc) == [name for name in sessions.ORDER if name in doc]


def test_the_whole_example_of_a_session_file_fits_the_process_it_names(example: Path) -> None:
    desk = replace(set_up(folder=str(example.parent)), as_of=date(2025, 11, 3))
    case = desk.open("stone-creek")
    assert case.has_definition, case.missing
    wrong = {"type", "choice", "reference", "scale", "key"}
    assert [p for p in case.progress.problems if p.rule in wrong] == []
    assert [p for p in case.progress.parked if "no such question" in p.why] == []


def test_every_table_of_a_session_file_has_a_heading_or_a_line() -> None:
    text = text_of("docs/session-file.md")
    assert [name for name in sessions.ORDER if f"`{name}`" not in text] == []


# The words


@pytest.mark.parametrize("name", WRITTEN_HERE)
def test_a_document_keeps_to_plain_words(name: str) -> None:
    prose = re.sub(r"!\[|`[^`\n]*`", "", prose_of(name))
    assert "!" not in re.sub(r"<!--.*?-->", "", prose)
    assert not re.search(r"\bplease\b", prose, re.IGNORECASE)
