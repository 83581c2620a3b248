"""The rules that a scenario is played with: the shipped ones, or some of a user's in their place.

A `RuleBook` holds one function under every name. Where a rule is replaced, all others are copied,
with every reference to a rule turned to the function that now stands for it, so that the shipped
rules stay as they are and both engines play the same: the kernel is compiled from the book, and the
Mesa model's agents call the functions that are in it.

What a custom rule may say is what the shipped ones say: arithmetic on what it is given, numbers,
`math`, and functions that keep to this too. So its source, with the sources of its helpers and the
values of its constants, says all that it does, and their digest stands for it.
"""

from __future__ import annotations

import ast
import builtins
import dis
import inspect
import math
import textwrap
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from types import BuiltinFunctionType, CellType, CodeType, FunctionType, ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from foedus.dictionary.marks import RULES
from foedus.errors import FoedusError
from foedus.files.faults import did_you_mean, found, one_of, printable
from foedus.rules import month, start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

ORDER: Final = frozenset({"advance", "deal_with", "fall_due", "take_stock"})
"""Functions of `rules.month` that say in which order rules are called; a Mesa model does not call
them, for its agents do the same one by one."""

ENTRIES: Final = (start, month)
"""The modules that load all others."""

BUILTINS: Final = frozenset({"abs", "bool", "float", "int", "len", "max", "min", "range", "round"})

# fmt: off
SAYABLE: Final = (
    ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.AugAssign, ast.AnnAssign,
    ast.For, ast.While, ast.If, ast.Expr, ast.Pass, ast.Break, ast.Continue, ast.BoolOp, ast.BinOp,
    ast.UnaryOp, ast.IfExp, ast.Compare, ast.Call, ast.keyword, ast.Constant, ast.Attribute,
    ast.Subscript, ast.Name, ast.Tuple, ast.expr_context, ast.boolop, ast.operator, ast.unaryop,
    ast.cmpop,
)
# fmt: on
"""What a rule is made of. Anything else would allocate, raise or depend on more than its source."""


@dataclass(frozen=True)
class Record:
    """What a run remembers of a custom rule.

    Attributes:
        replaces: Name of the shipped rule, such as ``trust.learn``.
        name: Name of the function.
        sha256: Digest of its source, of its helpers' sources and of the constants they use.
        source: All of these as text.
    """

    replaces: str
    name: str
    sha256: str
    source: str


class CustomRule:
    """A function that is to stand for a shipped rule; it can still be called as a function.

    Attributes:
        replaces: Name of the shipped rule, such as ``trust.learn``.
        function: The plain function.
    """

    def __init__(self, replaces: str, function: FunctionType) -> None:
        self.replaces, self.function = replaces, function
        self.__name__, self.__doc__ = function.__name__, function.__doc__
        self.__qualname__, self.__module__ = function.__qualname__, function.__module__

    def __call__(self, *arguments: Any) -> Any:
        """Call the function."""
        return self.function(*arguments)

    def __repr__(self) -> str:
        return f"<rule {self.__name__}, replaces {self.replaces}>"

    def __reduce__(self) -> str:
        """Found again by its name, as functions are."""
        return self.__qualname__


def rule(*, replaces: str) -> Callable[[Callable[..., Any]], CustomRule]:
    """Mark a function as a rule that takes the place of a shipped one.

    Pass it to `foedus.run`, `compare`, `sweep` or `AllianceModel` as ``rules=[...]``. It is
    compiled with all other rules for the ensemble, called by the Mesa model's agents, and its
    digest enters the digest of the run. Where it calls the rule that it replaces, it calls the
    shipped one.

    Args:
        replaces: Name of the shipped rule, module and function: ``trust.learn``.

    Raises:
        FoedusError: There is no such rule, the function takes other arguments, or it says something
            that a rule cannot.

    Example:
        >>> @rule(replaces="cohesion.misplaced")
        ... def misplaced(propensity, together):
        ...     return 0.0
        >>> misplaced
        <rule misplaced, replaces cohesion.misplaced>
    """
    shipped = replaceable().get(replaces)
    if shipped is None:
        raise FoedusError(_no_such_rule(replaces))

    def mark(function: Callable[..., Any]) -> CustomRule:
        if not isinstance(function, FunctionType):
            raise FoedusError(f"rule {replaces}: expected a function, found {found(function)}")
        wanted, given = _arguments(shipped), _arguments(function)
        if wanted != given:
            raise FoedusError(
                f"rule {replaces}: expected the arguments ({', '.join(wanted)}), "
                f"found ({', '.join(given)})"
            )
        _Reading(replaces).read(function)
        return CustomRule(replaces, function)

    return mark


@lru_cache(maxsize=1)
def replaceable() -> dict[str, FunctionType]:
    """Every shipped rule that can be replaced, by name."""
    return {name: one for name, one in _shipped().items() if not _is_order(name)}


class RuleBook:
    """One function under the name of every rule.

    Attributes:
        custom: The rules of a user's that it holds.
        records: What a run remembers of these.
        modules: Modules of rules by short name, such as ``modules.trust.learn``.
    """

    def __init__(self, custom: Iterable[CustomRule] = ()) -> None:
        self.custom = tuple(custom)
        self.modules = SimpleNamespace(**_modules())
        self._made: list[Callable[..., Any]] = []
        self._replaced: frozenset[int] = frozenset()
        self.records: tuple[Record, ...] = ()
        if self.custom:
            self._replace()

    @property
    def functions(self) -> list[Callable[..., Any]]:
        """All functions that belong to the science, to be compiled."""
        # Those of the dictionary are marked when their modules are loaded, which may be later.
        return [*(one for one in RULES if id(one) not in self._replaced), *self._made]

    @property
    def begin(self) -> Callable[..., None]:
        """Works out the state of month 0."""
        begin: Callable[..., None] = self.modules.start.begin
        return begin

    @property
    def advance(self) -> Callable[..., None]:
        """One month."""
        advance: Callable[..., None] = self.modules.month.advance
        return advance

    @property
    def digest(self) -> str:
        """Stands for the custom rules; empty without any."""
        names = "".join(f"{one.replaces} {one.sha256}\n" for one in self.records)
        return sha256(names.encode()).hexdigest() if names else ""

    def __reduce__(self) -> tuple[type[RuleBook], tuple[tuple[CustomRule, ...]]]:
        """Made anew from its rules in another process."""
        return type(self), (self.custom,)

    def __copy__(self) -> RuleBook:
        """The same one, for it never changes."""
        return self

    def __deepcopy__(self, _: object) -> RuleBook:
        """The same one, for it never changes."""
        return self

    def _replace(self) -> None:
        """Copy all rules, each with references to the copies, and put the custom ones in."""
        _check(self.custom)
        readings = {one.replaces: _Reading(one.replaces) for one in self.custom}
        parts = {one.replaces: readings[one.replaces].read(one.function) for one in self.custom}
        self.records = tuple(
            sorted(
                (_record(one, parts[one.replaces]) for one in self.custom),
                key=lambda record: record.replaces,
            )
        )
        copies = {name: _copied_module(module) for name, module in _modules().items()}
        shipped: dict[int, FunctionType] = {}
        for name, original in _shipped().items():
            namespace = vars(copies[name.partition(".")[0]])
            shipped[id(original)] = _copied(original, namespace)
        standing = dict(shipped)
        makers = [
            _Maker(one, parts[one.replaces], shipped, standing, copies) for one in self.custom
        ]
        for maker in makers:
            standing[id(maker.original)] = maker.function
        for module in copies.values():
            _turn(vars(module), standing)
        for maker in makers:
            maker.fill(
                {id(one.function): standing[id(_shipped()[one.replaces])] for one in self.custom}
            )
        self.modules = SimpleNamespace(**copies)
        self._replaced = frozenset(shipped)
        self._made = [*shipped.values(), *(one for maker in makers for one in maker.functions)]


def book_of(rules: Iterable[CustomRule] = ()) -> RuleBook:
    """The rules with some of a user's in their place.

    Raises:
        FoedusError: One of them is no rule, two replace the same, or one cannot be compiled.
    """
    custom = tuple(rules)
    return RuleBook(custom) if custom else SHIPPED


def _check(custom: tuple[CustomRule, ...]) -> None:
    names: set[str] = set()
    for one in custom:
        if not isinstance(one, CustomRule):
            raise FoedusError(
                f"rules: found {found(one)}, expected functions marked with "
                '@foedus.rule(replaces="...")'
            )
        if one.replaces in names:
            raise FoedusError(f"rules: {one.replaces} is replaced twice")
        names.add(one.replaces)


@lru_cache(maxsize=1)
def _shipped() -> dict[str, FunctionType]:
    """Every rule of `foedus.rules` by name."""
    prefixes = tuple(f"{module.__name__.rpartition('.')[0]}." for module in ENTRIES)
    own = [one for one in RULES if one.__module__.startswith(prefixes)]
    named = {f"{one.__module__.rpartition('.')[2]}.{one.__name__}": one for one in own}
    if len(named) < len(own):
        raise AssertionError("two rules share a name")
    return {name: one for name, one in named.items() if isinstance(one, FunctionType)}


@lru_cache(maxsize=1)
def _modules() -> dict[str, ModuleType]:
    """The modules of the rules by short name."""
    every = {name.partition(".")[0]: inspect.getmodule(one) for name, one in _shipped().items()}
    return {name: module for name, module in every.items() if module is not None}


def _is_order(name: str) -> bool:
    module, _, function = name.partition(".")
    return module == month.__name__.rpartition(".")[2] and function in ORDER


def _no_such_rule(name: str) -> str:
    name = str(name)
    if name in _shipped():
        return (
            f"rule {name}: is the order in which rules are called, which a Mesa model keeps by "
            "itself; replace the rules that it calls"
        )
    own = {f"{one.__module__.rpartition('.')[2]}.{one.__name__}" for one in RULES}
    if name in own:
        return f"rule {name}: is arithmetic of the data dictionary, not a rule; replace its callers"
    known = replaceable()
    functions = [each for each in known if each.endswith(f".{name}")]
    near = f"; did you mean «{functions[0]}»?" if functions else did_you_mean(name, known)
    return f"unknown rule «{printable(name)}», expected one of {one_of(known)}{near}"


def _arguments(function: Callable[..., Any]) -> list[str]:
    """Arguments as a message shows them; a plain one is its bare name."""
    return [
        str(one.replace(annotation=inspect.Parameter.empty))
        for one in inspect.signature(function).parameters.values()
    ]


@dataclass
class _Parts:
    """What a custom rule consists of.

    Attributes:
        functions: Itself and its helpers, in the order in which they are met.
        references: By function and name, what a name outside the function means.
        text: Sources and constants.
    """

    functions: list[FunctionType] = field(default_factory=list)
    references: dict[int, dict[str, Any]] = field(default_factory=dict)
    text: list[str] = field(default_factory=list)


class _Reading:
    """Reads the source of a custom rule and of all it rests on, and refuses what it cannot know."""

    def __init__(self, replaces: str) -> None:
        self.replaces = replaces
        self.parts = _Parts()

    def read(self, function: FunctionType) -> _Parts:
        """Sources, constants and references of a function and its helpers.

        Raises:
            FoedusError: There is something that a rule cannot say.
        """
        if function in self.parts.functions:
            return self.parts
        self.parts.functions.append(function)
        self.parts.text.append(self._source(function))
        meant = self.parts.references[id(function)] = dict(_outside(function, self.replaces))
        for name, value in meant.items():
            self._take(name, value, function)
        return self.parts

    def _take(self, name: str, value: object, user: FunctionType) -> None:
        value = value.function if isinstance(value, CustomRule) else value
        if isinstance(value, FunctionType):
            if not value.__module__.startswith(("foedus.rules", "foedus.dictionary")):
                self.read(value)
        elif isinstance(value, bool | int | float):
            self.parts.text.append(f"{name} = {value!r}")
        elif not _is_known(value, name):
            raise FoedusError(
                f"rule {self.replaces}: {user.__name__} uses «{printable(name)}», which is "
                f"{found(value)}; a rule may use numbers, math, foedus's own rules and functions "
                "that keep to this too"
            )

    def _source(self, function: FunctionType) -> str:
        """The source of a function without its decorators, checked word by word."""
        try:
            lines = textwrap.dedent(inspect.getsource(function))
            tree = ast.parse(lines).body[0]
        except (OSError, TypeError, SyntaxError, IndexError):
            raise FoedusError(
                f"rule {self.replaces}: the source of {function.__name__} cannot be found; define "
                "it with `def` in a file or in a cell of a notebook"
            ) from None
        if not isinstance(tree, ast.FunctionDef) or tree.name != function.__name__:
            raise FoedusError(f"rule {self.replaces}: expected a function made with `def`")
        self._check_words(tree, function)
        self._check_fresh(function)
        tree.decorator_list = []
        return ast.unparse(tree)

    def _check_words(self, tree: ast.FunctionDef, function: FunctionType) -> None:
        first = function.__code__.co_firstlineno - 1
        if function.__defaults__ or function.__kwdefaults__:
            raise FoedusError(f"rule {self.replaces}: {function.__name__} has defaults; give none")
        body = tree.body[1:] if ast.get_docstring(tree) is not None else tree.body
        for node in (each for part in body for each in ast.walk(part)):
            text = isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
            if not isinstance(node, SAYABLE) or isinstance(node, ast.FunctionDef) or text:
                line = first + getattr(node, "lineno", 1)
                what = "text" if text else type(node).__name__.lower()
                raise FoedusError(
                    f"rule {self.replaces}: {function.__code__.co_filename}:{line}: found {what}; "
                    "a rule is arithmetic, conditions, loops and calls, so that it can be compiled"
                )

    def _check_fresh(self, function: FunctionType) -> None:
        """Refuse a function whose file says something else by now."""
        code = function.__code__
        try:
            text = "".join(inspect.findsource(function)[0])
            whole = compile(text, code.co_filename, "exec", dont_inherit=True)
        except (OSError, SyntaxError):
            whole = code.replace(co_consts=())
        if not any(_same(code, one) for one in _codes(whole)):
            raise FoedusError(
                f"rule {self.replaces}: {code.co_filename} has changed since {function.__name__} "
                "was loaded; load it again"
            )


def _codes(code: CodeType) -> Iterator[CodeType]:
    """A piece of compiled code and all in it."""
    yield code
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from _codes(one)


def _same(one: CodeType, other: CodeType) -> bool:
    parts = ("co_name", "co_code", "co_names", "co_varnames", "co_freevars", "co_consts")
    return all(repr(getattr(one, part)) == repr(getattr(other, part)) for part in parts)


def _outside(function: FunctionType, replaces: str) -> Mapping[str, Any]:
    """What the names in a function that are not its own mean at present."""
    code = function.__code__
    globals_used = {
        one.argval
        for one in dis.get_instructions(code)
        if one.opname in {"LOAD_GLOBAL", "LOAD_NAME"}
    }
    cells = dict(zip(code.co_freevars, function.__closure__ or (), strict=True))
    meant = {}
    for name in sorted(globals_used | cells.keys()):
        try:
            if name in cells:
                meant[name] = cells[name].cell_contents
            elif name in function.__globals__:
                meant[name] = function.__globals__[name]
            else:
                meant[name] = vars(builtins)[name]
        except (KeyError, ValueError):
            raise FoedusError(
                f"rule {replaces}: {function.__name__} uses «{printable(name)}», which is not "
                "defined"
            ) from None
    return meant


def _is_known(value: object, name: str) -> bool:
    """Whether a value is one whose meaning the sources of the package fix."""
    if value is math or (isinstance(value, BuiltinFunctionType) and value.__module__ == "math"):
        return True
    if isinstance(value, ModuleType):
        return value.__name__.startswith(("foedus.rules", "foedus.dictionary"))
    if isinstance(value, type) and value.__module__.startswith("foedus.dictionary"):
        return True
    return name in BUILTINS and value is vars(builtins)[name]


def _record(one: CustomRule, parts: _Parts) -> Record:
    source = "\n\n".join(parts.text)
    digest = sha256(f"{one.replaces}\n{source}".encode()).hexdigest()
    return Record(one.replaces, one.__name__, digest, source)


def _copied(function: FunctionType, namespace: dict[str, Any]) -> FunctionType:
    """The same function, whose names mean what a namespace says."""
    cells = tuple(CellType(namespace[name]) for name in function.__code__.co_freevars)
    copy = FunctionType(
        function.__code__, namespace, function.__name__, function.__defaults__, cells
    )
    copy.__doc__, copy.__module__ = function.__doc__, function.__module__
    return copy


def _copied_module(module: ModuleType) -> ModuleType:
    copy = ModuleType(module.__name__, module.__doc__)
    vars(copy).update(vars(module))
    return copy


def _turn(namespace: dict[str, Any], standing: Mapping[int, Any]) -> None:
    """Let every reference to a shipped rule mean the function that stands for it."""
    for name, value in list(namespace.items()):
        namespace[name] = standing.get(id(value), value)


class _Maker:
    """Makes a custom rule and its helpers anew, with references to the rules of one book."""

    def __init__(
        self,
        one: CustomRule,
        parts: _Parts,
        shipped: Mapping[int, FunctionType],
        standing: Mapping[int, Any],
        copies: Mapping[str, ModuleType],
    ) -> None:
        self.original = _shipped()[one.replaces]
        self._parts, self._shipped_copies = parts, shipped
        self._standing, self._copies = standing, copies
        self._modules: dict[str, ModuleType] = {}
        self._namespaces = [dict(parts.references[id(each)]) for each in parts.functions]
        self.functions = [
            _copied(each, namespace)
            for each, namespace in zip(parts.functions, self._namespaces, strict=True)
        ]
        self.function = self.functions[0]

    def fill(self, customs: Mapping[int, FunctionType]) -> None:
        """Say what every name means, once all rules are there."""
        helpers = dict(zip(map(id, self._parts.functions), self.functions, strict=True))
        for function, namespace in zip(self.functions, self._namespaces, strict=True):
            for name, value in namespace.items():
                namespace[name] = self._meant(value, helpers, customs)
            for name, cell in zip(
                function.__code__.co_freevars, function.__closure__ or (), strict=True
            ):
                cell.cell_contents = namespace[name]

    def _meant(
        self, value: Any, helpers: Mapping[int, Any], customs: Mapping[int, FunctionType]
    ) -> Any:
        value = value.function if isinstance(value, CustomRule) else value
        if value is self.original:
            return self._shipped_copies[id(value)]
        if isinstance(value, ModuleType):
            return self._module(value)
        known = customs.get(id(value), helpers.get(id(value)))
        return known or self._standing.get(id(value), value)

    def _module(self, module: ModuleType) -> ModuleType:
        """A module of rules, in which the rule that is replaced is the shipped one."""
        short = module.__name__.rpartition(".")[2]
        if _modules().get(short) is not module:
            return module
        if short not in self._modules:
            copy = self._modules[short] = _copied_module(self._copies[short])
            if self.original.__module__ == module.__name__:
                vars(copy)[self.original.__name__] = self._shipped_copies[id(self.original)]
        return self._modules[short]


SHIPPED: Final = RuleBook()
"""The rules as they are."""
