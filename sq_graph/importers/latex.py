"""LaTeX in the values of BibTeX: decoded as people read it."""

import re
import tomllib
import unicodedata
from functools import lru_cache

from sq_graph.resources import text_beside

_COMMANDS = tomllib.loads(text_beside(__file__, "latex.toml"))
_ACCENTS, _SYMBOLS = _COMMANDS["accents"], _COMMANDS["symbols"]
_QUOTES, _HIDDEN = _COMMANDS["quotes"], _COMMANDS["hidden"]
_KNOWN = {*_ACCENTS, *_SYMBOLS, *_QUOTES, *_HIDDEN, *_COMMANDS["look"]}
_RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_POWER = re.compile(r"\^(?:\{([0-9+−-]+)\}|([0-9]))")
_SUPERSCRIPT = re.compile(r"\\textsuperscript\s*\{([0-9+−-]+)\}")
_TOKEN = re.compile(
    r"(?P<link>\\(?:url|path|nolinkurl)\s*\{[^{}]*\}|\bhttps?://(?:\\[_&%#$~]|[^\s{}\\])+)|"
    r"(?P<word>\\[A-Za-z]+)(?P<gap>[ \t\n]*)|(?P<sign>\\(?:[^A-Za-z]|\Z))|(?P<dashes>---?)"
    r"|(?P<quotes>``|'')|(?P<math>\$)|(?P<brace>[{}])|(?P<tie>~)",
    re.DOTALL,
)
_ARGUMENT = re.compile(
    r"\s*(?:\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}|"
    r"(\\[A-Za-z]+\s*|\\[^A-Za-z\s]\{?[A-Za-z]\}?|[^\s{}\\]))"
)
_SINGLE = re.compile(r"(?<![`\w\\])`((?:[^`'\\]|``|''|'(?=\w)|\\.)+)'(?!['\w])")
_CJK = re.compile(r"\\(?:begin\s*\{CJK\*?\}(?:\s*\{\w*\}){2}|end\s*\{CJK\*?\})")
_MATH = re.compile(r"(?<!\\)\$(?:(?:[^$\\]|\\.)*(?<!\s)|\s(?:[^$\\]|\\.)*)\$(?!\d)", re.DOTALL)
"""A formula: it ends without a space, unless it begins with one; a price has a figure behind."""
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
    value = _SUPERSCRIPT.sub(_raised, _CJK.sub("", value))
    parts: list[str] = []
    place, in_math = 0, False
    formulas = [found.span() for found in _MATH.finditer(value)]
    borders = {place for start, end in formulas for place in (start, end - 1)}
    while found := _TOKEN.search(value, place):
        before = value[place : found.start()]
        parts.append(re.sub(r"[_^]", "", before) if in_math else before)
        place = found.end()
        if found["math"]:
            is_border = found.start() in borders
            in_math ^= is_border
            parts.append("" if is_border else "$")
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
        argument = _ARGUMENT.match(value, found.start() + 1 + len(name))
        if not argument:
            return "", place
        inner = argument[1] if argument[1] is not None else argument[2]
        letter = decoded(re.sub(r"\\([ij])(?![A-Za-z])\s*", r"\1", inner))
        if not letter:
            return (name if name in "^~`'\"" else ""), argument.end()
        return unicodedata.normalize("NFC", letter[0] + _ACCENTS[name]) + letter[1:], argument.end()
    if found["sign"]:
        return " " if not name.strip() or name in ",;:!\\" else name.strip("-/@()"), place
    if name in _SYMBOLS:
        has_braces = value.startswith("{}", found.end("word"))
        after = found.end("word") if in_math else place  # where a space ends no command
        return _SYMBOLS[name], found.end("word") + 2 if has_braces else after
    first = _ARGUMENT.match(value, place)
    if first and name == "href" and (shown := _ARGUMENT.match(value, first.end())):
        return f"{decoded(shown[1] or '')} ({verbatim(first[1] or '')})", shown.end()
    if first and name in _QUOTES:
        return decoded(first[1] or "").join(_QUOTES[name]), first.end()
    return "", first.end() if first and name in _HIDDEN else place


def _raised(found: re.Match[str]) -> str:
    return "".join(found.groups("")).translate(_RAISED)


def unknown_commands(value: str) -> list[str]:
    r"""The commands in a text that are not known, so that they are left out of it.

    >>> unknown_commands(r"\emph{A} \mymacro{B} \'e \url{x}")
    ['\\mymacro']
    """
    return [f"\\{name}" for name in re.findall(r"\\([A-Za-z]+)", value) if name not in _KNOWN]


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
