"""Whose notes they are: an agency's name, logo and colour, checked so that a page stays readable and safe."""

import base64
import binascii
import re
from dataclasses import dataclass

from maintainer.errors import ConfigurationError
from maintainer.text.inert import shown

#: How files of these types begin. SVG can hold scripts and is refused.
_TYPES = {"png": rb"\x89PNG\r\n\x1a\n", "jpeg": rb"\xff\xd8\xff", "webp": rb"RIFF.{4}WEBP"}
_URI = re.compile(r"data:image/(png|jpeg|webp);base64,([A-Za-z0-9+/]+={0,2})")
_COLOUR = re.compile(r"#([0-9a-fA-F]{6})")
#: Bytes of a logo: a page with one is still an attachment that mail servers take.
MOST_LOGO = 300_000
#: The least contrast of text: https://www.w3.org/TR/WCAG22/#contrast-minimum
CONTRAST = 4.5


@dataclass(frozen=True, slots=True)
class Brand:
    """`logo` is a data URI of a PNG, JPEG or WebP, or empty; `colour` is `#rrggbb`; `footer` a sentence at the end.

    Raises ConfigurationError for what can't be shown.
    """

    name: str = ""
    logo: str = ""
    colour: str = "#17324d"
    footer: str = ""

    def __post_init__(self) -> None:
        if not _COLOUR.fullmatch(self.colour):
            raise ConfigurationError(f"brand.colour: {self.colour[:40]!r} is no colour. Write it as #17324d.")
        if self.logo:
            _checked(self.logo)

    @property
    def foot(self) -> str:
        """What ends the notes, on one line: the name, unless the sentence has it, and the sentence; or nothing."""
        name, footer = (shown(" ".join(one.split())) for one in (self.name, self.footer))
        # In an address it is no name.
        is_told = re.search(rf"(?<![\w.@/-]){re.escape(name)}(?![\w@/-]|\.\w)", footer, re.IGNORECASE)
        return footer if is_told else " · ".join(filter(None, (name, footer)))

    @property
    def ink(self) -> str:
        """White on the colour, or black where white would be too faint: one of them always is readable."""
        return "#ffffff" if contrast(self.colour, "#ffffff") >= CONTRAST else "#000000"


def logo(data: bytes) -> str:
    """A picture's bytes as a data URI. Raises ConfigurationError for another type, or one too large."""
    for kind, start in _TYPES.items():
        if re.match(start, data, re.DOTALL):
            uri = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
            _checked(uri)
            return uri
    raise ConfigurationError("brand.logo: this is no PNG, JPEG or WebP. Save it as one of them (SVG can hold scripts).")


def contrast(one: str, other: str) -> float:
    """From 1 to 21, of two colours `#rrggbb`: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _checked(uri: str) -> None:
    found = _URI.fullmatch(uri)
    if not found:
        raise ConfigurationError("brand.logo: only a PNG, JPEG or WebP as a data URI in base64 can be shown.")
    try:
        data = base64.b64decode(found[2], validate=True)
    except binascii.Error:
        raise ConfigurationError("brand.logo: this is no base64.") from None
    if not re.match(_TYPES[found[1]], data, re.DOTALL):
        raise ConfigurationError(f"brand.logo: this says it is image/{found[1]}, and isn't.")
    if len(data) > MOST_LOGO:
        raise ConfigurationError(f"brand.logo: {len(data)} bytes are too many. Take one of at most {MOST_LOGO}.")
