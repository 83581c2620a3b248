"""Text of users is text on every surface: refused where it is read, or shown as it is written.

The strings of `HOSTILE`, and made-up ones, go through the reader, the terminal, tables of the page,
CSV, Parquet and figures; what nothing can show is refused wherever a file says it.
"""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matplotlib.text import Text as Artist

from conftest import TESTS
from foedus.app.tabs import tables as page_tables
from foedus.errors import FoedusError
from foedus.figures.style import fitted, page, panel_title, save, styled
from foedus.files import characters, yaml_reader
from foedus.parameters import registry
from foedus.runs.provenance import Provenance
from foedus.runs.tables.columns import write_csv, write_parquet
from foedus.scenarios.resolve import resolve
from foedus.telling.console import plain_text, say, section, text_table

HERE = TESTS / "alliances"

HOSTILE = (
    *("Oil falls from $80 by 50 % to $40", "Aid of $200m rises to $500m", "$", "$$", "\\$x_1^2$"),
    *("Loan of $2bn {first and $1bn later", "{x}", "{{x}}", "${x}", "%s %d %(x)s 100%", "{% x %}"),
    *("Kazakhstan leaves the union [/EAEU].", "(see [e.g. C103] and [sic])", "[red]x[/red]", "[/]"),
    *("[link=http://x.example]y[/link]", ":fire: :smile:", "[bold", "\\[x]", "\\\\n \\x1b \\u0000"),
    *(
        "<script>alert(1)</script>",
        "</title><img src=x onerror=alert(1)>",
        "<b>bold</b> &amp; & &lt;",
    ),
    *("'\"><svg onload=alert(1)>", "<!-- x -->", "]]>", "<![CDATA[x]]>", "`x` ``y``", "--> x"),
    *("=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(A1:A9)", '=HYPERLINK("http://x.example")', "a|b"),
    *("Выход Армении из ОДКБ", "Қазақстан: ұйымнан шығу ғ ү ұ қ ө һ", "联盟的终结", "日本語" * 40),
    *("😀 👩‍👩‍👧‍👦 🇰🇿", "e\u0301 ñ ﬁ", "نهاية الحلف", "x" * 300, "many words " * 30 + "end"),
    *(
        "lambda",
        "on",
        "no",
        "CON",
        "null",
        "true",
        "2027-03-01",
        "1e3",
        "010",
        "~",
        "#x",
        "- x",
        "? x",
    ),
    *("“curly”", "«quoted»", "it's", '"', "'", ",", ";", "a,b;c", "a\u00a0b", "../../etc/passwd"),
)
"""Strings that mean something to one program or another, and nothing to a reader."""

REFUSED = {
    "a\x00b": "U+0000 (null) as character 2",
    "\x1b[31mred": "U+001B (escape) as character 1",
    "ring\a": "U+0007 (the bell) as character 5",
    "a\bb": "U+0008 (backspace)",
    "a\tb": "U+0009 (a tab)",
    "a\rb": "U+000D (a carriage return)",
    "a\x7fb": "U+007F (delete)",
    "a\x85b": "U+0085 (a next line)",
    "a\x9b31mb": "U+009B (a control character)",
    "a\u2028b": "U+2028 (a line separator)",
    "abc\u202edef": "U+202E (a mark of the direction of writing) as character 4",
    "a\u2066b": "U+2066 (a mark of the direction of writing)",
    "a\u200fb": "U+200F (a mark of the direction of writing)",
    "a\ufffeb": "U+FFFE (not a character)",
    "a\U0001ffffb": "U+1FFFF (not a character)",
    "\u200b\u200d": "shows nothing",
    "  ": "shows nothing",
    "\u2800\u3164": "shows nothing",
}
"""Strings that no surface could show, and what is said of them."""


ORIGIN = Provenance("x", "0" * 64, "0" * 64, "record", 1, 4, 60, "0.1.0")


def bare(text: str) -> str:
    """A text without its blanks, in which surfaces break lines and fill columns."""
    return re.sub(r"\s+", "", text)


class Reading(HTMLParser):
    """What a browser shows of a page, and the elements that it makes."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[str] = []
        self.attributes: set[str] = set()
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return bare("".join(self.words))


def loaded(path: Path) -> dict[str, Any]:
    """The content of a file, with lists that can be changed."""
    content: dict[str, Any] = json.loads(json.dumps(yaml_reader.read(path).plain()))
    return content


def written(folder: Path, title: str, *, member: str = "Hamburg") -> Path:
    """A scenario that says a text wherever a user may say one; each hostile one is a question."""
    alliance = loaded(HERE / "hanse.yaml")
    alliance["members"][0]["title"] = member
    alliance["title"] = title
    scenario = loaded(HERE / "hanse-storm.yaml")
    scenario |= {
        "title": title,
        "narrative": title,
        "extends": str(HERE / "hanse-calm.yaml"),
        "alliance": str(folder / "alliance.yaml"),
        "sources": [f"{title} of 3 May 2027"],
        "levers": [{"name": "storm", "text": title, "on": "drivers.war", "range": [0, 2]}],
        "questions": [
            {"id": f"q{n}", "text": text, "when": "cohesion < 0.5", "by": "1399-12"}
            for n, text in enumerate(HOSTILE)
        ],
    }
    for name, content in (("alliance", alliance), ("hostile", scenario)):
        # JSON is YAML, and escapes whatever needs it.
        text = json.dumps(content, ensure_ascii=False, indent=1)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder / "hostile.yaml"


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_tables_of_the_page_escape(text: str) -> None:
    for made in (
        page_tables.notice(text, "x"),
        page_tables.alarm(text),
        page_tables.named("A", text, text),
        page_tables.changes([text], error=None, pending=False),
    ):
        reading = Reading(made)
        assert bare(text) in reading.text
        assert not {"script", "img", "svg"} & set(reading.elements)


@pytest.mark.parametrize("text", REFUSED, ids=repr)
@pytest.mark.parametrize("key", ["title", "text", "member"])
def test_what_nothing_can_show_is_refused_in_one_line(tmp_path: Path, text: str, key: str) -> None:
    path = written(tmp_path, "A title")
    changed = tmp_path / ("alliance.yaml" if key == "member" else "hostile.yaml")
    content = loaded(changed)
    if key == "title":
        content["title"] = text
    elif key == "text":
        content["questions"][0]["text"] = text
    else:
        content["members"][0]["title"] = text
    escaped = "".join(f"\\U{ord(letter):08x}" for letter in text)
    plain = json.dumps(content, ensure_ascii=False).replace(json.dumps(text)[1:-1], escaped)
    changed.write_text(plain.replace(json.dumps(text, ensure_ascii=False)[1:-1], escaped), "utf-8")
    with pytest.raises(FoedusError) as caught:
        resolve(path, parameters=registry.load().ranges)
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"{changed}:1:")
    assert line.isprintable()
    assert REFUSED[text] in line


READABLE = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]).filter(lambda c: not characters.refusal(c)),
    min_size=1,
    max_size=60,
).filter(lambda text: not characters.is_blank(text) and text == text.strip())


@given(text=READABLE | st.sampled_from(HOSTILE))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_text_comes_through_the_cheap_surfaces(tmp_path: Path, text: str) -> None:
    parsed = yaml_reader.parse(json.dumps({"title": text}, ensure_ascii=False), "f").plain()
    assert parsed == {"title": text}

    def render(console: Any) -> None:
        grid = text_table(text)
        grid.add_row(text)
        section(text, grid, console)
        say(text, console)

    # The rule under a section's title is drawn, not told; a text may hold its character, too.
    for width in (40, 400):
        shown = bare(plain_text(render, width)).replace("─", "")
        assert shown.count(bare(text).replace("─", "")) >= 1
        assert plain_text(render, width).count("─") >= text.count("─")

    table = pa.table({"words": [text], "number": [-1.5]})
    write_parquet(table, tmp_path / "t.parquet")
    assert pq.read_table(tmp_path / "t.parquet").to_pylist() == table.to_pylist()
    write_csv(table, tmp_path / "t.csv")
    options = pyarrow.csv.ConvertOptions(column_types={"words": pa.string()})
    cell = pyarrow.csv.read_csv(
        tmp_path / "t.csv",
        convert_options=options,
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
    )["words"][0].as_py()
    assert cell[:1] not in set("=+-@")
    assert cell.removeprefix("'") == text.removeprefix("'")

    with styled():
        block, points = fitted(text, 3.0, 1.0, 9.0)
        assert bare(block) == bare(text)
        assert 3.0 <= points <= 9.0


@given(text=READABLE | st.sampled_from(HOSTILE))
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_text_comes_through_a_figure(tmp_path: Path, text: str) -> None:
    with styled():
        figure = page((5.0, 4.0), text, text, ORIGIN)
        ax = figure.subplots()
        panel_title(ax, text)
        save(figure, tmp_path, "x", ORIGIN)
    artists = [bare(each.get_text()) for each in figure.findobj(Artist)]
    assert artists.count(bare(text)) >= 3
    words = bare("".join(ET.parse(tmp_path / "x.svg").getroot().itertext()))
    assert words.count(bare(text)) >= 3
