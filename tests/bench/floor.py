"""The floor: a pool of threads that fetches and parses the same documents, and nothing else.

python tests/bench/floor.py PORT PACKAGES THREADS
"""

import http.client
import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

PORT, PACKAGES, THREADS = (int(word) for word in sys.argv[1:])
LOCAL = threading.local()


def fetch(number: int) -> int:
    if not hasattr(LOCAL, "connection"):
        LOCAL.connection = http.client.HTTPConnection("127.0.0.1", PORT)
    LOCAL.connection.request("GET", f"/package-{number}")
    return len(json.loads(LOCAL.connection.getresponse().read())["versions"])


with ThreadPoolExecutor(THREADS) as pool:
    assert sum(pool.map(fetch, range(PACKAGES))) == 50 * PACKAGES
