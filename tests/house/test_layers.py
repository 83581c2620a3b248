"""Where things may stand: what only commands may know."""

from __future__ import annotations

import ast
from pathlib import Path

import foedus

PACKAGE = Path(str(foedus.__file__)).parent


def test_only_commands_know_how_a_command_line_is_read() -> None:
    allowed = {PACKAGE / "cli.py", *(PACKAGE / "commands").rglob("*.py")}
    for path in set(PACKAGE.rglob("*.py")) - allowed:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {
            name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in (getattr(node, "module", None), *(one.name for one in node.names))
        }
        assert "argparse" not in names, path
        assert "Namespace" not in names, path


def test_a_command_is_its_words_and_a_call() -> None:
    commands = PACKAGE / "commands"
    long = {
        path.relative_to(commands).as_posix(): lines
        for path in commands.rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 100
    }
    assert long == {}
