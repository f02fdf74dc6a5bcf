import hashlib
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maintainer.errors import LocallyModified, NotFound, StaleEdit, ToolFailed, Unreadable, UnsafeArchive
from maintainer.model import Archive, Command, Edit, Release, Source, Span, Step, Unpack
from maintainer.workspace.build import Built, build
from maintainer.workspace.git import Git
from tests.workspace.repositories import ENVIRONMENT, commit, repository, tree

Files = Mapping[str, bytes]
ROOT = "wp-content/plugins/shop"
WHEN = datetime(2026, 11, 21, tzinfo=UTC)


class Program:
    """Stands where the toolbox does: a function of the command's folder."""

    def __init__(self, program: Callable[[Path], None] = lambda folder: None) -> None:
        self.program = program
        self.seen: list[Command] = []

    def run(self, command: Command, root: Path) -> None:
        self.seen.append(command)
        self.program(root / command.cwd)


class Publisher:
    """Publishes archives and, if asked to, checksums of packages: version -> files."""

    def __init__(
        self, folder: Path, versions: Mapping[str, Files], checksums: bool = True, archives: bool = True
    ) -> None:
        self.folder, self.versions, self.with_checksums, self.with_archives = folder, versions, checksums, archives
        self.executable: set[str] = set()

    def archives(self, step: Unpack, version: str) -> tuple[Path, Archive] | None:
        if version not in self.versions or not (self.with_archives or version == step.release.version):
            return None
        path = self.folder / f"{version}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in self.versions[version].items():
                info = zipfile.ZipInfo(f"shop/{name}")
                info.external_attr = (0o100755 if name in self.executable else 0o100644) << 16
                archive.writestr(info, data)
        return path, Archive("https://downloads.example/shop.zip", "shop", {"sha256": sha256(path.read_bytes())})

    def checksums(self, step: Unpack, version: str) -> Mapping[str, frozenset[str]] | None:
        if not self.with_checksums or version not in self.versions:
            raise NotFound("no checksums")
        return {path: frozenset({hashlib.md5(data).hexdigest()}) for path, data in self.versions[version].items()}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def plugin(version: str, more: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    return {"shop.php": f"<?php\n/*\n * Plugin Name: Shop\n * Version: {version}\n */\n".encode(), **(more or {})}


V1 = plugin("1.0", {"readme.txt": b"1.0\n", "inc/old.php": b"old\n", "vendor/a/a.php": b"a1\n", "bin/run": b"#!1\n"})
V2 = plugin("2.0", {"readme.txt": b"2.0\n", "inc/new.php": b"new\r\n", "vendor/a/a.php": b"a2\n", "bin/run": b"#!2\n"})


def unpack_step(kind: str = "plugin", into: str = ROOT, installed: str = "1.0", to: str = "2.0") -> Unpack:
    return Unpack(kind, Source("wordpress", "shop"), installed, Release(to), into)  # type: ignore[arg-type]


def under(root: str, files: Files) -> dict[str, bytes]:
    return {f"{root}/{path}" if root else path: data for path, data in files.items()}


def built(
    git: Git, tmp_path: Path, *steps: Step, publisher: Publisher | None = None, tools: Program | None = None
) -> Built:
    publisher = publisher or Publisher(tmp_path, {"1.0": V1, "2.0": V2})
    return build(
        git, git.head(), steps, tools=tools or Program(), archives=publisher.archives,
        checksums=publisher.checksums, scratch=tmp_path / "scratch",
    )  # fmt: skip


ODD: dict[str, bytes | str] = {
    "crlf.txt": b"a\r\nb\r\n",
    "mixed.txt": b"a\r\nb\n",
    "zażółć 日本/\t.txt": b"\xff\x00",
    "link": "zażółć 日本",
    "away": "/etc/hostname",
    "big.bin": b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 5\n",
    ".gitattributes": b"* text=auto eol=crlf\n*.bin filter=lfs diff=lfs -text\n*.u16 working-tree-encoding=UTF-16\n"
    b"*.i ident\n",
    ".gitignore": b"vendor/\n*.lock\ninc/\n",
    "a.u16": b"plain\n",
    "x.i": b"$Id$\n",
    "package.json": b'{\r\n  "a": "1.0"\r\n}\r\n',
    "package-lock.json": b'{\r\n  "a": "1.0"\r\n}\r\n',
}


def odd_repository(tmp_path: Path) -> Git:
    """A repository with all that must survive, and a plugin; attributes are off so that the bytes are ours."""
    root = tmp_path / "repo"
    git = repository(root)
    (root / ".git/info").mkdir(exist_ok=True)
    (root / ".git/info/attributes").write_bytes(b"* -text -filter !working-tree-encoding -ident\n")
    commit(git, {**ODD, **under(ROOT, V1)})
    (root / "run.sh").write_bytes(b"#!/bin/sh\n")
    (root / "run.sh").chmod(0o755)
    git.run("add", "run.sh")
    git.run("update-index", "--add", "--cacheinfo", f"160000,{git.head()},modules/sub")
    tree_id = git.line("write-tree")
    made = subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b.example", "commit-tree", tree_id, "-p", "HEAD", "-m", "m"],
        cwd=root, check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    git.run("reset", "-q", "--soft", made)
    (root / ".git/info/attributes").unlink()
    return git


def test_an_edit_touches_nothing_else(tmp_path: Path) -> None:
    git = odd_repository(tmp_path)
    before = tree(git, "HEAD")
    made = built(git, tmp_path, Edit("package.json", Span(11, 14), "1.0", "1.2"))
    assert made.changed == ("package.json",)
    after = tree(git, made.tree)
    assert after.pop("package.json") == ("100644", b'{\r\n  "a": "1.2"\r\n}\r\n')
    before.pop("package.json")
    assert after == before
    assert made.read("package.json") == b'{\r\n  "a": "1.2"\r\n}\r\n'
    for path in ("nothing", "link", "modules/sub", "zażółć 日本"):
        with pytest.raises(Unreadable):
            made.read(path)


@pytest.mark.parametrize(
    "edit",
    [
        Edit("package.json", Span(11, 14), "9.9", "1.2"),
        Edit("gone.json", Span(0, 1), "x", "y"),
        Edit("link", Span(0, 1), "z", "y"),
        Edit("modules/sub", Span(0, 1), "z", "y"),
    ],
)
def test_a_stale_edit_builds_nothing(tmp_path: Path, edit: Edit) -> None:
    git = odd_repository(tmp_path)
    with pytest.raises(StaleEdit):
        built(git, tmp_path, edit)


def test_the_working_tree_and_its_index_play_no_part(tmp_path: Path) -> None:
    git = repository(tmp_path / "r", {"a": b"1", "b": b"1"})
    (tmp_path / "r/a").write_bytes(b"dirty")
    (tmp_path / "r/c").write_bytes(b"new")
    git.run("add", "c")
    state = git.run("status", "--porcelain").text
    made = built(git, tmp_path, Edit("a", Span(0, 1), "1", "2"))
    assert tree(git, made.tree) == {"a": ("100644", b"2"), "b": ("100644", b"1")}
    assert git.run("status", "--porcelain").text == state and (tmp_path / "r/a").read_bytes() == b"dirty"
    assert git.run("worktree", "list").text.count("\n") == 1
    assert list((tmp_path / "scratch").iterdir()) == []


def test_after_an_unpack_the_folder_is_the_archive(tmp_path: Path) -> None:
    git = odd_repository(tmp_path)
    publisher = Publisher(tmp_path, {"1.0": V1, "2.0": V2 | {".gitignore": b"*\n", ".gitattributes": b"* text\n"}})
    publisher.executable = {"bin/run"}
    before = tree(git, "HEAD")
    made = built(git, tmp_path, unpack_step(), publisher=publisher)
    new = {
        path: ("100755" if path == "bin/run" else "100644", data) for path, data in publisher.versions["2.0"].items()
    }
    assert tree(git, made.tree, ROOT) == {f"{ROOT}/{path}": entry for path, entry in new.items()}
    after = tree(git, made.tree)
    for path in [path for path in {*before, *after} if not path.startswith(ROOT)]:
        assert after[path] == before[path]
    assert f"{ROOT}/inc/old.php" in made.changed and "link" not in made.changed
    assert made.notes == (
        f"{ROOT}: the committed 1.0 matches the published checksums of 1.0.",
        f"{ROOT}: the archive of 2.0 matches its published checksums.",
    )


@pytest.mark.parametrize("evidence", ["checksums", "archive", "history"])
@pytest.mark.parametrize(
    ("change", "differing"),
    [
        ({"shop.php": plugin("1.0")["shop.php"] + b"// mine\n"}, ["shop.php"]),
        ({"inc/mine.php": b"<?php"}, ["inc/mine.php"]),
        ({"vendor/a/a.php": "../../shop.php"}, ["vendor/a/a.php"]),
        ({"bin/run": None, "languages/shop-pl_PL.mo": b"\x00"}, ["bin/run", "languages/shop-pl_PL.mo"]),
    ],
)
def test_code_that_was_changed_here_is_left_to_a_person(
    tmp_path: Path, evidence: str, change: dict[str, bytes | str | None], differing: list[str]
) -> None:
    git = repository(tmp_path / "r", under(ROOT, V1))
    commit(git, {f"{ROOT}/{path}": data for path, data in change.items()})
    publisher = Publisher(tmp_path, {"1.0": V1, "2.0": V2}, evidence == "checksums", evidence == "archive")
    refs = git.run("for-each-ref").text
    with pytest.raises(LocallyModified) as raised:
        built(git, tmp_path, unpack_step(), publisher=publisher)
    assert list(raised.value.files) == [f"{ROOT}/{path}" for path in differing]
    assert git.run("for-each-ref").text == refs and raised.value.exit_code == 4


@pytest.mark.parametrize("evidence", ["checksums", "archive", "history"])
def test_what_nobody_changed_is_updated_by_any_evidence(tmp_path: Path, evidence: str) -> None:
    git = repository(tmp_path / "r", under(ROOT, plugin("0.9")))
    commit(git, under(ROOT, V1))
    commit(git, {f"{ROOT}/readme.txt": b"edited\n", f"{ROOT}/.DS_Store": b"", "other": b""})
    publisher = Publisher(tmp_path, {"1.0": V1, "2.0": V2}, evidence == "checksums", evidence == "archive")
    made = built(git, tmp_path, unpack_step(), publisher=publisher)
    assert {path: data for path, (_, data) in tree(git, made.tree, ROOT).items()} == under(ROOT, V2)
    word = {"checksums": "the published checksums", "archive": "the archive of 1.0", "history": "commit "}[evidence]
    assert word in made.notes[0]


@pytest.mark.parametrize("evidence", ["checksums", "archive", "history"])
def test_line_endings_alone_are_no_change(tmp_path: Path, evidence: str) -> None:
    git = repository(tmp_path / "r", under(ROOT, V1))
    commit(git, {f"{ROOT}/shop.php": V1["shop.php"].replace(b"\n", b"\r\n")})
    if evidence == "history":
        commit(git, {f"{ROOT}/inc/old.php": b"old\r\n"})
    publisher = Publisher(tmp_path, {"1.0": V1, "2.0": V2}, evidence == "checksums", evidence == "archive")
    assert (
        f"{ROOT}: 1 of its files differ in line endings only."
        in built(git, tmp_path, unpack_step(), publisher=publisher).notes
    )


def test_files_that_gitignore_kept_out_are_no_change(tmp_path: Path) -> None:
    git = repository(tmp_path / "r", {".gitignore": b"vendor/\n"} | under(ROOT, V1))
    commit(git, {f"{ROOT}/vendor/a/a.php": None})
    made = built(git, tmp_path, unpack_step())
    assert made.read(f"{ROOT}/vendor/a/a.php") == b"a2\n"
    assert "1 of its files were never committed" in made.notes[1]


def test_a_shallow_history_proves_nothing(tmp_path: Path) -> None:
    full = repository(tmp_path / "full", under(ROOT, V1))
    commit(full, {f"{ROOT}/shop.php": V1["shop.php"] + b"// mine\n"})
    full.run("clone", "-q", "--depth=1", f"file://{full.root}", str(tmp_path / "r"))
    publisher = Publisher(tmp_path, {"2.0": V2}, checksums=False)
    with pytest.raises(Unreadable, match="fetch-depth: 0"):
        built(Git(tmp_path / "r", ENVIRONMENT), tmp_path, unpack_step(), publisher=publisher)
    with_checksums = Publisher(tmp_path, {"1.0": {**V1, "shop.php": V1["shop.php"] + b"// mine\n"}, "2.0": V2})
    assert built(Git(tmp_path / "r", ENVIRONMENT), tmp_path, unpack_step(), publisher=with_checksums).changed


def test_an_archive_that_is_not_the_published_one_is_refused(tmp_path: Path) -> None:
    git = repository(tmp_path / "r", under(ROOT, V1))
    publisher = Publisher(tmp_path, {"1.0": V1, "2.0": V2})
    for wrong in ({"shop.php": b"evil"}, {"evil.php": b""}, {"shop.php": None}):
        other = Publisher(tmp_path, {"1.0": V1, "2.0": {k: v for k, v in (V2 | wrong).items() if v is not None}})
        publisher.archives = other.archives  # type: ignore[method-assign]
        with pytest.raises(UnsafeArchive, match="published checksums"):
            built(git, tmp_path, unpack_step(), publisher=publisher)
    digest = lambda step, version: (other.archives(step, version)[0], Archive("", "shop", {"sha256": "0"}))  # type: ignore[index]  # noqa: E731
    publisher.archives = digest  # type: ignore[method-assign]
    with pytest.raises(UnsafeArchive, match="not what was published"):
        built(git, tmp_path, unpack_step(), publisher=publisher)


def test_without_an_archive_or_anything_committed_nothing_is_built(tmp_path: Path) -> None:
    git = repository(tmp_path / "r", under(ROOT, V1))
    with pytest.raises(NotFound, match="by hand"):
        built(git, tmp_path, unpack_step(), publisher=Publisher(tmp_path, {"1.0": V1}))
    for into in ("wp-content/plugins/gone", "../shop", "/etc", "wp-content/../x"):
        with pytest.raises(StaleEdit):
            built(git, tmp_path, unpack_step(into=into))


def test_a_single_file_plugin_is_one_file(tmp_path: Path) -> None:
    git = repository(tmp_path / "r", {"plugins/shop.php": V1["shop.php"], "plugins/other.php": b"mine"})
    made = built(git, tmp_path, unpack_step("file", "plugins/shop.php"))
    assert made.changed == ("plugins/shop.php",) and made.read("plugins/shop.php") == V2["shop.php"]
    commit(git, {"plugins/shop.php": V1["shop.php"] + b"//"})
    with pytest.raises(LocallyModified) as raised:
        built(git, tmp_path, unpack_step("file", "plugins/shop.php"))
    assert raised.value.files == ("plugins/shop.php",)


def core(version: str, **more: bytes) -> dict[str, bytes]:
    return {
        "index.php": b"<?php // front\n",
        "wp-login.php": version.encode(),
        "wp-config-sample.php": b"<?php",
        "license.txt": b"GPL",
        "readme.html": version.encode(),
        "wp-admin/index.php": b"<?php",
        "wp-includes/version.php": f"<?php\n$wp_version = '{version}';\n".encode(),
        "wp-content/plugins/hello.php": b"hello",
        "wp-content/index.php": b"<?php",
        **{name.replace("__", "/"): data for name, data in more.items()},
    }


SITES = {
    "wp-config.php": b"secret",
    "wp-mine.php": b"mine",
    "google123.html": b"x",
    "wp-content/themes/t/style.css": b"",
    "wp-content/plugins/hello.php": b"mine",
    ".htaccess": b"",
}


@pytest.mark.parametrize("evidence", ["checksums", "archive", "history"])
@pytest.mark.parametrize("into", ["", "web/wp"])
def test_core_touches_only_what_is_cores(tmp_path: Path, evidence: str, into: str) -> None:
    old = core("6.4.5", **{"wp-old.php": b"1", "wp-includes__old.php": b"1"})
    new = core("6.5.5", **{"wp-new.php": b"2", "wp-includes__new.php": b"2"})
    git = repository(tmp_path / "r", under(into, old))
    commit(git, under(into, SITES) | {f"{into}/readme.html".lstrip("/"): None})
    publisher = Publisher(tmp_path, {"6.4.5": old, "6.5.5": new}, evidence == "checksums", evidence == "archive")
    made = built(git, tmp_path, unpack_step("core", into, "6.4.5", "6.5.5"), publisher=publisher)
    expected = {path: data for path, data in new.items() if not path.startswith("wp-content/")}
    expected |= SITES | {"wp-content/index.php": b"<?php"} | ({"wp-old.php": b"1"} if evidence == "history" else {})
    assert {path: data for path, (_, data) in tree(git, made.tree).items()} == under(into, expected)


def test_changed_core_is_left_to_a_person(tmp_path: Path) -> None:
    old, new = core("6.4.5"), core("6.5.5", **{"wp-mine.php": b"core's"})
    publisher = Publisher(tmp_path, {"6.4.5": old, "6.5.5": new})
    git = repository(tmp_path / "r", old)
    step = unpack_step("core", "", "6.4.5", "6.5.5")
    commit(git, {"wp-mine.php": b"the site's"})
    with pytest.raises(LocallyModified, match=r"brings wp-mine\.php"):
        built(git, tmp_path, step, publisher=publisher)
    commit(git, {"wp-login.php": b"hacked", "wp-includes/backdoor.php": b"hacked"})
    with pytest.raises(LocallyModified) as raised:
        built(git, tmp_path, step, publisher=publisher)
    assert raised.value.files == ("wp-includes/backdoor.php", "wp-login.php")


@pytest.mark.parametrize(
    "evil", [".github/workflows/x.yml", "wp-config.php", ".htaccess", "composer.json", "evil/x.php"]
)
def test_an_archive_of_core_brings_only_core(tmp_path: Path, evil: str) -> None:
    git = repository(tmp_path / "r", core("6.4.5"))
    publisher = Publisher(tmp_path, {"6.4.5": core("6.4.5"), "6.5.5": core("6.5.5") | {evil: b""}})
    with pytest.raises(UnsafeArchive, match="no file of WordPress"):
        built(git, tmp_path, unpack_step("core", "", "6.4.5", "6.5.5"), publisher=publisher)


LOCK = Command("npm", ("npm", "install"), "", ("package-lock.json",))


def bump(folder: Path) -> None:
    manifest = (folder / "package.json").read_bytes()
    (folder / "package-lock.json").write_bytes(manifest.replace(b"\r\n", b"\n"))
    (folder / "node_modules").mkdir()
    (folder / "node_modules/x").write_bytes(b"")
    (folder / "ignored.lock").write_bytes(b"")


def test_a_command_sees_the_edits_and_writes_its_lock(tmp_path: Path) -> None:
    git = odd_repository(tmp_path)
    before = tree(git, "HEAD")
    tools = Program(bump)
    made = built(git, tmp_path, LOCK, Edit("package.json", Span(11, 14), "1.0", "1.2"), LOCK, tools=tools)
    assert made.changed == ("package-lock.json", "package.json") and tools.seen == [LOCK]
    assert made.read("package-lock.json") == made.read("package.json") == b'{\r\n  "a": "1.2"\r\n}\r\n'
    after = tree(git, made.tree)
    assert {path: entry for path, entry in after.items() if path not in made.changed} == {
        path: entry for path, entry in before.items() if path not in made.changed
    }


def test_what_is_checked_out_is_what_is_committed(tmp_path: Path) -> None:
    git = odd_repository(tmp_path)
    seen: dict[str, bytes] = {}

    def look(root: Path) -> None:
        for path, content in ODD.items():
            if isinstance(content, bytes):
                seen[path] = (root / path).read_bytes()
        assert os.access(root / "run.sh", os.X_OK) and (root / "link").is_symlink()
        assert not (root / "away").is_symlink(), "a link out of the repository is not followed"
        branch = subprocess.run(
            ["git", "branch"], cwd=root, capture_output=True, text=True, check=True, env=ENVIRONMENT
        )
        assert branch.stdout == "* main\n"

    assert built(git, tmp_path, LOCK, tools=Program(look)).changed == ()
    assert seen == {path: content for path, content in ODD.items() if isinstance(content, bytes)}


@pytest.mark.parametrize("path", ["package.json", "crlf.txt", "new.txt", f"{ROOT}/shop.php", f"{ROOT}/new.php"])
def test_a_command_that_writes_elsewhere_builds_nothing(tmp_path: Path, path: str) -> None:
    git = odd_repository(tmp_path)

    def write(root: Path) -> None:
        (root / path).write_bytes(b"x")

    with pytest.raises(ToolFailed, match="not its own"):
        built(git, tmp_path, LOCK, tools=Program(write))
    with pytest.raises(ToolFailed, match="not its own"):
        built(git, tmp_path, LOCK, tools=Program(lambda root: (root / "crlf.txt").unlink()))


def test_a_lock_that_is_a_link_or_vanishes_builds_nothing(tmp_path: Path) -> None:
    git = repository(tmp_path / "r", {"package-lock.json": "/etc/passwd", "yarn.lock": b"x"})
    with pytest.raises(ToolFailed, match="symbolic link"):
        built(git, tmp_path, LOCK)
    yarn = Command("yarn", ("yarn",), "", ("yarn.lock",))
    with pytest.raises(ToolFailed, match=r"removed yarn\.lock"):
        built(git, tmp_path, yarn, tools=Program(lambda root: (root / "yarn.lock").unlink()))

    def link(root: Path) -> None:
        (root / "yarn.lock").unlink()
        (root / "yarn.lock").symlink_to("/etc/passwd")

    with pytest.raises(ToolFailed, match=r"removed yarn\.lock"):
        built(git, tmp_path, yarn, tools=Program(link))


def test_a_scratch_folder_that_can_not_be_written_is_an_error(tmp_path: Path) -> None:
    git = repository(tmp_path / "r")
    (tmp_path / "scratch").write_bytes(b"a file")
    with pytest.raises(ToolFailed, match="scratch"):
        built(git, tmp_path, Edit("readme", Span(0, 1), "x", "y"))


@pytest.mark.parametrize("kind", ["linked worktree", "shallow clone", "sha256", "alternates", "detached"])
def test_it_builds_in_every_kind_of_repository(tmp_path: Path, kind: str) -> None:
    root = tmp_path / "r"
    if kind == "sha256":
        subprocess.run(["git", "init", "-q", "--object-format=sha256", root], check=True, env=ENVIRONMENT)
    git = repository(root, {"a": b"0"})
    commit(git, {"a": b"1", "package-lock.json": b"1", "package.json": b""})
    url = {"shallow clone": ("--depth=1", f"file://{root}"), "alternates": ("--shared", str(root))}.get(kind)
    if url:
        git.run("clone", "-q", *url, str(tmp_path / "c"))
        git = Git(tmp_path / "c", ENVIRONMENT)
    elif kind == "linked worktree":
        git.run("worktree", "add", "-q", str(tmp_path / "w"))
        git = Git(tmp_path / "w", ENVIRONMENT)
    elif kind == "detached":
        git.run("checkout", "-q", "--detach")
    made = built(git, tmp_path, Edit("a", Span(0, 1), "1", "2"), LOCK, tools=Program(lambda root: None))
    assert made.changed == ("a",) and made.read("a") == b"2"
    assert git.commit_tree(made.tree, (git.head(),), "m", WHEN, "a", "a@b.example")
    assert git.run("fsck", "--no-dangling").code == 0


KILLED = """
import os, signal, sys
from pathlib import Path
from maintainer.model import *
from maintainer.workspace import build as module
from maintainer.workspace.git import Git

at, root, scratch = int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
calls = 0
run = Git._run
def counted(self, *args, **more):
    global calls
    calls += 1
    if calls == at:
        os.kill(os.getpid(), signal.SIGKILL)
    return run(self, *args, **more)
Git._run = counted

class Tools:
    def run(self, command, root):
        (root / "package-lock.json").write_bytes(b"2")

steps = [Edit("package.json", Span(0, 1), "1", "2"), Command("npm", ("npm",), "", ("package-lock.json",))]
git = Git(root, os.environ)
built = module.build(git, git.head(), steps, tools=Tools(), archives=None, checksums=None, scratch=scratch)
print(built.tree)
"""


def test_killed_at_any_step_it_leaves_nothing_that_the_next_run_does_not_remove(tmp_path: Path) -> None:
    git = repository(tmp_path / "r", {"package.json": b"1", "package-lock.json": b"1"})
    state = git.run("for-each-ref").text, git.run("worktree", "list").text, git.run("status", "--porcelain").text
    scratch, trees = tmp_path / "scratch", []
    for at in range(3, 200, 4):
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(at), str(git.root), str(scratch)], capture_output=True, text=True
        )
        assert (
            git.run("for-each-ref").text,
            git.run("worktree", "list").text,
            git.run("status", "--porcelain").text,
        ) == state
        if done.returncode == 0:
            trees.append(done.stdout.strip())
            break
        assert done.returncode == -signal.SIGKILL, done.stderr
    assert at > 20 and list(scratch.iterdir()) == []
    assert tree(git, trees[0]) == {"package.json": ("100644", b"2"), "package-lock.json": ("100644", b"2")}


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"]) | st.sampled_from("\r\n\t\ufeff\x00"), max_size=30
)


@given(before=TEXTS, old=TEXTS, after=TEXTS, new=TEXTS)
@settings(max_examples=8, deadline=None)
def test_an_edit_and_its_reverse_restore_the_tree(
    tmp_path_factory: pytest.TempPathFactory, before: str, old: str, after: str, new: str
) -> None:
    folder = tmp_path_factory.mktemp("law")
    data = ("{" + "x" + before + old + after).encode()
    git = repository(folder / "r", {"f": data})
    start = len(before) + 2
    made = built(git, folder, Edit("f", Span(start, start + len(old)), old, new))
    assert made.read("f") == ("{x" + before + new + after).encode()
    here = git.commit_tree(made.tree, (git.head(),), "m", WHEN, "a", "a@b.example")
    back = build(
        git, here, [Edit("f", Span(start, start + len(new)), new, old)], tools=Program(),
        archives=lambda step, version: None, checksums=lambda step, version: None, scratch=folder / "s",
    )  # fmt: skip
    assert back.tree == git.line("rev-parse", "HEAD^{tree}")
