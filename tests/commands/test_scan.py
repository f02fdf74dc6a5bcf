"""What a file that can't be read costs, and what is said of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pytest

from maintainer.catalog import MANAGERS
from maintainer.commands.scan import scan
from maintainer.errors import Unreadable


@dataclass
class InMemory:
    """`Files` of a dict."""

    texts: dict[str, bytes]

    def tracked(self) -> tuple[str, ...]:
        return tuple(self.texts)

    def read(self, path: str) -> bytes:
        return self.texts[path]

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | Unreadable]]:
        return ((path, self.texts[path]) for path in paths)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("composer.json", b"{"),
        ("package.json", b"[]"),
        ("pnpm-workspace.yaml", b"a: ["),
        ("pyproject.toml", b"="),
        ("requirements.txt", b"\xff==1"),
        ("compose.yml", b"a: ["),
        ("a/.wp-env.json", b"[]"),
        ("shopify.app.toml", b"="),
        ("mise.toml", b"="),
        (".github/workflows/tests.yml", b"- a"),
        (".gitlab-ci.yml", b"- a"),
        (".nvmrc", b"\xff\xff"),
        (".php-version", b"\xff\xff"),
        ("wp-includes/version.php", b"<?php"),
        ("package.json", b"\xff\xfe{\0}\0"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_problem_that_names_it_once(path: str, data: bytes) -> None:
    found = scan(InMemory({path: data, "sub/.nvmrc": b"20.1.0"}), MANAGERS)
    (problem,) = found.problems
    assert (problem.where, problem.exit_code) == (path, 3)
    assert problem.sentence.startswith(path)
    assert problem.sentence.count(path) == 1
    assert [one.file for one in found.dependencies] == ["sub/.nvmrc"]
