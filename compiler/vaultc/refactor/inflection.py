"""The forms of a word in English and Russian: singular and plural, and every case."""

from functools import cache, lru_cache
from typing import Any

from vaultc.text import fold

_SIBILANTS = ("s", "x", "z", "ch", "sh")
# Words that end in s and are hardly ever plurals: short ones such as `gas`, and `loss`, `bonus`, `basis`.
_SHORTEST_PLURAL = 4
_NO_PLURALS = ("ss", "us", "is")
# The parts of speech that decline: adjectives and full participles as well as nouns (https://opencorpora.org/dict.php?act=gram).
_NOUN, _ADJECTIVES = "NOUN", ("ADJF", "PRTF")


def plain(word: str) -> str:
    """The word as forms are compared: folded, and without the dots of ё, which are optional."""
    return fold(word).replace("ё", "е")


def forms(word: str) -> tuple[str, ...]:
    """What a word may look like in running text, itself included, plain; the dictionary's form is the first.

    Of a word that no rule knows, and of what may be a noun and something else, too many forms are better than none: what is no
    word stands nowhere.
    """
    return _forms(plain(word))


@lru_cache(maxsize=1 << 15)
def _forms(word: str) -> tuple[str, ...]:
    found = _russian(word) if any("а" <= sign <= "я" for sign in word) else (*_singulars(word), word, *_plurals(word))
    return tuple(dict.fromkeys((*found, word)))


def _plurals(word: str) -> tuple[str, ...]:
    if word.endswith("y") and word[-2:-1] not in ("", *"aeiou"):
        return (f"{word[:-1]}ies",)
    if word.endswith("is"):
        return (f"{word[:-2]}es",)
    if word.endswith(("ix", "ex")):
        return (f"{word[:-2]}ices", f"{word}es")
    return (f"{word}es" if word.endswith(_SIBILANTS) else f"{word}s",)


def _singulars(word: str) -> tuple[str, ...]:
    if len(word) < _SHORTEST_PLURAL or not word.endswith("s") or word.endswith(_NO_PLURALS):
        return ()
    near = (f"{word[:-3]}y", word[:-1], word[:-2], f"{word[:-2]}is", f"{word[:-4]}ix", f"{word[:-4]}ex")
    return tuple(one for one in near if word in _plurals(one))


def _russian(word: str) -> tuple[str, ...]:
    parses = _morphology().parse(word)
    nouns = [parse for parse in parses if parse.tag.POS == _NOUN]
    meant = nouns or [parse for parse in parses if parse.tag.POS in _ADJECTIVES]
    words = {(parse.normal_form, *_kind(parse)): parse for parse in reversed(meant)}  # one parse a word, not one a case
    out: dict[str, None] = {}
    for parse in reversed(words.values()):
        for form in parse.lexeme:
            if _kind(form) == _kind(parse):
                out[plain(form.word)] = None
    return tuple(out)


def _kind(parse: Any) -> tuple[str | None, ...]:
    """What tells a participle from the others, which are all forms of one verb."""
    return parse.tag.POS, parse.tag.voice, parse.tag.tense


@cache
def _morphology() -> Any:
    import pymorphy3  # slow to import

    return pymorphy3.MorphAnalyzer()
