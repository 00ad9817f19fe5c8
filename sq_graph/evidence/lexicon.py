"""The English words that the guards look for (`lexicon.toml`): stems of content words, hedges,
denials, numbers.
"""

import re
import tomllib
from functools import cache

from sq_graph.resources import text_beside

_LEXICON = tomllib.loads(text_beside(__file__, "lexicon.toml"))
_STOPWORDS, _ENDINGS = frozenset(_LEXICON["stopwords"].split()), _LEXICON["endings"].split()
_STEM_LENGTH = 7  # letters of a stem that are compared


def _any_of(name: str, suffix: str = "", flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(_LEXICON['patterns'][name])})\b{suffix}", flags)


WEAK_HEDGE = _any_of("weak_hedge", r"|\?")
"""Words that may carry a hedge; a hedged statement has at least one."""
STRONG_HEDGE = _any_of("strong_hedge")
"""Words that hardly do anything but hedge."""
MILD_HEDGE = _any_of("mild_hedge")
"""Words that hedge a statement, in a text and in our own words."""
CONDITION = _any_of("condition", r"|^if\b", re.NOFLAG)
"""Words that limit a statement in our own words; in a text they may limit something else."""
DENIAL, CRITICISM, OPEN_LIST = _any_of("denial"), _any_of("criticism"), _any_of("open_list")
SEPARATION = _any_of("separation")
"""Words that set two things apart without denying anything."""
QUOTATION = re.compile(r"(?<!\w)[‘“\"'«](?:[‘“”\"]?\w+(?:[’'-]\w+)*[’”\",;.:]* ){2}")
"""The start of a quotation of at least three words."""
PAGE_CITED = re.compile(r"\d{4}[a-z]?\s?:\s?\d+\)|\bpp?\. ?\d+\)")
"""A citation with a page in brackets, as at the end of a quotation."""
_SERIES = _LEXICON["numbers"].split(), _LEXICON["ordinals"].split()
_VALUES = {word: float(n) for series in _SERIES for n, word in enumerate(series)}
_NUMBER_OR_WORD = re.compile(r"\d[\d,]*(?:\.\d+)?|[a-z]+", re.IGNORECASE)


@cache
def stem(word: str) -> str:
    """A word without its ending, for comparison only.

    >>> stem("migrants") == stem("migrant"), stem("excluded") == stem("excludes")
    (True, True)
    """
    word = word.casefold()
    fits = (end for end in _ENDINGS if word.endswith(end) and len(word) - len(end) >= 4)
    return word.removesuffix(next(fits, ""))[:_STEM_LENGTH]


def stems(text: str) -> list[str]:
    """The stems of the content words of a text, in order.

    >>> stems("Exclusion and the denial of rights")
    ['exclus', 'deni', 'right']
    """
    words = re.findall(r"[^\W\d_]{3,}", text)
    return [stem(word) for word in words if word.casefold() not in _STOPWORDS]


def numbers(text: str) -> set[float]:
    """The numbers of a text, in figures or in words.

    >>> sorted(numbers("In 13 countries, the second in 1,200 of five"))
    [2.0, 5.0, 13.0, 1200.0]
    """
    tokens = _NUMBER_OR_WORD.findall(text)
    figures = {float(token.replace(",", "")) for token in tokens if token[0].isdigit()}
    return figures | {_VALUES[word] for word in _VALUES.keys() & map(str.casefold, tokens)}


def sentences(text: str) -> list[str]:
    """The sentences of a text, divided at full stops, semicolons and colons.

    >>> sentences("It may be so. Or not; who knows?")
    ['It may be so.', 'Or not', 'who knows?']
    """
    return [part for part in re.split(r"(?<=[.:!?])\s+(?=\S)|;\s+", text) if part.strip()]
