"""Changelogs as people and tools write them, each with what it is after it was kept and after it was released.

python -m tests.writers.changelogs     write the expected files anew; look at the difference before you commit it

`changelogs/<name>.md` is the file, `<name>.kept` with the lines below put in, `<name>.released` that one released.
"""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from maintainer.changes import Entry, Source
from maintainer.model import Advisory
from maintainer.releasing import Moved
from maintainer.text.keep_a_changelog import read as read_changelog
from maintainer.text.keep_a_changelog import without_mark
from maintainer.writers.changelog import Line, lines
from maintainer.writers.changelog_keep import inserted
from maintainer.writers.changelog_release import released
from maintainer.writers.words import Words

FOLDER = Path(__file__).parent / "changelogs"
NAMES = sorted(path.stem for path in FOLDER.glob("*.md"))
#: Released with the addresses of a forge; the others with what the file itself knows.
LINKED = ("only-title", "no-title")
HEAD = "7" * 40
VERSION = "1.2.0"
DAY = date(2026, 11, 22)
FORGE = "https://forge.example/shop/site"


def words(language: str = "en") -> Words:
    return Words(language, ZoneInfo("Europe/Warsaw"))


def commit(number: int) -> Source:
    sha = f"{number:x}" * 40
    return Source("commit", sha[:40], f"{FORGE}/commit/{sha[:40]}")


def proposal(number: int) -> Source:
    return Source("proposal", str(number), f"{FORGE}/pull/{number}")


def section(text: str, version: str = "") -> str:
    """What a file tells of a version, without its heading; of what isn't released for an empty one."""
    changelog = read_changelog(text)
    found = changelog.released(version) if version else changelog.unreleased
    return without_mark(text[found.heading.end : found.end]).strip("\r\n") if found else ""


def told(language: str = "en") -> tuple[Line, ...]:
    """What the expected files have more."""
    entries = (
        Entry("feat", "guests can pay", (proposal(21), commit(1)), ("cart",)),
        Entry("feat", "accounts are optional", (commit(2),), (), ("an account is no longer made at checkout",)),
        Entry("fix", "no receipt is sent twice", (commit(3),)),
        Entry("chore", "tidy", (commit(4),)),
        Entry("deprecate", "`/v1/orders`", (commit(5),)),
    )
    fixed = Advisory("CVE-2026-1234", "", "high")
    moved = (
        Moved("plugin", "Contact Form 7", "contact-form-7", "wordpress_plugin", "5.9.3", "5.9.8", "patch",
              (proposal(19), commit(6)), fixes=(fixed,)),
        Moved("plugin", "WooCommerce", "woocommerce", "wordpress_plugin", "9.4.2", "9.4.4", "patch", (proposal(20),)),
    )  # fmt: skip
    return lines(entries, moved, words=words(language))


def kept(name: str) -> str:
    return inserted(read(f"{name}.md"), told(), None, HEAD, words=words()).text


def as_released(name: str) -> str:
    links = {"tag": "v1.2.0", "previous": "v1.1.0", "compare": f"{FORGE}/compare/{{base}}...{{head}}"}
    return released(kept(name), VERSION, DAY, words=words(), **(links if name in LINKED else {}))


def read(file: str) -> str:
    return (FOLDER / file).read_bytes().decode()


def main() -> None:
    for name in NAMES:
        (FOLDER / f"{name}.kept").write_bytes(kept(name).encode())
        (FOLDER / f"{name}.released").write_bytes(as_released(name).encode())


if __name__ == "__main__":
    main()
