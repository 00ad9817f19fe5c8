"""The syntax of BibTeX files: entries and fields with their lines, whatever is broken around."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

_BLOCK = re.compile(r"@[ \t]*(?P<type>[A-Za-z]+)\s*(?P<open>[{(])")
_AT_LINE = re.compile(r"^[ \t]*@[ \t]*[A-Za-z]+\s*[{(]", re.MULTILINE)
_NO_ENTRY = re.compile(r"^[ \t]*(?:@(?!comment)\S|[A-Za-z]+[ \t]*\{[^\s,{}]+,)", re.M | re.I)
"""The beginning of what is no entry, since its `@`, its type or its brace is missing."""
_ENTRY_INSIDE = re.compile(r"\n[ \t]*@[A-Za-z]+\s*\{[^,{}=\n]*,\s*[\w-]+\s*=")
"""The beginning of an entry, which within a value shows that the value is not closed."""
_FIELD_INSIDE = re.compile(r",\s*[A-Za-z-]+\s*=")
_NAME = re.compile(r"\s*(?P<name>[^\s={}(),\"#]+)\s*=\s*")
_KEY = re.compile(r"\s*(?P<key>[^,={}\n]*?)\s*(?P<end>,|(?=[})])|(?=\n\s*[\w-]+[ \t]*=)|\Z)")
_STRAY = re.compile(r"(?:;|[^\s,={}()\"@]+(?=\s*[,})]))")
"""A sign or a word that stands where a field should: it is left out."""
_BARE = re.compile(r"[^\s,#{}()\"=]+")
_SPACE = re.compile(r"(?:\s|%[^\n]*)*")
"""What may stand between the parts of an entry: space, and comments to the end of the line."""
_SIGN = re.compile(r'[{}"\\]')


@dataclass
class Entry:
    """An entry as it stands in the file: the fields in order, with lower-case names; `broken` says
    why it cannot be read.
    """

    kind: str
    key: str
    line: int
    fields: list[tuple[str, str]] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    broken: str = ""


class _Broken(Exception):
    """Why an entry cannot be read, and the place of it."""


class BibtexFile:
    """A BibTeX file being read; iterate for its entries, the broken ones in their places.

    >>> [entry.fields for entry in BibtexFile('@book{k, title="A " # b, year=2001 }')]
    [[('title', 'A b'), ('year', '2001')]]
    """

    def __init__(self, content: str) -> None:
        self.content, self.place = content, 0
        self._texts: dict[str, str] = {}
        self._counted, self._line = 0, 1

    def __iter__(self) -> Iterator[Entry]:
        while found := _BLOCK.search(self.content, self.place):
            yield from self._between(found.start())
            kind, line = found["type"].lower(), self._line_of(found.start())
            between = self.content[self.place : found.start()]
            if self.place and re.match(r"[ \t,]*\n?[ \t]*[\w-]+\s*=\s*[{\"\w]", between):
                why = "the text after a closed entry is not read: a brace too many closes it"
                yield Entry("", "", line - between.lstrip("\n").count("\n"), broken=why)
            entry, self.place = Entry(kind, "", line), found.end()
            if kind == "comment":
                with suppress(_Broken):
                    self.place = self._closing(self.place - 1, "@comment") + 1
                continue
            try:
                self._read(entry, {"{": "}", "(": ")"}[found["open"]])
            except _Broken as error:
                next_one = _AT_LINE.search(self.content, found.end())
                self.place = next_one.start() if next_one else len(self.content)
                named = f"the entry {entry.key!r}" if entry.key else f"this @{kind}"
                why, place = error.args
                line += self.content.count("\n", found.start(), place)
                entry.broken = f"{named} cannot be read: {why}, line {line}"
            if entry.broken:
                yield entry
            elif kind == "string":
                self._texts |= dict(entry.fields)
            elif kind != "preamble":
                yield entry
        yield from self._between(len(self.content))

    def _between(self, end: int) -> Iterator[Entry]:
        """What stands between two entries and looks like one that has lost its first signs."""
        for found in _NO_ENTRY.finditer(self.content, self.place, end):
            shown = self.content[found.start() : end].strip().split("\n")[0][:20]
            why = f"{shown!r} is not the beginning of an entry, such as @article{{key,"
            yield Entry("", "", self._line_of(found.start()), broken=why)

    def _read(self, entry: Entry, closing: str) -> None:
        """Reads the entry that begins here."""
        if entry.kind == "preamble":
            self._value("@preamble", entry)
            return
        if entry.kind != "string":
            self._read_key(entry)
        last, has_comma, begun = "", True, self.place
        while (sign := self._next()) != closing:
            if sign == ",":
                has_comma = True
                self.place += 1
            elif last and (not sign or _AT_LINE.match(self.content, self.place)):
                if _FIELD_INSIDE.search(entry.fields[-1][1]):
                    raise _Broken(f"a brace is not closed in {last}", begun)
                entry.doubts.append(f"the brace that closes it is missing after {last}")
                return
            elif not sign:
                raise _Broken("it has no fields and is not closed", self.place)
            elif name := self._taken(_NAME):
                if not has_comma:
                    entry.doubts.append(f"a comma is missing after {last}")
                last, has_comma, begun = name["name"].lower(), False, self.place
                entry.fields.append((last, self._value(last, entry)))
            elif stray := self._taken(_STRAY):
                entry.doubts.append(f"{stray[0]!r} is not a field and is left out")
                has_comma = True
            else:
                after = f" after {last}" if last else ""
                shown = self.content[self.place : self.place + 20].split("\n")[0]
                raise _Broken(f"there is no field{after} at {shown!r}", self.place)
        self.place += 1

    def _read_key(self, entry: Entry) -> None:
        if _NAME.match(self.content, self.place):
            entry.doubts.append("it has no key; one is made for it")
            return
        key = self._taken(_KEY)
        if key is None:
            raise _Broken("its key is not followed by a comma", self.place)
        entry.key = key["key"]
        if not key["end"] and self.content[self.place : self.place + 1] not in "})":
            entry.doubts.append("a comma is missing after its key")

    def _value(self, name: str, entry: Entry) -> str:
        """The value that begins here, its parts joined."""
        parts: list[str] = []
        while True:
            sign = self.content[self.place : self.place + 1]
            if sign and sign in '{"':
                begin = self.place + 1
                end = (self._closing if sign == "{" else self._quote)(self.place, name)
                parts.append(self.content[begin:end])
                self.place = end + 1
            elif bare := self._taken(_BARE):
                parts.append(self._texts.get(bare[0].lower(), bare[0]))
                if parts[-1] == bare[0] and not re.search("^[0-9-]|:", bare[0]) and name != "month":
                    entry.doubts.append(f"{name}: no @string gives a text for {bare[0]!r}")
            elif sign not in ",})":
                raise _Broken(f"{name} has no value", self.place)
            if self._next() != "#":
                return "".join(parts)
            self.place += 1
            self._next()

    def _closing(self, place: int, name: str) -> int:
        """Where the brace that opens here is closed."""
        depth, start = 0, place
        while sign := _SIGN.search(self.content, place):
            place = sign.end()
            if sign[0] == "\\":
                place += 1
            elif sign[0] == "{":
                depth += 1
            elif sign[0] == "}":
                depth -= 1
                if depth == 0 and not _ENTRY_INSIDE.search(self.content, start, sign.start()):
                    return sign.start()
                if depth == 0:
                    break
        raise _Broken(f"a brace is not closed in {name}", start)

    def _quote(self, start: int, name: str) -> int:
        """Where the quotation mark that opens here is closed, outside braces."""
        place = start + 1
        while sign := _SIGN.search(self.content, place):
            if sign[0] == '"' and not _ENTRY_INSIDE.search(self.content, start, sign.start()):
                return sign.start()
            if sign[0] == '"':
                break
            place = sign.end() + (sign[0] == "\\")
            if sign[0] == "{":
                place = self._closing(sign.start(), name) + 1
            elif sign[0] == "}":
                break
        raise _Broken(f"a quotation mark is not closed in {name}", start)

    def _taken(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What a pattern finds here, if it does; the place is then after it."""
        found = pattern.match(self.content, self.place)
        self.place = found.end() if found else self.place
        return found

    def _next(self) -> str:
        """The next sign that is no space, or ''."""
        self._taken(_SPACE)
        return self.content[self.place : self.place + 1]

    def _line_of(self, place: int) -> int:
        self._line += self.content.count("\n", self._counted, place)
        self._counted = place
        return self._line
