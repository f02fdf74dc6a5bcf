import base64
import json
import random
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.text.headers import BYTES, headers


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Version: 1.0", "1.0"),
        ("<?php /* Version: 1.0 */", "1.0"),
        ("<?php // Version: 1.0 ?> <p>", "1.0"),
        (" \t<?php Version:1.0", "1.0"),
        (" * @version: 1.0", "1.0"),
        ("#Version:\t 1.0 beta \t*/ more", "1.0 beta"),
        ("vErSiOn: 1.0", "1.0"),
        ("Version: \nVersion: 2.0", None),
        ("Version: 1.0\nVersion: 2.0", "1.0"),
        ("Stable Version: 1.0", None),
        ("Version 1.0", None),
        ("/*! Version: 1.0", None),
        ("x\rVersion: 1.0\r\n", "1.0"),
        ("Version: */", None),
        ("Verſion: 1.0", None),
        ("", None),
    ],
)
def test_a_header_reads_as_wordpress_reads_it(text: str, value: str | None) -> None:
    found = headers(text, "Version").get("Version")
    assert (found.value if found else None) == value
    if found:
        assert text[slice(*found.at)] == value


def test_only_the_first_eight_kibibytes_count_in_bytes() -> None:
    line = "\nVersion: 1.0\n"
    assert headers("é" * ((BYTES - len(line)) // 2) + line, "Version")
    assert not headers("é" * (BYTES // 2) + line, "Version")
    assert headers("é" * (BYTES // 2 - 6) + "\nVersion: 1.0\n", "Version")["Version"].value == "1."


@given(
    st.binary(max_size=300),
    st.sampled_from(["Version: ", "<?php /* Version:", "\r# VERSION:\t"]),
    st.binary(max_size=300),
)
def test_a_span_says_what_the_file_says(before: bytes, name: str, after: bytes) -> None:
    text = (before + name.encode() + after).decode("utf-8", "surrogateescape")
    for header in headers(text, "Version").values():
        assert text[slice(*header.at)] == header.value.replace("\n", "\r") or text[slice(*header.at)] == header.value


PIECES = (
    b"Version:", b"version:", b"VERSION :", b"Version", b"<?php", b" <?PHP", b"?>", b"/*", b"*/", b" * ", b"#", b"@",
    b"//", b"\n", b"\r", b"\r\n", b"\n\n", b" ", b"\t", b"\x0b", b"\x0c", b"\x00", b"\xa0", b"\xe2\x80\xa8",
    b"\xff", b"\xc2\xa0", b"1.0", b"2", b"0.9-beta", b"x", b"\xc5\xbf",
    b"\xc2\x85", b"\x1c", b"\x85", b"?", b"*", b"\xef\xbb\xbf",
)  # fmt: skip


def test_php_reads_the_same() -> None:
    rng = random.Random(7)
    files = [b"".join(rng.choices(PIECES, k=rng.randrange(1, 25))) for _ in range(20_000)]
    files += [b"\n" + b"x" * n + b"\nVersion: 1.0\xc3\xa9" for n in range(8165, 8195)]
    asked = json.dumps([base64.b64encode(file).decode() for file in files])
    script = str(Path(__file__).with_name("headers.php"))
    done = subprocess.run(["php", script], input=asked, capture_output=True, text=True, timeout=60, check=True)
    for file, theirs in zip(files, json.loads(done.stdout), strict=True):
        found = headers(file.decode("utf-8", "surrogateescape"), "Version").get("Version")
        ours = found.value.encode("utf-8", "surrogateescape") if found else None
        assert ours == (theirs and base64.b64decode(theirs)), file
