"""The real django-oscar shop of this folder, served by gunicorn on loopback from a database of its own.

with serving(tmp_path) as url: ...
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from maintainer.http_visit import Missed, Visitor, free_port
from maintainer.process import minimal, run, started

HERE = Path(__file__).parent
INSTALLED = HERE.parents[2] / ".cache/oscar"


def _environment(data: Path) -> dict[str, str]:
    return minimal(
        os.environ,
        DJANGO_SETTINGS_MODULE="settings",
        PYTHONPATH=str(HERE),
        PYTHONDONTWRITEBYTECODE="1",
        SHOP_DATA=str(data),
    )


def _seeded() -> Path:
    """A filled database, made once for these files and this Oscar."""
    files = [*sorted(HERE.glob("*.py")), INSTALLED / ".installed"]
    digest = hashlib.sha256(b"".join(one.read_bytes() for one in files)).hexdigest()[:16]
    made = INSTALLED / f"shop-{digest}.sqlite"
    if not made.exists():
        with tempfile.TemporaryDirectory(dir=INSTALLED) as name:
            done = run(
                [str(INSTALLED / "bin/python"), str(HERE / "seed.py")], cwd=HERE, environment=_environment(Path(name))
            )
            assert done.code == 0, (done.out + done.err).decode()[-3000:]
            (Path(name) / "shop.sqlite").rename(made)
    return made


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The shop's address, for as long as it is there; the fault that a request's X-Shop-Fault names is in it."""
    assert (INSTALLED / ".installed").exists(), "run: bash .ci/tools"
    shutil.copy(_seeded(), folder / "shop.sqlite")
    port = free_port()
    argv = [
        str(INSTALLED / "bin/gunicorn"),
        "--bind",
        f"127.0.0.1:{port}",
        "--threads",
        "6",
        "--no-control-socket",
        "wsgi",
    ]
    with started(argv, cwd=HERE, environment=_environment(folder), log=folder / "shop.log") as running:
        url = f"http://127.0.0.1:{port}"
        visitor = Visitor(url, environment={}, seconds=30)
        while isinstance(visitor.visit(f"{url}/api/stock/"), Missed):
            assert running.code() is None, (folder / "shop.log").read_text()[-3000:]
        yield url
