"""The key `verify.load`: who comes to the shop, how many a second, what they do there, and what must hold then."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from maintainer.config.environments import Named, PagePath, Seconds, Status
from maintainer.config.fields import Count, EnvironmentName, Flag, Section, Text, Texts, described, listed, read
from maintainer.config.spelling import quoted

NAME = r"[A-Za-z]\w{0,39}"
#: Requests a second that nobody may want of a shop that isn't theirs alone.
MOST = 10_000


def rate(text: str) -> float:
    """Visitors a second: `5/s`, `90/min`."""
    match = re.fullmatch(r"(\d{1,5}(?:\.\d{1,3})?) ?/ ?(s|min|h)", text, re.ASCII)
    made = float(match[1]) / {"s": 1, "min": 60, "h": 3600}[match[2]] if match else 0.0
    if not 0 < made <= MOST:
        raise ValueError(f"{quoted(text)} is no rate. Write 5/s, 90/min or 600/h.")
    return made


def milliseconds(text: str) -> float:
    """A span of time a request may take: `800ms`, `2s`."""
    match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?) ?(ms|s)", text, re.ASCII)
    made = float(match[1]) * {"ms": 1, "s": 1000}[match[2]] if match else 0.0
    if not 0 < made <= 600_000:
        raise ValueError(f"{quoted(text)} is no span of time. Write 800ms or 2s.")
    return made


def pause(text: str) -> float:
    """Seconds between two steps: `500ms`, `2s`, `0s`."""
    return 0.0 if re.fullmatch(r"0 ?(ms|s)?", text) else milliseconds(text) / 1000


def share(text: str) -> float:
    """A share: `0.5%`, `20%`."""
    match = re.fullmatch(r"(\d{1,3}(?:\.\d{1,3})?) ?%", text, re.ASCII)
    if match is None or float(match[1]) > 100:
        raise ValueError(f"{quoted(text)} is no share from 0% to 100%. Write 0.5% or 20%.")
    return float(match[1]) / 100


def grown(text: str) -> float:
    """By how much a timing may grow: `20%`."""
    match = re.fullmatch(r"(\d{1,4}) ?%", text, re.ASCII)
    if match is None or int(match[1]) < 5:
        raise ValueError(f"{quoted(text)} is no growth. Write 20%; less than 5% can't be told from none.")
    return int(match[1]) / 100


def times(text: str) -> float:
    """How high a peak is: `3x` the rate."""
    match = re.fullmatch(r"(\d{1,3}(?:\.\d{1,2})?) ?[x×]?", text)
    if match is None or not 1 <= float(match[1]) <= 100:
        raise ValueError(f"{quoted(text)} is no multiple from 1 to 100. Write 3x.")
    return float(match[1])


def number(text: str) -> int:
    """A whole number, 1 to 10000."""
    if not re.fullmatch(r"[1-9]\d{0,4}", text, re.ASCII) or int(text) > MOST:
        raise ValueError(f"{quoted(text)} is no number from 1 to {MOST}. Write 50.")
    return int(text)


def pattern(text: str) -> str:
    """A pattern with one group: what is kept."""
    try:
        groups = re.compile(text).groups
    except re.error as error:
        raise ValueError(f"{quoted(text)} is no pattern: {error}.") from None
    if groups != 1 or re.search(r"(?<!\\)(?:[*+?]|\})\+|\(\?>", text):
        raise ValueError(f'{quoted(text)} wants one group, such as name="nonce" value="(\\w+)".')
    return text


def file(text: str) -> str:
    """A path from the repository's root."""
    parts = text.split("/")
    if text.startswith(("/", "-")) or ".." in parts or len(text) > 500 or re.search(r"[\\\x00-\x1f,]", text):
        raise ValueError(f"{quoted(text)} is no path in the repository. Write tests/load/locustfile.py.")
    return text


Rate = Annotated[
    float, read(rate), described(type="string", pattern=r"^\d+(\.\d+)? ?/ ?(s|min|h)$", examples=["5/s", "90/min"])
]
Milliseconds = Annotated[
    float, read(milliseconds), described(type="string", pattern=r"^\d+(\.\d+)? ?(ms|s)$", examples=["800ms", "2s"])
]
Pause = Annotated[
    float, read(pause), described(type="string", pattern=r"^\d+(\.\d+)? ?(ms|s)?$", examples=["2s", "500ms"])
]
Share = Annotated[
    float, read(share), described(type="string", pattern=r"^\d{1,3}(\.\d{1,3})? ?%$", examples=["0.5%", "20%"])
]
Growth = Annotated[float, read(grown), described(type="string", pattern=r"^\d{1,4} ?%$", examples=["20%"])]
Times = Annotated[
    float,
    read(times),
    described(type=["string", "number"], pattern=r"^\d{1,3}(\.\d{1,2})? ?[x×]?$", examples=["3x"]),
]
Number = Annotated[int, read(number), described(type="integer", minimum=1, maximum=MOST)]
Pattern = Annotated[str, read(pattern), described(type="string", examples=['name="nonce" value="(\\w+)"'])]
File = Annotated[str, read(file), described(type="string", pattern="^[^/]", examples=["tests/load/locustfile.py"])]
FeedName = Annotated[str, Field(pattern=f"^{NAME}$")]
Texts_ = dict[str, Annotated[str, Field(max_length=2000)]]


class Keep(Section):
    """What is kept of an answer for the steps that follow, which write its name in braces."""

    header: Annotated[Text | None, Field(description="The header that says it.")] = None
    pattern: Annotated[Pattern | None, Field(description="A pattern over the body; its group is kept.")] = None

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        if (self.header is None) == (self.pattern is None):
            raise ValueError("wants either header or pattern.")
        return self


class JourneyStep(Section):
    """A request of a visitor. `{name}` in its texts stands for a value of that feed, or for what was kept."""

    name: Annotated[Text | None, Field(max_length=80, description="What it is called; its method and path else.")] = (
        None
    )
    get: Annotated[PagePath | None, Field(description="A path that is asked for.")] = None
    post: Annotated[PagePath | None, Field(description="A path that something is sent to.")] = None
    form: Annotated[Texts_, Field(default_factory=dict, description="What is sent, as a form.")]
    json_: Annotated[
        str | None, Field(alias="json", max_length=20_000, description="What is sent, as JSON; written as a text.")
    ] = None
    headers: Annotated[Texts_, Field(default_factory=dict, description="More headers of the request.")]
    status: Annotated[Status | None, Field(description="What it must answer; anything below 400 otherwise.")] = None
    must: Annotated[Texts, Field(description="Texts that the answer says.")] = ()
    must_not: Annotated[Texts, Field(description="Texts that it doesn't.")] = ()
    keep: Annotated[dict[FeedName, Keep], Field(default_factory=dict, description="What is kept of it, by name.")]
    think: Annotated[Pause, Field(description="How long a visitor looks at it before the next step.")] = 1.0
    cart: Annotated[
        Flag, Field(description="Whether what it must and must not say tells that the cart holds what was put in.")
    ] = False

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if (self.get is None) == (self.post is None):
            raise ValueError("wants either get or post, with a path.")
        if self.form and self.json_ is not None:
            raise ValueError("sends either form or json.")
        if self.get and (self.form or self.json_ is not None):
            raise ValueError("get sends nothing. Write post.")
        return self


def _at(given: Any) -> Any:
    """`- /shop/` asks for that path."""
    return {"get": given} if isinstance(given, str) else given


Steps = tuple[Annotated[JourneyStep, BeforeValidator(_at, json_schema_input_type=str | JourneyStep)], ...]
Somewhere = Annotated[JourneyStep, BeforeValidator(_at, json_schema_input_type=str | JourneyStep)]


class Journey(Section):
    """What some of the visitors do, step after step."""

    name: Annotated[Text, Field(max_length=80, description="What it is called.")]
    weight: Annotated[Count, Field(description="How many do it, beside the other journeys' weights.")] = 1
    steps: Annotated[Steps, Field(min_length=1, max_length=50, description="What they ask for, in turn.")]


class SignedIn(Section):
    """Visitors who sign in before anything else."""

    share: Annotated[Share, Field(description="How many of them.")]
    steps: Annotated[Steps, Field(min_length=1, max_length=10, description="How they sign in.")]


class Limit(Section):
    """What must hold; of all limits that name an endpoint, the last counts."""

    endpoints: Annotated[Texts, Field(description="Names of steps; empty: each and all together.")] = ()
    p50: Annotated[Milliseconds | None, Field(description="What half of the requests may take.")] = None
    p95: Annotated[Milliseconds | None, Field(description="What 95 of 100 may take.")] = None
    p99: Annotated[Milliseconds | None, Field(description="What 99 of 100 may take.")] = None
    errors: Annotated[Share | None, Field(description="How many may fail.")] = None


class Abort(Section):
    """When a load is ended before its time."""

    errors: Annotated[Share, Field(description="So many of the last ten seconds' requests fail.")] = 0.5
    grace: Annotated[Seconds, Field(description="Not before.")] = 10.0
    fewest: Annotated[Number, Field(description="Nor with fewer requests in these seconds.")] = 20


class Knee(Section):
    """A search for the rate at which the site breaks: the rate doubles until it does, then the gap is halved."""

    first: Annotated[Rate, Field(description="The first rate.")] = 1.0
    most: Annotated[Rate, Field(description="The last.")] = 20.0
    step: Annotated[Seconds, Field(description="How long each rate lasts.")] = 20.0
    p95: Annotated[Milliseconds, Field(description="What 95 of 100 requests may take.")] = 2000.0
    least: Annotated[Rate | None, Field(description="The rate it must hold; none: it is only told.")] = None


class Workers(Section):
    """Machines that load beside this one: jobs that run `python -m maintainer.checks.load_worker`."""

    count: Annotated[Number, Field(description="How many.")]
    port: Annotated[Number, Field(description="The port of this machine they connect to.")] = 5557
    within: Annotated[Seconds, Field(description="How long they are waited for.")] = 300.0


class LoadTest(Section):
    """A load: left out unless there is a preset, journeys, or a locustfile."""

    preset: Annotated[
        Literal["woocommerce", "generic"] | None, Field(description="What customers of such a shop do.")
    ] = None
    places: Annotated[
        dict[Literal["home", "shop", "search", "product", "add", "cart", "checkout"], Somewhere],
        Field(default_factory=dict, description="Where the preset's places are, where they differ."),
    ]
    journeys: Annotated[
        tuple[Journey, ...], Field(max_length=20, description="What visitors do, beside a preset.")
    ] = ()
    locustfile: Annotated[File | None, Field(description="The site's own locustfile, in place of journeys.")] = None
    users: Annotated[Number, Field(description="Users of the own locustfile, at a time.")] = 10
    pass_env: Annotated[tuple[EnvironmentName, ...], Field(description="Variables that the own locustfile finds.")] = ()
    feeds: Annotated[
        dict[FeedName, Annotated[tuple[Text, ...], BeforeValidator(listed, json_schema_input_type=Text | list[Text])]],
        Field(
            default_factory=dict,
            description="Values that visitors take by turns, or `file.csv:column`.",
        ),
    ]
    secrets: Annotated[
        tuple[Named, ...], Field(description="Feeds of one value, which is in a variable; by name.")
    ] = ()
    signed_in: Annotated[SignedIn | None, Field(description="Visitors who sign in first.")] = None
    rate: Annotated[Rate, Field(description="Visitors that arrive, whatever the site does.")] = 2.0
    duration: Annotated[Seconds, Field(description="How long each site is loaded.")] = 60.0
    shape: Annotated[
        Literal["constant", "ramp", "spike", "soak", "peak"], Field(description="The rate over the time.")
    ] = "constant"
    peak: Annotated[Times, Field(description="The height of a spike or peak, as a multiple of the rate.")] = 3.0
    warm_up: Annotated[Pause, Field(description="Time at first that is not judged.")] = 5.0
    cap: Annotated[Number, Field(description="Requests a second that are never passed.")] = 50
    open: Annotated[Number, Field(description="Requests that may wait for an answer at a time.")] = 500
    processes: Annotated[Number, Field(description="Processes of Locust here; one is enough for 1000/s.")] = 1
    workers: Annotated[Workers | None, Field(description="Other machines that load.")] = None
    abort: Annotated[Abort, Field(description="When it ends before its time.")] = Abort()
    limits: Annotated[tuple[Limit, ...], Field(description="What must hold, beside what is usual.")] = ()
    p50_growth: Annotated[Growth, Field(description="By how much the median may grow over the baseline.")] = 0.2
    p95_growth: Annotated[Growth, Field(description="By how much the 95th percentile may.")] = 0.2
    answered: Annotated[Share, Field(description="How many of the requests must be answered as they come.")] = 0.95
    carts: Annotated[Share, Field(description="How many carts must hold what was put in.")] = 0.995
    stall: Annotated[Pause, Field(description="How long nothing may be answered.")] = 2.0
    fewest: Annotated[Number, Field(description="Requests without which nothing passes.")] = 100
    knee: Annotated[Knee | None, Field(description="Whether to look for the rate at which it breaks.")] = None

    @property
    def wanted(self) -> bool:
        """Whether there is anything to load."""
        return bool(self.preset or self.journeys or self.locustfile)

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if self.locustfile and (self.preset or self.journeys):
            raise ValueError("locustfile is in place of preset and journeys. Write one of them.")
        if self.workers and self.processes != 1:
            raise ValueError("workers are in place of processes. Write one of them.")
        return self
