"""The English words that the guards look for: stems of content words, hedges, denials, numbers."""

from __future__ import annotations

import re
from functools import cache

_SMALL = frozenset(
    [
        "the",
        "and",
        "that",
        "which",
        "for",
        "with",
        "its",
        "their",
        "they",
        "this",
        "these",
        "those",
        "there",
        "from",
        "not",
        "but",
        "who",
        "what",
        "than",
        "such",
        "can",
        "may",
        "into",
        "one",
        "more",
        "most",
        "other",
        "has",
        "have",
        "had",
        "are",
        "was",
        "were",
        "been",
        "will",
        "would",
        "some",
        "between",
        "among",
        "also",
        "only",
        "very",
        "when",
        "where",
        "how",
        "all",
        "any",
        "both",
        "each",
        "own",
        "being",
        "does",
        "did",
        "her",
        "his",
        "our",
        "them",
        "then",
    ]
)
_ENDINGS = [
    "isations",
    "isation",
    "ations",
    "ation",
    "ments",
    "ment",
    "ness",
    "ities",
    "ity",
    "ingly",
    "ively",
    "ings",
    "ing",
    "ions",
    "ion",
    "ives",
    "ive",
    "ally",
    "ers",
    "er",
    "ies",
    "ed",
    "al",
    "ly",
    "es",
    "s",
    "y",
    "e",
]
_STEM = 7  # letters of a stem that are compared
WEAK_HEDGE = re.compile(
    r"\b(?:may|might|can|could|would|ought|perhaps|probabl[ey]|tentativ\w*|arguabl[ey]|appears?|"
    r"potential(?:ly)?|tends?|often|sometimes|tacit\w*|presum\w*|danger|risks?|unlikely|"
    r"like(?:ly|lier)|"
    r"claim(?:s|ed)?|sa(?:y|id)|according to|largely|mostly|loose(?:ly)?|to (?:some|a) \w+|in "
    r"some|at least|"
    r"in (?:effect|general|part|principle)|more or less|hardly|unless|implicit\w*|seems?|normally|"
    r"usually|about|around|roughly|nearly|almost|possib(?:le|ly|ility)|suggests?|partly|"
    r"approximat\w+|comes? near|likened|if|so long as|"
    r"supposed|expected|somewhat|relatively|fairly|other things|no definition|nobody|whether|"
    r"opportunity|counts? as|regarded|seen as|called|taken)\b|\?",
    re.IGNORECASE,
)
"""Words that may carry a hedge; a hedged statement has at least one."""
STRONG_HEDGE = re.compile(
    r"\b(?:may|might|perhaps(?! more precisely)|probabl[ey]|arguabl[ey]|appears?(?! in)|seems?|"
    r"possibly|"
    r"presumably|potentially|tentatively|unlikely|tacitly|could be|can be (?:seen(?! from)|"
    r"regarded|conceived|"
    r"identified|traced|called|loosely)|in principle|in effect|to some extent|to a degree|in some|"
    r"largely|loosely|at least|would (?:be|normally)|other things being equal|it is claimed|"
    r"danger of)\b",
    re.IGNORECASE,
)
"""Words that hardly do anything but hedge."""
MILD_HEDGE = re.compile(
    r"\b(?:sometimes|normally|tends? to|tendency to|supposed to|expected to|likely|likelier|"
    r"tentative(?:ly)?|it can be possible)\b",
    re.IGNORECASE,
)
"""Words that hedge what is said, in a text and in our own words."""
CONDITION = re.compile(
    r"\b(?:often|unless|more or less|somewhat|could|[Aa]ccording to|[Ii]n most cases|If)\b|^if\b"
)
"""Words that limit what is said, in our own words; a text may use them of something else."""
DENIAL = re.compile(
    r"\b(?:not|no|nor|neither|never|none|nothing|nobody|reject\w*|den(?:y|ies|ied)|turn(?:s|ed) "
    r"down)\b",
    re.IGNORECASE,
)
PARTING = re.compile(
    r"\b(?:apart|distinct\w*|distinguish\w*|separate\w*|differ\w*|independent\w*|more than|beyond|"
    r"another|two|without|dissociat\w*)\b",
    re.IGNORECASE,
)
"""Words that set two things apart without denying anything."""
CRITICISM = re.compile(
    r"\b(?:reject\w*|critic\w*|question\w*|doubt\w*|fail\w*|wrong\w*|mistaken|inadequate|"
    r"insufficient|"
    r"disagree\w*|object\w* to|problem\w*|unclear|den(?:y|ies|ied)|contest\w*|disput\w*|"
    r"unsatisf\w*|misconstru\w*|shaky|limitations?|shortcomings?|not all [\w ]+ agree\w*)\b",
    re.IGNORECASE,
)
OPEN_LIST = re.compile(r"\b(?:or|any|either|at least one)\b", re.IGNORECASE)
QUOTATION = re.compile(r"(?<!\w)[‘“\"'«](?:[‘“”\"]?\w+(?:[’'-]\w+)*[’”\",;.:]* ){2}")
"""The beginning of a quotation of at least three words."""
PAGE_CITED = re.compile(r"\d{4}[a-z]?\s?:\s?\d+\)|\bpp?\. ?\d+\)")
"""A citation with a page in brackets, as it stands at the end of a quotation."""
_NUMBERS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
_ORDINALS = [
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
]
_WORDS = {word: float(n) for names in (_NUMBERS, _ORDINALS) for n, word in enumerate(names)}
_DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?|[a-z]+", re.IGNORECASE)


@cache
def stem(word: str) -> str:
    """A word without its ending, for comparison only.

    >>> stem("migrants") == stem("migrant"), stem("excluded") == stem("excludes")
    (True, True)
    """
    word = word.casefold()
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            break
    return word[:_STEM]


def stems(text: str) -> list[str]:
    """The stems of the content words of a text, in order.

    >>> stems("Exclusion and the denial of rights")
    ['exclus', 'deni', 'right']
    """
    found = re.findall(r"[^\W\d_]{3,}", text)
    return [stem(word) for word in found if word.casefold() not in _SMALL]


def numbers(text: str) -> set[float]:
    """The numbers of a text, in figures or in words.

    >>> sorted(numbers("In 13 countries, the second in 1,200 of five"))
    [2.0, 5.0, 13.0, 1200.0]
    """
    found = set()
    for token in _DIGITS.findall(text):
        if token[0].isdigit():
            found.add(float(token.replace(",", "")))
        elif token.casefold() in _WORDS:
            found.add(_WORDS[token.casefold()])
    return found


def sentences(text: str) -> list[str]:
    """The sentences of a text, divided at full stops, semicolons and colons.

    >>> sentences("It may be so. Or not; who knows?")
    ['It may be so.', 'Or not', 'who knows?']
    """
    return [part for part in re.split(r"(?<=[.:!?])\s+(?=\S)|;\s+", text) if part.strip()]
