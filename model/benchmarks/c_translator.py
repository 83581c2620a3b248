"""Rules as C functions, translated from their own text.

It knows only what rules are written in: numbers, records, `if`, `for ... in range`, and calls of
other rules. What comes out is C, and C++ too, so that a compiler for graphics processors takes it.
"""

from __future__ import annotations

import ast
import inspect
import math
import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from c_layout import TUPLES

from foedus.dictionary.chance import choose, draw
from foedus.dictionary.terms import total

if TYPE_CHECKING:
    from collections.abc import Callable

    from c_layout import Layout

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
        *("auto", "case", "catch", "char", "class", "const", "default", "delete", "do", "enum"),
        *("friend", "long", "namespace", "new", "operator", "private", "protected", "public"),
        *("register", "short", "switch", "template", "this", "throw", "typename", "union", "using"),
        *("virtual", "void", "volatile"),
    ]
)
RESULTS: Final = {"min": "double", "max": "double", "abs": "double", "int": "int64_t"}


class UntranslatableError(TypeError):
    """A rule uses something that has no counterpart here."""


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
        return f"RULE {returned} {name_of(self.rule)}({', '.join(words)})"

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
                high = self._value(bounds[min(1, len(bounds) - 1)])[0]
                self.local.setdefault(name, "int64_t")
                name = safe(name)
                head = f"for ({name} = {low}; {name} < {high}; {name}++) {{"
                if len(bounds) == 3:
                    if ast.unparse(bounds[2]) != "-1":
                        raise UntranslatableError(ast.unparse(node))
                    head = f"for ({name} = {low}; {name} > {high}; {name}--) {{"
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
            case ast.Compare(left=left, ops=[ast.In()], comparators=[ast.Tuple(elts=words)]):
                text = self._value(left)[0]
                return (
                    f"({' || '.join(f'{text} == {self._value(w)[0]}' for w in words)})",
                    "int64_t",
                )
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
                return f"MAKE(Cuts){{{{{listed}}}, {len(cuts)}}}", "Cuts"
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
            return f"MAKE({name}){{{', '.join(text for text, _ in order)}}}", name
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


def literal(value: object) -> tuple[str, str]:
    """A number as C writes it, exactly."""
    if isinstance(value, bool | int):
        return f"INT64_C({int(value)})" if value >= 0 else f"(-INT64_C({-int(value)}))", "int64_t"
    if isinstance(value, float):
        if math.isnan(value):
            return "NAN", "double"
        return ("INFINITY" if math.isinf(value) else value.hex()), "double"
    raise UntranslatableError(value)


def safe(name: str) -> str:
    """A local name that is no word of C or C++."""
    return f"{name}_" if name in KEYWORDS else name


def name_of(rule: Callable[..., object]) -> str:
    """Its name in C: modules may have rules of the same name."""
    return f"{rule.__module__.rpartition('.')[2]}_{rule.__name__}"
