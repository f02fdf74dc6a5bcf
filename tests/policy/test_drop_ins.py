from maintainer.policy.drop_ins import stale

DROP_IN = "wp-content/object-cache.php"
COPY = "wp-content/plugins/redis-cache/includes/object-cache.php"


def file(version: str, name: str = "Redis Object Cache Drop-In") -> str:
    return f"<?php\n/**\n * Plugin Name: {name}\n * Version: {version}\n */\n"


def test_a_drop_in_older_than_its_plugins_copy_is_stale() -> None:
    (finding,) = stale({DROP_IN: file("2.4.0")}, {COPY: file("2.5.4")})
    assert (finding.kind, finding.file, finding.line) == ("stale-drop-in", DROP_IN, 4)
    assert "2.4.0" in finding.sentence
    assert COPY in finding.sentence


def test_all_else_is_fine() -> None:
    assert not stale({DROP_IN: file("2.5.4")}, {COPY: file("2.5.4")})
    assert not stale({DROP_IN: file("2.4.0")}, {COPY: file("2.5.4", "Another cache")})
    assert not stale({DROP_IN: file("2.4.0")}, {"wp-content/plugins/redis-cache/redis-cache.php": file("2.5.4")})
    assert not stale({DROP_IN: "<?php // our own"}, {COPY: file("2.5.4")})
    assert not stale({DROP_IN: file("2.4.0")}, {COPY: "\x00"})
