"""Versions and constraints drawn from the schemes' grammars, and from just beside them, by a seeded generator."""

import random
import re
from collections.abc import Callable

Draw = Callable[[], str]


class Drawing:
    """One generator; the same seed draws the same texts."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)

    def of(self, *choices: str) -> str:
        return self.rng.choice(choices)

    def noise(self, alphabet: str, longest: int = 8) -> str:
        return "".join(self.rng.choices(alphabet, k=self.rng.randint(0, longest)))

    def numbers(self, number: Draw, counts: tuple[int, ...]) -> str:
        return ".".join(number() for _ in range(self.rng.choice(counts)))

    def near(self, constraint: str, suffixes: tuple[str, ...]) -> str:
        """A version of the constraint, or one beside it."""
        parts = self.of(*(re.findall(r"[0-9]+(?:\.[0-9]+)+", constraint) or ["1.0.0"])).split(".")
        place = self.rng.randrange(len(parts))
        parts[place] = str(max(0, int(parts[place]) + self.rng.choice((-1, 0, 0, 1))))
        return ".".join(parts) + self.of(*suffixes)

    # Composer

    def composer_number(self) -> str:
        return self.of("0", "1", "1", "2", "2", "3", "9", "10", "01", "12", "2026", "20260101", "99999", "100000")

    def composer_suffix(self) -> str:
        return self.of(
            *[""] * 12, "-beta1", "-beta.2", "b3", "-RC1", "RC", "-rc.1", "-alpha", "a", "-dev", ".dev", "-patch1",
            "-pl2", "p1", "-stable", "+build.1", "-foo", "_beta", "-beta1-dev", "-RC.1.2", ".x-dev", ".x", "-b2dev",
        )  # fmt: skip

    def composer_version(self) -> str:
        kind = self.rng.random()
        if kind < 0.05:
            return self.noise("0123.-vxdev*@#+ab ")
        if kind < 0.15:
            return self.of(
                "dev-main", "dev-master", "master", "trunk", "default", "dev-foo/bar", "dev-1.2", "DEV-x", "dev-",
                "1.x-dev", "2.1.x-dev", "1.*-dev", "foo-dev", "main", "", "dev-main#abc", "dev-main as 1.2.0",
                "1.0.x-dev as 1.2", "2010-01-02", "2010.01.02.123", "201001021200", "20100102-beta",
            )  # fmt: skip
        numbers = self.numbers(self.composer_number, (1, 2, 2, 3, 3, 3, 4, 5))
        flag = self.of(*[""] * 12, "@beta", "@dev", "@stable", " ", "\n", "#abc")
        return self.of("", "", "", "v", "V", " ") + numbers + self.composer_suffix() + flag

    def composer_clause(self) -> str:
        kind = self.rng.randrange(8)
        numbers = self.numbers(self.composer_number, (1, 2, 2, 3, 3, 4))
        if kind == 0:
            return "^" + self.of("", "", "v", " ") + numbers + self.composer_suffix()
        if kind == 1:
            return self.of("~", "~", "~", "~>", "~ ") + self.of("", "", "v") + numbers + self.composer_suffix()
        if kind in (2, 3):
            operator = self.of(">=", "<=", ">", "<", "!=", "<>", "=", "==", "===", "=>")
            return operator + self.of("", " ") + self.composer_version()
        if kind == 4:
            return self.of("", "v") + numbers + self.of(".*", ".x", ".X", ".*.*", ".x-dev")
        if kind == 5:
            return self.of("*", "x", "X", "v*", "*.*", "x.x.X", "*@dev", "@dev", "self.version")
        if kind == 6:
            return self.composer_version() + self.of(" - ", " - ", "  -  ", "-", " -") + self.composer_version()
        return self.composer_version()

    def composer_constraint(self) -> str:
        text = self.composer_clause()
        while self.rng.random() < 0.4:
            text += self.of(",", ", ", " ", "  ", " , ", "||", " || ", "|", " | ", ", ,") + self.composer_clause()
        return text + self.of("", "", "", "", "", "@beta", "@dev", "@RC", " ", ",", "|")

    # npm

    def npm_number(self) -> str:
        if self.rng.random() < 0.05:
            return self.of("01", "9007199254740991", "9007199254740992")
        return self.of("0", "0", "1", "2", "3", "10")

    def npm_suffix(self) -> str:
        return self.of(
            *[""] * 14, "-beta.1", "-0", "-alpha", "-rc.1", "-1.2", "-01", "-a.b-c", "-9007199254740993", "+b1", "+b.2",
            "-a+b", "-", "+", "beta", "-x",
        )  # fmt: skip

    def npm_version(self) -> str:
        if self.rng.random() < 0.05:
            return self.noise("0123.-vx*+= a\u00a0")
        numbers = self.numbers(self.npm_number, (2, *[3] * 15, 4))
        return (
            self.of(*[""] * 9, "v", "=", " ", "v ") + numbers + self.npm_suffix() + self.of(*[""] * 9, "\n", "\ufeff")
        )

    def npm_partial(self) -> str:
        def part() -> str:
            return self.of("x", "*", "X", "") if self.rng.random() < 0.2 else self.npm_number()

        return self.of(*[""] * 6, "v", "=", "v ") + self.numbers(part, (1, 2, 3, 3, 3, 3, 3, 4)) + self.npm_suffix()

    def npm_clause(self) -> str:
        kind = self.rng.random()
        if kind < 0.12:
            return self.of(
                "*", "", "x", "latest", ">", "<*", ">*", "<=*", ">=x", "**", "~", "^", "~>", "^*", "~x", ">=0.0.0",
                "<0.0.0-0", ">0.0.0-0", "1.x.x", "|", "-", "&",
            )  # fmt: skip
        if kind < 0.25:
            return self.npm_partial() + self.of(" - ", " - ", " - ", "  -  ", " -") + self.npm_partial()
        operators = ("^", "~", "~>", "^ ", "~ ", ">=", "<=", ">", "<", "=", ">= ", "<= ", "> ", "", "", "!=", "==")
        return self.of(*operators) + self.npm_partial()

    def npm_constraint(self) -> str:
        text = self.npm_clause()
        while self.rng.random() < 0.4:
            text += self.of(" ", " ", "  ", "||", " || ", ", ", "\t") + self.npm_clause()
        return self.of("", "", "", " ") + text + self.of("", "", "", " ", "\n")

    # PHP

    def php_version(self) -> str:
        if self.rng.random() < 0.3:
            return self.noise("0123456789....--__++abdeRCrcplphvzt#~ é")
        words = (
            "1",
            "2",
            "10",
            "0",
            ".",
            ".",
            ".",
            "-",
            "_",
            "+",
            "alpha",
            "beta",
            "RC",
            "rc",
            "pl",
            "p",
            "dev",
            "a",
            "b",
        )
        return "".join(self.of(*words, "#", "patch", "", "~", " ") for _ in range(self.rng.randint(0, 8)))


#: What people write: {a} <= {b}, both released versions.
EVERYDAY = (
    "{a}", "v{a}", "={a}", "^{a}", "~{a}", ">={a}", ">{a}", "<{b}", "<={b}", ">={a} <{b}", ">= {a} < {b}", ">{a} <={b}",
    "^{a} || ^{b}", "^{a}||^{b}", "~{a} || ~{b}", "{a} || {b}", "{a} - {b}", "{a}-beta.1", "^{a}-beta.1", ">={a}-alpha",
    "^{a}-rc.1 || ^{b}", "~{a}-beta", "<{b}-beta.2", "^v{a}", "*", ">={a} <{b} || >{b}", ">={a}-0 <{b}-0",
)  # fmt: skip

#: What people write in composer.json beside those.
EVERYDAY_COMPOSER = (
    "=={a}", "!={a}", "<>{a}", ">={a},<{b}", ">={a}, <{b}", ">={a},<{b},!={a}.1", "^{a}|^{b}", "^{a} | ^{b}", "{a}@dev",
    "^{a}@beta", ">={a}@RC", "<{b}@dev", "{a}.*", "{a}.x", "~{a}@alpha", "{a}.x-dev", "dev-main", "dev-main as {a}",
    "dev-main#a1b2c3", "{a}-dev", "^{a},!={b}", "^{a} !={b}", "{a}-patch1", ">={a}-pl1", "{a}-RC1", "~{a}-dev",
    "dev-main || ^{a}", "{a} || dev-feature/x", "*@dev", "self.version", ">={a}|<{b}", "{a}.*,>{a}.1",
)  # fmt: skip
