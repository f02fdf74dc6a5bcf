"""What `verify` saw of the changes in a release, as marks and figures."""

from collections import Counter
from collections.abc import Iterable, Mapping

from maintainer.evidence import ORDER, Outcome
from maintainer.releasing import Figure, Proof
from maintainer.writers.notes_pieces import Line, Piece, Said, joined, listed, told
from maintainer.writers.notes_telling import Telling
from maintainer.writers.verify_words import metric
from maintainer.writers.words import Words, message

CHECKS = {
    "environment": message("the test environment"),
    "smoke": message("pages"),
    "e2e": message("purchase from start to end"),
    "integrations": message("integrations"),
    "security": message("security"),
    "visual": message("looks"),
    "lighthouse": message("speed"),
    "load": message("load"),
}
_METRICS = {
    "bytes": message("page weight"),
    "p95": message("p95 response time"),
    "p50": message("median response time"),
    "requests": message("number of requests"),
}
_FIGURES = 12


def checked(telling: Telling) -> list[Line]:
    """One line for the half page: how many verdicts of each kind, over all proofs."""
    proofs = telling.contents.proofs
    total: Counter[Outcome] = Counter()
    for one in proofs:
        total.update(one.counts)
    if not total:
        return []
    return [telling.line(marked(telling.words, total), (one.source for one in proofs))]


def marked(words: Words, counts: Mapping[Outcome, int]) -> tuple[Piece, ...]:
    """`✔ 41 passed · ◌ 2 inconclusive`: what failed comes first."""
    return joined(Piece(_count(words, one, counts[one]), mark=one) for one in ORDER if counts.get(one))


def _count(words: Words, outcome: Outcome, n: int) -> str:
    match outcome:
        case "pass":
            return words.say_n("{n} passed", "{n} passed", n)
        case "fail":
            return words.say_n("{n} failed", "{n} failed", n)
        case "inconclusive":
            return words.say_n("{n} could not be judged", "{n} could not be judged", n)
        case "skipped":
            return words.say_n("{n} skipped", "{n} skipped", n)


def evidence(telling: Telling) -> list[Line]:
    """Each proof: what was checked, when, with the result, and figures before and with the change."""
    return [_proof(telling, one) for one in telling.contents.proofs]


def _proof(telling: Telling, proof: Proof) -> Line:
    words = telling.words
    checks = listed(words, (_check(words, one) for one in proof.checks))
    counts = marked(words, proof.counts) or (Piece(words.say("nothing was judged"), mark="inconclusive"),)
    when: Said = Piece(words.moment(proof.at), proof.source.url)
    if proof.proposal is not None:
        number = telling.proposal(proof.proposal)
        when = telling.say("for {proposal}, {when}", proposal=number, when=when)
    figures = [telling.line(_figure(words, one), (proof.source,)) for one in proof.figures[:_FIGURES]]
    lead = (*checks, Piece(": ")) if checks else ()
    return telling.line((*lead, *counts, Piece(" ("), *_as_pieces(when), Piece(")")), (proof.source,), figures)


def _as_pieces(said: Said) -> tuple[Piece, ...]:
    return joined((said,))


def _check(words: Words, name: str) -> Said:
    return words.say(CHECKS[name]) if name in CHECKS else told(name, 60)


def _figure(words: Words, one: Figure) -> tuple[Piece, ...]:
    """`LCP, /checkout/: 1.9 s (before: 2.1 s)`."""
    name: Said = words.say(_METRICS[one.metric]) if one.metric in _METRICS else told(metric(one.metric), 60)
    where: Iterable[Said] = ()
    if one.where:
        where = (words.say("home page"),) if one.where == "/" else (told(one.where, 80),)
    value = Piece(words.unit(one.value, one.unit), strong=True)
    said = (*joined((name, *where), ", "), Piece(": "), value)
    if one.before is None:
        return said
    before = words.say("before: {value}", value=words.unit(one.before, one.unit))
    return (*said, Piece(f" ({before})"))
