"""A list in YAML gets an item, loses one, has one extended: in the file's own style, and nothing else moves."""

import re

import pytest
import yaml

from maintainer.errors import Unreadable
from maintainer.text.yaml_items import added, extended, removed

NEW = (("name", "New"), ("to", "2026-11-30"))
AS_READ = {"name": "New", "to": "2026-11-30"}

FILES = {
    "nothing": "",
    "no key": "site: {name: a}\n",
    "no key, no newline": "site: {name: a}",
    "no key, CRLF": "site:\r\n  name: a\r\n",
    "an empty key": "freeze:\nsite: {name: a}\n",
    "an empty key with a comment": "freeze:   # ours\nsite: {name: a}\n",
    "null": "freeze: ~  # none\nsite: {name: a}\n",
    "an empty list": "freeze: []  # none yet\nsite: {name: a}\n",
    "an empty list with room": "freeze: [ ]\n",
    "an empty list, CRLF": "freeze: []\r\nsite: {name: a}\r\n",
    "flow": "freeze: [{name: a, to: b}]  # ours\nsite: {name: a}\n",
    "flow over lines": "freeze: [\n  {name: a},\n  {name: 'b]'},  # the last\n]\n",
    "flow all": "{site: {name: a}, freeze: []}\n",
    "flow all, no key": "{site: {name: a}}\n",
    "block": "freeze:\n  # why\n  - name: a\n    to: b  # and so on\n\n# then\nsite: {name: a}\n",
    "block, not indented": "freeze:\n- name: a\n  to: 'b'\nsite: {name: a}\n",
    "block, deep": "freeze:\n    -   name: a\n        scope:\n            paths:\n            - x\n            - y\n",
    "block of flow": 'freeze:\n  - {name: a, to: "b"}  # c\nsite: {name: a}\n',
    "block at the end": "freeze:\n  - name: a\n    to: b",
    "block, CRLF": "freeze:\r\n  - name: a\r\n    to: b\r\n# c\r\nsite: 1\r\n",
    "a text over lines": "freeze:\n  - name: a\n    reason: |\n      one\n      two\nsite: 1\n",
    "a folded text": "freeze:\n  - name: a\n    reason: one\n      two\n\nsite: 1\n",
    "a quoted key": '"freeze": []\nsite: 1\n',
    "a document's start": "---\nfreeze: []\n",
    "no ascii": "# zażółć\nfreeze:\n  - name: gęś 🦆\n    to: b\nsite: 1\n",
}


def read(text: str) -> dict[str, object]:
    return yaml.load(text, yaml.BaseLoader) or {}


@pytest.mark.parametrize("name", FILES)
def test_an_item_is_added_and_taken_away_again(name: str) -> None:
    text = FILES[name]
    before = read(text)
    made = added(text, "freeze", NEW)
    listed = before.get("freeze") or []
    if not isinstance(listed, list):
        listed = []
    assert read(made) == before | {"freeze": [*listed, AS_READ]}
    assert made.count("\r\n") == made.count("\n") or "\r" not in text
    rest = iter(made)
    assert all(character in rest for character in re.sub(r" ?(\[ ?\]|~)", "", text)), "all that was there is there"
    gone = removed(made, "freeze", len(listed))
    assert read(gone) == before | {"freeze": listed}
    if listed and text.endswith("\n"):
        assert gone == text


@pytest.mark.parametrize("name", [name for name in FILES if read(FILES[name]).get("freeze")])
def test_the_first_goes_and_the_others_stay(name: str) -> None:
    text = added(FILES[name], "freeze", NEW)
    before = read(text)
    items = before["freeze"]
    assert isinstance(items, list)
    assert read(removed(text, "freeze", 0)) == before | {"freeze": items[1:]}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("freeze:\n  - name: a # x\n    to: b\ns: 1\n", "freeze:\n  - name: a # x\n    to: b\n    except: C\ns: 1\n"),
        ("freeze: [{name: a}]\n", "freeze: [{name: a, except: C}]\n"),
        ("freeze:\n- name: a\n  except: B\n", "freeze:\n- name: a\n  except: [B, C]\n"),
        ("freeze:\n- name: a\n  except: 'B' # x\n", "freeze:\n- name: a\n  except: ['B', C] # x\n"),
        ("freeze:\n- name: a\n  except: [A, B]\n", "freeze:\n- name: a\n  except: [A, B, C]\n"),
        ("freeze:\n- name: a\n  except: []\n", "freeze:\n- name: a\n  except: [C]\n"),
        (
            "freeze:\n- name: a\n  except:\n    - A\n    - B # x\n  to: b\n",
            "freeze:\n- name: a\n  except:\n    - A\n    - B # x\n    - C\n  to: b\n",
        ),
    ],
)  # fmt: skip
def test_a_list_of_an_item_is_extended(text: str, says: str) -> None:
    assert extended(text, "freeze", 0, "except", "C") == says


@pytest.mark.parametrize("text", ["freeze: 3\n", "freeze: {a: b}\n", "- a\n", "freeze: [\n"])
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        added(text, "freeze", NEW)
