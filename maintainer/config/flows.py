"""The key `verify.flows`: what customers do on the site, step by step, and what must come of it."""

import json
import re
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BeforeValidator, Field, model_validator

from maintainer.config.environments import Seconds, Status, path
from maintainer.config.fields import Count, EnvironmentName, Flag, Section, Text, Texts, described, listed, read
from maintainer.config.spelling import quoted

PresetName = Literal["woocommerce", "shopify", "oscar", "login", "search", "contact-form", "generic"]
PRESETS: tuple[str, ...] = get_args(PresetName)
Device = Literal["desktop", "mobile"]
User = Literal["guest", "account"]
Kept = Literal["trace", "video"]
Devices = Annotated[tuple[Device, ...], BeforeValidator(listed, json_schema_input_type=Device | list[Device])]
Users = Annotated[tuple[User, ...], BeforeValidator(listed, json_schema_input_type=User | list[User])]
Keeping = Annotated[tuple[Kept, ...], BeforeValidator(listed, json_schema_input_type=Kept | list[Kept])]
Whom = Literal["guest", "account", "desktop", "mobile"]
Only = Annotated[tuple[Whom, ...], BeforeValidator(listed, json_schema_input_type=Whom | list[Whom])]
NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def name(text: str) -> str:
    """A name of a variable."""
    if not NAME.fullmatch(text):
        raise ValueError(f"{quoted(text)} is no name of a variable. Write small letters, digits and _: order_number.")
    return text


def opened(text: str) -> str:
    """A path to open, or a variable that holds one."""
    return text if re.match(r"\{[a-z]\w*\}", text) else path(text)


def asked(text: str) -> str:
    """A path, with the method before it where it is not GET."""
    method, _, rest = text.rpartition(" ")
    if method and method not in METHODS:
        raise ValueError(f"{quoted(method)} is no method. Write POST /wp-json/wc/v3/orders.")
    return f"{method} {opened(rest)}".strip()


def sent(text: str) -> str:
    """JSON, in which `{variables}` may stand."""
    try:
        json.loads(re.sub(r"\{[a-z][a-z0-9_]{0,40}\}", "0", text))
    except ValueError as error:
        raise ValueError(f"is no JSON: {error}.") from None
    return text


Variable = Annotated[str, read(name), described(type="string", pattern=r"^[a-z][a-z0-9_]*$")]
Opened = Annotated[str, read(opened), described(type="string", examples=["/checkout/", "{product}"])]
Asked = Annotated[str, read(asked), described(type="string", examples=["POST /wp-json/wc/v3/orders"])]
Json = Annotated[str, read(sent), described(type="string", examples=['{"status": "cancelled"}'])]


class Wait(Section):
    """What is waited for."""

    visible: Annotated[Texts, Field(description="Selectors, one of which is seen then.")] = ()
    hidden: Annotated[Texts, Field(description="Selectors, none of which is seen then.")] = ()
    quiet: Annotated[Text | None, Field(description="A part of addresses; no request there is under way then.")] = None
    for_: Annotated[
        Seconds | None, Field(alias="for", description="How long it is quiet then; a moment otherwise.")
    ] = None


class Total(Section):
    """What an amount on the page must be."""

    at: Annotated[Texts, Field(description="Selectors of the amount.")] = ()
    of: Annotated[Text | None, Field(description="The amount, where no page says it: {paid}.")] = None
    sum: Annotated[Texts, Field(min_length=1, description="What it is the sum of: {price}, 3 x {price}, 4.80.")]
    less: Annotated[Texts, Field(description="What is taken off: {discount}.")] = ()
    matching: Annotated[Text | None, Field(description="A pattern; its first group is the amount.")] = None

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if bool(self.at) == bool(self.of):
            raise ValueError("wants at: a selector, or of: what a variable holds.")
        return self


class Expect(Section):
    """What must be so, at once or in the time of the step."""

    url: Annotated[Text | None, Field(description="A part of the address.")] = None
    text: Annotated[Texts, Field(description="Texts that are shown, in any case.")] = ()
    no_text: Annotated[Texts, Field(description="Texts that are not.")] = ()
    visible: Annotated[Texts, Field(description="Selectors, one of which is seen.")] = ()
    hidden: Annotated[Texts, Field(description="Selectors, none of which is seen.")] = ()
    total: Annotated[Total | None, Field(description="What an amount on the page is.")] = None
    same: Annotated[dict[Variable, Text], Field(default_factory=dict, description="What variables are.")]


class Remember(Section):
    """Where a variable is read."""

    at: Annotated[Texts, Field(description="Selectors of what says it.")] = ()
    of: Annotated[Literal["url"] | None, Field(description="url: the address of the page says it.")] = None
    attribute: Annotated[Text | None, Field(description="Which attribute of it says it; its text otherwise.")] = None
    matching: Annotated[Text | None, Field(description="A pattern; its first group, or all it matches.")] = None
    money: Annotated[Flag, Field(description="It is an amount of money.")] = False
    all_: Annotated[Flag, Field(alias="all", description="It is the sum of all amounts that are there.")] = False
    otherwise: Annotated[str | None, Field(max_length=500, description="What it is where nothing says it.")] = None

    @model_validator(mode="after")
    def _reads_something(self) -> Self:
        if bool(self.at) == bool(self.of):
            raise ValueError("wants at: a selector, or of: url.")
        if self.all_ and not (self.at and self.money):
            raise ValueError("all: adds amounts, and wants at: and money: true.")
        return self


def _visible(given: Any) -> Any:
    return {"visible": given} if isinstance(given, str | list | tuple) else given


def _at(given: Any) -> Any:
    return {"at": given} if isinstance(given, str | list | tuple) else given


def _places(given: Any) -> Any:
    """`remember` of a page has selectors or maps, of an API's answer paths."""
    return {key: _at(value) for key, value in given.items()} if isinstance(given, dict) else given


Waited = Annotated[Wait, BeforeValidator(_visible, json_schema_input_type=Texts | Wait)]
Remembered = Annotated[
    dict[Variable, Remember],
    BeforeValidator(_places, json_schema_input_type=dict[str, str | list[str] | Remember]),
]


class Act(Section):
    """One thing a customer does, or that must be so. Selectors are Playwright's; the first that is there is taken."""

    name: Annotated[Text | None, Field(max_length=120, description="What it is in words.")] = None
    open: Annotated[Opened | None, Field(description="Open this path.")] = None
    click: Annotated[Texts, Field(description="Click on this.")] = ()
    tick: Annotated[Texts, Field(description="Tick this box, or choose this radio button.")] = ()
    fill: Annotated[Texts, Field(description="Write value into this field.")] = ()
    select: Annotated[Texts, Field(description="Choose value, or what is shown as it, in this list.")] = ()
    press: Annotated[Text | None, Field(max_length=40, description="Press this key: Enter, Escape.")] = None
    wait: Annotated[Waited | None, Field(description="Wait for this.")] = None
    expect: Annotated[Expect | None, Field(description="This must be so.")] = None
    api: Annotated[Asked | None, Field(description="Ask the site's own API.")] = None
    remember: Annotated[
        Remembered, Field(default_factory=dict, description="Variables, and what on the page says them.")
    ]
    keep: Annotated[
        dict[Variable, Text],
        Field(default_factory=dict, description="Variables, and where in the API's JSON they are."),
    ]
    value: Annotated[str | None, Field(max_length=2000, description="What is written or chosen.")] = None
    on: Annotated[Texts, Field(description="Where the key is pressed.")] = ()
    status: Annotated[Status | None, Field(description="What open or api must answer; below 400 otherwise.")] = None
    json_: Annotated[Json | None, Field(alias="json", description="What the API is sent.")] = None
    form: Annotated[dict[str, str], Field(default_factory=dict, description="What the API is sent as a form.")]
    query: Annotated[dict[str, str], Field(default_factory=dict, description="Parameters of the API's address.")]
    headers: Annotated[
        dict[str, str], Field(default_factory=dict, description="Headers for the API: Authorization: Bearer {token}.")
    ]
    basic_auth: Annotated[
        tuple[Text, ...], Field(max_length=2, description="User and password for the API: ['{key}', '{secret}'].")
    ] = ()
    answers: Annotated[
        dict[Text, str], Field(default_factory=dict, description="Places in the API's JSON, and what must stand there.")
    ]
    if_: Annotated[Texts, Field(alias="if", description="Only where one of these is seen.")] = ()
    given: Annotated[Texts, Field(description="Only where these variables are set; !coupon: is not.")] = ()
    only: Annotated[Only, Field(description="Only for this user or device.")] = ()
    optional: Annotated[Flag, Field(description="Left out where it can't be done.")] = False
    within: Annotated[Seconds | None, Field(description="How long it may take.")] = None

    @model_validator(mode="after")
    def _does_one_thing(self) -> Self:
        found = [verb for verb in VERBS if getattr(self, verb, None)]
        if len(found) != 1:
            said = f"does {' and '.join(found)}" if found else "does nothing"
            raise ValueError(f"{said}. A step does one thing: {', '.join(VERBS)}.")
        if (self.value is None) == (found[0] in ("fill", "select")):
            raise ValueError("fill and select want a value, nothing else does.")
        return self


VERBS = ("open", "click", "tick", "fill", "select", "press", "wait", "expect", "api", "remember", "steps")


class Step(Act):
    """One thing, or several that share a condition or stand in a frame: these have all keys but frame and steps."""

    frame: Annotated[Texts, Field(description="Selectors of the frame in which the steps are done.")] = ()
    steps: Annotated[
        tuple[Act, ...], Field(description="Steps that are done together, with all these keys but frame and steps.")
    ] = ()


class Flow(Section):
    """What a customer does, from the first page to the last. Steps in `steps` of a step are written as steps are."""

    name: Annotated[Text, Field(max_length=60, description="What it is called in reports.")]
    preset: Annotated[PresetName | None, Field(description="Steps that are known for such a site.")] = None
    with_: Annotated[
        dict[Variable, str],
        Field(
            default_factory=dict, alias="with", description="Variables of the steps, such as the product of a preset."
        ),
    ]
    env: Annotated[
        dict[Variable, EnvironmentName],
        Field(
            default_factory=dict, description="Variables that nobody may read, and where in the environment they are."
        ),
    ]
    steps: Annotated[tuple[Step, ...], Field(description="The steps; after those of a preset.")] = ()
    cleanup: Annotated[
        tuple[Step, ...],
        Field(description="What is done afterwards in any case, in a fresh browser; after a preset's."),
    ] = ()
    devices: Annotated[Devices, Field(min_length=1, description="On which devices.")] = ("desktop",)
    users: Annotated[Users, Field(min_length=1, description="As whom.")] = ("guest",)
    locale: Annotated[
        Text | None, Field(pattern=r"^[a-z]{2,3}([_-][A-Za-z]{2,4})?$", description="The shop's: pl_PL.")
    ] = None
    step: Annotated[Seconds, Field(description="How long one step may take.")] = 15.0
    within: Annotated[Seconds, Field(description="How long all may take.")] = 180.0
    retries: Annotated[Count, Field(le=3, description="How often one that fails is done anew, at most 3 times.")] = 1
    keep: Annotated[Keeping, Field(description="What is kept beside a screenshot of what failed.")] = ()

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if not self.preset and not self.steps:
            raise ValueError("wants a preset, or steps.")
        return self


class Preset(Section):
    """A flow that is known, as a file beside this one has it: what must be given, and what may be."""

    needs: Texts = ()
    options: dict[Variable, str] = Field(default_factory=dict)
    locale: str | None = None
    steps: tuple[Step, ...] = ()
    cleanup: tuple[Step, ...] = ()


class Program(Section):
    """The site's own tests in a browser, such as a project of Playwright."""

    run: Annotated[
        tuple[Text, ...], Field(min_length=1, description="The program, an argument an item; {url} is the site.")
    ]
    reads: Annotated[Text, Field(description="The JUnit it leaves, from the repository's root.")]
    pass_env: Annotated[
        tuple[EnvironmentName, ...], Field(description="Variables it gets beside PATH and the like.")
    ] = ()
    within: Annotated[Seconds, Field(description="How long it may take.")] = 600.0


Flows = tuple[Flow, ...]
