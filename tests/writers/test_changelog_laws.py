"""Laws of keeping a changelog, on histories and files that are made up."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from maintainer.changes import Commit, Range
from maintainer.errors import ConfigurationError
from maintainer.planning.changed import changed
from maintainer.planning.reaching import reaching
from maintainer.text.keep_a_changelog import read
from maintainer.writers.changelog import Line, lines, needed
from maintainer.writers.changelog_keep import Kept, inserted
from maintainer.writers.changelog_release import released
from tests.planning.test_changed_laws import linear, reverting, sha
from tests.writers.changelogs import DAY, section, words

WORDS = words()
SUBJECTS = [
    "feat: {}",
    "fix: {}",
    "fix(cart): {}",
    "feat!: {}",
    "chore: {}",
    "docs: {}",
    "perf: {}",
    "feat: same",
    "{}",
]
FILES = {
    "": "## [Unreleased]\n",
    "older": "# Changelog\n\n## [Unreleased]\n\n## [1.0.0] - 2026-01-20\n\n### Added\n\n- The shop.\n",
    "of people": "# C\n\n## Unreleased\n\n### Fixed\n- Ours.\n- Theirs\n  too.\n\n### Notes\nWords.\n\n## 1.0.0\n* x\n",
    "flat": "# C\r\n\r\n## Unreleased\r\n\r\n* A.\r\n\r\n## 1.0.0\r\n\r\n* The shop.\r\n",
    "loose": "## Unreleased\n\n### Added\n\n- A.\n\n- B.\n\n## 1.0.0\n",
    "linked": "## [Unreleased]\n\n[unreleased]: https://f.example/compare/v1...HEAD\n",
}


@st.composite
def messages(draw: st.DrawFn) -> list[str]:
    """Commits, each new or one that takes back what stands."""
    made: list[str] = []
    standing: list[int] = []
    for at in range(draw(st.integers(1, 10))):
        if standing and draw(st.integers(0, 3)) == 0:
            back = draw(st.sampled_from(standing))
            made.append(reverting(made, back))
            standing.remove(back)
        else:
            made.append(draw(st.sampled_from(SUBJECTS)).format(f"change {at}"))
        standing.append(at)
    return made


def told(history: list[str]) -> tuple[tuple[Line, ...], str]:
    """The lines of a history, and the commit that has all of them behind it."""
    whole = linear(history)
    found = changed(whole)
    now = lines(found.entries, words=WORDS)
    return now, reaching(whole, needed(found, now))


def keep(text: str, history: list[str]) -> Kept:
    """As the command does it: what the file was told up to is asked of the history."""
    mark = read(text).mark(read(text).unreleased)
    known = {sha(at): at for at in range(len(history))}
    then = told(history[: known[mark.commit] + 1])[0] if mark and mark.commit in known else None
    now, head = told(history)
    kept = inserted(text, now, then, head, words=WORDS)
    # What defines a link at the very end of a file is of no section, and may stand there for the first time now.
    rest = kept.section.removeprefix(section(kept.text)).split("\n")
    assert all(row.startswith("[") or not row.strip() for row in rest)
    return kept


@given(messages(), st.sampled_from(sorted(FILES)))
def test_kept_after_each_commit_or_once_at_the_end_it_is_the_same(history: list[str], name: str) -> None:
    text = FILES[name]
    for at in range(len(history)):
        text = keep(text, history[: at + 1]).text
    assert text == keep(FILES[name], history).text


@given(messages(), st.sampled_from(sorted(FILES)), st.sets(st.integers(0, 9)))
def test_it_matters_not_after_which_commits_it_is_kept(history: list[str], name: str, at: set[int]) -> None:
    text = FILES[name]
    for end in sorted(at):
        text = keep(text, history[:end]).text if end <= len(history) else text
    assert keep(text, history).text == keep(FILES[name], history).text


@given(messages(), st.sampled_from(sorted(FILES)))
def test_kept_twice_it_is_kept_once(history: list[str], name: str) -> None:
    once = keep(FILES[name], history).text
    assert keep(once, history) == Kept(once, section(once))


PEOPLES = ["- Words of a person.", "Prose.", "### Notes", "  - nested", "<!-- hint -->", "```", "* Another", "## 0.9.0",
           "[x]: https://x.example", "\tcode", "> quoted", "- kept (#99)"]  # fmt: skip


@given(messages(), st.sampled_from(sorted(FILES)), st.data())
def test_peoples_lines_survive_in_their_order(history: list[str], name: str, data: st.DataObject) -> None:
    half = len(history) // 2
    rows = keep(FILES[name], history[:half]).text.splitlines(keepends=True)
    newline = read(FILES[name]).newline
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(rows)))
        rows.insert(at, data.draw(st.sampled_from(PEOPLES)) + newline)
    ours = {one.text for one in (*told(history[:half])[0], *told(history)[0])}
    theirs = [row for row in rows if row.strip()[2:] not in ours and "maintainer: told" not in row and row.strip()]
    mine = {row for row in theirs if row.rstrip("\r\n") in ("### Added", "### Fixed", "### Changed")}
    try:
        kept = keep("".join(rows), history)
    except ConfigurationError as error:
        assert "is never closed" in str(error)
        return
    after = iter(kept.text.splitlines(keepends=True))
    assert all(row in after for row in theirs if row not in mine)


@given(messages(), st.sets(st.integers(0, 30)))
def test_what_people_delete_stays_deleted(history: list[str], deleted: set[int]) -> None:
    now, _ = told(history)
    gone = [line for at, line in enumerate(now) if at in deleted]
    text = keep(FILES["older"], history).text
    for line in gone:
        text = text.replace(f"- {line.text}\n", "")
    later = [*history, "feat: something later"]
    after = keep(text, later).text
    assert all(f"- {line.text}\n" not in after for line in gone)
    assert all(f"- {line.text}\n" in after for line in now if line not in gone)


@given(messages(), messages())
def test_a_release_between_tells_nothing_twice(before: list[str], after: list[str]) -> None:
    """The release is a tag on its last commit, or none yet."""
    text = released(keep(FILES["older"], before).text, "1.1.0", DAY, words=WORDS)
    assert all(one.text not in keep(text, before).text.partition("## [1.1.0]")[0] for one in told(before)[0])


# the commit that has others behind it


def graph(shape: list[tuple[int, int]]) -> Range:
    at = datetime(2026, 11, 21, tzinfo=UTC)
    parents = {n: sorted({n - 1 - one for one in pair if n - 1 - one >= 0}) for n, pair in enumerate(shape)}
    commits = [
        Commit(sha(n), tuple(map(sha, parents[n] or ([n - 1] if n else []))), "Ada", "a@a.example", at, "x")
        for n in parents
    ]
    return Range("", sha(len(shape) - 1), tuple(commits[::-1]))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=9), st.sets(st.integers(0, 8)))
def test_the_commit_that_reaches_all_is_the_oldest_one(shape: list[tuple[int, int]], wanted: set[int]) -> None:
    history = graph(shape)
    above = {one.sha: one.parents for one in history.commits}

    def behind(one: str) -> set[str]:
        return {one}.union(*(behind(parent) for parent in above[one]))

    shas = {sha(number) for number in wanted if number < len(shape)}
    found = reaching(history, shas)
    if not shas:
        assert found == ""
    elif any(shas <= behind(one) for one in above):
        assert shas <= behind(found)
        assert not any(shas <= behind(one) for one in behind(found) - {found})
