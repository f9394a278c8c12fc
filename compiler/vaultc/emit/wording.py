"""The words that a note's page has from vaultc, in the language of the vault."""

from collections.abc import Mapping
from typing import Final

_RUSSIAN: Final[Mapping[str, str]] = {
    "{} min": "{} мин",
    "changed {}": "изменено {}",
    "Also: {}": "Также: {}",
    "Linked from": "Сюда ссылаются",
    "and {} more": "и ещё {}",
    "Related notes": "Похожие заметки",
    "both link to {}": "обе ссылаются на «{}»",
    "both linked from {}": "на обе ссылается «{}»",
    "by way of {}": "через «{}»",
    "Topic map": "Карта тем",
    "Topic map of {} notes": "Карта тем, заметок: {}",
    "Changed lately": "Недавно изменённые",
    "Most linked": "Больше всего ссылок",
    "Most surprising": "Самое неожиданное",
    "All claims": "Все утверждения",
    "More": "Ещё",
    "No note has this name yet": "Такой заметки пока нет",
    "This file is missing": "Этого файла нет",
    "This link leads out of the vault": "Ссылка ведёт за пределы хранилища",
    "Not published": "Не опубликовано",
    "The note has no such heading": "В заметке нет такого заголовка",
}


def worded(language: str, english: str, *values: object) -> str:
    """What stands for the `english` words in a language, with `values` in the places of its braces; in one that is not known the
    words themselves. Raises KeyError where they are none of the table's."""
    russian = _RUSSIAN[english]
    return (russian if language.partition("-")[0].lower() == "ru" else english).format(*values)
