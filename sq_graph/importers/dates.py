"""Dates as bibliographies write them: years, months, days, ranges, seasons, BCE, words."""

import calendar
import re
import unicodedata
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
_LETTERED = re.compile(r"[\[(]?(?P<year>-?[0-9]{4}|-[0-9]{1,3})(?P<suffix>[a-rt-z]?)[\])]?\Z")
_TURNED = re.compile(r"(?:(?P<day>[0-9]{1,2})[-/.])?(?P<month>[0-9]{1,2})[-/.](?P<year>[0-9]{4})\Z")
_ANCIENT = re.compile(
    r"(?P<year>[0-9]{1,4})\s*(?:B\.?\s*C\.?\s*(?:E\.?)?|v\.?\s*Chr\.?|av\.?\s*J\.?-?C\.?|"
    r"a\.\s*C\.|до\s*н\.?\s*э|(?P<is_ours>A\.?D|C\.?E|н\.\s*э|n\.\s*Chr)\.?)\Z",
    re.IGNORECASE,
)
_EAST_ASIAN = re.compile(
    r"([0-9]{4}) ?[年년](?: ?([0-9]{1,2}) ?[月월](?: ?([0-9]{1,2}) ?[日일])?)?\Z"
)
_LATEST = 2100


class Date(NamedTuple):
    """A date: its year or words in place of one, a letter after it, the ISO date with a month.

    `rest` is what of the written form is in none of these.
    """

    year: int | None = None
    note: str = ""
    suffix: str = ""
    issued: str = ""
    rest: str = ""


def read_date(written: str) -> Date:
    """Reads a date in any bibliographic form; what is no single date stays as words.

    >>> read_date("2012/05//"), read_date("5 May 2004").issued, read_date("380 BC").year
    (Date(year=2012, note='', suffix='', issued='2012-05', rest=''), '2004-05-05', -380)
    >>> read_date("2004/05//Spring").rest, read_date("n. d."), read_date("c. 1900").note
    ('Spring', Date(year=None, note='', suffix='', issued='', rest=''), 'c. 1900')
    """
    signs = unicodedata.normalize("NFKC", written)
    line = "".join(sign for sign in signs if unicodedata.category(sign) != "Cf")
    line = " ".join(line.split())
    whole = re.sub(r"^(?:©|cop\.|c(?=[0-9]{4}\b))? ?(?=[0-9])|((?<=[0-9]) ?г)?[.,;\s]+$", "", line)
    whole = re.sub(r"^A\.?D\.? ?([0-9]{1,4})$", r"\1 CE", whole)
    plain = re.sub(r"[\W_]", "", whole).casefold()
    if not plain.strip("0") or plain in _WORDS["none"]:
        return Date()
    if found := _LETTERED.match(whole):
        return _checked(found["year"], suffix=found["suffix"], whole=whole)
    dashed = re.sub(r"^([0-9]{4})([0-9]{2})([0-9]{2})$", r"\1-\2-\3", whole)
    dashed = re.sub(r"(?<=[0-9]\.) (?=[0-9])", "", dashed)
    if found := _EAST_ASIAN.match(whole):
        dashed = "-".join(filter(None, found.groups()))
    plain, rest = _without_ris_slashes(dashed)
    if re.fullmatch("[0-9]{4}", plain) and month_number(rest):  # `2006///JAN`
        plain, rest = f"{plain}-{month_number(rest):02}", ""
    if found := _ISO.match(re.sub(r"(?:[-/.]00?){1,2}\Z", "", plain)):
        return _checked(found["year"], found["month"], found["day"], rest=rest, whole=whole)
    if found := _TURNED.match(plain):
        is_clear = "." in plain or not found["day"] or found["day"] == found["month"]
        if not is_clear and int(found["day"]) < 13 and int(found["month"]) < 13:
            return _checked(found["year"], rest=plain)  # the day and the month may be exchanged
        day, month = found["day"], found["month"]
        if day and int(month) > 12:
            day, month = month, day
        return _checked(found["year"], month, day, rest=rest, whole=whole)
    if found := _ANCIENT.match(whole):
        return Date(int(found["year"]) * (1 if found["is_ours"] else -1))
    if found := re.fullmatch(r"(-?[0-9]{4})~", whole):
        return Date(note=f"c. {found[1]}")
    first, slash, second = plain.partition("/")
    start, end = _ISO.match(first), _ISO.match(second)
    if slash and start and end and start["year"] == end["year"]:
        return _checked(start["year"], start["month"], start["day"], rest=second, whole=whole)
    return _in_words(plain, rest, whole)


def _without_ris_slashes(whole: str) -> tuple[str, str]:
    """A date without the empty places of RIS, and the free text of its fourth place."""
    parts = whole.split("/")
    if len(parts) < 3 or not re.fullmatch(r"-?[0-9]{4}", parts[0].strip()):
        return whole.rstrip("/ "), ""
    words = [part.strip() for part in parts[1:] if part.strip()]
    numbers: list[str] = []
    while words and re.fullmatch(r"[0-9]{1,2}", words[0]) and len(numbers) < 2:
        numbers.append(words.pop(0))
    return "/".join([parts[0].strip(), *numbers]), " ".join(words)


def _in_words(plain: str, rest: str, whole: str) -> Date:
    """A date with its month or season spelt, as `May 5, 2004`, `5. Mai 2004`, `Spring 2004`."""
    words = re.findall(r"(?<!\w)-?[0-9]+\w*|[^\W\d_]+", plain)
    words = [word for word in words if word not in ("de", "del", "года", "г")]
    years = [word for word in words if re.fullmatch(r"[0-9]{4}", word)]
    months = [_MONTHS[fold_text(word)] for word in words if fold_text(word) in _MONTHS]
    days = [word for word in words if re.fullmatch(r"[0-9]{1,2}(?:st|nd|rd|th|er|º)?", word)]
    others = len(words) - len(years) - len(months) - len(days)
    if len(years) == 1 and not others and len(months) == 1 and len(days) < 2:
        day = re.sub(r"\D", "", days[0]) if days else ""
        return _checked(years[0], str(months[0]), day, rest=rest, whole=whole)
    if len(years) == 1 and not others and len(months) > 1:
        return _checked(years[0], rest=plain, whole=whole)
    season = re.fullmatch(
        rf"({_SEASON})[\s,/-]+([0-9]{{4}})|([0-9]{{4}})[\s,/-]+({_SEASON})", plain, re.IGNORECASE
    )
    if season:
        return _checked(season[2] or season[3], rest=season[1] or season[4], whole=whole)
    return Date(note=whole)


def _checked(
    year: str, month: str = "", day: str = "", suffix: str = "", rest: str = "", whole: str = ""
) -> Date:
    """A date of these parts if there is such a year; an impossible month or day is in the rest."""
    number = int(year)
    if number > _LATEST:
        return Date(note=whole)
    if not month:
        return Date(number, suffix=suffix, rest=rest)
    if not 1 <= int(month) <= 12 or number < 1:  # an ISO date begins with the year 1
        return Date(number, rest=" ".join(filter(None, (whole, rest))))
    issued = f"{number:04}-{int(month):02}"
    if not day:
        return Date(number, issued=issued, rest=rest)
    if not 1 <= int(day) <= calendar.monthrange(number, int(month))[1]:
        return Date(number, issued=issued, rest=whole)
    return Date(number, issued=f"{issued}-{int(day):02}", rest=rest)


def month_number(written: str) -> int:
    """The number of a month by its name, abbreviation or number; 0 for anything else.

    >>> month_number("Sept."), month_number("05"), month_number("Spring")
    (9, 5, 0)
    """
    word = fold_text(written)
    number = int(word) if re.fullmatch(r"[0-9]{1,2}", word) else _MONTHS.get(word, 0)
    return number if 1 <= number <= 12 else 0
