from pathlib import Path

import pytest

from maintainer.workspace.uv_projects import built_to_compile, built_to_lock

STATIC = '[project]\nname = "a"\nversion = "1"\n[build-system]\nrequires = []\n'
DYNAMIC = '[project]\nname = "a"\ndynamic = ["version"]\n[build-system]\nrequires = []\n'


def folder(tmp_path: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(text.encode("utf-8", "surrogateescape"))
    return tmp_path


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"pyproject.toml": STATIC}, ""),
        ({"pyproject.toml": DYNAMIC}, "its version is dynamic"),
        ({"pyproject.toml": DYNAMIC.replace("[build-system]", "[tool.x]")}, ""),
        ({"pyproject.toml": DYNAMIC.replace('"version"', '"readme"')}, ""),
        ({"pyproject.toml": STATIC + "[tool.uv.sources]\nb = {path = 'b'}\n", "b/pyproject.toml": DYNAMIC}, "build b"),
        ({"pyproject.toml": STATIC + "[tool.uv.sources]\nb = {path = 'b'}\n", "b/pyproject.toml": STATIC}, ""),
        ({"pyproject.toml": STATIC + "[tool.uv.sources]\nb = [{path = 'b'}]\n", "b/setup.py": ""}, "no [project]"),
        ({"pyproject.toml": "[tool.uv.workspace]\nmembers = ['p/*']\n", "p/x/pyproject.toml": DYNAMIC}, "build x"),
        ({"pyproject.toml": "[tool.uv.workspace]\nmembers = ['/*', '', 3]\n"}, ""),
        ({"pyproject.toml": "[tool.uv.sources]\nb = {path = 3}\nc = 3\n"}, ""),
        ({"pyproject.toml": "[tool]\nuv = 3\n[project]\ndynamic = 3\n"}, ""),
        ({"pyproject.toml": "nonsense"}, ""),
        ({"pyproject.toml": "x = " + "[" * 5000}, ""),
        ({}, ""),
    ],
)
def test_a_lock_that_needs_a_build_is_told(tmp_path: Path, files: dict[str, str], says: str) -> None:
    why = built_to_lock(folder(tmp_path, files))
    assert says in why and bool(says) == bool(why)


@pytest.mark.parametrize(
    ("requirements", "says"),
    [
        ("idna==3.4 # -e .\n--index-url https://pypi.example/simple\nx @ https://x.example/x.whl\n", ""),
        ("-e .", "no [project]"),
        ("-e./legacy", "legacy"),
        ("--editable=legacy", "legacy"),
        ("./legacy[extra] ; python_version > '3'", "legacy"),
        ("legacy/", "legacy"),
        ("x @ file:legacy", "legacy"),
        ("x @ file:///nowhere/pkg", "pkg"),
        ("./static", ""),
        ("./x-1-py3-none-any.whl", ""),
        ("./x-1.tar.gz", "x-1.tar.gz"),
        ("-r more.txt", "legacy"),
        ("-c requirements.in", ""),
        ("\udcff\0", ""),
    ],
)
def test_requirements_that_need_a_build_are_told(tmp_path: Path, requirements: str, says: str) -> None:
    files = {
        "requirements.in": requirements,
        "more.txt": "./legacy\n",
        "legacy/setup.py": "",
        "static/pyproject.toml": STATIC,
    }
    why = built_to_compile(folder(tmp_path, files), ("--quiet", "--output-file=requirements.txt", "requirements.in"))
    assert says in why and bool(says) == bool(why)


def test_a_setup_py_as_the_source_is_never_run(tmp_path: Path) -> None:
    assert built_to_compile(folder(tmp_path, {"setup.py": ""}), ("setup.py",))
    assert built_to_compile(folder(tmp_path, {"pyproject.toml": DYNAMIC}), ("pyproject.toml",))
    assert not built_to_compile(folder(tmp_path, {"pyproject.toml": STATIC}), ("pyproject.toml",))
