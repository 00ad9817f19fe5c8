"""LaTeX in the values of BibTeX, decoded as people read it."""

import re
import tomllib
import unicodedata
from functools import lru_cache

from sq_graph.resources import text_beside

_COMMANDS = tomllib.loads(text_beside(__file__, "latex.toml"))
_ACCENTS, _SYMBOLS = _COMMANDS["accents"], _COMMANDS["symbols"]
_QUOTES, _HIDDEN = _COMMANDS["quotes"], _COMMANDS["hidden"]
_KNOWN_NAMES = {*_ACCENTS, *_SYMBOLS, *_QUOTES, *_HIDDEN, *_COMMANDS["look"]}
_SUPERSCRIPTS = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_POWER = re.compile(r"\^(?:\{([0-9+−-]+)\}|([0-9]))")
_SUPERSCRIPT = re.compile(r"\\textsuperscript\s*\{([0-9+−-]+)\}")
_TOKEN = re.compile(
    r"(?P<link>\\(?:url|path|nolinkurl)\s*\{[^{}]*\}|\bhttps?://(?:\\[_&%#$~]|[^\s{}\\])+)|"
    r"(?P<word>\\[A-Za-z]+)(?P<gap>[ \t\n]*)|(?P<symbol>\\(?:[^A-Za-z]|\Z))|(?P<dashes>---?)"
    r"|(?P<quotes>``|'')|(?P<math>\$)|(?P<brace>[{}])|(?P<tie>~)",
    re.DOTALL,
)
_ARGUMENT = re.compile(
    r"\s*(?:\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}|"
    r"(\\[A-Za-z]+\s*|\\[^A-Za-z\s]\{?[A-Za-z]\}?|[^\s{}\\]))"
)
_SINGLE_QUOTES = re.compile(r"(?<![`\w\\])`((?:[^`'\\]|``|''|'(?=\w)|\\.)+)'(?!['\w])")
_CJK = re.compile(r"\\(?:begin\s*\{CJK\*?\}(?:\s*\{\w*\}){2}|end\s*\{CJK\*?\})")
_MATH = re.compile(r"(?<!\\)\$(?:(?:[^$\\]|\\.)*(?<!\s)|\s(?:[^$\\]|\\.)*)\$(?!\d)", re.DOTALL)
"""A formula: no space before its end, unless it begins with one; no digit follows, as in prices."""
_SPECIAL = re.compile(r"[\\$_^{}~`'\-]")


@lru_cache(maxsize=4096)
def decode_latex(value: str) -> str:
    r"""A LaTeX text as people read it: accents, symbols, dashes; braces and commands removed.

    >>> decode_latex(r"Mu\~{n}oz, Nu\~nez, {\'\i}, \v{S}, \c c")
    'Muñoz, Nuñez, í, Š, ç'
    >>> decode_latex("``H$_2$O'' in {USA}, 1--9")
    '“H2O” in USA, 1–9'
    """
    if not _SPECIAL.search(value):
        return " ".join(value.split())
    value = _SINGLE_QUOTES.sub(r"‘\1’", _POWER.sub(_superscript, value) if "$" in value else value)
    value = _SUPERSCRIPT.sub(_superscript, _CJK.sub("", value))
    parts: list[str] = []
    position, in_math = 0, False
    formulas = [match.span() for match in _MATH.finditer(value)]
    dollars = {index for start, end in formulas for index in (start, end - 1)}
    while match := _TOKEN.search(value, position):
        plain = value[position : match.start()]
        parts.append(re.sub(r"[_^]", "", plain) if in_math else plain)
        position = match.end()
        if match["math"]:
            is_delimiter = match.start() in dollars
            in_math ^= is_delimiter
            parts.append("" if is_delimiter else "$")
        elif match["link"]:
            parts.append(verbatim(match[0]))
        elif match["word"] or match["symbol"]:
            text, position = _command(value, match, in_math)
            parts.append(text)
        elif match["brace"]:
            continue
        else:
            ligatures = {"--": "–", "---": "—", "``": "“", "''": "”", "~": " "}
            parts.append(match[0] if in_math and match["dashes"] else ligatures[match[0]])
    parts.append(value[position:])
    return " ".join("".join(parts).split())


def _command(value: str, match: re.Match[str], in_math: bool) -> tuple[str, int]:
    """The text that a command stands for, and the position after it."""
    name, end = (match["word"] or match["symbol"])[1:], match.end()
    if name in _ACCENTS and not (in_math and name in "="):
        argument = _ARGUMENT.match(value, match.start() + 1 + len(name))
        if not argument:
            return "", end
        content = argument[1] if argument[1] is not None else argument[2]
        letter = decode_latex(re.sub(r"\\([ij])(?![A-Za-z])\s*", r"\1", content))
        if not letter:
            return (name if name in "^~`'\"" else ""), argument.end()
        return unicodedata.normalize("NFC", letter[0] + _ACCENTS[name]) + letter[1:], argument.end()
    if match["symbol"]:
        return " " if not name.strip() or name in ",;:!\\" else name.strip("-/@()"), end
    if name in _SYMBOLS:
        has_braces = value.startswith("{}", match.end("word"))
        after = match.end("word") if in_math else end  # in math a space does not end a command
        return _SYMBOLS[name], match.end("word") + 2 if has_braces else after
    argument = _ARGUMENT.match(value, end)
    if argument and name == "href" and (label := _ARGUMENT.match(value, argument.end())):
        return f"{decode_latex(label[1] or '')} ({verbatim(argument[1] or '')})", label.end()
    if argument and name in _QUOTES:
        return decode_latex(argument[1] or "").join(_QUOTES[name]), argument.end()
    return "", argument.end() if argument and name in _HIDDEN else end


def _superscript(match: re.Match[str]) -> str:
    return "".join(match.groups("")).translate(_SUPERSCRIPTS)


def unknown_commands(value: str) -> list[str]:
    r"""The unknown commands in a text, which are left out of it.

    >>> unknown_commands(r"\emph{A} \mymacro{B} \'e \url{x}")
    ['\\mymacro']
    """
    return [f"\\{name}" for name in re.findall(r"\\([A-Za-z]+)", value) if name not in _KNOWN_NAMES]


def verbatim(value: str) -> str:
    r"""An address or identifier as it is, without escapes.

    >>> verbatim(r"\url{https://example.org/~lund/what-is--x\_1}")
    'https://example.org/~lund/what-is--x_1'
    """
    value = value.strip()
    if match := re.fullmatch(r"\\(?:url|path|nolinkurl)\s*\{(.*)\}", value, re.DOTALL):
        value = match[1]
    if re.fullmatch(r"\{[^{}]*\}", value):
        value = value[1:-1]
    value = re.sub(r"\{?\\textasciitilde(?:\s*\{\})?\}?|\$\\sim\$|\{\\~\{?\}?\}", "~", value)
    return re.sub(r"\{?\\([_&%#$~{}])(?:\{\})?\}?", r"\1", value).strip()
