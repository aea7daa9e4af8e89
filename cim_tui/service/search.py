"""Looking for a text in every file of a folder, byte by byte, in every form it can stand in."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from cim_tui.store import journal, toml
from cim_tui.store.fsops import disk


def forms(text: str) -> list[bytes]:
    """The ways in which a text can stand in a file: as it is, and escaped."""
    plain = text.encode("utf-8", "replace")
    escaped = [json.dumps(text, ensure_ascii=plainly)[1:-1].encode("utf-8", "replace")
               for plainly in (True, False)]  # fmt: skip
    in_toml = toml.dump({"x": text.replace("\n", " ") if "\n" in text else text})
    bare = re.sub(rb'^x = "|"\n\Z', b"", in_toml)
    quoted = text.replace("\\", "\\\\").encode("utf-8", "replace")
    return list(dict.fromkeys((plain, *escaped, quoted, *(() if "\n" in text else (bare,)))))


class Searched(NamedTuple):
    """What a search came to."""

    files: int
    """How many were looked through."""
    found: list[Path]
    """Those that hold the text, or could not be looked at and so are not shown to be free of it."""


def search(folder: Path, texts: Iterable[str]) -> Searched:
    """Look through every file under a folder."""
    wanted = [form for text in texts for form in forms(text)]
    files, found = 0, []
    for above, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(above, name)
            if not disk.is_plain(path):
                continue
            try:
                data = disk.read(path, journal.LONGEST)
            except OSError:
                found.append(path)
                continue
            files += 1
            if any(form in data for form in wanted):
                found.append(path)
    return Searched(files, found)
