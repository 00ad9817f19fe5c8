"""Dates as bibliographies write them: years, months, days, ranges, seasons, BCE, words."""

import calendar
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from sq_graph.importers.formats import FORMATS
from sq_graph.model.records import fold_text

_WORDS = FORMATS["dates"]
_MONTHS = {
    fold_text(name): number for number, names in enumerate(_WORDS["months"], 1) for name in names
}
_SEASON = "|".join(_WORDS["seasons"])
_ISO = re.compile(
    r"(?P<year>-?[0-9]{4})(?:[-/.](?P<month>[0-9]{1,2})(?:[-/.](?P<day>[0-9]{1,2}))?)?"
    r"(?:[T ][0-9:.+Z-]*)?\Z"
)
_WITH_SUFFIX = re.compile(r"[\[(]?(?P<year>-?[0-9]{4}|-[0-9]{1,3})(?P<suffix>[a-rt-z]?)[\])]?\Z")
_DMY = re.compile(r"(?:(?P<day>[0-9]{1,2})[-/.])?(?P<month>[0-9]{1,2})[-/.](?P<year>[0-9]{4})\Z")
_WITH_ERA = re.compile(
    r"(?P<year>[0-9]{1,4})\s*(?:B\.?\s*C\.?\s*(?:E\.?)?|v\.?\s*Chr\.?|av\.?\s*J\.?-?C\.?|"
    r"a\.\s*C\.|до\s*н\.?\s*э|(?P<is_ce>A\.?D|C\.?E|н\.\s*э|n\.\s*Chr)\.?)\Z",
    re.IGNORECASE,
)
_EAST_ASIAN = re.compile(
    r"(?P<year>[0-9]{4}) ?[年년]"
    r"(?: ?(?P<month>[0-9]{1,2}) ?[月월](?: ?(?P<day>[0-9]{1,2}) ?[日일])?)?\Z"
)
_MAX_YEAR = 2100


class Date(NamedTuple):
    """A date: its year or words in place of one, a letter after it, the ISO date with a month.

    `extra` holds the parts of the text that fit none of these.
    """

    year: int | None = None
    note: str = ""
    suffix: str = ""
    issued: str = ""
    extra: str = ""


@lru_cache(maxsize=4096)
def read_date(text: str) -> Date:
    """Reads a date in any bibliographic form; anything else is kept as words.

    >>> read_date("2012/05//"), read_date("5 May 2004").issued, read_date("380 BC").year
    (Date(year=2012, note='', suffix='', issued='2012-05', extra=''), '2004-05-05', -380)
    >>> read_date("2004/05//Spring").extra, read_date("n. d."), read_date("c. 1900").note
    ('Spring', Date(year=None, note='', suffix='', issued='', extra=''), 'c. 1900')
    """
    chars = unicodedata.normalize("NFKC", text)
    text = "".join(char for char in chars if unicodedata.category(char) != "Cf")
    text = " ".join(text.split())
    text = re.sub(r"^(?:©|cop\.|c(?=[0-9]{4}\b))? ?(?=[0-9])|((?<=[0-9]) ?г)?[.,;\s]+$", "", text)
    text = re.sub(r"^A\.?D\.? ?([0-9]{1,4})$", r"\1 CE", text)
    letters = re.sub(r"[\W_]", "", text).casefold()
    if not letters.strip("0") or letters in _WORDS["none"]:
        return Date()
    if match := _WITH_SUFFIX.match(text):
        return _date(match["year"], suffix=match["suffix"], text=text)
    dashed = re.sub(r"^([0-9]{4})([0-9]{2})([0-9]{2})$", r"\1-\2-\3", text)
    dashed = re.sub(r"(?<=[0-9]\.) (?=[0-9])", "", dashed)
    date, extra = _split_ris_slashes(dashed)
    if fold_text(extra) in _MONTHS and date.isdigit():  # `2006///JAN`
        date, extra = f"{extra} {date}", ""
    without_zeros = re.sub(r"(?:[-/.]00?){1,2}\Z", "", date)
    if match := _ISO.match(without_zeros) or _EAST_ASIAN.match(date):
        return _date(match["year"], match["month"], match["day"], extra=extra, text=text)
    if match := _DMY.match(date):
        is_clear = "." in date or not match["day"] or match["day"] == match["month"]
        if not is_clear and int(match["day"]) < 13 and int(match["month"]) < 13:
            return _date(match["year"], extra=date)  # day and month are ambiguous
        day, month = match["day"], match["month"]
        if day and int(month) > 12:
            day, month = month, day
        return _date(match["year"], month, day, extra=extra, text=text)
    if match := _WITH_ERA.match(text):
        return Date(int(match["year"]) * (1 if match["is_ce"] else -1))
    if match := re.fullmatch(r"(-?[0-9]{4})~", text):
        return Date(note=f"c. {match[1]}")
    first, slash, second = date.partition("/")
    start, end = _ISO.match(first), _ISO.match(second)
    if slash and start and end and start["year"] == end["year"]:
        return _date(start["year"], start["month"], start["day"], extra=second, text=text)
    return _parse_words(date, extra, text)


def _split_ris_slashes(text: str) -> tuple[str, str]:
    """A date without the empty parts of RIS, and the free text of its fourth part."""
    parts = text.split("/")
    if len(parts) < 3 or not re.fullmatch(r"-?[0-9]{4}", parts[0].strip()):
        return text.rstrip("/ "), ""
    words = [part.strip() for part in parts[1:] if part.strip()]
    numbers: list[str] = []
    while words and re.fullmatch(r"[0-9]{1,2}", words[0]) and len(numbers) < 2:
        numbers.append(words.pop(0))
    return "/".join([parts[0].strip(), *numbers]), " ".join(words)


def _parse_words(date: str, extra: str, text: str) -> Date:
    """A date with its month or season spelt out: `May 5, 2004`, `5. Mai 2004`, `Spring 2004`."""
    words = re.findall(r"(?<!\w)-?[0-9]+\w*|[^\W\d_]+", date)
    words = [word for word in words if word not in ("de", "del", "года", "г")]
    years = [word for word in words if re.fullmatch(r"[0-9]{4}", word)]
    months = [_MONTHS[fold_text(word)] for word in words if fold_text(word) in _MONTHS]
    days = [word for word in words if re.fullmatch(r"[0-9]{1,2}(?:st|nd|rd|th|er|º)?", word)]
    others = len(words) - len(years) - len(months) - len(days)
    if len(years) == 1 and not others and len(months) == 1 and len(days) < 2:
        day = re.sub(r"\D", "", days[0]) if days else ""
        return _date(years[0], str(months[0]), day, extra=extra, text=text)
    if len(years) == 1 and not others and len(months) > 1:
        return _date(years[0], extra=date, text=text)
    season = re.fullmatch(
        rf"({_SEASON})[\s,/-]+([0-9]{{4}})|([0-9]{{4}})[\s,/-]+({_SEASON})", date, re.IGNORECASE
    )
    if season:
        return _date(season[2] or season[3], extra=season[1] or season[4], text=text)
    return Date(note=text)


def _date(
    year: str, month: str = "", day: str = "", suffix: str = "", extra: str = "", text: str = ""
) -> Date:
    """A date of these parts if there is such a year; an impossible month or day is extra."""
    number = int(year)
    if number > _MAX_YEAR:
        return Date(note=text)
    if not month:
        return Date(number, suffix=suffix, extra=extra)
    if not 1 <= int(month) <= 12 or number < 1:  # an ISO date begins with the year 1
        return Date(number, extra=" ".join(filter(None, (text, extra))))
    issued = f"{number:04}-{int(month):02}"
    if not day:
        return Date(number, issued=issued, extra=extra)
    if not 1 <= int(day) <= calendar.monthrange(number, int(month))[1]:
        return Date(number, issued=issued, extra=text)
    return Date(number, issued=f"{issued}-{int(day):02}", extra=extra)
