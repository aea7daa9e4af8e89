"""The order of records: each behind those it had seen, whatever the clocks say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cim_tui.store.journal import Record
from cim_tui.store.order import in_order

WRITERS = ("a", "b", "c", "d")


def plainly(writers: Mapping[str, list[Record]]) -> Iterator[Record]:
    """The same, said as plainly as can be: look at everybody's next record each time."""
    place = dict.fromkeys(writers, 0)
    while any(place[w] < len(own) for w, own in writers.items()):
        ready = []
        for writer, own in writers.items():
            if place[writer] < len(own):
                record = own[place[writer]]
                waits = any(
                    o != writer and o in writers and place[o] < len(writers[o])
                    and writers[o][place[o]].n <= n
                    for o, n in record.seen.items()
                )  # fmt: skip
                ready.append((waits, record.at, writer))
        last = min(ready)[-1]
        place[last] += 1
        yield writers[last][place[last] - 1]


@st.composite
def journals(draw: st.DrawFn) -> dict[str, list[Record]]:
    """Writers with gaps in their numbers, clocks of their own, and seen things that cannot be."""
    made = {}
    for writer in draw(st.lists(st.sampled_from(WRITERS), unique=True)):
        numbers = sorted(draw(st.sets(st.integers(1, 9), max_size=6)))
        made[writer] = [
            Record(writer, n, "edit", draw(st.sampled_from(["1", "2", "3"])),
                   seen=draw(st.dictionaries(st.sampled_from(WRITERS), st.integers(0, 9), max_size=3)))
            for n in numbers
        ]  # fmt: skip
    return made


@given(journals())
def test_the_order_is_that_of_looking_at_everybody_each_time(writers: Any) -> None:
    assert list(in_order(writers)) == list(plainly(writers))


def test_thousands_of_writers_are_put_in_order() -> None:
    """Each command of the shell is a writer of its own."""
    many, writers = 2_000, {}
    for number in range(many):
        seen = {f"w{other:05}": 3 for other in range(max(0, number - 33), number)}
        name = f"w{number:05}"
        writers[name] = [
            Record(name, n, "edit", f"{many - number:05}", seen=seen) for n in (1, 2, 3)
        ]
    order = [record.rev for record in in_order(writers)]
    assert order == [f"w{number:05}.{n}" for number in range(many) for n in (1, 2, 3)]
