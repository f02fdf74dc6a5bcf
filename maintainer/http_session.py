"""What the forges' SDKs speak through: `requests` sessions whose calls are made by `Http`, the one seam to HTTP.

So they share its connections, retries, cache, proxies and trust, and its sentences when a host can't be reached.
"""

from collections.abc import Mapping
from io import BytesIO

import requests  # noqa: TID251 - the seam to HTTP
from requests.adapters import BaseAdapter  # noqa: TID251 - the seam to HTTP

from maintainer.http import Http

#: What `Http` says itself of the connection.
OWN = frozenset({"accept-encoding", "connection", "content-length", "host", "user-agent"})


class Transport(BaseAdapter):
    """Makes the calls of a session by `http`; timeouts and trust are its, whatever the caller says."""

    def __init__(self, http: Http) -> None:
        super().__init__()
        self._http = http

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """The answer of any status that says something. Raises `errors.Unreachable` and `BadAnswer` of `Http.send`."""
        headers = {name.lower(): value for name, value in request.headers.items() if name.lower() not in OWN}
        body = request.body.encode() if isinstance(request.body, str) else request.body
        assert request.method and request.url, "a prepared request has both"
        answer = self._http.send(request.method, request.url, headers=headers, body=body)
        response = requests.Response()
        response.status_code = answer.status
        response.headers.update(answer.headers)
        response.headers.pop("content-encoding", None)
        response.raw = BytesIO(answer.body)
        response.url = request.url
        response.request = request
        response.encoding = "utf-8"
        return response

    def close(self) -> None:
        """Nothing: the connections are `Http`'s."""


def session(http: Http) -> requests.Session:
    """A session that has nothing of its own: no .netrc, no proxies, no cookies from the environment."""
    made = requests.Session()
    made.trust_env = False
    made.mount("https://", Transport(http))
    made.mount("http://", Transport(http))
    return made
