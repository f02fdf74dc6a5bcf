"""What checks kept, as the page shows it: known by its content, bounded, and never an error."""

import json

import pytest

from maintainer.evidence import Artifact
from maintainer.writers.verify_charts import Curves
from maintainer.writers.verify_kept import REQUESTS, Film, Flow, Link, Picture, Shots, Waterfall, address, read
from tests.writers.results import flow, lighthouse_report, load_curves, png

PICTURE = png(4, 3, (0, 0, 2, 2, (1, 2, 3)))


def kept(**files: bytes) -> tuple[object, ...]:
    paths = {name.replace("__", ".").replace("_", "/", 1): data for name, data in files.items()}
    return read([Artifact(path, path) for path in paths], paths)


def test_before_after_and_difference_of_one_name_belong_together() -> None:
    names = ["visual/a-before.png", "visual/a-after.png", "visual/a-difference.png", "visual/b-after.png"]
    found = read(
        [Artifact(name, f"/shop/ on mobile, {name[9:-4]}, 4 x 3 px") for name in names], dict.fromkeys(names, PICTURE)
    )
    shots, alone = found
    assert isinstance(shots, Shots) and shots.difference
    assert shots.name == "/shop/ on mobile"
    assert (shots.before.path, shots.after.path) == (names[0], names[1])
    assert (shots.before.width, shots.before.height) == (4, 3)
    assert isinstance(alone, Picture) and alone.path == names[3]


@pytest.mark.parametrize("name", ["thereafter.png", "a-before.txt", "afterwards-x.png"])
def test_a_word_in_a_name_is_no_pair(name: str) -> None:
    assert not any(isinstance(one, Shots) for one in read([Artifact(f"x/{name}", "")] * 2, {f"x/{name}": PICTURE}))


def test_a_picture_that_is_not_at_hand_is_a_link() -> None:
    (one,) = read([Artifact("visual/a b#1.png", "a")], {})
    assert isinstance(one, Picture) and not one.inline
    assert one.address == "./visual/a%20b%231.png"


def test_what_only_calls_itself_a_picture_is_a_link() -> None:
    (one,) = read([Artifact("a/x.png", "")], {"a/x.png": b"<svg onload=alert(1)>"})
    assert isinstance(one, Picture) and not one.inline


@pytest.mark.parametrize(
    "path", ["javascript:alert(1)", "../../etc/passwd", "/etc/passwd", "//evil.example/x", "a\\..\\b"]
)
def test_a_link_never_leaves_the_folder(path: str) -> None:
    made = address(path)
    assert made.startswith("./") and ".." not in made and ":" not in made and "//" not in made


def test_lighthouse_tells_requests_and_frames() -> None:
    found = kept(lighthouse_home__json=lighthouse_report(PICTURE))
    film, waterfall, link = found
    assert isinstance(film, Film) and [at for at, _ in film.frames][:2] == [300, 600]
    assert isinstance(waterfall, Waterfall) and isinstance(link, Link)
    assert len(waterfall.requests) == 24 and [one.failed for one in waterfall.requests].count(True) == 1
    assert all(0 <= one.start <= 100 and one.start + one.length <= 101 for one in waterfall.requests)


def test_a_page_of_many_requests_says_how_many_more() -> None:
    items = [{"url": f"https://a.example/{n}", "networkRequestTime": n, "networkEndTime": n + 1} for n in range(200)]
    report = {"lighthouseVersion": "12", "audits": {"network-requests": {"details": {"items": items}}}}
    waterfall = kept(lighthouse_a__json=json.dumps(report).encode())[0]
    assert isinstance(waterfall, Waterfall) and (len(waterfall.requests), waterfall.more) == (REQUESTS, 200 - REQUESTS)


def test_a_frame_that_is_no_picture_is_left_out() -> None:
    frames = [
        {"data": data, "timing": 1} for data in ("javascript:alert(1)", "data:text/html,x", 7, "data:image/svg+xml,x")
    ]
    report = {"lighthouseVersion": "12", "audits": {"screenshot-thumbnails": {"details": {"items": frames}}}}
    assert [type(one) for one in kept(lighthouse_a__json=json.dumps(report).encode())] == [Link]


def test_a_load_is_drawn_second_by_second() -> None:
    charts = [one for one in kept(load_curves__json=load_curves()) if isinstance(one, Curves)]
    assert [one.title for one in charts] == ["Latency", "Requests", "Waiting"]
    assert [line.name for line in charts[0].lines] == ["p50 before", "p95 before", "p50", "p95"]


def test_any_curves_can_be_drawn() -> None:
    told = {
        "title": "Stock",
        "y": {"label": "mugs", "unit": "count"},
        "series": [{"name": "a", "points": [[0, 1], [1, 2]]}],
    }
    drawn = kept(own_stock__curves__json=json.dumps(told).encode())[0]
    assert isinstance(drawn, Curves) and (drawn.title, drawn.y) == ("Stock", "mugs")


def test_the_steps_of_a_flow_have_their_picture() -> None:
    files = {"e2e/guest.steps.json": flow(), "e2e/guest-desktop-failed.png": PICTURE}
    found = read([Artifact(path, path) for path in files], files)
    assert [type(one) for one in found] == [Flow, Link]
    assert isinstance(found[0], Flow)
    assert [step.outcome for step in found[0].steps] == ["pass", "pass", "pass", "fail", "skipped"]
    assert found[0].steps[3].picture and found[0].steps[3].picture.inline


RUBBISH = [
    b"", b"{", b"[" * 100_000, b"null", b"7", b"[null, 7, []]", b'{"lighthouseVersion": 1}', b"\xff\xfe",
    b'{"lighthouseVersion": 1, "audits": {"network-requests": {"details": {"items": [7, {"url": 3}, {}]}}}}',
    b'{"series": [{"points": [[1], ["a", 2], [1, null], 7]}], "steps": [7, {"name": 7, "outcome": "great"}]}',
    b'{"head": {"second": 7, "p95": [1]}, "base": 7}', b'{"head": {"second": [1e999], "p95": [1e999]}}',
]  # fmt: skip


@pytest.mark.parametrize("data", RUBBISH, ids=range(len(RUBBISH)))
@pytest.mark.parametrize("path", ["lighthouse/a.json", "load/curves.json", "x/a.curves.json", "x/a.steps.json"])
def test_rubbish_is_a_link(path: str, data: bytes) -> None:
    found = read([Artifact(path, "kept")], {path: data})
    assert isinstance(found[-1], Link)
    assert not any(isinstance(one, Curves | Film | Waterfall) for one in found)
