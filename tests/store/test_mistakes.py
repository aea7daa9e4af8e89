"""Mistakes that people make in definition files: each said with its line, in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tomli
from pydantic import ValidationError

from cim_tui.core.language import ActivityFile, ListFile, WorkflowFile
from cim_tui.core.part import Part
from cim_tui.service.definitions import lint_all
from cim_tui.store.mistakes import Mistake, in_shape
from cim_tui.store.workflows import Finding, Library
from tests.conftest import REPO
from tests.service.definition_files import ACTIVITY, ROLES, SOURCE, WORKFLOW, written

JARGON = re.compile(
    r"Input should|valid (string|tuple|dictionary|integer|boolean)|instance of|dict\[|function-|"
    r"pydantic|parse string|type=|SettingRef|FieldRef|Decimal|NoneType|Traceback|\bbool\b|\btuple\b"
)
"""What no author should have to read."""


def spoiled(text: str, old: str, new: str) -> str:
    """A file with a mistake in it; `# here` marks the line where it is said."""
    assert old in text, old
    return text.replace(old, new, 1)


GO_ON = 'label = "Go on"'
CHOICES = 'choices = { small = "Small", large = "Large" }'
MONITORING = 'resources = [{ title = "Monitoring", at = "https://caltan.info/monitoring" }]'


def field(line: str) -> str:
    """The activity with one more line in a field."""
    return spoiled(ACTIVITY, GO_ON, f"{GO_ON}\n{line}  # here")


def instead(old: str, new: str, text: str = ACTIVITY) -> str:
    """The activity with a line that went wrong."""
    return spoiled(text, old, f"{new}  # here")


def rule(line: str) -> str:
    """The activity with a rule."""
    return (
        f'{ACTIVITY}\n[rules.x]  # head\non = "t"\n{line}  # here\nmessage = "Mend it"\n{SOURCE}\n'
    )


IN_AN_ACTIVITY: dict[str, tuple[str, str]] = {
    # Not TOML at all
    "curly quotes": (instead(GO_ON, "label = “Go on”"), "use straight quotes"),
    "no quotes": (instead(GO_ON, "label = Go on"), "put a text in straight quotes"),
    "a quote that is not closed": (
        instead(GO_ON, 'label = "Go on'), "close the text with the quote it began with",
    ),
    "a text over two lines": (
        spoiled(ACTIVITY, GO_ON, 'label = "Go # here\non"'), 'stands between """',
    ),
    "a colon": (instead(GO_ON, 'label: "Go on"'), "write = instead of the colon"),
    "nothing behind the =": (instead(GO_ON, "label ="), 'an empty text is ""'),
    "yes instead of true": (field("required = yes"), "write true, in small letters"),
    "True with a capital": (field("required = True"), "write true, in small letters"),
    "No instead of false": (field("required = No"), "write false, in small letters"),
    "a heading without its bracket": (instead("[fields.n]", "[fields.n"), "close the heading"),
    "an id with a blank": (
        instead("[fields.words]", "[fields.my words]"), "join the words of an id by hyphens",
    ),
    "a comma that is missing": (
        instead('name = { type = "text", label = "Name" }', 'name = { type = "text" label = "N" }'),
        "{ } needs a comma between two keys",
    ),
    "two fields of one id": (
        f'{ACTIVITY}\n[fields.n]  # here\ntype = "text"\nlabel = "Again"\n', "fields.n is there twice",
    ),
    "a key twice": (field('label = "Once more"'), "this key is there twice"),
    "a date with strokes": (
        field('applies-when = { field = "d", after = 10/1/2025 }'), "write a date as 2025-10-01",
    ),
    "a date with one digit": (
        field('applies-when = { field = "d", after = 2025-10-1 }'), "write a date as 2025-10-01",
    ),
    "a day that does not exist": (
        field('applies-when = { field = "d", after = 2025-02-30 }'), "there is no such day",
    ),
    "a backslash": (instead(GO_ON, r'label = "C:\Users"'), r"write \\ for one"),
    # Not the language
    "a misspelt key": (field("requird = true"), "Perhaps: required"),
    "a key written with _": (field('applies_when = { field = "n" }'), "Perhaps: applies-when"),
    "a key that replaces a needed one": (instead(GO_ON, 'lable = "Go on"'), "Perhaps: label"),
    "a misspelt type": (instead('type = "yes-no"', 'type = "yesno"'), 'did you mean "yes-no"?'),
    "a type with a capital": (instead('type = "yes-no"', 'type = "Text"'), 'did you mean "text"?'),
    "a type that is no type": (instead('type = "yes-no"', 'type = "zebra"'), "There are: text,"),
    "choices as a list": (instead(CHOICES, 'choices = ["Small"]'), "write ids with labels"),
    "a choice with a capital": (
        instead(CHOICES, 'choices = { Small = "Small" }'), 'such as "small"',
    ),
    "a choice that is a number": (
        instead(CHOICES, "choices = { small = 1 }"), 'put it in quotes: small = "1"',
    ),
    "choices of a text": (
        spoiled(ACTIVITY, '[fields.words]\ntype = "text"',
                '[fields.words]  # here\nchoices = { a = "A" }\ntype = "text"'), 'type = "choice"',
    ),
    "a choice without choices": (
        spoiled(ACTIVITY.replace(CHOICES, ""), "[fields.tier]", "[fields.tier]  # here"),
        'add choices = { big = "Big" } or choices = "list:..."',
    ),
    "a list that is not there": (
        spoiled(ACTIVITY, 'choices = "list:roles" }', 'choices = "list:role" }  # here'),
        'there is no list for "list:role"',
    ),
    "a field with two brackets": (
        instead("[fields.n]", "[[fields.n]]"), "one pair of brackets: [fields.n]",
    ),
    "a field that is a text": (
        spoiled(ACTIVITY, "[fields.q]", '[fields]\nextra = "Extra"  # here\n[fields.q]'),
        'extra = { type = "text", label = "..." }',
    ),
    "an id with _": (instead("[fields.words]", "[fields.my_words]"), 'such as "my-words"'),
    "a label that is a number": (instead(GO_ON, "label = 7"), 'put it in quotes: label = "7"'),
    "a truth in quotes": (field('required = "perhaps"'), "write true or false without quotes"),
    "a source in words": (
        spoiled(ACTIVITY, SOURCE, 'source = "practice"  # here'), 'source = { tag = "practice"',
    ),
    "a tag that is misspelt": (
        spoiled(ACTIVITY, SOURCE, 'source = { tag = "practise" }  # here'),
        'did you mean "practice"?',
    ),
    "something published nowhere": (
        spoiled(ACTIVITY, SOURCE, 'source = { tag = "published" }  # here'), "needs the address",
    ),
    "a text where a list belongs": (
        spoiled(ACTIVITY, SOURCE, f'{SOURCE}\nhave-ready = "Pens"  # here'), 'have-ready = ["..."]',
    ),
    "minutes in words": (
        spoiled(ACTIVITY, SOURCE, f'{SOURCE}\nabout-minutes = "half an hour"  # here'),
        "write a whole number without quotes: about-minutes = 1",
    ),
    "a date as people write it": (
        field('applies-when = { field = "d", after = "10/1/2025" }'),
        "write a date without quotes: after = 2025-10-01",
    ),
    "a condition in words": (
        field('applies-when = "q is yes"'), 'applies-when = { field = "...", is = "..." }',
    ),
    "a condition without a test": (field('applies-when = { field = "n" }'), "say what to test"),
    "a test that does not exist": (
        field('applies-when = { field = "n", equals = 1 }'), "There are: all, any, not, field,",
    ),
    "a condition in a condition": (
        field('applies-when = { all = [{ field = "n", at-least = 1 }, { feild = "q" }] }'),
        "Perhaps: field",
    ),
    "a test of a yes-no with a word": (
        spoiled(ACTIVITY, 'label = "Words"',
                'label = "Words"\napplies-when = { field = "q", is = "yes" }  # here'),
        "write true or false",
    ),
    "one value for in": (
        field('applies-when = { field = "tier", in = "small" }'), 'in = ["..."]',
    ),
    "a code for missing that is misspelt": (
        field('absent = ["not applicable"]'), 'did you mean "not-applicable"?',
    ),
    "a table in a table": (
        spoiled(ACTIVITY, 'age = { type = "integer", label = "Age" }',
                'age = { type = "table", label = "A", columns = { x = "X" } }  # here'),
        "tables never nest",
    ),
    "a rule on nothing": (
        rule("rows = { at-least = 1 }").replace('on = "t"', 'on = "tt"  # here', 1)
        .replace("}  # here", "}", 1), 'there is no "tt"',
    ),
    "a rule of no kind": (rule("").replace("[rules.x]  # head", "[rules.x]  # here"), "has none"),
    "a rule of two kinds": (
        rule('required = true\nunique = ["name"]').replace("# here", "").replace("# head", "# here"),
        "this one has required and unique",
    ),
    "a rule that requires false": (rule("required = false"), "write true, or take this line out"),
    "a bound in words": (rule('rows = { at-least = "one" }'), "write a number without quotes"),
    "a bound that is misspelt": (
        rule('rows = { at-least = { settings = "few" } }'), '{ setting = "..." }',
    ),
    "a number for a count": (rule("rows = 3"), "rows = { at-least = 1 }"),
    "a severity that does not exist": (
        rule('rows = { at-least = 1 }\nseverity = "warn"'), 'did you mean "warning"?',
    ),
}  # fmt: skip

ELSEWHERE: dict[str, tuple[str, str, str]] = {
    "a step without a number": (
        "trial.toml", spoiled(WORKFLOW, "[steps.gather]\nnumber = 1", "[steps.gather]  # here"),
        "this key is missing: add number = 1",
    ),
    "aims that are no list": (
        "trial.toml", instead('aims = ["To try it out"]', 'aims = "To try it out"', WORKFLOW),
        'aims = ["..."]',
    ),
    "an edition that is a number": (
        "trial.toml", instead('edition = "1"', "edition = 1", WORKFLOW), 'edition = "1"',
    ),
    "activities as a list": (
        "trial.toml", instead("activities = { first = {} }", 'activities = ["first"]', WORKFLOW),
        "activities = { some-id = {} }",
    ),
    "help from nobody": (
        "trial.toml",
        instead("activities = { first = {} }", 'activities = { first = { support = "SELPA" } }',
                WORKFLOW),
        'did you mean "selpa"?',
    ),
    "resources that are no list": (
        "trial.toml", instead(MONITORING, MONITORING.replace("[", "").replace("]", ""), WORKFLOW),
        'resources = [{ title = "...", at = "..." }]',
    ),
    "a level that is a text": (
        "trial.toml", spoiled(WORKFLOW, '[levels.one]\ntitle = "One"', '[levels]\none = "One"  # here'),
        'one = { title = "..." }',
    ),
    "items that are misspelt": (
        "lists/roles.toml", instead("items = {", "itmes = {", ROLES).replace("{  # here", "{")
        .replace("}\n", "}  # here\n").replace('" }  # here\nitmes', '" }\nitmes'),
        "Perhaps: items",
    ),
    "items as a list": (
        "lists/roles.toml",
        instead('items = { selpa = "SELPA", parent = "Parent" }', 'items = ["SELPA"]', ROLES),
        'items = { some-id = "..." }',
    ),
    "an item that is a number": (
        "lists/roles.toml",
        instead('items = { selpa = "SELPA", parent = "Parent" }', "items = { selpa = 5 }", ROLES),
        'selpa = "..." or selpa = { label = "..." }',
    ),
    "the second due date": (
        "calendars/2025.toml",
        "year = 2025\n" + "".join(
            f'[[due]]\nworkflow = "trial"\nstep = "gather"\non = {on}\n{SOURCE}\n'
            for on in ("2025-10-01", '"soon"  # here')
        ),
        "write a date without quotes: on = 2025-10-01",
    ),
}  # fmt: skip


def errors(folder: Path, name: str, text: str) -> list[Finding]:
    """What lint says about a folder in which one file went wrong."""
    library = written(folder)
    (folder / name).write_text(text, "utf-8")
    found = [f for f in lint_all(Library(library.folders)) if f.severity == "error"]
    assert found
    return found


def check(found: list[Finding], path: Path, text: str, says: str) -> None:
    """One mistake is said, in its file, at its line, with what to do."""
    here = [n for n, line in enumerate(text.splitlines(), start=1) if "# here" in line]
    assert [(f.file, f.line) for f in found] == [(str(path), here[0])], found
    assert says in found[0].message
    assert not JARGON.search(found[0].message), found[0].message


@pytest.mark.parametrize(("text", "says"), IN_AN_ACTIVITY.values(), ids=IN_AN_ACTIVITY)
def test_a_mistake_in_an_activity_is_said_once_at_its_line_with_what_to_do(
    tmp_path: Path, text: str, says: str
) -> None:
    found = errors(tmp_path, "activities/first.toml", text)

    check(found, tmp_path / "activities" / "first.toml", text, says)


@pytest.mark.parametrize(("name", "text", "says"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_mistake_in_another_file_is_said_once_at_its_line_with_what_to_do(
    tmp_path: Path, name: str, text: str, says: str
) -> None:
    found = errors(tmp_path, name, text)

    check(found, tmp_path / name, text, says)


def test_tab_characters_are_no_mistake(tmp_path: Path) -> None:
    library = written(tmp_path)
    text = ACTIVITY.replace(GO_ON, '\tlabel\t=\t"Go on"')
    (tmp_path / "activities" / "first.toml").write_text(text, "utf-8")

    assert lint_all(Library(library.folders)) == []


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_another_encoding_is_said_with_what_to_save_it_as(tmp_path: Path, encoding: str) -> None:
    written(tmp_path)
    text = ACTIVITY.replace("Go on", "Café")
    (tmp_path / "activities" / "first.toml").write_bytes(text.encode(encoding))

    (found,) = [f for f in lint_all(Library((tmp_path,))) if f.severity == "error"]
    assert "save the file as UTF-8" in found.message


def test_an_empty_file_is_told_what_it_needs_at_its_first_line(tmp_path: Path) -> None:
    found = errors(tmp_path, "activities/first.toml", "")

    assert {f.line for f in found} == {1}
    assert [f.message.split(":")[0] for f in found] == [
        "id",
        "title",
        "purpose",
        "source",
        "fields",
    ]


# Anything wrong anywhere

ODD: tuple[Any, ...] = (
    7,
    2.5,
    True,
    "odd",
    "",
    [],
    ["odd"],
    {},
    {"odd": 1},
    [{}],
    date(2025, 1, 1),
)


def places(doc: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a document, from the outside in."""
    inside = (
        doc.items() if isinstance(doc, dict) else enumerate(doc) if isinstance(doc, list) else ()
    )
    for key, value in inside:
        yield (*path, key)
        yield from places(value, (*path, key))


def changed(doc: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The document with something else at a place."""
    if not path:
        return value
    copy = dict(doc) if isinstance(doc, dict) else list(doc)
    copy[path[0]] = changed(doc[path[0]], path[1:], value)
    return copy


def mistakes(model: type[Part], doc: dict[str, Any], text: str) -> list[Mistake]:
    """What an author is told about a document; nothing where the language takes it."""
    try:
        model.checked(doc)
    except ValidationError as wrong:
        return list(in_shape(model, doc, text, wrong.errors()))
    return []


@pytest.mark.parametrize(
    ("file", "model"),
    [
        ("docs/examples/household-survey/household-survey.toml", WorkflowFile),
        ("docs/examples/household-survey/activities/household-nets.toml", ActivityFile),
        ("docs/examples/household-survey/lists/water-sources.toml", ListFile),
    ],
)
def test_whatever_stands_anywhere_is_taken_or_refused_in_plain_words(
    file: str, model: type[Part]
) -> None:
    text = (REPO / file).read_text("utf-8")
    doc = tomli.loads(text)
    refused = 0
    for place in places(doc):
        for odd in ODD:
            found = mistakes(model, changed(doc, place, odd), text)
            refused += bool(found)
            assert [m for m in found if JARGON.search(m.says) or m.line < 1] == [], (place, odd)
    assert refused > 100
