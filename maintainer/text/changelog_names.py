"""What changelogs call their sections, in the languages people write them in.

The first of each language is how Keep a Changelog's own translation has it, where there is one.
"""

import re
from typing import Literal, NamedTuple, get_args

#: The kinds of changes of https://keepachangelog.com/en/1.1.0/, in its order.
Kind = Literal["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class Names(NamedTuple):
    """The headings of one language, in the order of `KINDS`."""

    Added: str
    Changed: str
    Deprecated: str
    Removed: str
    Fixed: str
    Security: str


LANGUAGES = (
    Names(*KINDS),
    Names("Dodano", "Zmieniono", "Wycofywane", "Usunięto", "Naprawiono", "Bezpieczeństwo"),
    Names("Dodane", "Zmienione", "Zdezaprobowane", "Usunięte", "Naprawione", "Bezpieczeństwo"),
    Names("Hinzugefügt", "Geändert", "Veraltet", "Entfernt", "Behoben", "Sicherheit"),
    Names("Ajouté", "Modifié", "Obsolète", "Supprimé", "Corrigé", "Sécurité"),
    Names("Añadido", "Cambiado", "Obsoleto", "Eliminado", "Corregido", "Seguridad"),
    Names("Aggiunto", "Modificato", "Deprecato", "Rimosso", "Corretto", "Sicurezza"),
    Names("Adicionado", "Modificado", "Obsoleto", "Removido", "Corrigido", "Segurança"),
    Names("Toegevoegd", "Gewijzigd", "Verouderd", "Verwijderd", "Opgelost", "Beveiliging"),
    Names("Přidáno", "Změněno", "Zastaralé", "Odstraněno", "Opraveno", "Bezpečnost"),
    Names("Tilføjet", "Ændret", "Udfaset", "Fjernet", "Rettet", "Sikkerhed"),
    Names("Tillagt", "Ändrat", "Utfasat", "Borttaget", "Fixat", "Säkerhet"),
    Names("Добавлено", "Изменено", "Устарело", "Удалено", "Исправлено", "Безопасность"),
    Names("Додано", "Змінено", "Застаріло", "Видалено", "Виправлення", "Безпека"),
    Names("Eklendi", "Değişti", "Rafa kalktı", "Kaldırıldı", "Düzeltildi", "Güvenlik"),
    # Of conventional-changelog and release-please.
    Names("Features", "Changes", "Deprecations", "Removals", "Bug Fixes", "Security"),
)
#: Other words for the same.
_ALSO: dict[str, Kind] = {
    "new": "Added", "new features": "Added", "feature": "Added", "add": "Added", "additions": "Added",
    "enhancements": "Added", "change": "Changed", "changes": "Changed", "improvements": "Changed",
    "deprecate": "Deprecated", "remove": "Removed", "removed features": "Removed", "fix": "Fixed", "fixes": "Fixed",
    "bugfixes": "Fixed", "bug fix": "Fixed", "bugs": "Fixed", "poprawiono": "Fixed", "poprawki": "Fixed",
    "security fixes": "Security", "vulnerabilities": "Security",
}  # fmt: skip
_KNOWN: dict[str, Kind] = _ALSO | {
    name.casefold(): kind for names in reversed(LANGUAGES) for kind, name in zip(KINDS, names, strict=True)
}
_UNRELEASED = frozenset(
    {
        "unreleased", "unreleased changes", "next", "next release", "next version", "upcoming", "upcoming release",
        "coming soon", "head", "pending", "in development", "development", "work in progress", "wip", "to be released",
        "not yet released", "tbd", "tba", "niewydane", "nieopublikowane", "unveröffentlicht", "non publié",
        "non publiée", "à venir", "sin publicar", "no publicado", "non rilasciato", "não publicado", "não lançado",
        "nepublikováno", "nevydáno", "новое", "нове", "неопубликовано", "не выпущено", "yayımlanmadı", "未发布",
        "未發布", "未リリース", "미배포",
    }
)  # fmt: skip
YANKED = frozenset({"yanked", "wycofana", "wycofane", "removido", "geri çekildi", "zurückgezogen", "retirado"})
_EMOJI = re.compile(r":[a-z0-9_+-]{1,40}:")
#: Emoji, marks and brackets around a name.
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")


def plain(title: str) -> str:
    """A title without what decorates it: `### 🐛 **Bug Fixes:**` is `bug fixes`; at most 200 characters of it."""
    return _AROUND.sub("", _EMOJI.sub(" ", title[:200].casefold()))


def kind_of(title: str) -> Kind | None:
    """The kind of changes below a title, None for another one."""
    return _KNOWN.get(plain(title))


def is_unreleased(title: str) -> bool:
    """Whether it says that what is below is not released yet."""
    return plain(title) in _UNRELEASED


def row(titles: list[str]) -> Names:
    """The language in which most of these titles are, English where none is known."""
    words = [plain(one) for one in titles]
    return max(LANGUAGES, key=lambda names: sum(names[at].casefold() in words for at in range(len(names))))
