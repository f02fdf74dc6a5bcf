"""Standard output and error in a CI: its runner reads them too, and must find nothing to carry out."""

from typing import Any, TextIO, cast

from maintainer.text.inert import printed


class _Quiet:
    """A stream like the one behind it. What begins a write is taken to begin a line: at worst that breaks a `::`."""

    def __init__(self, behind: TextIO, json: bool) -> None:
        self._behind = behind
        self._json = json

    def write(self, text: str) -> int:
        return self._behind.write(printed(text, json=self._json))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._behind, name)


def quiet(stream: TextIO, *, json: bool = False) -> TextIO:
    """The stream without commands to a CI's runner. `json`: it carries JSON alone."""
    return cast(TextIO, _Quiet(stream, json))
