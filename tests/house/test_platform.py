"""The platform knows no case: no country, no threat, no scenario and no evidence by name."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Final

import pytest
import yaml

from command import ROOT
from conftest import BUNDLED, CSTO

PLATFORM = ROOT / "model" / "foedus"
READ = (".py", ".html", ".j2", ".css", ".js", ".yaml", ".json")
ALLOWED: Final = {
    ("data.py", "csto"): "the usual case has to be named once",
    ("data.py", '"baseline"'): "and so has the usual scenario",
    ("app/assets/region.json", None): "outlines of the world's states, whatever the alliance",
}
"""What is left, and why; nothing else."""

PEOPLES = """
    armenia armenian azerbaijan azerbaijani azeri belarus belarusian kazakhstan kazakh kyrgyzstan
    kyrgyz tajikistan tajik uzbekistan uzbek turkmenistan turkmen russia russian georgia georgian
    moldova ukraine ukrainian afghanistan afghan china chinese turkey turkish turkiye iran iranian
    america american european soviet caucasus karabakh artsakh crimea donbas nato
    yerevan baku minsk astana bishkek dushanbe tashkent moscow kremlin tbilisi kyiv kiev kabul
    beijing ankara tehran washington brussels
    putin pashinyan sargsyan lukashenko tokayev nazarbayev japarov atambayev rahmon karimov
    mirziyoyev aliyev erdogan zelensky trump biden taliban iskp csto odkb
"""
ALLIANCE = yaml.safe_load(CSTO.alliance_file.read_text(encoding="utf-8"))
PARTIES = [ALLIANCE["patron"], *ALLIANCE["members"], *ALLIANCE["partners"]]
THREATS = [each["name"] for each in ALLIANCE["threats"]]
NAMES = re.compile(
    "|".join(
        rf"\b{re.escape(name)}\b"
        for name in (
            *(name for name in BUNDLED if "-" in name),
            *THREATS,
            *PEOPLES.split(),
            "collective security",
            *(each["title"] for each in PARTIES),
        )
    ),
    re.IGNORECASE,
)
CODES = re.compile(
    rf"\b(?:{'|'.join({each['code'] for each in PARTIES} | set(CSTO.evidence.states))})\b"
)
"""Codes of states; a docstring may show one as an example of how things are written."""
IDS = re.compile(r"\b(?:P[0-2]\d|[CE][01]\d\d)\b")
"""Patterns, claims and events; a rule's docstring cites those that it rests on."""
SCENARIO = re.compile(r"""["'`]baseline["'`]""")
"""The one bundled scenario whose name is also a common noun."""


def files() -> list[Path]:
    found = [path for path in PLATFORM.rglob("*") if path.suffix in READ]
    return sorted(
        path for path in found if (path.relative_to(PLATFORM).as_posix(), None) not in ALLOWED
    )


EXAMPLE = re.compile(r"^ *>>> .*?(?=^ *$|\Z)", re.MULTILINE | re.DOTALL)


def docstrings(text: str) -> list[str]:
    """All strings of a module that stand as statements, without the examples that tests run."""
    return [
        EXAMPLE.sub("", node.value.value)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    ]


def without(text: str) -> str:
    """A module without its docstrings."""
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            for number in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                lines[number - 1] = ""
    return "\n".join(lines)


def named(path: Path, text: str) -> list[str]:
    """What a file of the platform names of a case."""
    if path.suffix != ".py":
        return [*NAMES.findall(text), *CODES.findall(text), *IDS.findall(text)]
    told, rest = "\n".join(docstrings(text)), without(text)
    found = [*NAMES.findall(told), *NAMES.findall(rest), *CODES.findall(rest), *IDS.findall(rest)]
    if "rules" not in path.parts:
        found += IDS.findall(told)
    return [*found, *SCENARIO.findall(rest)]


@pytest.mark.parametrize("path", files(), ids=lambda path: path.relative_to(PLATFORM).as_posix())
def test_no_file_of_the_platform_names_anything_of_a_case(path: Path) -> None:
    where = path.relative_to(PLATFORM).as_posix()
    found = named(path, path.read_text(encoding="utf-8"))
    assert [word for word in found if (where, word) not in ALLOWED] == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('"""The war in Ukraine."""', "Ukraine"),
        ("# as in Armenia\n", "Armenia"),
        ('WHO = "KAZ"', "KAZ"),
        ('"""See C103."""', "C103"),
        ('RULE = "P07"', "P07"),
        ('START = "baseline"', '"baseline"'),
        ('RUN = "iskp-raids"', "iskp-raids"),
        ('THREAT = "domestic-unrest"', "domestic-unrest"),
        ('"""Of the Russian\n\nkind."""', "Russian"),
        ('"""\n    >>> 1 + 1\n    2\n\nAs in Minsk.\n"""', "Minsk"),
    ],
)
def test_each_kind_of_name_would_be_found(text: str, word: str) -> None:
    assert word in named(Path("module.py"), text)


@pytest.mark.parametrize(
    "text",
    [
        '"""Such as ``fit[ARM,CHN]``."""',
        '"""\n    >>> told("Armenia")\n    Armenia\n"""',
        "the_baseline = 1",
    ],
)
def test_examples_and_common_nouns_are_no_names(text: str) -> None:
    assert named(Path("module.py"), text) == []


def test_what_is_allowed_is_needed() -> None:
    for where, word in ALLOWED:
        found = named(PLATFORM / where, (PLATFORM / where).read_text(encoding="utf-8"))
        assert found if word is None else word in found
