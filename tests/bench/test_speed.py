"""The speed bars, measured side by side in one run: `make bench`."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.bench.measure import HERE, ROOT, best, measured, registry

pytestmark = pytest.mark.bench

MAINTAINER = ROOT / ".venv/bin/maintainer"
#: As many requests at a time as `plan` makes, so that the floor has no other head start than doing less.
THREADS = 32


def site(folder: Path, files: Mapping[str, Mapping[str, object]]) -> Path:
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(content, indent=2) + "\n")
    git = ["git", "-c", "user.name=Bench", "-c", "user.email=bench@shop.example"]
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "bench"]):
        subprocess.run([*git, *words], cwd=folder, check=True)
    return folder


def package(first: int, count: int, since: str = "1.0.0") -> dict[str, object]:
    return {"name": "bench", "private": True, "dependencies": {f"package-{first + n}": since for n in range(count)}}


def environment(home: Path, port: int) -> dict[str, str]:
    home.mkdir(exist_ok=True)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "NPM_CONFIG_REGISTRY": f"http://127.0.0.1:{port}/",
        "MAINTAINER_OSV_URL": f"http://127.0.0.1:{port}",
        "CI": "true",
        "LANG": "C.UTF-8",
    }


def test_plan_against_the_floor_and_renovate(tmp_path: Path) -> None:
    rows = ["dependencies | plan s | plan MiB | floor s | plan/floor | renovate s | renovate MiB | renovate/plan"]
    renovate = os.environ.get("RENOVATE") or shutil.which("renovate")
    seconds: dict[int, float] = {}
    with registry(1500) as port:
        for count in (30, 300, 1500):
            root = site(tmp_path / f"site-{count}", {"package.json": package(0, count)})
            env = environment(tmp_path / "home", port)
            out = tmp_path / "plan.json"
            ours = best([MAINTAINER, "plan", "--format", "json"], root, env, out)
            plan = json.loads(out.read_bytes())
            assert len(plan["dependencies"]) == count
            assert all(d["latest"] == "1.4.9" and d["updates"] for d in plan["dependencies"])
            floor = best([sys.executable, HERE / "floor.py", str(port), str(count), str(THREADS)], root, env, out)
            assert floor.code == 0
            seconds[count] = ours.seconds
            row = f"{count} | {ours.seconds:.2f} | {ours.mebibytes:.0f} | {floor.seconds:.2f} | "
            row += f"{ours.seconds / floor.seconds:.1f}"
            if renovate:
                theirs = best(*renovate_run(renovate, root, env, tmp_path), runs=1)
                row += f" | {theirs.seconds:.1f} | {theirs.mebibytes:.0f} | {theirs.seconds / ours.seconds:.0f}"
                if count == 1500:
                    assert theirs.seconds / ours.seconds >= 15
            rows.append(row)
            print("\n" + "\n".join(rows))
            if count == 1500:
                assert ours.seconds <= 2
                assert ours.mebibytes <= 100
    each = (seconds[1500] - seconds[300]) / 1200, (seconds[300] - seconds[30]) / 270
    print(f"seconds per dependency, 30..300: {each[1]:.5f}, 300..1500: {each[0]:.5f}")
    assert each[0] <= 1.5 * max(each[1], 0.0005), "growth is not linear"


def renovate_run(
    program: str, root: Path, env: Mapping[str, str], tmp_path: Path
) -> tuple[list[str], Path, dict[str, str], Path]:
    words = (
        "--platform=local --dry-run=lookup --require-config=ignored --onboarding=false --enabled-managers=npm "
        f"--report-type=file --report-path={tmp_path / 'renovate.json'}"
    )
    more = {
        "RENOVATE_BASE_DIR": str(tmp_path / "renovate"),
        "LOG_LEVEL": "warn",
        "NODE_OPTIONS": "--max-old-space-size=4096",
    }
    return [*program.split(), *words.split()], root, {**env, **more}, tmp_path / "renovate.log"


def test_latency_adds_no_more_than_the_floor_has(tmp_path: Path) -> None:
    with registry(1500, 0.05) as port:
        root = site(tmp_path / "site", {"package.json": package(0, 1500)})
        env = environment(tmp_path / "home", port)
        ours = best([MAINTAINER, "plan", "--format", "json"], root, env, tmp_path / "plan.json")
        floor = best(
            [sys.executable, HERE / "floor.py", str(port), "1500", str(THREADS)], root, env, tmp_path / "floor"
        )
    ratio = ours.seconds / floor.seconds
    print(f"\n50 ms latency, 1500: plan {ours.seconds:.2f} s, floor {floor.seconds:.2f} s, {ratio:.2f} times")
    assert ours.seconds <= 1.2 * floor.seconds


def test_reading_a_thousand_manifests(tmp_path: Path) -> None:
    files = {f"packages/p{n}/package.json": package(20 * n % 1500, 20, "1.4.9") for n in range(1000)}
    root = site(tmp_path / "site", files)
    with registry(1500) as port:
        env = environment(tmp_path / "home", port)
        ours = best([sys.executable, HERE / "reading.py"], root, env, tmp_path / "reading")
        whole = measured([MAINTAINER, "plan", "--format", "json"], root, env, tmp_path / "plan.json")
    assert (tmp_path / "reading").read_text().split() == ["20000"]
    print(f"\n1,000 package.json of 20: read in {ours.seconds:.2f} s, {ours.mebibytes:.0f} MiB; ", end="")
    print(f"planned in {whole.seconds:.2f} s, {whole.mebibytes:.0f} MiB")
    assert ours.seconds <= 2
    assert ours.mebibytes <= 100
