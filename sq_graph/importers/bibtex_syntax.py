"""The syntax of BibTeX files: entries and fields with their lines, even in a damaged file."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

_BLOCK = re.compile(r"@[ \t]*(?P<type>[A-Za-z]+)\s*(?P<open>[{(])")
_AT_LINE = re.compile(r"^[ \t]*@[ \t]*[A-Za-z]+\s*[{(]", re.MULTILINE)
_DAMAGED_ENTRY = re.compile(r"^[ \t]*(?:@(?!comment)\S|[A-Za-z]+[ \t]*\{[^\s,{}]+,)", re.M | re.I)
"""The start of a damaged entry, whose `@`, type or brace is missing."""
_ENTRY_INSIDE = re.compile(r"\n[ \t]*@[A-Za-z]+\s*\{[^,{}=\n]*,\s*[\w-]+\s*=")
"""The start of an entry; within a value it shows that the value is not closed."""
_FIELD_INSIDE = re.compile(r",\s*[A-Za-z-]+\s*=")
_NAME = re.compile(r"\s*(?P<name>[^\s={}(),\"#]+)\s*=\s*")
_KEY = re.compile(r"\s*(?P<key>[^,={}\n]*?)\s*(?P<end>,|(?=[})])|(?=\n\s*[\w-]+[ \t]*=)|\Z)")
_STRAY = re.compile(r"(?:;|[^\s,={}()\"@]+(?=\s*[,})]))")
"""A character or a word in place of a field: it is left out."""
_BARE = re.compile(r"[^\s,#{}()\"=]+")
_SPACE = re.compile(r"(?:\s|%[^\n]*)*")
"""Space between the parts of an entry, and comments to the end of the line."""
_DELIMITER = re.compile(r'\\.|[{}"]', re.DOTALL)


@dataclass
class Entry:
    """An entry as written in the file: the fields in order, with lower-case names; `problem` says
    why it cannot be read.
    """

    kind: str
    key: str
    line: int
    fields: list[tuple[str, str]] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    problem: str = ""


class _InvalidEntry(Exception):
    """The reason why an entry cannot be read, and the position of the problem."""


class BibtexFile:
    """A BibTeX file being read; iterating yields its entries in order, invalid ones included.

    >>> [entry.fields for entry in BibtexFile('@book{k, title="A " # b, year=2001 }')]
    [[('title', 'A b'), ('year', '2001')]]
    """

    def __init__(self, content: str) -> None:
        self.content, self.position = content, 0
        self._strings: dict[str, str] = {}
        self._counted_to, self._line = 0, 1

    def __iter__(self) -> Iterator[Entry]:
        while match := _BLOCK.search(self.content, self.position):
            yield from self._damaged_entries(match.start())
            kind, line = match["type"].lower(), self._line_at(match.start())
            between = self.content[self.position : match.start()]
            if self.position and re.match(r"[ \t,]*\n?[ \t]*[\w-]+\s*=\s*[{\"\w]", between):
                problem = "the text after a closed entry is not read: an extra brace closes it"
                yield Entry("", "", line - between.lstrip("\n").count("\n"), problem=problem)
            entry, self.position = Entry(kind, "", line), match.end()
            if kind == "comment":
                with suppress(_InvalidEntry):
                    self.position = self._closing_mark(self.position - 1, "@comment") + 1
                continue
            try:
                self._parse_entry(entry, {"{": "}", "(": ")"}[match["open"]])
            except _InvalidEntry as error:
                next_entry = _AT_LINE.search(self.content, match.end())
                self.position = next_entry.start() if next_entry else len(self.content)
                subject = f"the entry {entry.key!r}" if entry.key else f"this @{kind}"
                problem, position = error.args
                line += self.content.count("\n", match.start(), position)
                entry.problem = f"{subject} cannot be read: {problem}, line {line}"
            if kind == "string" and not entry.problem:
                self._strings |= dict(entry.fields)
            elif kind != "preamble" or entry.problem:
                yield entry
        yield from self._damaged_entries(len(self.content))

    def _damaged_entries(self, end: int) -> Iterator[Entry]:
        """Text between two entries that looks like an entry without its first characters."""
        for match in _DAMAGED_ENTRY.finditer(self.content, self.position, end):
            excerpt = self.content[match.start() : end].strip().split("\n")[0][:20]
            problem = f"{excerpt!r} is not the beginning of an entry, such as @article{{key,"
            yield Entry("", "", self._line_at(match.start()), problem=problem)

    def _parse_entry(self, entry: Entry, closing_char: str) -> None:
        """Reads the entry that starts at the current position."""
        if entry.kind == "preamble":
            self._parse_value("@preamble", entry)
            return
        if entry.kind != "string":
            self._parse_key(entry)
        last, has_comma, start = "", True, self.position
        while (char := self._next_char()) != closing_char:
            if char == ",":
                has_comma = True
                self.position += 1
            elif last and (not char or _AT_LINE.match(self.content, self.position)):
                if _FIELD_INSIDE.search(entry.fields[-1][1]):
                    raise _InvalidEntry(f"a brace is not closed in {last}", start)
                entry.doubts.append(f"the brace that closes it is missing after {last}")
                return
            elif not char:
                raise _InvalidEntry("it has no fields and is not closed", self.position)
            elif name := self._match(_NAME):
                if not has_comma:
                    entry.doubts.append(f"a comma is missing after {last}")
                last, has_comma, start = name["name"].lower(), False, self.position
                entry.fields.append((last, self._parse_value(last, entry)))
            elif stray := self._match(_STRAY):
                entry.doubts.append(f"{stray[0]!r} is not a field and is left out")
                has_comma = True
            else:
                after = f" after {last}" if last else ""
                excerpt = self.content[self.position : self.position + 20].split("\n")[0]
                raise _InvalidEntry(f"there is no field{after} at {excerpt!r}", self.position)
        self.position += 1

    def _parse_key(self, entry: Entry) -> None:
        if _NAME.match(self.content, self.position):
            entry.doubts.append("it has no key; one is generated")
            return
        key = self._match(_KEY)
        if key is None:
            raise _InvalidEntry("its key is not followed by a comma", self.position)
        entry.key = key["key"]
        if not key["end"] and self.content[self.position : self.position + 1] not in "})":
            entry.doubts.append("a comma is missing after its key")

    def _parse_value(self, name: str, entry: Entry) -> str:
        """The value that starts at the current position, its parts joined."""
        parts: list[str] = []
        while True:
            char = self.content[self.position : self.position + 1]
            if char and char in '{"':
                end = self._closing_mark(self.position, name)
                parts.append(self.content[self.position + 1 : end])
                self.position = end + 1
            elif word := self._match(_BARE):
                parts.append(self._strings.get(word[0].lower(), word[0]))
                if parts[-1] == word[0] and not re.search("^[0-9-]|:", word[0]) and name != "month":
                    entry.doubts.append(f"{name}: no @string defines {word[0]!r}")
            elif char not in ",})":
                raise _InvalidEntry(f"{name} has no value", self.position)
            if self._next_char() != "#":
                return "".join(parts)
            self.position += 1
            self._next_char()

    def _closing_mark(self, start: int, name: str) -> int:
        """The position of the brace or quotation mark that closes the one at `start`."""
        closing_mark, depth = self.content[start].replace("{", "}"), 0
        for match in _DELIMITER.finditer(self.content, start + 1):
            if match[0] == closing_mark and depth == 0:
                if _ENTRY_INSIDE.search(self.content, start, match.start()):
                    break
                return match.start()
            depth += {"{": 1, "}": -1}.get(match[0], 0)
            if depth < 0:
                break
        noun = "brace" if closing_mark == "}" else "quotation mark"
        raise _InvalidEntry(f"a {noun} is not closed in {name}", start)

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The match of a pattern at the current position, if any; the position moves behind it."""
        match = pattern.match(self.content, self.position)
        self.position = match.end() if match else self.position
        return match

    def _next_char(self) -> str:
        """The next character that is not space, or ''."""
        self._match(_SPACE)
        return self.content[self.position : self.position + 1]

    def _line_at(self, position: int) -> int:
        self._line += self.content.count("\n", self._counted_to, position)
        self._counted_to = position
        return self._line
