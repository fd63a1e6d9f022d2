# SPDX-License-Identifier: Apache-2.0
"""The page's sources, read as text: files that are named are there, every text is there in both
languages and is used, nothing is run from a text. Prints FILE:LINE: sentence for every breach,
exits 1. Run from the top of the tree (make lint); `check-page.py FOLDER` reads another page.
"""
import re
import sys
from pathlib import Path

STRING = r'"(?:[^"\\]|\\.)+"'
TEXT = rf"{STRING}(?:\s*\+\s*{STRING})*"
KEY = re.compile(r"^  (\w+): \[", re.M)
PAIR = re.compile(rf"^  (\w+): \[\s*({TEXT}),\s*({TEXT}),?\s*\],$", re.M)
IMPORT = re.compile(r'(?:from|import)\s*\(?\s*"(\.[^"]+)"')
# text("key") and text(is ? "one" : "other")
CALL = re.compile(r'\btext\(\s*"(\w+)"')
CHOICE = re.compile(r'\btext\([^()"]*(?:\([^()]*\))?[^()"]*\?\s*"(\w+)"\s*:\s*"(\w+)"')
WORD = re.compile(r'\bword\(\s*"(\w+)"')
PREFIX = re.compile(r"`(\w+_)\$\{")
DANGERS = ["innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "new Function", "document.write",
           ' style="', " onclick=", "http:" + "//", "https:" + "//", "style:"]
COMMENT = re.compile(r"^[ \t]*(?://|/\*|\*).*$", re.M)
# Words of the API: complete, whoever shows them now.
VOCABULARY = ("class_", "clock_", "error_", "output_", "result_", "role_")
# How the sentences of these folders come to be: each of them reaches the page, as an error's words.
SAYS = re.compile(r"\b(?:loa_office_refuse|loa_access_refuse|g_set_error|g_set_error_literal|LOA_READER_FAULT|loa_faults_add)\(")
SAYING = ("controller/office", "controller/access", "controller/studio", "controller/reader", "schedules")
TECHNICAL = Path("tests/lint/technical-sentences.txt")
ALLOWED = {"http://www.w3.org/2000/svg"}


def as_one(source):
    """Texts that C joins, joined; formats of fixed sizes as phrases.js has them."""
    source = re.sub(r'%"\s*G_G\w+_FORMAT\s*"', "%d", source)
    source = re.sub(r'%"\s*G_G\w+_FORMAT(?=\s*[,)])', '%d"', source)
    return re.sub(r'(?<!\\)"\s*"', "", source)


def arguments(text, at):
    """What stands between the brackets, of which the first is just before @at."""
    depth, start, quoted = 1, at, False
    while depth > 0:
        if text[at] == "\\":
            at += 1
        elif text[at] == '"':
            quoted = not quoted
        elif not quoted:
            depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
    return text[start:at - 1]


def sentences(call):
    """Of several words: a name or a unit is none."""
    return [t for t in (m.group()[1:-1] for m in re.finditer(STRING, call)) if len(t.split()) >= 3]


class Page:
    def __init__(self, top):
        self.top = top
        self.breaches = []
        self.tables = {}
        # comments give way to blanks, so that places stay where they are
        self.sources = {p: COMMENT.sub(lambda m: " " * len(m.group()), p.read_text())
                        for p in sorted(top.rglob("*.js"))}
        self.html = {p: p.read_text() for p in sorted(top.rglob("*.html"))}

    def breach(self, path, at, sentence):
        text = self.sources.get(path) or self.html.get(path)
        line = text.count("\n", 0, at) + 1
        self.breaches.append(f"{path}:{line}: {sentence}")

    def is_table(self, path):
        return path.parent.name == "strings"

    def read_tables(self):
        for path, text in self.sources.items():
            if not self.is_table(path):
                continue
            pairs = {m.group(1): (m.group(2), m.group(3)) for m in PAIR.finditer(text)}
            seen = set()
            for m in KEY.finditer(text):
                key = m.group(1)
                if key in seen:
                    self.breach(path, m.start(), f'"{key}" stands twice')
                seen.add(key)
                if key not in pairs:
                    self.breach(path, m.start(),
                                f'"{key}" wants two texts: {key}: ["tiếng Việt", "English"],')
                elif set(re.findall(r"\{\d\}", pairs[key][0])) != set(
                        re.findall(r"\{\d\}", pairs[key][1])):
                    self.breach(path, m.start(), f'"{key}" has other values in one language')
            self.tables[path] = seen

    def check_files(self):
        for path, text in self.sources.items():
            for m in IMPORT.finditer(text):
                if not (path.parent / m.group(1)).is_file():
                    self.breach(path, m.start(), f"imports {m.group(1)}, which is not there")
        for path, text in self.html.items():
            for m in re.finditer(r'(?:href|src)="(?:v/@VERSION@/)?([^"#][^"]*)"', text):
                if not m.group(1).startswith("lib/") and not (self.top / m.group(1)).is_file():
                    self.breach(path, m.start(), f"names {m.group(1)}, which is not there")

    def check_texts(self):
        common = self.top / "strings" / "common.js"
        used = {table: set() for table in self.tables}
        for path, text in self.sources.items():
            if self.is_table(path):
                continue
            own = [(path.parent / name).resolve() for name in IMPORT.findall(text)]
            tables = [t for t in self.tables if t == common or t.resolve() in own]
            for m in [*CALL.finditer(text), *CHOICE.finditer(text)]:
                for key in m.groups():
                    if not any(key in self.tables[t] for t in tables):
                        self.breach(path, m.start(), f'there is no text "{key}"')
            for m in WORD.finditer(text):
                if not any(k.startswith(m.group(1) + "_") for t in tables for k in self.tables[t]):
                    self.breach(path, m.start(), f'there is no text "{m.group(1)}_…"')
            names = set(re.findall(r'"(\w+)"', text))
            prefixes = tuple({w + "_" for w in WORD.findall(text)} | set(PREFIX.findall(text)))
            for table in tables:
                used[table] |= {k for k in self.tables[table]
                                if k in names or (prefixes and k.startswith(prefixes))}
        for table, keys in self.tables.items():
            for key in sorted(k for k in keys - used[table]
                              if table != self.top / "strings" / "common.js" or
                              not k.startswith(VOCABULARY)):
                at = re.search(rf"^  {key}: ", self.sources[table], re.M).start()
                self.breach(table, at, f'nobody uses "{key}"')

    def check_dangers(self):
        for path, text in {**self.sources, **self.html}.items():
            for url in ALLOWED:
                text = text.replace(url, " " * len(url))
            for danger in DANGERS:
                for m in re.finditer(re.escape(danger), text):
                    self.breach(path, m.start(), f"{danger} has no place on the page")

    def check_sentences(self, known):
        """What these folders say to people is in phrases.js, or is listed as for technicians only."""
        listed = [line for line in TECHNICAL.read_text().splitlines() if line and line[0] != "#"]
        said = set()
        for folder in SAYING:
            for source in sorted(Path(folder).glob("*.c")):
                text = as_one(source.read_text())
                for m in SAYS.finditer(text):
                    said |= (new := set(sentences(arguments(text, m.end()))))
                    for sentence in sorted(new - known - set(listed)):
                        line = text.count("\n", 0, m.start()) + 1
                        self.breaches.append(f"{source} near {line}: people cannot read this in Vietnamese "
                                             f"(phrases.js, or {TECHNICAL}): {sentence}")
        for sentence in sorted(set(listed) - said):
            self.breaches.append(f"{TECHNICAL}: no program says this any more: {sentence}")
        for sentence in sorted(set(listed) & known):
            self.breaches.append(f"{TECHNICAL}: phrases.js has this: {sentence}")

    def check_phrases(self):
        """What phrases.js translates is said by some program, in these words."""
        path = self.top / "phrases.js"
        if path not in self.sources:
            return
        said = "".join(as_one(p.read_text())
                       for folder in ("common", "wire", "audio", "schedules", "controller", "node")
                       for p in sorted(Path(folder).rglob("*.[ch]")))
        for m in re.finditer(rf"^  \[({STRING}),", self.sources[path], re.M):
            if m.group(1)[1:-1] not in said:
                self.breach(path, m.start(), f"no program says this any more: {m.group(1)}")
        self.check_sentences({m.group(1)[1:-1] for m in
                              re.finditer(rf"^  \[({STRING}),", self.sources[path], re.M)})

    def run(self):
        self.read_tables()
        self.check_phrases()
        self.check_files()
        self.check_texts()
        self.check_dangers()
        return self.breaches


if __name__ == "__main__":
    found = Page(Path(sys.argv[1] if len(sys.argv) > 1 else "controller/page")).run()
    print("\n".join(found), end="\n" if found else "")
    sys.exit(bool(found))
