"""LaTeX in the values of BibTeX: decoded as people read it."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ACCENTS = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    '"': "\u0308",
    "=": "\u0304",
    ".": "\u0307",
    "u": "\u0306",
    "v": "\u030c",
    "H": "\u030b",
    "c": "\u0327",
    "k": "\u0328",
    "d": "\u0323",
    "b": "\u0331",
    "r": "\u030a",
    "t": "\u0361",
}
_GREEK = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho"
_GREEK += " sigma tau upsilon phi chi psi omega"
_SYMBOLS = {
    **dict(zip(["ss", "ae", "AE", "oe", "OE", "aa", "AA"], "ßæÆœŒåÅ", strict=True)),
    **dict(zip("oOlLij", "øØłŁıȷ", strict=True)),
    **dict(zip(["dh", "DH", "th", "TH", "dj", "DJ", "ng", "NG"], "ðÐþÞđĐŋŊ", strict=True)),
    **{
        name: unicodedata.lookup(f"GREEK SMALL LETTER {_spelt}")
        for name in _GREEK.split()
        for _spelt in [name.upper().replace("LAMBDA", "LAMDA")]
    },
    "textless": "<",
    "textgreater": ">",
    "textbar": "|",
    "textbackslash": "\\",
    "textasciitilde": "~",
    "sim": "~",
    "textasciicircum": "^",
    "textasciigrave": "`",
    "textunderscore": "_",
    "textdollar": "$",
    "textbraceleft": "{",
    "textbraceright": "}",
    "textquotesingle": "'",
    "textquotedbl": '"',
    "textendash": "–",
    "textemdash": "—",
    "textquoteleft": "‘",
    "textquoteright": "’",
    "textquotedblleft": "“",
    "textquotedblright": "”",
    "quotedblbase": "„",
    "quotesinglbase": "‚",
    "guillemotleft": "«",
    "guillemotright": "»",
    "glqq": "„",
    "grqq": "“",
    "glq": "‚",
    "grq": "‘",
    "flqq": "«",
    "frqq": "»",
    "flq": "‹",
    "frq": "›",
    "dq": '"',
    "LaTeX": "LaTeX",
    "TeX": "TeX",
    "BibTeX": "BibTeX",
    "ldots": "…",
    "dots": "…",
    "textellipsis": "…",
    "S": "§",
    "P": "¶",
    "copyright": "©",
    "textcopyright": "©",
    "textregistered": "®",
    "texttrademark": "™",
    "pounds": "£",
    "textsterling": "£",
    "euro": "€",
    "texteuro": "€",
    "textdegree": "°",
    "times": "×",
    "pm": "±",
    "infty": "∞",
    "leq": "≤",
    "geq": "≥",
    "rightarrow": "→",
    "textexclamdown": "¡",
    "textquestiondown": "¿",
    "slash": "/",
    "space": " ",
    "newline": " ",
    "par": " ",
}
_QUOTES = {"enquote": "“”", "mkbibquote": "“”", "textquote": "“”"}
_HIDDEN = {"foreignlanguage", "textcolor", "color", "hspace", "vspace", "selectlanguage", "label"}
_HIDDEN |= {"begin", "end", "fontsize", "vphantom", "hyphenation"}
"""Commands whose first argument is no text."""
_LOOKS = (
    "emph textit textbf textsc textsl texttt textrm textsf textmd textup textnormal em it bf sc"
)
_LOOKS += " sl tt rm sf itshape bfseries scshape slshape ttfamily normalfont mathrm mathit mathbf"
_LOOKS += (
    " mathcal mathsf text ensuremath mbox hbox relax protect textsuperscript textsubscript url"
)
_LOOKS += " path nolinkurl href uppercase lowercase MakeUppercase MakeLowercase footnotesize small"
_LOOKS += (
    " mkbibemph mkbibbold autocap bibstring IeC noopsort nocase left right quad qquad thinspace"
)
"""Commands that change the look of a text alone."""
_RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_POWER = re.compile(r"\^(?:\{([0-9+−-]+)\}|([0-9]))")
_SUPERSCRIPT = re.compile(r"\\textsuperscript\s*\{([0-9+−-]+)\}")
_TOKEN = re.compile(
    r"(?P<link>\\(?:url|path|nolinkurl)\s*\{[^{}]*\}|\bhttps?://(?:\\[_&%#$~]|[^\s{}\\])+)|"
    r"(?P<word>\\[A-Za-z]+)(?P<gap>[ \t\n]*)|(?P<sign>\\[^A-Za-z])|(?P<dashes>---?)"
    r"|(?P<quotes>``|'')|(?P<math>\$)|(?P<brace>[{}])|(?P<tie>~)",
    re.DOTALL,
)
_ARGUMENT = re.compile(
    r"\s*(?:\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}|"
    r"(\\[A-Za-z]+\s*|\\[^A-Za-z\s]\{?[A-Za-z]\}?|[^\s{}\\]))"
)
_SINGLE = re.compile(r"(?<![`\w\\])`([^`'\\]+)'(?!')")
_HARD = re.compile(r"[\\$_^{}~`'\-]")


@lru_cache(maxsize=4096)
def decoded(value: str) -> str:
    r"""A LaTeX text as people read it: accents, symbols, dashes; braces and commands removed.

    >>> decoded(r"Mu\~{n}oz, Nu\~nez, {\'\i}, \v{S}, \c c"), decoded("``H$_2$O'' in {USA}, 1--9")
    ('Muñoz, Nuñez, í, Š, ç', '“H2O” in USA, 1–9')
    """
    if not _HARD.search(value):
        return " ".join(value.split())
    value = _SINGLE.sub(r"‘\1’", _POWER.sub(_raised, value) if "$" in value else value)
    value = _SUPERSCRIPT.sub(_raised, value)
    parts: list[str] = []
    place, in_math = 0, False
    has_math = len(re.findall(r"(?<!\\)\$", value)) % 2 == 0
    while found := _TOKEN.search(value, place):
        before = value[place : found.start()]
        parts.append(re.sub(r"[_^]", "", before) if in_math else before)
        place = found.end()
        if found["math"]:
            in_math = has_math and not in_math
            parts.append("" if has_math else "$")
        elif found["link"]:
            parts.append(verbatim(found[0]))
        elif found["word"] or found["sign"]:
            text, place = _command(value, found, in_math)
            parts.append(text)
        elif found["brace"]:
            continue
        else:
            simple = {"--": "–", "---": "—", "``": "“", "''": "”", "~": " "}
            parts.append(found[0] if in_math and found["dashes"] else simple[found[0]])
    parts.append(value[place:])
    return " ".join("".join(parts).split())


def _command(value: str, found: re.Match[str], in_math: bool) -> tuple[str, int]:
    """What a command stands for, and where the text goes on."""
    name, place = (found["word"] or found["sign"])[1:], found.end()
    if name in _ACCENTS and not (in_math and name in "="):
        start = found.start() + 1 + len(name)
        argument = _ARGUMENT.match(value, start)
        if not argument:
            return "", place
        inner = argument[1] if argument[1] is not None else argument[2]
        letter = decoded(re.sub(r"\\([ij])(?![A-Za-z])\s*", r"\1", inner))
        if not letter:
            return (name if name in "^~`'\"" else ""), argument.end()
        return unicodedata.normalize("NFC", letter[0] + _ACCENTS[name]) + letter[1:], argument.end()
    if found["sign"]:
        return (
            " " if name.isspace() or name in ",;:!\\" else "" if name in "-/@()" else name
        ), place
    if name in _SYMBOLS:
        empty = re.compile(r"\{\}").match(value, found.end("word"))
        return _SYMBOLS[name], empty.end() if empty else place
    first = _ARGUMENT.match(value, place)
    if first and name == "href" and (shown := _ARGUMENT.match(value, first.end())):
        return f"{decoded(shown[1] or '')} ({verbatim(first[1] or '')})", shown.end()
    if first and name in _QUOTES:
        return _QUOTES[name][0] + decoded(first[1] or "") + _QUOTES[name][1], first.end()
    if first and name in _HIDDEN:
        return "", first.end()
    return "", place


def _raised(found: re.Match[str]) -> str:
    return "".join(found.groups("")).translate(_RAISED)


def unknown_commands(value: str) -> list[str]:
    r"""The commands in a text that are not known, so that they are left out of it.

    >>> unknown_commands(r"\emph{A} \mymacro{B} \'e \url{x}")
    ['\\mymacro']
    """
    known = set(_LOOKS.split()) | _HIDDEN | set(_QUOTES) | set(_ACCENTS) | set(_SYMBOLS)
    return [f"\\{name}" for name in re.findall(r"\\([A-Za-z]+)", value) if name not in known]


def verbatim(value: str) -> str:
    r"""An address or identifier, character by character; only escapes are undone.

    >>> verbatim(r"\url{https://example.org/~lund/what-is--x\_1}")
    'https://example.org/~lund/what-is--x_1'
    """
    value = value.strip()
    if wrapped := re.fullmatch(r"\\(?:url|path|nolinkurl)\s*\{(.*)\}", value, re.DOTALL):
        value = wrapped[1]
    if re.fullmatch(r"\{[^{}]*\}", value):
        value = value[1:-1]
    value = re.sub(r"\{?\\textasciitilde(?:\s*\{\})?\}?|\$\\sim\$|\{\\~\{?\}?\}", "~", value)
    return re.sub(r"\{?\\([_&%#$~{}])(?:\{\})?\}?", r"\1", value).strip()
