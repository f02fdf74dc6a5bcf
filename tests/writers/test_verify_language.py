"""Reports in Polish: every sentence of a verdict has its like, and nothing else changes."""

import ast
import html
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from jinja2 import nodes

from maintainer.evidence import Verdict
from maintainer.text.language import ENGLISH, Language
from maintainer.writers import sanitise, verify_html, verify_markdown, verify_rows
from maintainer.writers.verify_language import catalogue, language
from tests.writers.results import results

ROOT = Path(__file__).parents[2] / "maintainer"
#: Whose strings become sentences of verdicts; a word of prose in them has to be in the catalogue.
COVERED = (
    *sorted(ROOT.glob("checks/*.py")),
    *(ROOT / "policy" / f"{name}.py" for name in (
        "verdicts", "budgets", "metrics", "load", "load_words", "endpoints", "likeness", "safety", "gateways", "visual",
        "visual_words", "visual_comparison", "visual_exceptions", "relevance",
    )),
    *(ROOT / "commands" / f"verify_{name}.py" for name in (
        "budgets", "changed", "deployments", "e2e", "field", "integrations", "likeness", "load", "migrate", "running",
        "safety", "security", "smoke", "started", "tree", "visual",
    )),
    ROOT / "commands" / "environment.py",
    ROOT / "http_visit.py",
)  # fmt: skip
#: A unit after a number is the number's.
UNIT = re.compile(r"^ (?:s|ms|px|MiB|MB|kB|%)\b")
#: What is in those modules and no sentence of ours.
NOT_SAID = frozenset({
    # Names and keys.
    "Linux x86_64", "add to cart", "a comparison wants a picture of each side", "the second time returns",
    "it trickles", "lock file",
    # What others say, by which is known what happened.
    "did not change its state", "not enabled", "not stable", "not editable", "did not find some options", "action done",
    "outside of the viewport", "Unknown engine", "Gave up waiting for workers", "No space left", "on line",
    "No module named locust", "No module named 'locust'", "Failed to load resource", "Fatal error", "Parse error",
    "Recoverable fatal error", "Error establishing a database connection",
    # Options of the worker's program.
    "the file that says what to load", "the only hosts that this worker may load, with commas", "leave it out",
    "the machine that runs `maintainer verify`, with its port where that isn't 5557",
    "the hosts that may be loaded, with commas",
})  # fmt: skip


@pytest.fixture(scope="module")
def polish() -> Language:
    return language("pl")


def templates() -> Iterator[str]:
    for entries in catalogue("pl").values():
        yield from entries


def said_in(module: Path) -> Iterator[str]:
    """The pieces of prose in a module's strings that may be said to a person: what stands between placeholders."""
    tree = ast.parse(module.read_text())
    silent: set[int] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Module() | ast.ClassDef() | ast.FunctionDef():
                silent |= {id(one.value) for one in node.body if isinstance(one, ast.Expr)}
            case ast.Assert(msg=ast.expr() as told):
                silent.add(id(told))
            case ast.Raise(exc=ast.Call(func=ast.Name(id="ConfigurationError"))):
                silent |= {id(one) for one in ast.walk(node)}
            case ast.Call(func=ast.Name(id="Fact"), args=[_, key, *_]):
                silent |= {id(one) for one in ast.walk(key)}
            case ast.Call(func=ast.Name(id="Observation"), args=[_, _, _, key, *_]):
                silent |= {id(one) for one in ast.walk(key)}
            case ast.Call(func=ast.Name(id="Weaker"), args=[_, key, *_]):
                silent |= {id(one) for one in ast.walk(key)}
            case ast.Call(func=ast.Attribute(value=ast.Name(id="re"))):
                silent |= {id(one) for one in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) not in silent and isinstance(node, ast.Constant) and isinstance(node.value, str):
            for piece in re.split(r"[.;] ", UNIT.sub("", node.value)):
                bare = piece.strip(" .,;:()“”{")
                if re.search(r"[a-z]{2,} [a-z]", bare) and not re.search(r"[\\|=<>\n]|::|--", bare):
                    yield bare


@pytest.mark.parametrize("module", COVERED, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_every_sentence_of_a_verdict_has_its_like(module: Path, polish: Language) -> None:
    known = "\n".join(map(literal, templates()))
    lacking = [piece for piece in said_in(module) if piece not in NOT_SAID and not polish.knows(piece)]
    assert [piece for piece in lacking if any(part not in known for part in piece.split(": "))] == []


def literal(template: str) -> str:
    """What it says, with its optional parts, and something no sentence has in its slots."""
    text = re.sub(r"\{\w[^{}]*\}", "\0", template)
    return re.sub(r"(\[\[|\]\]|\{\{|\}\})|[\[\]]", lambda sign: sign[0][:1] if sign[1] else "", text)


#: Of each check some sentences, as they are put together.
SAID = {
    "is broken: it answers 500 and should answer 200": "nie działa: odpowiada 500, a powinna 200",
    "as before: loads /a.js, which answers 404, as 3 more pages do; answers 500":
        "jak wcześniej: ładuje /a.js: odpowiada 404, podobnie 3 inne strony; odpowiada 500",
    "PHP warning: Undefined array key “vat” (plugins/tax/tax.php, line 12); and 4 more":
        "PHP warning: Undefined array key “vat” (plugins/tax/tax.php, wiersz 12); i jeszcze 4",
    "has no login form (password, user) any more": "nie ma już formularza logowania (password, user)",
    "the baseline can't be looked at: shop.example refuses the connection. Is it deployed and started?":
        "punktu odniesienia nie da się sprawdzić: shop.example odrzuca połączenie. Czy jest wdrożona i uruchomiona?",
    "fails, 2 times at “see results” (step 6): #list should be there, and it is not; the server answered 500 to GET /s":
        "kończy się błędem (2 razy) na kroku „zobacz wyniki” (krok 6): powinno być #list, a nie ma; serwer "
        "odpowiedział 500 na GET /s",
    "LCP is 2.90 s (2.80 s to 3.10 s by 12 runs): over the 2.50 s that are allowed. Before the change it was 2.10 s":
        "LCP: 2,90 s (od 2,80 s do 3,10 s, z 12 przebiegów), ponad dozwolone 2,50 s. Przed zmianą było 2,10 s",
    "LCP got worse (2.10 s before the change, 2.74 s with it, +24 % to +37 %, by 12 pairs of runs)":
        "LCP: pogorszenie (przed zmianą 2,10 s, po zmianie 2,74 s, +24 % do +37 %, z 12 par przebiegów)",
    "12.3 % failed (12 of 98 requests; 1 % are allowed): /cart 3 times: answered 500. Before the change 0 % failed":
        "zawiodło 12,3 % (12 z 98 żądań; dozwolone 1 %): /cart 3 razy: odpowiedź 500. Przed zmianą zawiodło 0 %",
    "the button “Add to cart” in “Red mug” moved 34 px down and 5 px right; the price “1 zł” is gone":
        "przycisk „Add to cart” w „Red mug”: przesunięcie o 34 px w dół i 5 px w prawo; zniknęło: cena „1 zł”",
    "has 1 item, 98 % fewer than the baseline's 55; it may lose 10 %":
        "ma 1 pozycję, o 98 % mniej niż 55 w punkcie odniesienia; może ubyć 10 %",
    "is 3.5 days old, and may be 26 hours: what fills it?":
        "wiek: 3,5 dni, dozwolone 26 godzin: co ją zapełnia?",
    "holds passwords or keys that anybody can read: take it away, and change them":
        "zawiera hasła lub klucze, które każdy może odczytać: usuń plik i zmień je",
    "it writes, and 3 webhooks are active (a, b, c): other systems may be told of orders that are none":
        "ta kontrola zapisuje dane, a 3 webhooki są aktywne (a, b, c): inne systemy mogą dostać zamówienia, których "
        "nie ma",
    "the change touches documentation (2 files), plugin akismet (1 file), which it doesn't look at":
        "zmiana dotyczy tylko: dokumentacja (2 pliki), wtyczka akismet (1 plik), czego ta kontrola nie sprawdza",
    "34 places in 3.1 s": "34 miejsca w 3,1 s",
    "1 page": "1 strona",
    "2 pages": "2 strony",
    "5 pages": "5 stron",
    "22 pages, 1 fault as before": "22 strony, 1 błąd jak wcześniej",
    "LCP 1.9 s (was 1.9 s) at most, of / on mobile": "LCP 1,9 s (wcześniej 1,9 s) najwyżej, dla / on mobile",
    "Sat 21 Nov 2026, 09:00 CET": "sob. 21 listopada 2026, 09:00 CET",
}  # fmt: skip


@pytest.mark.parametrize("english", SAID, ids=lambda text: text[:40])
def test_verdicts_are_said_in_polish(english: str, polish: Language) -> None:
    assert polish.say(english) == SAID[english]


def test_each_sentence_of_the_catalogue_is_there_once_and_can_be_understood(polish: Language) -> None:
    known = [one for one in templates() if not re.search(r"[{}\[\]]", one)]
    forms = {name: entries for name, entries in catalogue("pl").items() if name.startswith("forms.")}
    alone = [one for one in known if not any(one in entries for entries in forms.values())]
    assert [one for one in alone if not polish.knows(one)] == []
    wanted = {slot for one in templates() for slot in re.findall(r"\{\w+:(\w+)\}", one)}
    assert wanted - {"number", "name", "words", "sentences"} <= {name.removeprefix("forms.") for name in forms}


def test_all_that_templates_say_has_its_like(polish: Language) -> None:
    environment = verify_html._environment()
    assert environment.loader
    for name in ("verify.html", "verify_kept.html", "verify_field.html"):
        tree = environment.parse(environment.loader.get_source(environment, name)[0])
        calls = [call for call in tree.find_all(nodes.Call) if getattr(call.node, "name", "") == "say"]
        said = [call.args[0].value for call in calls if len(call.args) == 1 and isinstance(call.args[0], nodes.Const)]
        assert [text for text in said if not polish.knows(text)] == []
        assert said or name == "verify_kept.html"
        words = [one.data for output in tree.find_all(nodes.Output) for one in output.nodes
                 if isinstance(one, nodes.TemplateData)]  # fmt: skip
        bare = re.sub(r"<[^>]*>?|[^<]*>|Content-Security.*", " ", " ".join(words))
        assert re.findall(r"[A-Za-z]{3,} [a-z]{2,}", bare) == []


def test_the_page_is_polish_to_its_last_label(polish: Language) -> None:
    made = verify_html.page(results(), "Europe/Warsaw", polish)
    assert made.startswith('<!doctype html>\n<html lang="pl">')
    for english in (
        "Looked at",
        "with the change",
        "inconclusive<",
        "What passed",
        ">limit",
        'aria-label="Checks',
        " more",
    ):
        assert english not in made
    for said in ("2,74 s", "próg 2,31 s", "przed zmianą 2,1 s", "sob. 21 listopada 2026", 'aria-label="Kontrole"'):
        assert said in made


HOSTILE = "<img src=x onerror=alert(1)>; answers 500. {status} [x](javascript:x) | @team `b`"


@pytest.mark.parametrize("sentence", ["doesn't say “{}”", "loads {}, which answers 404", "{}", "as before: says “{}”"])
def test_hostile_words_stay_as_harmless_as_in_english(sentence: str, polish: Language) -> None:
    verdict = Verdict("smoke", "content", "/", "fail", sentence.replace("{}", HOSTILE))
    made = replace(results(), report=replace(results().report, verdicts=(verdict,)))
    for spoken in (ENGLISH, polish):
        shown = verify_html.page(made, "UTC", spoken)
        assert "<img src=x" not in shown
        assert html.escape("<img src=x onerror=alert(1)>") in shown
        comment = verify_markdown.markdown([], [verdict], verify_rows.summary([verdict], 1, spoken), "", spoken)
        assert "<img" not in comment
        assert sanitise.line("[x](javascript:x) | @team `b`") in comment


def test_the_steps_of_presets_have_their_like(polish: Language) -> None:
    presets = sorted((ROOT / "config" / "presets").glob("*.yml"))
    names = {name for one in presets for name in re.findall(r"- \{?name: ([^,}\n]+)", one.read_text())}
    assert len(names) > 50
    assert [name for name in sorted(names) if polish.say(name, "step_name") == name] == []


def test_english_reads_no_catalogue() -> None:
    assert language("en").say("answers 500") == "answers 500"
    assert language("en").number("1.5 s") == "1.5 s"
