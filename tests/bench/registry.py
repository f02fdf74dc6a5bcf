"""A loopback npm registry in its own process, fast enough not to be what is measured.

python tests/bench/registry.py PACKAGES LATENCY_SECONDS    prints its port, serves until its input ends
"""

import asyncio
import json
import re
import sys
from datetime import UTC, datetime, timedelta

VERSIONS = 50
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
EPOCH = datetime(2024, 1, 1, tzinfo=UTC)


def version(number: int) -> str:
    """The `number`-th release of every package: ten patches to a minor."""
    return f"1.{number // 10}.{number % 10}"


def packument(name: str) -> bytes:
    """What a registry says of a package with 50 releases, all of them old enough, with dates."""
    versions = {
        version(number): {
            "name": name,
            "version": version(number),
            "dependencies": {"left-pad": "^1.3.0", "is-number": "^7.0.0"},
            "engines": {"node": ">=14"},
            "dist": {
                "shasum": f"{number:040x}",
                "tarball": f"https://registry.example/{name}/-/{name}-{version(number)}.tgz",
                "integrity": "sha512-" + "A" * 86 + "==",
            },
        }
        for number in range(VERSIONS)
    }
    times = {version(number): f"{EPOCH + timedelta(days=number):%Y-%m-%dT%H:%M:%S.000Z}" for number in range(VERSIONS)}
    return json.dumps(
        {
            "name": name,
            "dist-tags": {"latest": version(VERSIONS - 1)},
            "versions": versions,
            "time": times,
            "modified": times[version(VERSIONS - 1)],
        }
    ).encode()


def advisories(body: bytes) -> bytes:
    """OSV's answer to a batch of questions: nothing is known against any of them."""
    results = json.dumps({"results": [{} for _ in json.loads(body)["queries"]]}).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(results)}\r\n\r\n"
    return head.encode() + results


async def serve(packages: int, latency: float) -> None:
    answers = {}
    for number in range(packages):
        body = packument(f"package-{number}")
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        answers[f"/package-{number}".encode()] = head.encode() + body
    nothing = b"HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                length = LENGTH.search(request)
                body = await reader.readexactly(int(length[1])) if length else b""
                if latency:
                    await asyncio.sleep(latency)
                writer.write(advisories(body) if body else answers.get(request.split(b" ", 2)[1], nothing))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
