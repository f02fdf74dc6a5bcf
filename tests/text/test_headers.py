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
