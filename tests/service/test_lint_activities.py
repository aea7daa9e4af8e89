"""Remarks about an activity file: each provoked by a file, at the line to mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from cim_tui.service.definitions import lint_all
from tests.service.definition_files import RULE, SOURCE, marked, only, written


def test_sound_files_give_no_remarks(tmp_path: Path) -> None:
    assert lint_all(written(tmp_path)) == []


# In an activity: what is added to its file, with the line marked, and the remark

ADDED: dict[str, tuple[str, str, str]] = {
    # Questions
    "a requirement without a source": (
        '[fields.x]  # here\ntype = "text"\nlabel = "X"\nrequired = true\n',
        "error", "say where this requirement comes from: source = { tag = ... }",
    ),
    "a column that is required without a source": (
        ('[fields.x]\ntype = "table"\nlabel = "X"\n'
        '[fields.x.columns.a]  # here\ntype = "text"\nlabel = "A"\nrequired = true\n'),
        "error", "say where this requirement comes from: source = { tag = ... }",
    ),
    "a reason without a requirement": (
        '[fields.x]  # here\ntype = "text"\nlabel = "X"\nbecause = "It matters"\n',
        "warning", '"because" says why a requirement blocks; add required = true',
    ),
    "a long label": (
        f'[fields.x]  # here\ntype = "text"\nlabel = "{"x" * 61}"\n',
        "warning", "a label of 61 characters is cut on screen",
    ),
    "a word of the house in a label": (
        '[fields.x]  # here\ntype = "text"\nlabel = "X"\nhint = "Please write it"\n',
        "warning", 'write what to do, without "please"',
    ),
    "a list that is not there": (
        '[fields.x]\ntype = "choice"\nlabel = "X"\nchoices = "list:none"  # here\n',
        "error", 'there is no list for "list:none"',
    ),
    "a reference to no table": (
        '[fields.x]\ntype = "reference"\nlabel = "X"\nto = "none"  # here\n',
        "error", 'there is no table "none"',
    ),
    "a reference to a field that is no table": (
        '[fields.x]\ntype = "reference"\nlabel = "X"\nto = "words"  # here\n',
        "error", '"words" is not a table',
    ),
    "a reference to a column": (
        '[fields.x]\ntype = "reference"\nlabel = "X"\nto = "t.name"  # here\n',
        "error", '"t.name" is not a table',
    ),
    "calculating with nothing": (
        '[fields.x]\ntype = "calculated"\nlabel = "X"\ncalculate = { sum = ["none", "n"] }  # here\n',
        "error", 'there is no "none" to calculate with',
    ),
    "calculating with a text": (
        '[fields.x]\ntype = "calculated"\nlabel = "X"\ncalculate = { rate = ["words", "n"] }  # here\n',
        "error", '"words" is not a number',
    ),
    "a parent that is no table": (
        ('[fields.x]\ntype = "table"\nlabel = "X"\nparent = "words"  # here\n'
        '[fields.x.columns]\na = { type = "text", label = "A" }\n'),
        "error", '"words" is not a table',
    ),
    "an origin without a column": (
        ('[fields.x]\ntype = "table"\nlabel = "X"\nrows-from = { list = "roles" }  # here\n'
        '[fields.x.columns]\na = { type = "text", label = "A" }\n'),
        "error", 'there is no column "of" to put the origin into',
    ),
    "an origin in no list": (
        ('[fields.x]\ntype = "table"\nlabel = "X"\nrows-from = { list = "none" }  # here\n'
        '[fields.x.columns]\nof = { type = "text", label = "A" }\n'),
        "error", 'there is no list "none"',
    ),
    "an origin in no table": (
        ('[fields.x]\ntype = "table"\nlabel = "X"\nrows-from = { table = "none" }  # here\n'
        '[fields.x.columns]\nof = { type = "text", label = "A" }\n'),
        "error", 'there is no table "none"',
    ),
    "rows picked by a column that is not there": (
        ('[fields.x]\ntype = "table"\nlabel = "X"\n'
        'rows-from = { table = "t", where = { none = "x" } }  # here\n'
        '[fields.x.columns]\nof = { type = "text", label = "A" }\n'),
        "error", 'there is no column "none"',
    ),
    # Rules
    "a word of the house in a message": (
        f'[rules.x]  # here\non = "words"\nrequired = true\nmessage = "It is required"\n{SOURCE}\n',
        "warning", 'write what to do, without "is required"',
    ),
    "an exclamation mark in a message": (
        f'[rules.x]  # here\non = "words"\nrequired = true\nmessage = "Mend it!"\n{SOURCE}\n',
        "warning", 'write what to do, without "!"',
    ),
    "a blank that messages do not know": (
        f'[rules.x]\non = "words"\nrequired = true\nmessage = "Mend {{field}}"  # here\n{SOURCE}\n',
        "error", "messages know {row}, {found} and {wanted}, not {field}",
    ),
    "a rule on nothing": (
        f'[rules.x]\non = "none"  # here\nrequired = true\n{RULE}',
        "error", 'there is no "none"',
    ),
    "a range of words": (
        f'[rules.x]  # here\non = "words"\nrange = {{ at-least = 1 }}\n{RULE}',
        "error", '"range" needs a number; "words" is text',
    ),
    "a pattern for a number": (
        f'[rules.x]  # here\non = "n"\npattern = "x"\n{RULE}',
        "error", '"pattern" needs a text; "n" is number',
    ),
    "a pattern that is none": (
        f'[rules.x]\non = "words"\npattern = "["  # here\n{RULE}',
        "error", "not a pattern: unterminated character set at position 0",
    ),
    "an order of words": (
        f'[rules.x]  # here\non = "words"\ndate-order = {{ not-before = "d" }}\n{RULE}',
        "error", '"date-order" needs a date; "words" is text',
    ),
    "days of words": (
        f'[rules.x]  # here\non = "words"\nwithin-days = {{ of = "d", days = 3 }}\n{RULE}',
        "error", '"within-days" needs a date; "words" is text',
    ),
    "rows of a text": (
        f'[rules.x]  # here\non = "words"\nrows = {{ at-least = 1 }}\n{RULE}',
        "error", '"rows" needs a table; "words" is text',
    ),
    "a unique column that is not there": (
        f'[rules.x]  # here\non = "t"\nunique = ["none"]\n{RULE}',
        "error", '"t" has no column "none"',
    ),
    "a sum of a column that is not there": (
        f'[rules.x]  # here\non = "t"\nsum = {{ of = "none", equals = 1 }}\n{RULE}',
        "error", '"t" has no column "none"',
    ),
    "a tree of a column that is not there": (
        f'[rules.x]  # here\non = "t"\ntree = {{ column = "none" }}\n{RULE}',
        "error", '"t" has no column "none"',
    ),
    "different values of a column that is not there": (
        f'[rules.x]  # here\non = "t"\nrows = {{ at-least = 1, distinct = "none" }}\n{RULE}',
        "error", '"t" has no column "none"',
    ),
    "a date after nothing": (
        f'[rules.x]  # here\non = "d"\ndate-order = {{ not-before = "none" }}\n{RULE}',
        "error", 'there is no "none"',
    ),
    "days after nothing": (
        f'[rules.x]  # here\non = "d"\nwithin-days = {{ of = "none", days = 3 }}\n{RULE}',
        "error", 'there is no "none"',
    ),
    "one of several that is not there": (
        f'[rules.x]  # here\non = "words"\nany-of = ["words", "none"]\n{RULE}',
        "error", 'there is no "none"',
    ),
    "covering nothing": (
        f'[rules.x]\non = "t"\ncovers = {{ each = "none", by = "t.name" }}  # here\n{RULE}',
        "error", 'there is no "none"',
    ),
    "covering by a table": (
        f'[rules.x]\non = "t"\ncovers = {{ each = "t", by = "t" }}  # here\n{RULE}',
        "error", '"t" has to name a column',
    ),
    "a setting that is not there": (
        f'[rules.x]  # here\non = "n"\nrange = {{ at-most = {{ setting = "none" }} }}\n{RULE}',
        "error", 'there is no setting "none"',
    ),
    "rows where a column that is not there": (
        f'[rules.x]  # here\non = "t"\nrows = {{ at-least = 1, where = {{ none = 1 }} }}\n{RULE}',
        "error", 'there is no column "none"',
    ),
    "a rule that holds on a field that is not there": (
        f'[rules.x]\non = "t"\nholds = {{ field = "none", is = 1 }}  # here\n{RULE}',
        "error", 'there is no field "none"',
    ),
    "a rule for rows that cannot be": (
        (f'[rules.x]\non = "t.name"\nrequired = true\n'
        f'applies-when = {{ column = "role", is = "none" }}  # here\n{RULE}'),
        "error", '"none" is not a choice of "role": selpa, parent',
    ),
    # Signatures
    "a signature when nothing is": (
        ('[[signatures]]  # here\nrole = "lead"\ntitle = "the lead"\n'
        f'applies-when = {{ field = "none", is = 1 }}\n{SOURCE}\n'),
        "error", 'there is no field "none"',
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "severity", "message"), ADDED.values(), ids=ADDED)
def test_a_fault_in_an_activity_is_said_at_its_line(
    tmp_path: Path, text: str, severity: str, message: str
) -> None:
    library = written(tmp_path, activity="\n" + text)

    found = only(library)

    assert (found.severity, found.line) == (severity, marked(library, "activity:first"))
    assert found.message.endswith(message)
    assert found.file == str(tmp_path / "activities" / "first.toml")


# Remarks that are not made yet

OVERLOOKED: dict[str, str] = {
    "an explanation that is not there": (
        f'[rules.x]\non = "t"\n'
        f'covers = {{ each = "t", by = "t.name", or-answered = "none" }}\n{RULE}'
    ),
    "a condition on columns of a rule about the whole table": (
        f'[rules.x]\non = "t"\nrows = {{ at-least = 1 }}\n'
        f'applies-when = {{ column = "role", is = "selpa" }}\n{RULE}'
    ),
    "a length of a number": f'[rules.x]\non = "n"\nlength = {{ at-least = 1 }}\n{RULE}',
    "a sum per a column that is not there": (
        '[fields.x]\ntype = "calculated"\nlabel = "X"\ncalculate = { sum = "t.age", per = "none" }\n'
    ),
    "a sum where a column that is not there": (
        '[fields.x]\ntype = "calculated"\nlabel = "X"\n'
        'calculate = { sum = "t.age", where = { none = 1 } }\n'
    ),
    "a rule that takes the name of a built-in one": (
        f'[rules.required]\non = "words"\nlength = {{ at-least = 1 }}\n{RULE}'
    ),
    "a fact in a field of another type": '[fields.x]\ntype = "date"\nlabel = "X"\nfact = "year"\n',
    "a bound that is true": f'[rules.x]\non = "n"\nrange = {{ at-least = true }}\n{RULE}',
    "columns that wait for each other": (
        '[fields.x]\ntype = "table"\nlabel = "X"\n[fields.x.columns]\n'
        'a = { type = "text", label = "A", applies-when = { column = "b", answered = true } }\n'
        'b = { type = "text", label = "B", applies-when = { column = "a", answered = true } }\n'
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", OVERLOOKED.values(), ids=OVERLOOKED)
def test_a_fault_that_makes_a_rule_or_a_sum_silent_is_found(tmp_path: Path, text: str) -> None:
    assert lint_all(written(tmp_path, activity="\n" + text)) != []
