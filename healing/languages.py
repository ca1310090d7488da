"""The languages that people at a site speak, and can be supported in. The languages of the pages are another list."""

from collections.abc import Iterable

from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import get_language_info, gettext

WRITTEN_TWO_WAYS = ("zh-hans", "zh-hant")
MOST = 12  # codes have at most 7 letters, so that as many always fit into a field of 100


def all_languages() -> list[tuple[str, str]]:
    """Every language that has a name here, by its name in the reader's language."""
    codes = [code for code in LANG_INFO if "-" not in code or code in WRITTEN_TWO_WAYS]
    return [(code, language_name(code)) for code in sorted(codes, key=lambda code: _translated(code).casefold())]


def language_name(code: str) -> str:
    """In the language itself and in the reader's, like “Français (French)”. A code without a name stays as it is."""
    if not _known(code):
        return code
    own, translated = _own(code), _translated(code)
    return own if own == translated else f"{own} ({translated})"


def language_label(code: str) -> str:
    """The same words for where markup is possible: the language's own name is read aloud in that language."""
    name = language_name(code)
    own = _own(code) if _known(code) else ""
    if not own or name == own:
        return name
    way = "rtl" if get_language_info(code)["bidi"] else "ltr"
    return format_html('<bdi lang="{}" dir="{}">{}</bdi>{}', code, way, own, name.removeprefix(own))


def joined(codes: Iterable[str]) -> str:
    """As they are kept: each once, in the order given."""
    kept = list(dict.fromkeys(codes))
    if len(kept) > MOST:
        raise ValidationError(gettext("Choose at most %(most)s languages."), params={"most": MOST})
    return ",".join(kept)


def best_shared(site: str, theirs: str) -> str:
    """The language of a site that somebody there speaks, its usual one first; else their own first."""
    spoken = theirs.split(",")
    return next((code for code in site.split(",") if code in spoken), spoken[0])


def shares_one(site: str, theirs: str) -> bool:
    return not set(site.split(",")).isdisjoint(theirs.split(","))


def _known(code: str) -> bool:
    return code in LANG_INFO or code.partition("-")[0] in LANG_INFO


def _own(code: str) -> str:
    return str(capfirst(get_language_info(code)["name_local"]))


def _translated(code: str) -> str:
    return str(capfirst(get_language_info(code)["name_translated"]))
