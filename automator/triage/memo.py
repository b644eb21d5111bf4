"""Names made from a few parts, such as the cue of a concept, are made once and then looked up."""

from __future__ import annotations

from collections.abc import Callable


class Memo(dict[str, str]):
    """A dict that fills itself by `make`; for keys of which there are few (a concept, never a word of a mail)."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[str], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: str) -> str:
        self[key] = made = self._make(key)
        return made
