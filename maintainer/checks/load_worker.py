"""A machine that loads beside others: a worker of Locust, for a job of its own in CI.

    python -m maintainer.checks.load_worker MASTER[:PORT] --hosts staging.shop.example

It connects to the machine that runs `maintainer verify`, loads the hosts it is given and no other, and ends with it.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

WORK = Path(__file__).with_name("load_work.py")
#: Locust's own: https://docs.locust.io/en/stable/running-distributed.html
PORT = 5557


def arguments(given: Sequence[str]) -> list[str]:
    """What Locust is started with."""
    parser = argparse.ArgumentParser(prog="python -m maintainer.checks.load_worker", description=__doc__)
    parser.add_argument("master", help="the machine that runs `maintainer verify`, with its port where that isn't 5557")
    parser.add_argument("--hosts", required=True, help="the hosts that may be loaded, with commas")
    args = parser.parse_args(given)
    host, _, port = args.master.partition(":")
    master = ["--master-host", host, "--master-port", port or str(PORT)]
    return ["-f", str(WORK), "--worker", "--headless", "--only-summary", *master, "--hosts", args.hosts]


def main() -> None:
    sys.argv[1:] = arguments(sys.argv[1:])
    # It replaces Python's sockets by its own when it is imported, which must be before anything uses them.
    from locust import main as locust

    run: Any = locust.main  # without types
    run()


if __name__ == "__main__":
    main()
