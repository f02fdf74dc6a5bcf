"""What nobody but its owner should read, and anybody can: told by what stands in it, not by its status alone.

A page that answers everything is no leak: what looks like one is compared with an address beside it that nobody has.
"""

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import urlsplit

from maintainer.checks.base import Bench, Site
from maintainer.checks.security_places import AUTHOR, Exposure
from maintainer.evidence import Blind, Evidence, Looked, Observation
from maintainer.http_visit import Missed, Seen

CHECK = "security"
#: So much of an answer tells what it is, and so much of a page: themes begin with hundreds of lines of style.
ENOUGH, PAGES = 16 * 1024, 512 * 1024
#: Statuses that say: not now.
BUSY = frozenset({429, 502, 503, 504})
MEND = "Let this machine ask so much, or let it ask less at a time: verify.bounds.at_once, verify.within"
NOBODY = "maintainer-looks-for-a-file-that-is-not-there"
#: Markup, but not PHP's source.
PAGE = re.compile(rb"\A(?:\xef\xbb\xbf)?\s{0,1000}<(?!\?php)")
#: Where WordPress leads whoever asks for a user by number.
AUTHOR_PATH = re.compile(r"/author/[^/]{1,200}/?$")


def evidence(places: Sequence[Exposure], site: Site, bench: Bench) -> Evidence:
    """What one side gives away; what could not be asked for is told once for each reason."""
    with ThreadPoolExecutor(bench.bounds.at_once) as threads:
        answers = list(threads.map(partial(_asked, site, bench), places))
    made, unknown = Evidence(), dict[str, list[str]]()
    for place, answer in zip(places, answers, strict=True):
        if isinstance(answer, str):
            unknown.setdefault(answer, []).append(place.path)
            continue
        seen = (_observation(place, site, bench),) if answer else ()
        made += Evidence(observations=seen, looked=(Looked(CHECK, place.rule, place.path, site.side),))
    return made + Evidence(blind=tuple(_blind(reason, paths, site) for reason, paths in unknown.items()))


def _observation(place: Exposure, site: Site, bench: Bench) -> Observation:
    told = place.minor and bench.base is None
    return Observation(CHECK, place.rule, place.path, place.path, place.what, place.severity, site.side, told=told)


def _blind(reason: str, paths: Sequence[str], site: Site) -> Blind:
    one = f"{paths[0]} {reason}"
    more = f", and {len(paths) - 1} other files that nobody should read could not be looked for" if paths[1:] else ""
    return Blind(CHECK, paths[0], one + more, MEND, site.side, "exposed")


def _asked(site: Site, bench: Bench, place: Exposure) -> bool | str:
    """Whether the place gives its content away, or why that is not known."""
    seen = _visited(place.path, place, site, bench)
    if not isinstance(seen, Seen) or not _given_away(place, seen):
        return seen if isinstance(seen, str) and seen else False
    nobody = _visited(_beside(place.path), place, site, bench)
    if not isinstance(nobody, Seen):
        return nobody or True
    if place.sign is None and nobody.status < 300:
        return "answers, and so does an address that nobody has: whether it is given away can't be told"
    return not _given_away(place, nobody)


def _visited(path: str, place: Exposure, site: Site, bench: Bench) -> Seen | str:
    """The answer; why it is not known, or nothing where it leads off the site, and gives nothing away."""
    if not bench.left():
        return "was not asked for: the time was over"
    seen = site.visitor.visit(site.address(path), limit=PAGES if place.page else ENOUGH)
    if isinstance(seen, Missed):
        return "" if seen.kind in ("elsewhere", "loop") else seen.sentence
    return f"answers {seen.status}: not now" if seen.status in BUSY else seen


def _given_away(place: Exposure, seen: Seen) -> bool:
    if seen.status >= 300 and not place.any_status:
        return False
    if place.sign is None:
        return not seen.hops and bool(seen.body.strip())
    if place.path == AUTHOR and AUTHOR_PATH.search(urlsplit(seen.url).path):
        return True
    return (place.page or not PAGE.match(seen.body)) and bool(place.sign.search(seen.body))


def _beside(path: str) -> str:
    """An address of the same kind that nobody has: `/backup.zip` beside `/maintainer-….zip`."""
    if "?" in path:
        return f"{path[:-1]}{NOBODY}"
    folder, _, name = path.rstrip("/").rpartition("/")
    suffix = re.search(r"\.\w+$", name)
    return f"{folder}/{NOBODY}{suffix[0] if suffix else ''}{'/' if path.endswith('/') else ''}"
