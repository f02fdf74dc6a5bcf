"""The base score of a CVSS 3 vector, and what a score is called.

Source: https://www.first.org/cvss/v3.1/specification-document, 7.1 and 5. Vectors of version 4 have no such formula.
"""

import math

from maintainer.model import Severity

_WEIGHTS = {
    "AV": {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2},
    "AC": {"L": 0.77, "H": 0.44},
    "UI": {"N": 0.85, "R": 0.62},
    "C": {"H": 0.56, "L": 0.22, "N": 0.0},
    "I": {"H": 0.56, "L": 0.22, "N": 0.0},
    "A": {"H": 0.56, "L": 0.22, "N": 0.0},
}
_PRIVILEGES = {"U": {"N": 0.85, "L": 0.62, "H": 0.27}, "C": {"N": 0.85, "L": 0.68, "H": 0.5}}


def base_score(vector: str) -> float | None:
    """0.0 to 10.0 for a `CVSS:3.0/...` or `CVSS:3.1/...` vector, None for any other text."""
    version, *metrics = vector.strip().upper().split("/")
    if version not in ("CVSS:3.0", "CVSS:3.1"):
        return None
    stated = dict(metric.partition(":")[::2] for metric in metrics)
    try:
        scope = stated["S"]
        weights = {name: values[stated[name]] for name, values in _WEIGHTS.items()}
        privileges = _PRIVILEGES[scope][stated["PR"]]
    except KeyError:
        return None
    lost = 1 - (1 - weights["C"]) * (1 - weights["I"]) * (1 - weights["A"])
    impact = 6.42 * lost if scope == "U" else 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02) ** 15
    if impact <= 0:
        return 0.0
    score = impact + 8.22 * weights["AV"] * weights["AC"] * privileges * weights["UI"]
    return _round_up(min(score if scope == "U" else 1.08 * score, 10))


def severity(score: float) -> Severity:
    """The qualitative rating; 0.0 (none) counts as low, what is no score as unknown."""
    if not 0 <= score <= 10:
        return "unknown"
    if score < 4:
        return "low"
    return "medium" if score < 7 else "high" if score < 9 else "critical"


def of_vector(vector: str) -> Severity:
    """The rating of a vector, unknown for one that can't be read."""
    score = base_score(vector)
    return "unknown" if score is None else severity(score)


def of_word(word: str) -> Severity:
    """The rating that a word (or wpvulnerability's letter) stands for, unknown for any other."""
    return _WORDS.get(word.strip().lower(), "unknown")


_WORDS: dict[str, Severity] = {
    "none": "low", "n": "low", "low": "low", "l": "low", "moderate": "medium", "medium": "medium", "m": "medium",
    "important": "high", "high": "high", "h": "high", "critical": "critical", "c": "critical",
}  # fmt: skip


def _round_up(value: float) -> float:
    """As appendix A of the specification rounds, free of what floats do at a tenth."""
    scaled = round(value * 100_000)
    return scaled / 100_000 if scaled % 10_000 == 0 else (math.floor(scaled / 10_000) + 1) / 10
