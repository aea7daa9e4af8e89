"""Definition files: what the closed language refuses, and what a digest covers."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from cim_tui.core.errors import UnknownAddress
from cim_tui.core.language import ActivityFile, Condition, FieldSpec, ListFile, Rule, WorkflowFile
from cim_tui.core.workflow import Workflow
from tests.core.builders import PRACTICE, PUBLISHED, activity_doc, column, workflow, workflow_doc

# What the shapes refuse

FIELD_FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "a misspelt key": ({"lable": "X"}, "Unexpected keyword"),
    "an unknown type": ({"type": "string"}, "Input should be"),
    "choices without a type for them": ({"choices": {"a": "A"}}, "choices belong to"),
    "a choice without choices": ({"type": "choice"}, "choices belong to"),
    "a reference to nowhere": ({"type": "reference"}, '"to" belongs to reference'),
    "a text that refers": ({"to": "t"}, '"to" belongs to reference'),
    "calculated from nothing": ({"type": "calculated"}, '"calculate" belongs to calculated'),
    "calculated in two ways": (
        {"type": "calculated", "calculate": {"sum": ["a"], "rate": ["a", "b"]}},
        "calculate has one of",
    ),
    "calculated and required": (
        {"type": "calculated", "calculate": {"sum": ["a"]}, "required": True},
        "nobody types it",
    ),
    "many of a text": ({"many": True}, '"many" belongs to'),
    "a table without columns": ({"type": "table"}, "columns belong to table"),
    "a key that is no column": ({"columns": {"a": {}}, "key": ["b"]}, "no such column: b"),
    "a column called row": ({"columns": {"row": {}}}, 'cannot be called "row"'),
    "a column called of beside a parent": (
        {"columns": {"of": {}}, "parent": "t"},
        '"of" belongs to tables with a parent',
    ),
    "a table in a table": (
        {"columns": {"a": {"type": "table", "label": "A"}}},
        "tables never nest|columns belong",
    ),
    "a parent of a text": ({"parent": "t"}, "parent, key and rows-from belong to table"),
    "a column with a bad id": ({"columns": {"Name": {}}}, "is not an id"),
    "rows from two origins at once": (
        {"columns": {"of": {}}, "rows-from": {"list": "a", "years": 3}},
        "is one of: list",
    ),
    "rows from nowhere": ({"columns": {"of": {}}, "rows-from": {}}, "is one of: list"),
    "rows from a product and an origin": (
        {"columns": {"of": {}}, "rows-from": {"list": "a", "product": [{"years": 2}]}},
        "not both",
    ),
    "a scale of one": ({"type": "rating", "scale": 1}, "a scale goes from 1 to 2"),
    "an unknown absence": ({"absent": ["gone"]}, "Input should be"),
    "a source with an address it needs": (
        {"source": {"tag": "published"}},
        'a "published" source needs the address',
    ),
}


@pytest.mark.parametrize(("doc", "why"), FIELD_FAULTS.values(), ids=FIELD_FAULTS)
def test_a_field_that_breaks_the_language_is_refused_and_says_why(
    doc: dict[str, Any], why: str
) -> None:
    with pytest.raises(ValidationError, match=why):
        FieldSpec.checked(column("x", doc))


CONDITION_FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "no subject": ({"is": "x"}, "a condition has one of"),
    "two subjects": ({"field": "a", "fact": "level", "is": "x"}, "a condition has one of"),
    "a subject and a group": ({"field": "a", "all": [], "is": "x"}, "a condition has one of"),
    "no test": ({"field": "a"}, "say what to test"),
    "a group with a test": ({"all": [{"field": "a", "is": 1}], "is": 1}, "no tests of their own"),
    "an unknown fact": ({"fact": "county", "is": "x"}, "Input should be"),
    "a list to compare with": ({"field": "a", "is": ["x"]}, "compare with a text"),
    "a misspelt test": ({"field": "a", "equals": 1}, "Unexpected keyword"),
}


@pytest.mark.parametrize(("doc", "why"), CONDITION_FAULTS.values(), ids=CONDITION_FAULTS)
def test_a_condition_that_breaks_the_language_is_refused_and_says_why(
    doc: dict[str, Any], why: str
) -> None:
    with pytest.raises(ValidationError, match=why):
        Condition.checked(doc)


def rule(**doc: Any) -> dict[str, Any]:
    return {"on": "x", "message": "Mend it", "source": PRACTICE, **doc}


@pytest.mark.parametrize(
    ("doc", "why"),
    [
        (rule(), "a rule has exactly one of"),
        (rule(required=True, unique=["a"]), "a rule has exactly one of"),
        (rule(required=True, severity="error"), "must say why it blocks"),
        (rule(required=False), "Input should be True"),
        (rule(required=True, severity="fatal"), "Input should be"),
    ],
)
def test_a_rule_that_breaks_the_language_is_refused_and_says_why(
    doc: dict[str, Any], why: str
) -> None:
    with pytest.raises(ValidationError, match=why):
        Rule.checked(doc)


@pytest.mark.parametrize("wrong", ["Team", "2nd", "a_b", "a--b", "-a", "a-", "a b", "é", "", "a\n"])
def test_an_id_is_lower_case_words_joined_by_hyphens(wrong: str) -> None:
    doc = activity_doc("first", {"fields": {"x": {}}})

    with pytest.raises(ValidationError, match="is not an id"):
        ActivityFile.checked({**doc, "id": wrong})


@pytest.mark.parametrize("right", ["a", "cim-team", "step-2", "a1-b2"])
def test_ids_of_that_form_are_taken(right: str) -> None:
    assert ActivityFile.checked(activity_doc(right, {"fields": {"x": {}}})).id == right


def test_an_activity_that_is_not_there_is_refused_with_the_file_to_write() -> None:
    spec = WorkflowFile.checked(workflow_doc({"gather.first": {"fields": {}}}))

    with pytest.raises(UnknownAddress, match=r"activities/first\.toml"):
        Workflow(spec, {}, {})


def test_an_activity_stands_once_in_a_workflow() -> None:
    fields: dict[str, Any] = {"fields": {"x": {}}}
    spec = WorkflowFile.checked(workflow_doc({"gather.first": fields, "plan.first": fields}))
    first = ActivityFile.checked(activity_doc("first", fields))

    with pytest.raises(UnknownAddress, match="stands in two steps"):
        Workflow(spec, {"first": first}, {})


def test_an_unknown_address_is_answered_with_the_nearest_ones() -> None:
    made = workflow({"gather.cim-team": {"fields": {"members": {"columns": {"name": {}}}}}})

    assert made.suggest("gather.cim-team.member")[0] == "gather.cim-team.members"
    assert made.suggest("gather.team.members")[0] == "gather.cim-team.members"


def test_a_reference_is_found_with_and_without_its_step_and_activity() -> None:
    made = workflow({"gather.first": {"fields": {"t": {"columns": {"name": {}}}, "x": {}}},
                     "plan.second": {"fields": {"y": {}}}})  # fmt: skip
    first, second = made.activities["first"], made.activities["second"]

    for ref in ("t.name", "first.t.name", "gather.first.t.name"):
        target = made.target(ref, first)
        assert target is not None
        assert (target.field.address, target.column) == ("gather.first.t", "name")
    for ref in ("t", "first.t.no-such", "first.t.name.more", "plan.first.x.y.z", "", "x.y"):
        assert made.target(ref, second) is None


# What a digest covers

ACTIVITIES: dict[str, Any] = {
    "gather.first": {
        "fields": {
            "q": {"type": "yes-no", "hint": "Say"},
            "x": {"type": "choice", "choices": {"a": "A", "b": "B"}, "required": True,
                  "source": PRACTICE, "applies-when": {"field": "q", "is": True}},
            "n": {"type": "number", "applies-when": {"field": "q", "is": False}},
            "t": {"columns": {"c": {"type": "choice", "choices": "list:roles"},
                              "k": {"type": "integer"},
                              "s": {"type": "calculated", "calculate": {"score": {"k": 2}}}}},
        },
        "rules": {"it": {"on": "t", "rows": {"at-least": 1}, "source": PUBLISHED}},
        "settings": {"most": {"label": "Most", "default": 3, "source": PRACTICE}},
        "signatures": [{"role": "lead", "title": "the lead", "source": PRACTICE}],
        "guidance": "Some words", "about-minutes": 10,
    },
    "gather.extra": {"fields": {"y": {}}, "use": {"required": False}},
    "plan.second": {"fields": {"z": {}}},
}  # fmt: skip
SPEC: dict[str, Any] = {
    "levels": {"one": {"title": "One"}, "two": {"title": "Two"}},
    "categories": {"small": {"title": "Small"}},
}
LISTS = {"roles": {"selpa": "SELPA", "parent": "Parent"}}


def digest(change: Any = None) -> str:
    """The digest of these definitions after a change of them as nested dictionaries."""
    docs = {
        "activities": copy.deepcopy(ACTIVITIES),
        "spec": copy.deepcopy(SPEC),
        "lists": copy.deepcopy(LISTS),
    }
    if change is not None:
        change(docs)
    return workflow(docs["activities"], lists=docs["lists"], **docs["spec"]).digest


def setting(path: str, value: Any) -> Any:
    """A change: what to set where; None removes it."""

    def change(docs: Any) -> None:
        *way, last = path.split("/")
        for part in way:
            docs = docs[part]
        if value is None:
            del docs[last]
        else:
            docs[last] = value

    return change


FIRST = "activities/gather.first"
PROSE = {
    "a label": setting(f"{FIRST}/fields/x/label", "Another"),
    "a hint": setting(f"{FIRST}/fields/q/hint", "Another"),
    "why we ask": setting(f"{FIRST}/fields/x/why", "Because"),
    "an example": setting(f"{FIRST}/fields/x/example", "Such as"),
    "a label of a choice": setting(f"{FIRST}/fields/x/choices/a", "Another"),
    "a label of a column": setting(f"{FIRST}/fields/t/columns/c/label", "Another"),
    "what a row is called": setting(f"{FIRST}/fields/t/one", "member"),
    "a message": setting(f"{FIRST}/rules/it/message", "Do it"),
    "an address of a source": setting(f"{FIRST}/rules/it/source", {**PUBLISHED, "at": "x://y"}),
    "a note of a source": setting(f"{FIRST}/fields/x/source", {**PRACTICE, "note": "n"}),
    "guidance": setting(f"{FIRST}/guidance", "Other words"),
    "minutes": setting(f"{FIRST}/about-minutes", 90),
    "a title": setting(f"{FIRST}/title", "Other"),
    "a summary of the workflow": setting("spec/summary", "Other"),
    "a title of a level": setting("spec/levels/one/title", "Other"),
    "a label in a list": setting("lists/roles/selpa", "Other"),
    "the kind of support": setting("activities/plan.second/use", {"support": "cde"}),
    "a list nothing uses": setting("lists/unused", {"a": "A"}),
}  # fmt: skip
MEANING = {
    "a new field": setting(f"{FIRST}/fields/new", {}),
    "a field gone": setting(f"{FIRST}/fields/n", None),
    "a type": setting(f"{FIRST}/fields/n/type", "money"),
    "required": setting(f"{FIRST}/fields/x/required", False),
    "where a requirement comes from": setting(f"{FIRST}/fields/x/source", PUBLISHED),
    "a reason to block": setting(f"{FIRST}/fields/x/because", "It matters"),
    "a new choice": setting(f"{FIRST}/fields/x/choices/c", "C"),
    "a new item of a list": setting("lists/roles/teacher", "Teacher"),
    "what a condition is about": setting(f"{FIRST}/fields/x/applies-when/field", "x"),
    "what a condition wants": setting(f"{FIRST}/fields/x/applies-when/is", False),
    "a condition gone": setting(f"{FIRST}/fields/x/applies-when", None),
    "absences": setting(f"{FIRST}/fields/x/absent", ["withheld"]),
    "a bound": setting(f"{FIRST}/rules/it/rows/at-least", 2),
    "which bound": setting(f"{FIRST}/rules/it/rows", {"at-most": 1}),
    "a rule gone": setting(f"{FIRST}/rules/it", None),
    "a setting": setting(f"{FIRST}/settings/most/default", 4),
    "who signs": setting(f"{FIRST}/signatures", []),
    "an optional activity made required": setting("activities/gather.extra/use", {}),
    "an activity gone": setting("activities/gather.extra", None),
    "the edition": setting("spec/edition", "2"),
    "always": setting(f"{FIRST}/always", True),
    "personal": setting(f"{FIRST}/fields/x/personal", "family"),
    "a weight": setting(f"{FIRST}/fields/t/columns/s/calculate/score/k", 3),
    "a condition of a level": setting(
        "activities/plan.second/use", {"applies-when": {"fact": "level", "is": "one"}}
    ),
}


def test_a_digest_is_the_same_each_time() -> None:
    assert digest() == digest()
    assert digest().startswith("sha256:")


@pytest.mark.parametrize("change", PROSE.values(), ids=PROSE)
def test_prose_may_change_without_changing_the_digest(change: Any) -> None:
    assert digest(change) == digest()


@pytest.mark.parametrize("change", MEANING.values(), ids=MEANING)
def test_a_change_of_meaning_changes_the_digest(change: Any) -> None:
    assert digest(change) != digest()


def moved(docs: Any) -> None:
    docs["activities"]["plan.extra"] = docs["activities"].pop("gather.extra")


SILENT = {
    "an optional activity moved to another step": moved,
    "a new level": setting("spec/levels/three", {"title": "Three"}),
    "a new category": setting("spec/categories/large", {"title": "Large"}),
    "is false made answered false": setting(
        f"{FIRST}/fields/n/applies-when", {"field": "q", "answered": False}
    ),
    "is false made is-not false": setting(
        f"{FIRST}/fields/n/applies-when", {"field": "q", "is-not": False}
    ),
}


@pytest.mark.parametrize("change", SILENT.values(), ids=SILENT)
def test_a_change_of_meaning_by_something_empty_changes_the_digest(change: Any) -> None:
    assert digest(change) != digest()


def test_at_most_none_is_not_at_least_none() -> None:
    least = setting(f"{FIRST}/rules/it/rows", {"at-least": 0})
    most = setting(f"{FIRST}/rules/it/rows", {"at-most": 0})

    assert digest(least) != digest(most)


@pytest.mark.parametrize("name", ["support", "evidence", "why"])
def test_the_weight_of_a_column_is_meaning_whatever_its_name(name: str) -> None:
    def weigh(weight: int) -> Any:
        def change(docs: Any) -> None:
            columns = docs["activities"]["gather.first"]["fields"]["t"]["columns"]
            columns[name] = {"type": "integer"}
            columns["s"]["calculate"]["score"] = {"k": 1, name: weight}

        return change

    assert digest(weigh(2)) != digest(weigh(3))


def test_the_order_in_which_a_list_stands_is_no_meaning() -> None:
    def turned(docs: Any) -> None:
        docs["lists"]["roles"] = dict(reversed(docs["lists"]["roles"].items()))

    assert digest(turned) == digest()


# Every part of the language can be written and read back


def parts(value: Any) -> Iterator[Any]:
    yield value
    for inner in value.values() if isinstance(value, dict) else ():
        yield from parts(inner)


def test_a_definition_dumped_by_its_own_names_is_read_back_the_same() -> None:
    made = workflow(ACTIVITIES, lists=LISTS, **SPEC)

    for activity in made.each_activity():
        dumped = activity.spec.as_doc()
        assert ActivityFile.checked(dumped) == activity.spec
        assert not any(
            "_" in key for part in parts(dumped) if isinstance(part, dict) for key in part
        )


def test_numbers_in_definitions_stay_exact() -> None:
    doc = rule(range={"at-most": Decimal("0.10")})

    assert str(Rule.checked(doc).range_.at_most) == "0.10"  # type: ignore[union-attr]


def test_an_item_of_a_list_is_a_label_or_a_label_with_more() -> None:
    doc = {"id": "roles", "title": "Roles", "source": PRACTICE,
           "items": {"a": "A", "b": {"label": "B", "hint": "h"}}}  # fmt: skip

    made = workflow(
        {"gather.first": {"fields": {"x": {"type": "choice", "choices": "list:roles"}}}}
    )
    listed = Workflow(made.spec, {"first": made.activities["first"].spec},
                      {"roles": ListFile.checked(doc)})  # fmt: skip

    spec = listed.fields["gather.first.x"].spec
    assert listed.choices(spec) == {"a": "A", "b": "B"}
