"""The real uv and Poetry, at the index they are configured for."""

import hashlib
import io
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from maintainer.errors import ToolFailed, Unreadable
from maintainer.managers import pip
from maintainer.model import Command, Dependency, Edit, Manifest, Release, Update
from maintainer.text import edits
from tests.loopback import Loopback, Reply
from tests.managers import laws, tools

UV = """\
[project]
name = "shop"
version = "1.0.0"
requires-python = ">=3.11"
dependencies = ["packaging>=23,<25", "Typing_Extensions~=4.8"]

[dependency-groups]
dev = ["iniconfig>=1"]
"""

POETRY = """\
[tool.poetry]
name = "shop"
version = "1.0.0"
description = ""
authors = []
package-mode = false

[tool.poetry.dependencies]
python = "^3.11"
acme-shop = "^9.3"
Acme_Tax = "^2.0"

[[tool.poetry.source]]
name = "acme"
url = "{}/simple/"
"""

PACKAGES: dict[str, dict[str, str]] = {
    "acme-shop": {"9.3.0": "", "9.4.1": "acme-more>=1", "9.5.0": "", "10.0.0": ""},
    "acme-tax": {"2.0.0": "", "2.1.0": "", "2.2.0": ""},
    "acme-more": {"1.0.0": ""},
}


def wheel(name: str, version: str, needs: str) -> bytes:
    """The smallest wheel there is."""
    content = io.BytesIO()
    folder = f"{name.replace('-', '_')}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    with zipfile.ZipFile(content, "w") as archive:
        for file, text in (
            ("METADATA", metadata + (f"Requires-Dist: {needs}\n" if needs else "")),
            ("WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
            ("RECORD", ""),
        ):
            archive.writestr(zipfile.ZipInfo(f"{folder}/{file}"), text)
    return content.getvalue()


@pytest.fixture
def index() -> Iterator[str]:
    """The address of a Python index (PEP 503) with real wheels."""
    with Loopback({}) as server:
        for name, versions in PACKAGES.items():
            links = ""
            for version, needs in versions.items():
                content = wheel(name, version, needs)
                file = f"/files/{name.replace('-', '_')}-{version}-py3-none-any.whl"
                server.answers[file] = Reply(200, content, {"content-type": "application/octet-stream"})
                links += f'<a href="{file}#sha256={hashlib.sha256(content).hexdigest()}">{file[7:]}</a>\n'
            server.answers[f"/simple/{name}/"] = Reply(200, links, {"content-type": "text/html"})
        yield server.url


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Where the tools are found: the ones beside this Python, and Poetry in an environment of its own."""
    home = tmp_path_factory.mktemp("tools")
    beside = Path(sys.executable).parent
    more = {"UV_TOOL_DIR": str(home / "tools"), "UV_TOOL_BIN_DIR": str(home / "bin"), "UV_PYTHON": sys.executable}
    found = tools.environment(home / "bin", beside, **more)
    tools.run(["uv", "tool", "install", "--quiet", "poetry>=2,<3"], home, found)
    return found


def found(folder: Path, path: str) -> tuple[Manifest, dict[str, Dependency]]:
    manifest = laws.manifest(pip, tools.files(folder), path)
    return manifest, {one.name: one for one in laws.dependencies(pip.extract(manifest))}


def move(folder: Path, path: str, to: Mapping[str, tuple[str, str]], env: Mapping[str, str]) -> dict[str, Dependency]:
    """Update packages of a file to (text, version) and read it again."""
    manifest, stated = found(folder, path)
    updates = [Update(stated[name], Release(version), text, "patch") for name, (text, version) in to.items()]
    tools.carry_out(folder, pip.steps(manifest, updates), env)
    return found(folder, path)[1]


def test_uv_locks_the_release_asked_for_and_no_newer(env: dict[str, str], tmp_path: Path) -> None:
    tools.write(tmp_path, {"pyproject.toml": UV})
    tools.run(["uv", "lock", "--quiet"], tmp_path, env)
    first = found(tmp_path, "pyproject.toml")[1]
    # Only the lock file moves, in a group too; the rest stays.
    to = {"packaging": (">=23,<25", "23.2"), "iniconfig": (">=1", "1.1.1")}
    after = move(tmp_path, "pyproject.toml", to, env)
    assert (after["packaging"].locked, after["iniconfig"].locked) == ("23.2", "1.1.1")
    assert after["Typing_Extensions"].locked == first["Typing_Extensions"].locked != "4.9.0"
    # The specifier moves too.
    after = move(tmp_path, "pyproject.toml", {"Typing_Extensions": ("~=4.9", "4.9.0")}, env)
    assert (after["Typing_Extensions"].locked, after["packaging"].locked) == ("4.9.0", "23.2")
    # A wider support of Python only refreshes it.
    after = move(tmp_path, "pyproject.toml", {"python": (">=3.10", "3.10")}, env)
    assert (after["Typing_Extensions"].locked, after["packaging"].locked) == ("4.9.0", "23.2")


def test_poetry_locks_the_release_asked_for_and_no_newer(env: dict[str, str], index: str, tmp_path: Path) -> None:
    tools.write(tmp_path, {"pyproject.toml": POETRY.format(index)})
    tools.run(["poetry", "lock", "--quiet"], tmp_path, env)
    first = found(tmp_path, "pyproject.toml")[1]
    assert (first["acme-shop"].locked, first["Acme_Tax"].locked) == ("9.5.0", "2.2.0")
    # Only the lock file moves; what the release needs comes with it, with its own hashes.
    after = move(tmp_path, "pyproject.toml", {"acme-shop": ("^9.3", "9.4.1")}, env)
    assert (after["acme-shop"].locked, after["Acme_Tax"].locked) == ("9.4.1", "2.2.0")
    lock = (tmp_path / "poetry.lock").read_text()
    assert hashlib.sha256(wheel("acme-shop", "9.4.1", "acme-more>=1")).hexdigest() in lock
    assert 'name = "acme-more"' in lock
    assert "9.5.0" not in lock
    # The constraints move too, two at once.
    after = move(tmp_path, "pyproject.toml", {"acme-shop": ("^10.0", "10.0.0"), "Acme_Tax": ("~2.1", "2.1.0")}, env)
    assert (after["acme-shop"].locked, after["Acme_Tax"].locked) == ("10.0.0", "2.1.0")
    assert "acme-more" not in (tmp_path / "poetry.lock").read_text()


@pytest.mark.parametrize(
    "header", ["uv pip compile --universal --generate-hashes base.in -o base-requirements.txt", ""]
)
def test_a_compiled_file_gets_the_release_asked_for(header: str, env: dict[str, str], tmp_path: Path) -> None:
    path = "requirements/base-requirements.txt"
    command = (
        header or "pip-compile --generate-hashes --output-file=base-requirements.txt --resolver=backtracking base.in"
    )
    tools.write(tmp_path, {"requirements/base.in": "pytest>=7\ntyping-extensions\n", path: ""})
    told = ["--generate-hashes", "--custom-compile-command", command, "-q", "base.in", "-o", "base-requirements.txt"]
    tools.run(["uv", "pip", "compile", *told], tmp_path / "requirements", env)
    first = found(tmp_path, path)[1]
    assert list(first) == ["pytest", "typing-extensions"], "what others brought in is none of ours"
    after = move(tmp_path, path, {"pytest": ("==8.1.1", "8.1.1")}, env)
    assert after["pytest"].text == "==8.1.1"
    assert after["typing-extensions"].text == first["typing-extensions"].text
    text = (tmp_path / path).read_text()
    assert command in text
    # pytest 8.1.1 as its index has it, with what it needs.
    assert "ac978141a75948948817d360297b7aae0fcb9d6ff6bc9ec6d514b85d5a65c044" in text
    assert "iniconfig==" in text


@pytest.mark.parametrize(
    "command",
    [
        "uv pip compile --python /tmp/python in.txt -o requirements.txt",
        "uv pip compile in.txt -o ../requirements.txt",
        "uv pip compile ../../in.txt -o requirements.txt",
        "uv pip compile /etc/passwd -o requirements.txt",
        "pip-compile --pip-args='--hello' in.txt",
        "pip-compile 'unbalanced",
        "uv pip compile",
        "uv pip compile in.txt -o other.txt",
    ],
)
def test_a_command_we_do_not_know_is_not_repeated(command: str) -> None:
    text = (
        f"# This file was autogenerated by uv via the following command:\n#    {command}\na==1.0\n    # via -r in.txt\n"
    )
    manifest = Manifest("requirements.txt", text)
    (one,) = laws.dependencies(pip.extract(manifest))
    with pytest.raises(ToolFailed, match="by hand"):
        pip.steps(manifest, [Update(one, Release("1.1"), "==1.1", "minor")])


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_pinned_hashes_become_those_of_the_new_release(newline: str) -> None:
    old, new = ("a" * 64, "b" * 64), ("c" * 64, "d" * 64, "e" * 64)
    lines = ["# first", "x==1.0 \\", f"    --hash sha256:{old[0]} \\", f"    --hash=sha256:{old[1]}  # why", "y==1", ""]
    manifest = Manifest("requirements.txt", newline.join(lines))
    x, y = laws.dependencies(pip.extract(manifest))
    steps = pip.steps(manifest, [Update(x, Release("1.1", hashes=new), "==1.1", "minor")])
    after = edits.apply(manifest.text, [step for step in steps if isinstance(step, Edit)])
    hashes = f" \\{newline}    ".join(f"--hash=sha256:{one}" for one in new)
    assert after == newline.join(["# first", "x==1.1 \\", f"    {hashes}  # why", "y==1", ""])
    with pytest.raises(ToolFailed, match="pip hash"):
        pip.steps(manifest, [Update(x, Release("1.1"), "==1.1", "minor")])
    assert len(pip.steps(manifest, [Update(y, Release("2"), "==2", "major")])) == 1


@pytest.mark.parametrize("text", ["[project\n", "a = \udcff", "a = 1\na = 2\n"])
def test_a_pyproject_that_is_no_toml_says_so(text: str) -> None:
    with pytest.raises(Unreadable, match=r"TOML|UTF-8"):
        pip.extract(Manifest("pyproject.toml", text))


def test_the_poetry_that_wrote_the_lock_file_is_named() -> None:
    files = laws.read(laws.CASES / "pip/poetry").files
    (command,) = pip.steps(laws.manifest(pip, files, "pyproject.toml"), [])
    assert isinstance(command, Command)
    assert (command.argv[:3], command.versions) == (("poetry", "lock", "--no-update"), {"poetry": "1.8"})
