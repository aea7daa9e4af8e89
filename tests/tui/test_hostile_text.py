"""Text that wants to be more than text: no crash, no action, no control reaches the terminal."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from cim_tui.core.session import Absence, Session
from cim_tui.service.start import NewCase, start
from cim_tui.tui.app import CimApp
from cim_tui.tui.screens.form import FormScreen
from cim_tui.tui.screens.overview import Overview
from tests.tui.stage import NARROW, WIDE, Kept, Stage, StillDesk, desk_for, staged

KINDS = "gather.kinds"
MEMBERS = "gather.people.members"
ITEMS = "gather.tables.items"
PARTS = "gather.tables.parts"

MARKUP = [
    "[/]", "[/foo]", "[/", "[type=x, v={'a[0]'}]", "日本[/語]", "[@click=app.boom]press[/]",
    "[bold", "[red]red[/red]", "[link=https://example.org]x[/link]", "$x", "\\[b]", "[b]",
    "{row} {found}", "%(x)s", "]]", "[[", "[on click]", "[@click=screen.boom()]x",
]  # fmt: skip
CONTROLS = [
    "a\x1b]52;c;aGk=\x07b", "a\x1b[2Jb", "a\x9b31mb", "a\x0eb", "a\x00b", "a\x07b", "a\x85b",
    "a\u202eb\u202c", "a\u2066b\u2069", "a\ufeffb", "a\u2028b", "a\rb", "a\x7fb", "a\tb",
]  # fmt: skip
SHAPES = [
    "日本語の学区" * 8, "e\u0301\u0300\u0302" * 40, "👩‍👩‍👧‍👦" * 12, "x" * 400,
    "\u200b\u200d\u2060", "ﷺ" * 20, "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "-" * 90, "   ", "\n\n", "a\nb\nc",
]  # fmt: skip
HOSTILE = [*MARKUP, *CONTROLS, *SHAPES]


def controls_in(text: str) -> list[str]:
    """Characters that a terminal could act on, or that turn the direction of writing."""
    return [
        hex(ord(c)) for c in text
        if (unicodedata.category(c) in ("Cc", "Cs") and c != "\n") or c in "\u202a\u202b\u202c"
        "\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\ufeff"
    ]  # fmt: skip


async def look(stage: Stage) -> None:
    """The screen draws, and nothing on it is more than text."""
    await stage.rest()
    for strip in stage.screen._compositor.render_strips():
        for segment in strip:
            assert controls_in(segment.text) == [], stage.text
            assert segment.style is None or "@click" not in segment.style.meta, segment


class Trapped(CimApp):
    """An app whose action `boom` tells that text became an action."""

    def action_boom(self) -> None:
        raise AssertionError("a text became an action")


def filled(kept: Kept, text: str) -> Kept:
    """A case with one text everywhere a text can stand, written around the boundary."""

    def change(session: Session) -> Session:
        session = session.with_entry(("lea",), {"name": text, "cds": text, "selpa": text})
        for name in ("name", "story", "count", "day", "colour", "area", "lead"):
            session = session.with_value(f"{KINDS}.{name}", text)
        for name in ("marks", "areas", "ready", "helpers"):
            session = session.with_value(f"{KINDS}.{name}", [text])
        session = session.with_value(f"{KINDS}.who", {"aaaaaa": {"name": text}})
        proof = {"path": text, "what": text, "url": text}
        session = session.with_value(f"{KINDS}.proof", {"aaaaaa": proof})
        session = session.with_row(MEMBERS, "aaaaaa", {"name": text, "role": text})
        session = session.with_row(ITEMS, "aaaaaa", {"name": text, "cost": text, "bought": text})
        session = session.with_row(ITEMS, "bbbbbb", {"name": "Lamp"})
        session = session.with_row(PARTS, "cccccc", {"of": "aaaaaa", "name": text})
        session = session.with_row(PARTS, "dddddd", {"of": text, "name": text})
        absence = Absence("unknown", text)
        session = session.with_absence(f"{KINDS}.measure", absence)
        session = session.with_absence(f"{ITEMS}.bbbbbb.cost", absence)
        session = session.with_entry(("activity", "gather", "kinds", "owner"), text)
        session = session.with_entry(("step", "gather", "owner"), text)
        on = kept.desk.today
        sign = {"scope": "agree", "role": "superintendent", "name": text, "on": on, "how": "paper"}
        session = session.with_entry(("signoffs", "s1"), sign)
        waiver = {"address": f"{KINDS}.count", "rule": "fits", "reason": text, "by": text}
        session = session.with_entry(("waivers", "w1"), waiver)
        sent = {"step": "gather", "on": on, "ref": text, "by": text}
        session = session.with_entry(("submissions", "t1"), sent)
        back = {"step": "gather", "cde": text, "on": on, "note": text}
        session = session.with_entry(("submissions", "t2"), back)
        elsewhere = {"where": text, "on": on, "by": text}
        return session.with_entry(("elsewhere", "gather.told"), elsewhere)

    # Past every boundary of ours, as a file that somebody sent may be.
    session = change(kept.case.session)
    kept.path.write_bytes(tomli_w.dumps(dict(session.doc)).encode("utf-8", "surrogatepass"))
    return kept


def one_in_each_place(kept: Kept, turn: int) -> Kept:
    """A case in which every place holds one hostile text, others each turn."""
    texts = HOSTILE[turn:] + HOSTILE[:turn]
    filled(kept, "QQQ")
    parts = kept.path.read_text().split("QQQ")
    joined = parts[0]
    for number, part in enumerate(parts[1:]):
        text = texts[number % len(texts)]
        written = tomli_w.dumps({"x": text}).strip().removeprefix('x = "').removesuffix('"')
        joined += written + part
    kept.path.write_text(joined)
    return kept


async def walk(stage: Stage) -> None:
    """Every screen of a case, looked at."""
    await look(stage)
    for address in (KINDS, MEMBERS, "gather.tables", "gather.told", "agree.agreement"):
        await stage.go(address)
        await look(stage)
    await stage.go(f"{ITEMS}.aaaaaa")
    for keys in (["enter"], ["escape", "escape", "space"]):
        await stage.press(*keys)
        await look(stage)
    await stage.press("escape", "x")
    await look(stage)
    await stage.press("escape", "escape")
    for key in ["f4", "r", "u", "i", "w", "l", "d", "o", "s", "m", "f1", "ctrl+p"]:
        await stage.press(key)
        await look(stage)
        if key == "f4":
            await stage.press("3")
            await look(stage)
        if not isinstance(stage.screen, FormScreen):
            await stage.press("escape")
    await stage.go(f"{KINDS}.lead")
    await stage.press("enter")
    await look(stage)
    await stage.press("escape", "escape", "slash")
    await stage.write("a")
    await look(stage)
    await stage.press("escape", "escape", "escape")
    await look(stage)


@pytest.mark.parametrize(
    ("texts", "size"),
    [(MARKUP, NARROW), (MARKUP, WIDE), (CONTROLS, NARROW), (SHAPES, NARROW)],
    ids=["markup", "markup-wide", "controls", "shapes"],
)
async def test_hostile_text_in_a_file_is_text_on_every_screen(
    trial: Kept, texts: list[str], size: tuple[int, int]
) -> None:
    filled(trial, " ".join(texts))
    async with staged(trial.desk, trial.path, size, Trapped) as stage:
        await walk(stage)


@pytest.mark.parametrize("turn", range(0, len(HOSTILE), 15))
async def test_each_hostile_text_alone_is_text_wherever_it_stands(trial: Kept, turn: int) -> None:
    one_in_each_place(trial, turn)
    async with staged(trial.desk, trial.path, NARROW, Trapped) as stage:
        await walk(stage)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_a_hostile_text_that_is_typed_or_pasted_is_cleaned_before_it_is_shown(
    trial: Kept, text: str
) -> None:
    async with staged(trial.desk, trial.path, NARROW, Trapped) as stage:
        for field in ("name", "story", "who"):
            await stage.go(f"{KINDS}.{field}")
            await stage.write(text[:20])
            await stage.paste(text)
            await look(stage)
        await stage.saved()

    stored = trial.case.session.at("answers")
    assert controls_in(str(stored).replace("\\n", "")) == []


@pytest.mark.parametrize("text", [" ".join(MARKUP), "".join(CONTROLS), "".join(SHAPES)])
async def test_a_hostile_text_pasted_into_any_entry_is_cleaned(trial: Kept, text: str) -> None:
    async with staged(trial.desk, trial.path, NARROW, Trapped) as stage:
        for key in ("slash", "l", "w", "u", "e"):
            await stage.press(key)
            await stage.paste(text)
            await look(stage)
            await stage.press("ctrl+s")
            await look(stage)
            if not isinstance(stage.screen, Overview):
                await stage.press("escape")
        await stage.go(ITEMS)
        await stage.paste(text)
        await look(stage)
        await stage.press("end")
        await stage.paste(text)
        await look(stage)
        await stage.press("ctrl+s", "escape")
        await stage.go(f"{KINDS}.area")
        await stage.press("enter")
        await stage.paste(text)
        await look(stage)
        await stage.press("escape", "escape", "escape", "escape", "slash")
        await stage.paste(text)
        await look(stage)
        await stage.press("escape", "n", "tab")
        await stage.paste(text)
        await look(stage)


HOSTILE_NAMES = [
    "[red]", "[@click=app.boom]x", "a\x1b]0;title\x07b", "a\u202eb", "日本" * 20, "a\nb", "a\x9bb",
]  # fmt: skip


async def test_hostile_file_names_are_text_on_the_list(desk: StillDesk) -> None:
    kept = Kept(desk, start(desk, NewCase("Quail Ridge", "trial", 2025)).path)
    for name in HOSTILE_NAMES:
        desk.folder.path.joinpath(f"{name}.toml").write_text("schema = 1")
        copy = kept.path.read_bytes().replace(b'uid = "', b'uid = "' + name[:1].encode() + b"z")
        desk.folder.path.joinpath(f"{name}-case.toml").write_bytes(copy)
        desk.folder.path.joinpath(f"{name}-copy.toml").write_bytes(kept.path.read_bytes())
    async with staged(desk, None, NARROW, Trapped) as stage:
        await look(stage)
        for _ in range(len(stage.options())):
            await stage.press("down")
            await look(stage)
        await stage.press("home", "enter")
        await look(stage)


async def test_a_hostile_folder_name_is_text(desk: StillDesk, tmp_path: Path) -> None:
    folder = tmp_path / "a\x1b]0;t\x07 [@click=app.boom]x"
    folder.mkdir()
    own = desk_for(folder)
    async with staged(own, None, NARROW, Trapped) as stage:
        await look(stage)


async def test_a_hostile_row_id_is_text(trial: Kept) -> None:
    def change(session: Session) -> Session:
        for number, text in enumerate(HOSTILE):
            doc: Any = dict(session.doc)
            answers = doc.setdefault("answers", {})
            rows = answers.setdefault("gather", {}).setdefault("tables", {}).setdefault("items", {})
            rows[f"{text}{number}"] = {"name": f"Row {number}"}
            session = Session(doc)
        return session

    session = change(trial.case.session)
    trial.path.write_bytes(tomli_w.dumps(dict(session.doc)).encode())
    async with staged(trial.desk, trial.path, NARROW, Trapped) as stage:
        await stage.go(ITEMS)
        for _ in range(12):
            await look(stage)
            await stage.press("down", "down", "down")
        for key in ("space", "escape", "enter", "escape", "escape", "c", "delete", "f1", "escape"):
            await stage.press(key)
            await look(stage)
        await stage.press("f4")
        await look(stage)
        await stage.press("escape", "r")
        await look(stage)


@pytest.mark.parametrize(
    "text",
    [
        " ".join(MARKUP),
        " ".join(CONTROLS),
    ],
    ids=["markup", "controls"],
)
async def test_a_hostile_definition_is_text(desk: StillDesk, tmp_path: Path, text: str) -> None:
    own = tmp_path / "own"
    (own / "activities").mkdir(parents=True)
    source = {"tag": "practice", "note": text}
    field = {"type": "text", "label": text, "hint": text, "why": text, "example": text,
             "required": True, "source": source}  # fmt: skip
    choice = {"type": "choice", "label": text, "choices": {"a": text, "b": "[/]"}}
    doc: dict[str, Any] = {
        "id": "odd", "title": text, "edition": "1", "aims": [text], "source": source,
        "summary": text, "why-named": text,
        "resources": [{"title": text, "at": "https://caltan.info/monitoring"}],
        "steps": {"one": {"number": 1, "title": text, "activities": {"first": {}},
                          "signatures": [{"role": "r", "title": text, "source": source}]}},
    }  # fmt: skip
    activity: dict[str, Any] = {
        "id": "first", "title": text, "purpose": text, "guidance": text, "source": source,
        "takes-part": [text], "evidence": [text], "have-ready": [text], "start-early": text,
        "fields": {"a": field, "b": {**field, "type": "long-text"}, "c": choice,
                   "d": {"type": "table", "label": text, "one": text, "columns": {"e": field}}},
    }  # fmt: skip
    (own / "odd.toml").write_text(tomli_w.dumps(doc))
    (own / "activities" / "first.toml").write_text(tomli_w.dumps(activity))
    odd = desk_for(desk.folder.path, own)
    path = start(odd, NewCase("Quail Ridge", "odd", 2025)).path
    async with staged(odd, path, WIDE, Trapped) as stage:
        await look(stage)
        for address in ("one.first.a", "one.first.b", "one.first.c", "one.first.d"):
            await stage.go(address)
            await look(stage)
        await stage.press("a")
        await look(stage)
        await stage.press("escape", "escape", "escape")
        for key in ["f4", "r", "i", "w", "g", "s", "m", "o", "f1", "ctrl+p", "d"]:
            await stage.press(key)
            await look(stage)
            if not isinstance(stage.screen, FormScreen):
                await stage.press("escape")
        await stage.press("escape", "escape", "n")
        await look(stage)
