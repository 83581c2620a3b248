"""Hostile scenario files: every bundled one, damaged in ways that people and attackers damage YAML.

A case is known by its number alone: the same number gives the same bytes for ever, so that one that
fails can be tried again by itself.
"""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any

import yaml

from foedus.data import scenarios_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    type Mutation = Callable[[random.Random, str], str]
    type Tree = dict[str, Any] | list[Any]

DIGIT = re.compile(r"\d")

LARGEST = 1_500_000
"""Letters of a mutant at most: half as many again as the reader takes."""

ORIGINALS = tuple(
    path.read_text(encoding="utf-8") for path in sorted(scenarios_folder().glob("*.yaml"))
)
TREES = tuple(yaml.load(text, Loader=yaml.BaseLoader) for text in ORIGINALS)

NUMBERS = (
    *("1e400", "-1e400", "1e-400", "1e308", "-0.0", ".nan", ".NaN", ".inf", "-.inf", "+.5", "5."),
    *("0x1F", "0o17", "0b101", "010", "0777", "1_000", "190:20:30", "1:30", "1,5", "50%", "١٢"),
    *("9" * 31, "9" * 5000, "-" + "9" * 400, "0." + "0" * 300 + "1", "1e", "1e+", "--1", "+-1"),
    *(
        "0,5",
        "1.234,5",
        "1 000",
        "1\u00a0000",
        "12,5 %",
        "−5",
        "１２",
        "٠.٥",
        "0.5\u00a0",
        "{a: 0,5}",
    ),
    *("NaN", "inf", "-1", "0", "600", "601", "1e9", "999999999999999999999", "2147483648"),
)
WORDS = (
    *("NO", "no", "on", "off", "yes", "Y", "true", "~", "null", "", " ", "<<", "=", "!", "&", "*"),
    *("is", "is is", "cohesion", "cohesion <", "< 0.4", "status of", "status of ARM", "of of of"),
    *("status of ARM is active and cohesion < 1", "trust of RUS < 0.1", "requests by anyone >= -1"),
    *("incidents of azerbaijan on on", "tie of ARM with ARM < 1", "best answer to anyone >= 9"),
    *("alignment of ARM with ARM > 0", "cohesion < nan", "cohesion < 1e400", "cohesion == inf"),
    *(
        "../../../etc/passwd",
        "/dev/zero",
        "/dev/stdin",
        "/etc/passwd",
        "/",
        ".",
        "..",
        "\\",
        "a\0b",
    ),
    *(
        "baseline",
        "baseline.yaml",
        "./baseline",
        "file:///etc/passwd",
        "%00",
        "a" * 300,
        "x" * 99_999,
    ),
    *("\ufeff", "\u202egnirts", "\u2028", "\x85", "é", "e\u0301", "\U0001f4a3", "\u0000", "\ud7ff"),
    *("“cohesion” < 0.5", "“x, y”", "status of ARM is not out", "cohesion != 1", "cohesion < 0,5"),
    *("[/x]", "$a$ $b", "<script>", "=cmd|x", "\x1b[31m", "\a", "a\tb", "\u200b", "  ", "\ufffe"),
    *("threat.", ".", "..", "threat..x", "offer.RUS", "tie.ARM-ARM", "tie.ARM", "incident..ARM"),
    *(
        "notice",
        "withdraw",
        "request",
        "government",
        "pact",
        "thaw",
        "RUS",
        "CHN",
        "ARM",
        "statement",
    ),
    *("decisions..size", "decisions.notice.date", "alliance is zombie", "alliance < alive", "bloc"),
    *(
        "weight[]",
        "fit[ARM]",
        "fit[ARM,CHN,TUR]",
        "trust_patron[arm]",
        "[",
        "]",
        "rate[ARM,,]",
        "basing[TJK]",
        "stake.azerbaijan",
    ),
)
DATES = (
    *("2026-13", "2026-00", "0000-00", "0000-01", "9999-12", "10000-01", "1900-01", "2026-1"),
    *("202611", "2026/11", "2026-11-05", "2026-11-05T00:00:00Z", "11-2026", "2026-1١", "-2026-11"),
    *(
        "2029-02-30",
        "2029-13-45",
        "March 2027",
        "2027/03",
        "03.2027",
        "２０２７-03",
        "2027-03\u00a0",
    ),
    *("2026", "26-11", "2026-11 ", "2031-12", "2026-10", "2026-11", "1994-04", "1994-03"),
)
ODD = (
    "\x00\x01\x07\x08\x0b\x0c\x1b\x7f\x85\xa0\xad\u200b\u200d\u202e\u2028\u2029\ufeff\ufffe\ufffd"
    "\U0001f600\t\r'\"`@%{}[],#&*!|>?:-"
)
TAGS = (
    *("!!python/object/apply:os.system ['true']", "!!python/name:os.system", "!!binary aGk="),
    *("!!set {a, b}", "!!omap [a: 1]", "!!float '1'", "!!str 1", "!local x", "!<tag:x> y", "! z"),
)
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{b}: &{b} [{', '.join(f'*{a}' for _ in range(9))}]\n"
    for a, b in zip("abcdefghi", "bcdefghij", strict=True)
)


def case(number: int) -> bytes:
    """The hostile file of this number."""
    luck = random.Random(f"foedus {number}")
    which = luck.randrange(len(ORIGINALS))
    text = _dump(luck, _tree_mutants(luck, which)) if luck.random() < 0.5 else ORIGINALS[which]
    if luck.random() < 0.3 or text == ORIGINALS[which]:
        for _ in range(luck.choice((1, 1, 1, 1, 2, 6))):
            text = luck.choice(OF_TEXT)(luck, text)[:LARGEST]
    return _encode(luck, text)


def _encode(luck: random.Random, text: str) -> bytes:
    """UTF-8, but for a few files in other encodings or with broken bytes."""
    raw = text.encode("utf-8", "surrogatepass")
    match luck.randrange(40):
        case 0:
            return text.encode("utf-16", "surrogatepass")
        case 1:
            return text.encode("latin-1", "replace")
        case 2:
            place = luck.randrange(len(raw) + 1)
            return raw[:place] + luck.randbytes(luck.randrange(1, 9)) + raw[place:]
        case 3:
            return text.replace("\n", "\r\n").encode("utf-8", "surrogatepass")
        case 4:
            return b"\xef\xbb\xbf" + raw
    return raw


# --- Of the text ---


def _span(luck: random.Random, text: str, most: int) -> tuple[int, int]:
    first = luck.randrange(len(text) + 1)
    return first, min(len(text), first + luck.randrange(most + 1))


def cut(luck: random.Random, text: str) -> str:
    """Leave out some characters."""
    first, last = _span(luck, text, 60)
    return text[:first] + text[last:]


def truncate(luck: random.Random, text: str) -> str:
    """End in the middle."""
    return text[: luck.randrange(len(text) + 1)]


def insert(luck: random.Random, text: str) -> str:
    """Put something odd somewhere."""
    place = luck.randrange(len(text) + 1)
    what = luck.choice((luck.choice(ODD), luck.choice(ODD) * 50, luck.choice(WORDS + NUMBERS)))
    return text[:place] + what + text[place:]


def repeat_lines(luck: random.Random, text: str) -> str:
    """Give some lines twice or two thousand times, at their place or elsewhere."""
    lines = text.splitlines(keepends=True)
    first, last = _span_of(luck, lines)
    place = luck.choice((last, luck.randrange(len(lines) + 1)))
    given = "".join(lines[first:last])
    times = min(luck.choice((1, 1, 1, 3, 2000)), 1 + LARGEST // (len(given) + 1))
    return "".join((*lines[:place], given * times, *lines[place:]))


def swap_lines(luck: random.Random, text: str) -> str:
    """Exchange two lines."""
    lines = text.splitlines(keepends=True)
    if len(lines) > 1:
        i, j = luck.sample(range(len(lines)), 2)
        lines[i], lines[j] = lines[j], lines[i]
    return "".join(lines)


def indent(luck: random.Random, text: str) -> str:
    """Shift some lines."""
    lines = text.splitlines(keepends=True)
    first, last = _span_of(luck, lines)
    by = luck.choice((" ", "  ", "\t", " " * 500))
    shifted = [by + line if luck.random() < 0.8 else line.lstrip() for line in lines[first:last]]
    return "".join(lines[:first] + shifted + lines[last:])


def _span_of(luck: random.Random, lines: list[str]) -> tuple[int, int]:
    first = luck.randrange(len(lines) + 1)
    return first, min(len(lines), first + luck.randrange(1, 12))


def renumber(luck: random.Random, text: str) -> str:
    """Put a hostile number or date in the place of one."""
    words = text.split(" ")
    places = [n for n, word in enumerate(words) if DIGIT.search(word)]
    if places:
        words[luck.choice(places)] = luck.choice((*NUMBERS, *DATES))
    return " ".join(words)


def tag(luck: random.Random, text: str) -> str:
    """Tag, anchor or alias a value."""
    places = [n for n, letter in enumerate(text) if letter == ":"]
    if not places:
        return luck.choice(TAGS)
    place = luck.choice(places) + 1
    words = luck.choice(
        (*TAGS, "&x", "*x", "&x *x", "*unknown", "&a &b", "<<: *x", "<<: {name: b}")
    )
    return f"{text[:place]} {words}{text[place:]}"


def nest(luck: random.Random, text: str) -> str:
    """Nest a value as deep as it goes, closed or not."""
    depth = luck.choice((5, 21, 500, 20_000, 200_000))
    opening, closing = luck.choice(
        (("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", ""), ("!!map {", "}"))
    )
    value = opening * depth + luck.choice(("", "x", closing * depth))
    key = luck.choice(("drivers", "narrative", "sources", "questions", "unknown"))
    return luck.choice((f"{text}\n{key}: {value}\n", value, f"{key}: {value}"))


def flood(luck: random.Random, text: str) -> str:
    """Make it too large in one way or another."""
    match luck.randrange(7):
        case 0:
            return text + "# comment\n" * 120_000
        case 1:
            return text + "\nparameters:\n" + "".join(f"  p{n}: {n}\n" for n in range(20_000))
        case 2:
            return text + "\nsources: [" + "E001, " * 40_000 + "]\n"
        case 3:
            return text + f"\n{'k' * 200_000}: 1\n"
        case 4:
            return f'{text}\nnarrative: "{"long " * 150_000}"\n'
        case 5:
            return (
                text
                + "\ndrivers: {war: {"
                + ", ".join(f"2027-{n:02d}: 1" for n in range(9_000))
                + "}}\n"
            )
    return (
        text
        + "\nquestions:\n"
        + "".join(
            f"  - {{id: q{n}, text: q, when: cohesion < 0.5, at: 2030-01}}\n" for n in range(3_000)
        )
    )


def retype(luck: random.Random, text: str) -> str:
    """Type as a word processor or another keyboard does."""
    plain, typed = luck.choice(
        (
            ('"', "“"),
            ("'", "’"),
            ("-", "−"),
            ("-", "–"),
            (" ", "\u00a0"),
            ("  ", "\t"),
            ("0.", "0,"),
            ("0", "٠"),
            ("1", "１"),
            (":", "："),
            ("<", "≤"),
            (" is ", " is not "),
            ("true", "Yes"),
        )
    )
    places = text.count(plain)
    if luck.random() < 0.5 or not places:
        return text.replace(plain, typed)
    parts = text.split(plain)
    place = luck.randrange(places) + 1
    return plain.join(parts[:place]) + typed + plain.join(parts[place:])


def bomb(luck: random.Random, text: str) -> str:
    """Aliases of aliases, merge keys, more documents, directives."""
    return luck.choice(
        (
            f"{BOMB}{text}",
            f"{text}\nunknown: &a [*a]\n",
            f"{text}\n---\n{text}",
            f"{text}\n...\n{text}",
            f"%YAML 1.2\n---\n{text}",
            f"%TAG ! tag:x,2000:\n---\n{text}",
            f"{text}\n? [a, b]\n: c\n? {{a: b}}\n: c\n",
            f"{text}\n<<: [{{a: b}}, {{c: d}}]\n",
            f"- {text}",
            f"{{{text}}}",
        )
    )


OF_TEXT: tuple[Mutation, ...] = (
    *(cut, truncate, insert, repeat_lines, swap_lines, indent),
    *(cut, truncate, insert, repeat_lines, swap_lines, indent),
    *(renumber, renumber, renumber, tag, tag, nest, bomb, flood, retype, retype),
)


# --- Of the tree ---


def _tree_mutants(luck: random.Random, which: int) -> Tree:
    tree: Tree = _copy(TREES[which])
    for _ in range(luck.choice((1, 1, 1, 2, 5))):
        nodes = list(_containers(tree))
        _mutate(luck, luck.choice(nodes), luck.choice(nodes))
    return tree


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(each) for key, each in value.items()}
    return [_copy(each) for each in value] if isinstance(value, list) else value


def _containers(tree: Tree) -> list[Tree]:
    """All mappings and lists of a tree that hold anything, itself first."""
    found = [tree]
    for each in tree.values() if isinstance(tree, dict) else tree:
        if isinstance(each, dict | list) and each:
            found += _containers(each)
    return found


def _mutate(luck: random.Random, node: Any, other: Tree) -> None:
    """Change one entry of a mapping or list in place."""
    keys = list(node) if isinstance(node, dict) else list(range(len(node)))
    if not keys:
        return
    key = luck.choice(keys)
    match luck.randrange(8):
        case 0:
            del node[key]
        case 1 if isinstance(node, dict):
            node[luck.choice((*WORDS, *DATES, str(key) + "s", str(key)[:-1]))] = node.pop(str(key))
        case 2:
            node[key] = _copy(other)
        case 3 if isinstance(node, list):
            node.extend(_copy(node) * luck.choice((1, 1, 40)))
        case 4:
            node[key] = luck.choice(DATES)
        case _:
            node[key] = _value(luck)


def _value(luck: random.Random) -> Any:
    plain: tuple[Any, ...] = (None, True, 0, -1, 0.5, 1e300, 10**40, [], {}, [[]], {"": ""}, [None])
    words = (*NUMBERS, *WORDS, *WORDS, *DATES)
    return luck.choice((luck.choice(plain), luck.choice(words), [luck.choice(words)] * 3))


class _Dumper(yaml.CSafeDumper):
    """Writes text without quotes, so that numbers and dates of the tree stay what they were."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the signature is PyYAML's
        return True


def _plain(dumper: yaml.CSafeDumper, text: str) -> yaml.Node:
    simple = text and all(c.isalnum() or c in "-._ <=" for c in text) and text == text.strip()
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if simple else '"')


def _loose(dumper: yaml.CSafeDumper, text: str) -> yaml.Node:
    """As a number or a truth value where it looks like one."""
    if text and all(c in "0123456789.-+e" for c in text):
        return dumper.represent_scalar("tag:yaml.org,2002:float", text)
    return _plain(dumper, text)


_Dumper.add_representer(str, _loose)


def _dump(luck: random.Random, tree: Tree) -> str:
    return str(
        yaml.dump(
            tree,
            Dumper=_Dumper,
            sort_keys=luck.random() < 0.3,
            allow_unicode=luck.random() < 0.7,
            default_flow_style=luck.choice((None, False, False, True)),
        )
    )
