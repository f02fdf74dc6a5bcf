"""A fleet of 200 sites on loopback: requests and wall time, linear, look-ups shared."""

import json
from pathlib import Path

import pytest

from tests.bench.measure import ROOT, measured, registry
from tests.bench.test_speed import environment, package, site

pytestmark = pytest.mark.bench

MAINTAINER = ROOT / ".venv/bin/maintainer"
#: Each site has 30 of 120 packages, as the shops of one agency share most of their plugins.
EACH, ALL = 30, 120


def test_two_hundred_sites(tmp_path: Path) -> None:
    for number in range(200):
        site(tmp_path / f"sites/s{number}", {"package.json": package(number * 7 % (ALL - EACH + 1), EACH)})
    seconds: dict[int, float] = {}
    print("\nsites | wall s | s a site | MiB | requests | a site")
    with registry(ALL) as port:
        for count in (25, 50, 100, 200):
            rows = "".join(f"- {{name: s{n}, repository: sites/s{n}}}\n" for n in range(count))
            (tmp_path / "fleet.yml").write_text(f"sites:\n{rows}")
            results = tmp_path / f"results-{count}"
            argv: list[str | Path] = [MAINTAINER, "fleet", "run", "--story", "plan", "--results", results.name]
            env = environment(tmp_path / f"home-{count}", port)
            env |= {"MAINTAINER_NPM_URL": f"http://127.0.0.1:{port}"}
            ran = measured(argv, tmp_path, env, tmp_path / "out")
            assert ran.code == 0, (tmp_path / "out.err").read_text()
            made = [json.loads(path.read_bytes()) for path in results.glob("*.json")]
            assert len(made) == count
            assert all(one["standing"]["counts"]["behind"] == EACH for one in made)
            requests = sum(one["requests"] for one in made)
            asked = {n * 7 % (ALL - EACH + 1) + k for n in range(count) for k in range(EACH)}
            # Each package once; advisories once for each different list of packages.
            lists = len({n * 7 % (ALL - EACH + 1) for n in range(count)})
            assert requests == len(asked) + lists
            seconds[count] = ran.seconds
            print(
                f"{count} | {ran.seconds:.2f} | {ran.seconds / count:.3f} | {ran.mebibytes:.0f} | {requests} | "
                f"{requests / count:.2f}"
            )
    each = (seconds[200] - seconds[100]) / 100, (seconds[100] - seconds[25]) / 75
    print(f"seconds a site, 25..100: {each[1]:.3f}, 100..200: {each[0]:.3f}")
    assert each[0] <= 1.5 * each[1], "growth is not linear"
