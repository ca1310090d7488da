"""Names that are easily mixed up, so that a word for one person never goes to another."""

import unicodedata


def alike(one: str, other: str) -> bool:
    """A surname in common, or the same name, whatever the accents and capitals."""
    mine, theirs = _words(one), _words(other)
    return mine == theirs or bool(set(mine[1:]) & set(theirs[1:]))


def _words(name: str) -> list[str]:
    letters = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold().split()
