"""The screen of the worked example, as text and as a drawing that stands alone."""

from __future__ import annotations

import asyncio
import re
import tempfile
from pathlib import Path
from typing import NamedTuple

TODAY = "2025-11-03"
"""The day of every picture and every answer: the one on which the worked example was written."""
WHO = "Marisol Ibarra"
"""Who looks at it: somebody on the example's own team."""
WIDTH, HEIGHT = 80, 24


class Picture(NamedTuple):
    """What a terminal shows."""

    text: str
    svg: str


def picture() -> Picture:
    """Draw the first screen of the worked example, as a terminal of 80 by 24 shows it."""
    with tempfile.TemporaryDirectory() as scratch:
        return asyncio.run(_drawn(Path(scratch)))


async def _drawn(scratch: Path) -> Picture:
    from cim_tui.service.demo import make_demo
    from cim_tui.service.desk import set_up
    from cim_tui.tui.app import CimApp

    desk = set_up(env=world(scratch), folder=str(scratch / "demo"))
    case = make_demo(desk, scratch / "demo")
    app = CimApp(desk, str(case.path))
    try:
        async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
            await pilot.pause()
            strips = app.screen._compositor.render_strips()  # noqa: SLF001 - no public way to it
            lines = ["".join(piece.text for piece in strip).rstrip() for strip in strips]
            svg = app.export_screenshot(title="cim", simplify=True)
    finally:
        app.saver.end()
    # The file stands alone: whoever opens it asks no other machine for a font.
    svg = re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    return Picture("\n".join(lines).rstrip() + "\n", svg.rstrip() + "\n")


def world(home: Path) -> dict[str, str]:
    """An environment with nobody's settings in it: one day, one person, an empty home."""
    places = {"XDG_CONFIG_HOME": ".config", "XDG_DATA_HOME": ".local/share",
              "XDG_STATE_HOME": ".local/state", "XDG_CACHE_HOME": ".cache"}  # fmt: skip
    return {
        "CIM_TODAY": TODAY, "CIM_USER": WHO, "HOME": str(home), "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8", "TERM": "xterm-256color", "TZ": "UTC",
        **{name: str(home / folder) for name, folder in places.items()},
    }  # fmt: skip
