"""The YAML that documentation tells a reader to copy."""

import re

from tests.workflows.offline import ROOT


def snippets(page: str) -> list[str]:
    """The blocks marked `yml` of a page, without the indentation of the list they stand in."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.findall(r"^( *)```yml\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    return [re.sub(f"^{indent}", "", block, flags=re.MULTILINE) for indent, block in found]
