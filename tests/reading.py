"""How hard a text is to read: a smoke alarm, not proof. Own counter, since the usual library needs a download."""

import html
import re

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
TRANSLATED = re.compile(r"""(?:_\(|translate |trans )["']([^"']*)["']""")


def sentences(lines: list[str]) -> list[list[str]]:
    """Each line ends a sentence, as a heading or an answer to choose does."""
    parts = [part for line in lines for part in re.split(r"[.!?]+(?:[\s”]|$)", line)]
    return [words for words in map(WORD.findall, parts) if words]


def grade(lines: list[str]) -> float:
    """The Flesch-Kincaid school grade."""
    found = sentences(lines)
    words = [word for sentence in found for word in sentence]
    return 0.39 * len(words) / len(found) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def syllables(word: str) -> int:
    word = re.sub(r"[^a-z]", "", word.lower())
    silent = re.sub(r"(?<=[^aeiouyl])e$|(?<=[^aeioutd])ed$|(?<=[^aeiouyszxc])es$", "", word)
    return max(1, len(re.findall(r"[aeiouy]+", silent)))


def page_lines(template: str) -> list[str]:
    """The words of a page template, one line for each heading, paragraph, link and button."""
    shown = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}|<(script|style)\b.*?</\1>", "", template, flags=re.DOTALL)
    shown = re.sub(r"{{.*?}}", "Sam", shown)
    shown = re.sub(r"{%.*?%}", lambda tag: "\n".join(["", *TRANSLATED.findall(tag.group()), ""]), shown)
    shown = re.sub(r"</?(strong|b|em|bdi|span|abbr|time)\b[^>]*>", "", shown)
    lines = html.unescape(re.sub(r"<[^>]*>", "\n", shown)).splitlines()
    return [" ".join(line.split()) for line in lines if WORD.search(line)]
