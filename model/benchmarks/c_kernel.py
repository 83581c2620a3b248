"""The rules once more as C, translated from their own text and compiled on the spot.

A yardstick, not an engine: what the best ordinary compiler makes of the same arithmetic, on records
of the same layout. The translation moves with the model, so that it can never time an old one, and
it is held to the ensemble's results before anything is timed. It knows only what rules are written
in: numbers, records, `if`, `for ... in range`, and calls of other rules.
"""

from __future__ import annotations

import ast
import ctypes
import inspect
import math
import shutil
import subprocess
import textwrap
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foedus.engines import records
from foedus.engines.worker import Worker
from foedus.rules import month, recording, start, terms
from foedus.rules.chance import choose, draw, place_among
from foedus.rules.marks import RULES
from foedus.rules.terms import total

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from foedus.engines.world import Setup

FRAME: Final = Path(__file__).with_name("frame.c")
"""The hash, and the loop over trials and months, which are not rules."""

OPTIONS: Final = ("-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC", "-lm")
"""No contraction and no fast mathematics: results must equal the ensemble's."""

PYTHON_TYPES: Final = {"float": "double", "int": "int64_t", "bool": "int64_t", "None": "void"}
ALIASES: Final = {
    "list[float]": "double *",
    "tuple[float, ...]": "Cuts",
    "Draws": "Tape *",
    "Any": "double",
}
OPERATORS: Final = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Mod: "%",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.And: "&&",
    ast.Or: "||",
    ast.Not: "!",
    ast.USub: "-",
    ast.FloorDiv: "/",
}
MATHS: Final = {name: name for name in ("exp", "log", "sqrt", "pow", "log1p", "expm1")}
KEYWORDS: Final = frozenset(
    [
        "auto",
        "case",
        "char",
        "const",
        "default",
        "do",
        "enum",
        "long",
        "register",
        "short",
        "switch",
    ]
)
RESULTS: Final = {"min": "double", "max": "double", "abs": "double", "int": "int64_t"}


TUPLES: Final = {name: kind for name, kind in vars(terms).items() if hasattr(kind, "_fields")}
"""Terms of a utility: structures that are passed by value."""


class UntranslatableError(TypeError):
    """A rule uses something that has no counterpart here."""


@dataclass(frozen=True)
class Layout:
    """C structures for the records of one room, and the type of every field."""

    text: str
    fields: dict[str, dict[str, str]]

    @classmethod
    def of(cls, room: records.Room) -> Layout:
        """Structures in the order in which they need each other."""
        kinds: dict[str, np.dtype[Any]] = {"Patron": records.world_type(room)["patron"]}
        for name, (described, _) in records.ENTITIES.items():
            kinds[described.__name__] = records.world_type(room)[name].base
        kinds["Event"] = records.world_type(room)["events"].base
        kinds["World"] = records.world_type(room)
        kinds["Parameters"] = records.PARAMETERS_TYPE
        kinds["Tape"] = records.TAPE_TYPE
        names = {str(kind): name for name, kind in kinds.items()}
        text: list[str] = []
        fields: dict[str, dict[str, str]] = {}
        for struct, kind in kinds.items():
            lines, fields[struct] = [], {}
            for name in kind.names or ():
                column = kind[name]
                base = {"int64": "int64_t", "float64": "double", "uint64": "uint64_t"}.get(
                    str(column.base)
                ) or names[str(column.base)]
                length = f"[{column.shape[0]}]" if column.shape else ""
                lines.append(f"    {base} {name}{length};")
                fields[struct][name] = base + (" *" if length else "")
            text.append(f"typedef struct {{\n{'\n'.join(lines)}\n}} {struct};")
        text += [tuple_text(name, kind._fields) for name, kind in TUPLES.items()]
        return cls("\n".join(text), fields)


@dataclass
class Translator:
    """One rule as a C function; expressions come as pairs of text and type."""

    rule: Callable[..., object]
    layout: Layout
    local: dict[str, str] = field(default_factory=dict)

    def signature(self) -> str:
        """Its head, for declarations and for the definition."""
        known = inspect.signature(self.rule)
        words = [f"{self._type(p.annotation)} {safe(p.name)}" for p in known.parameters.values()]
        returned = self._type(known.return_annotation)
        return f"static {returned} {name_of(self.rule)}({', '.join(words)})"

    def definition(self) -> str:
        """The whole function."""
        tree = ast.parse(textwrap.dedent(inspect.getsource(self.rule))).body[0]
        if not isinstance(tree, ast.FunctionDef):
            raise UntranslatableError(self.rule)
        known = inspect.signature(self.rule)
        self.local = {p.name: self._type(p.annotation) for p in known.parameters.values()}
        given = set(self.local)
        body = "\n".join(self._block(tree.body))
        own = [
            f"    {kind} {safe(name)};" for name, kind in self.local.items() if name not in given
        ]
        return f"{self.signature()} {{\n{'\n'.join(own)}\n{body}\n}}"

    def _type(self, annotation: Any) -> str:
        text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
        if annotation is None:
            return "void"
        if str(annotation) in ALIASES or text in ALIASES:
            return ALIASES.get(str(annotation), ALIASES.get(text, ""))
        if text in TUPLES:
            return text
        return PYTHON_TYPES.get(text) or f"{text} *"

    def _block(self, statements: list[ast.stmt]) -> list[str]:
        return [line for statement in statements for line in self._statement(statement)]

    def _statement(self, node: ast.stmt) -> list[str]:
        match node:
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                return []
            case ast.Expr(value=value):
                return [f"{self._value(value)[0]};"]
            case ast.Return(value=None):
                return ["return;"]
            case ast.Return(value=value):
                return [f"return {self._value(value)[0]};"] if value else []
            case ast.Continue():
                return ["continue;"]
            case ast.Break():
                return ["break;"]
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                pairs = zip(names, values, strict=True)
                return [self._assign(name, *self._value(value)) for name, value in pairs]
            case ast.Assign(targets=targets, value=value):
                found = self._value(value)
                return [self._assign(target, *found) for target in targets]
            case ast.AugAssign(target=target, op=op, value=value):
                into, by = self._value(target)[0], self._value(value)[0]
                return [f"{into} {OPERATORS[type(op)]}= {by};"]
            case ast.If(test=test, body=body, orelse=orelse):
                lines = [f"if ({self._value(test)[0]}) {{", *self._block(body), "}"]
                return [*lines, "else {", *self._block(orelse), "}"] if orelse else lines
            case ast.For(target=ast.Name(id=name), iter=ast.Call(args=bounds), body=body):
                low = self._value(bounds[0])[0] if len(bounds) > 1 else "0"
                high = self._value(bounds[-1])[0]
                self.local.setdefault(name, "int64_t")
                name = safe(name)
                head = f"for ({name} = {low}; {name} < {high}; {name}++) {{"
                return [head, *self._block(body), "}"]
        raise UntranslatableError(ast.unparse(node))

    def _assign(self, target: ast.expr, text: str, kind: str) -> str:
        if isinstance(target, ast.Name):
            before = self.local.setdefault(target.id, kind)
            if before == "int64_t" and kind == "double":
                self.local[target.id] = kind
            return f"{safe(target.id)} = {text};"
        return f"{self._value(target)[0]} = {text};"

    def _value(self, node: ast.expr) -> tuple[str, str]:
        match node:
            case ast.Constant(value=value):
                return literal(value)
            case ast.Name(id=name) if name in self.local:
                return safe(name), self.local[name]
            case ast.Name(id=name):
                return literal(self.rule.__globals__[name])
            case ast.Attribute(value=ast.Name(id=name)) if name not in self.local:
                return literal(eval(ast.unparse(node), self.rule.__globals__))
            case ast.Attribute(value=owner, attr=name):
                text, kind = self._value(owner)
                if kind in TUPLES:
                    return f"{text}.{name}", "double"
                column = self.layout.fields[kind.removesuffix(" *")][name]
                if column in self.layout.fields:
                    return f"(&{text}->{name})", f"{column} *"
                return f"{text}->{name}", column
            case ast.Subscript(value=owner, slice=index):
                text, kind = self._value(owner)
                element, place = kind.removesuffix(" *"), self._value(index)[0]
                if element in self.layout.fields:
                    return f"(&{text}[{place}])", kind
                return f"{text}[{place}]", element
            case ast.BinOp(left=left, op=op, right=right):
                return self._arithmetic(left, op, right)
            case ast.UnaryOp(op=op, operand=operand):
                text, kind = self._value(operand)
                return f"({OPERATORS[type(op)]}{text})", kind
            case ast.BoolOp(op=op, values=values):
                sign = f" {OPERATORS[type(op)]} "
                return f"({sign.join(self._value(each)[0] for each in values)})", "int64_t"
            case ast.Compare(left=left, ops=ops, comparators=others):
                sides = [self._value(each)[0] for each in (left, *others)]
                signs = [OPERATORS[type(op)] for op in ops]
                pairs = zip(sides, signs, sides[1:], strict=False)
                return f"({' && '.join(f'({a} {s} {b})' for a, s, b in pairs)})", "int64_t"
            case ast.IfExp(test=test, body=body, orelse=orelse):
                (yes, kind), (no, other) = self._value(body), self._value(orelse)
                wide = "double" if "double" in {kind, other} else kind
                return f"({self._value(test)[0]} ? {yes} : {no})", wide
            case ast.Tuple(elts=cuts):
                listed = ", ".join(self._value(each)[0] for each in cuts)
                return f"((Cuts){{{{{listed}}}, {len(cuts)}}})", "Cuts"
            case ast.Call():
                return self._call(node)
        raise UntranslatableError(ast.unparse(node))

    def _arithmetic(self, left: ast.expr, op: ast.operator, right: ast.expr) -> tuple[str, str]:
        (a, first), (b, second) = self._value(left), self._value(right)
        sign = OPERATORS[type(op)]
        if isinstance(op, ast.Div):
            return f"((double){a} / (double){b})", "double"
        wide = "double" if "double" in {first, second} else first
        return f"({a} {sign} {b})", wide

    def _call(self, node: ast.Call) -> tuple[str, str]:
        words = [self._value(each) for each in node.args]
        if isinstance(node.func, ast.Attribute):
            return f"{MATHS[node.func.attr]}({', '.join(text for text, _ in words)})", "double"
        if not isinstance(node.func, ast.Name):
            raise UntranslatableError(ast.unparse(node))
        name = node.func.id
        if name in RESULTS:
            return self._built_in(name, words)
        called = self.rule.__globals__[name]
        if called is draw or called is choose:
            kind = "double" if called is draw else "int64_t"
            return f"{name}({', '.join(text for text, _ in words)})", kind
        if called is total:
            return f"total_{words[0][1]}({words[0][0]})", "double"
        known = inspect.signature(called)
        named = {each.arg: self._value(each.value) for each in node.keywords}
        order = [*words, *(named[p] for p in list(known.parameters)[len(words) :])]
        if name in TUPLES:
            return f"(({name}){{{', '.join(text for text, _ in order)}}})", name
        kind = self._type(known.return_annotation)
        return f"{name_of(called)}({', '.join(text for text, _ in order)})", kind

    def _built_in(self, name: str, words: list[tuple[str, str]]) -> tuple[str, str]:
        text = [each for each, _ in words]
        if name in {"min", "max"}:
            whole = all(kind == "int64_t" for _, kind in words)
            folded = text[0]
            for each in text[1:]:
                folded = f"{'whole' if whole else 'real'}_{name}({folded}, {each})"
            return folded, "int64_t" if whole else "double"
        if name == "int":
            return f"((int64_t){text[0]})", "int64_t"
        whole = words[0][1] == "int64_t"
        return f"{'llabs' if whole else 'fabs'}({text[0]})", words[0][1]


def tuple_text(name: str, fields: tuple[str, ...]) -> str:
    """A structure of terms, and their sum in order."""
    declared = "".join(f"    double {each};\n" for each in fields)
    added = "".join(f" result += terms.{each};" for each in fields)
    body = f"{{ double result = 0.0;{added} return result; }}"
    structure = f"typedef struct {{\n{declared}}} {name};"
    return f"{structure}\nstatic inline double total_{name}({name} terms) {body}"


def literal(value: object) -> tuple[str, str]:
    """A number as C writes it, exactly."""
    if isinstance(value, bool | int):
        return f"INT64_C({int(value)})" if value >= 0 else f"(-INT64_C({-int(value)}))", "int64_t"
    if isinstance(value, float):
        return ("INFINITY" if math.isinf(value) else value.hex()), "double"
    raise UntranslatableError(value)


def safe(name: str) -> str:
    """A local name that is no word of C."""
    return f"{name}_" if name in KEYWORDS else name


def name_of(rule: Callable[..., object]) -> str:
    """Its name in C: modules may have rules of the same name."""
    return f"{rule.__module__.rpartition('.')[2]}_{rule.__name__}"


def source(room: records.Room, advance: Callable[..., object] = month.advance) -> str:
    """The whole kernel as one C file.

    Args:
        room: What the records have room for.
        advance: The rule of a month; another than the model's times a part of it.
    """
    layout = Layout.of(room)
    every = dict.fromkeys([*RULES, advance])
    rules = [Translator(rule, layout) for rule in every if rule not in {place_among, total}]
    calls: dict[str, Callable[..., object]] = {
        "BEGIN": start.begin,
        "ADVANCE": advance,
        "WRITE_SERIES": recording.write_series,
    }
    frame = FRAME.read_text(encoding="utf-8")
    head, loop = frame.split("/* RULES */")
    return "\n".join(
        [
            head.replace("/* LAYOUT */", layout.text),
            *(f"{each.signature()};" for each in rules),
            *(each.definition() for each in rules),
            *(f"#define {name} {name_of(rule)}" for name, rule in calls.items()),
            loop,
        ]
    )


def compiler() -> str | None:
    """The C compiler of this machine, if it has one."""
    return shutil.which("gcc") or shutil.which("cc")


def build(
    room: records.Room, folder: Path, advance: Callable[..., object] = month.advance
) -> ctypes.CDLL:
    """Translate, compile and load.

    Raises:
        RuntimeError: There is no compiler, or it refuses the text.
    """
    found = compiler()
    if found is None:
        raise RuntimeError("there is no C compiler")
    text, library = folder / f"{advance.__name__}.c", folder / f"{advance.__name__}.so"
    text.write_text(source(room, advance), encoding="utf-8")
    done = subprocess.run(
        [found, str(text), "-o", str(library), *OPTIONS],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{found}: {done.stderr[:2000]}")
    return ctypes.CDLL(str(library))


@dataclass(frozen=True)
class CKernel:
    """The C kernel with buffers for one thread."""

    library: ctypes.CDLL
    setup: Setup
    seed: int

    def run(self, first: int, count: int) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Cohesion at the end of each trial, and the histograms of all months."""
        worker = Worker(self.setup, self.seed)
        sets = np.arange(first // 2, (first + count - 1) // 2 + 1)
        values = np.ascontiguousarray(self.setup.draw_quantities(self.seed, sets))
        ends = np.zeros(count)
        arrays = list(self._arrays(worker, values, ends))
        self.library.run_block(
            *(ctypes.c_void_p(each.ctypes.data) for each in arrays),
            *(ctypes.c_int64(each) for each in self._numbers(worker, first, count)),
            ctypes.c_uint64(self.seed),
        )
        return ends, worker.tally.histograms

    def _arrays(
        self, worker: Worker, values: NDArray[Any], ends: NDArray[Any]
    ) -> Iterator[NDArray[Any]]:
        setup, tally = self.setup, worker.tally
        yield from (setup.world, worker.world, setup.parameters, worker.parameters)
        yield from (setup.paths, values, worker.places, ends)
        yield from (tally.histograms, tally.shares, tally.statuses, tally.requests)

    def _numbers(self, worker: Worker, first: int, count: int) -> tuple[int, ...]:
        months, drivers = self.setup.paths.shape
        tally = worker.tally
        return (
            *(first, count, self.setup.start_month, months, drivers),
            *(values_of(self.setup), worker.series, tally.shares.shape[2]),
            tally.requests.shape[1],
        )


def values_of(setup: Setup) -> int:
    """How many numbers are drawn for a trial."""
    return len(setup.uncertain)
