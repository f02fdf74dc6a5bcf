"""What happens to a site's proposals between two runs, told the same for both forges; see `forge_scene`."""

from collections.abc import Mapping

from tests.commands.forge_scene import Scene, Story, manifest


def _renewed(made: Scene) -> None:
    made.release("newer", "1.1.0", "1.2.0")
    made.push("main", {"clash/package.json": manifest("clash", "1.0.1")})
    made.tick(made.number("again"), "rebase this proposal")


def _heeded(made: Scene) -> None:
    made.tick(made.number("boring"), "ignore these versions")
    made.site.person().comment(made.number("tedious"), "/maintainer ignore")
    made.site.person().close(made.number("unwanted"))
    made.tick(made.dashboard(), "asks")
    made.site.person().comment(made.number("remade"), "/maintainer recreate")
    made.push(made.branch("remade"), {"remade/note.txt": b"away\n"})
    made.push(made.branch("theirs"), {"theirs/note.txt": b"mine\n"})


def _settled(made: Scene) -> None:
    made.site.person().merge_by_hand("main", made.branch("merged"))
    made.site.person().delete_branch(made.branch("branchless"))
    made.unlabel(made.number("bare"))
    made.site.person().close(made.number("reopened"))
    made.site.person().reopen(made.number("reopened"))


def _checked(made: Scene) -> None:
    made.checked("red", passed=False)
    made.checked("itself", passed=True)


#: The first run of all: proposals with all that belongs to them, and the dashboard.
FIRST = Story(
    ("first", "second"),
    rules=("{packages: [first], labels: [js, shop], reviewers: [ada, bob], assignees: [ada]}",),
    settings=("milestone: Autumn",),
)
#: A newer version, a conflict, and one asked for anew.
RENEWED = Story(("newer", "clash", "again"), _renewed)
#: A group is dissolved: its members go on alone, and its proposal is closed for them. One is wanted no more.
PARTED = Story(
    ("left-one", "left-two", "dropped"),
    lambda made: None,
    groups=("{name: pair, packages: ['left-*']}",),
    gone=("{name: pair, packages: ['left-*']}",),
    added=("{packages: [dropped], act: ignore}",),
)
#: What people said by boxes, comments, closing and pushing; an approval on the dashboard.
HEEDED = Story(
    ("boring", "tedious", "unwanted", "asks", "remade", "theirs"),
    _heeded,
    rules=("{packages: [asks], act: approve}",),
)
#: What people did to branches and labels.
SETTLED = Story(("merged", "branchless", "bare", "reopened"), _settled)
#: A group whose checks fail is parted; one that may merge itself is told so.
CHECKED = Story(
    ("red-one", "red-two", "red-three", "itself"),
    _checked,
    groups=("{name: red, packages: ['red-*']}",),
    rules=("{packages: [itself], automerge: true}",),
)

#: The first comes last: by then this process has all it takes to open proposals, and no fork has to make it anew.
STORIES: Mapping[str, Story] = {
    "renewed": RENEWED,
    "parted": PARTED,
    "heeded": HEEDED,
    "settled": SETTLED,
    "checked": CHECKED,
    "first": FIRST,
}
#: Those that `make test` tries; `make bench` tries them all, at each write.
SOON = ("heeded", "first")
