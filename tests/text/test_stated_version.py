"""A file with another version where it states one, and nothing else changed."""

import pytest

from maintainer.errors import ConfigurationError
from maintainer.text.stated_version import moved

LOCK = '{"name": "shop", "version": "1.0.0", "packages": {"": {"version": "1.0.0"}, "a": {"version": "1.0.0"}}}'


@pytest.mark.parametrize(
    ("path", "text", "match", "expected"),
    [
        ("package.json", '{\n\t"version" : "1.0.0" , "x": 1}\r\n', None, '{\n\t"version" : "2.0.0" , "x": 1}\r\n'),
        ("a/composer.json", '{"version":"1"}', None, '{"version":"2.0.0"}'),
        ("package-lock.json", LOCK, None, LOCK.replace("1.0.0", "2.0.0", 2)),
        ("pyproject.toml", '[project]\nversion = "1.0" # here\n', None, '[project]\nversion = "2.0.0" # here\n'),
        ("shop.php", "<?php\n/* Version: 1.0\n * x */\n", None, "<?php\n/* Version: 2.0.0\n * x */\n"),
        ("style.css", "/*\nVersion: 1.0\n*/ a { }", None, "/*\nVersion: 2.0.0\n*/ a { }"),
        ("version.py", 'A = 1\nVERSION = "1.0-rc.1"\n', 'VERSION = "{version}"', 'A = 1\nVERSION = "2.0.0"\n'),
        ("docs.md", "a@1.0 or\nshop@1.0\nshop@1.0\n", "shop@{version}", "a@1.0 or\nshop@2.0.0\nshop@2.0.0\n"),
        ("x.php", "define('S', '1.0'); // '1.0'", "define('S', '{version}')", "define('S', '2.0.0'); // '1.0'"),
    ],
)  # fmt: skip
def test_the_version_moves_and_nothing_else(path: str, text: str, match: str | None, expected: str) -> None:
    assert moved(path, text, "2.0.0", match) == expected
    assert moved(path, expected, "2.0.0", match) == expected


@pytest.mark.parametrize(
    ("path", "text", "match", "says"),
    [
        ("package.json", "{}", None, "not known where it states a version"),
        ("package.json", '{"version": 1}', None, "not known where it states a version"),
        ("package.json", "{", None, "package.json: "),
        ("pyproject.toml", '[project]\ndynamic = ["version"]\n', None, "not known where it states a version"),
        ("README.md", "1.0.0", None, "not known where it states a version"),
        ("version.py", "", 'V = "{version}"', "isn't there"),
        ("version.py", 'V = "1"\nV = "2"\nV = "1"', 'V = "{version}"', r"is there around 1, 2, so"),
    ],
)
def test_what_states_none_is_refused(path: str, text: str, match: str | None, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        moved(path, text, "2.0.0", match)
