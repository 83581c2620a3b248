"""Faults that pydantic finds, in the user's words and with their place."""

from __future__ import annotations

import re
import types
from typing import TYPE_CHECKING, Any, TypeAliasType, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from foedus.files.faults import Faults, did_you_mean, found, one_of, printable
from foedus.files.models import CODE_PATTERN, DATED, NAME_PATTERN, documentation

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from foedus.files.yaml_reader import Node, Step

_KEY = "[key]"
_PATTERNS = {
    NAME_PATTERN: "a name of small letters, digits and hyphens, such as prolonged-war",
    CODE_PATTERN: "a code of three capital letters, such as ABC",
}
_EXPECTED = {
    "bool_type": "true or false",
    "dict_type": "a mapping (`key: value`)",
    "finite_number": "a finite number",
    "float_type": "a number",
    "int_type": "a whole number",
    "model_type": "a mapping (`key: value`)",
    "string_type": "text",
    "tuple_type": "a list (`[a, b]`)",
    "list_type": "a list",
    "dataclass_type": "a mapping",
    "datetime_type": "a date and time, such as 2026-11-30T12:00:00+00:00",
    "datetime_parsing": "a date and time, such as 2026-11-30T12:00:00+00:00",
    "datetime_from_date_parsing": "a date and time, such as 2026-11-30T12:00:00+00:00",
    "bool_parsing": "true or false",
    "float_parsing": "a number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a whole number of fewer digits",
}
_LIMITS = {
    "greater_than": ("more than {gt:g}", "gt"),
    "greater_than_equal": ("at least {ge:g}", "ge"),
    "less_than": ("less than {lt:g}", "lt"),
    "less_than_equal": ("at most {le:g}", "le"),
}


def validate[M: BaseModel](
    model: type[M],
    root: Node,
    faults: Faults,
    droppable: frozenset[str] = frozenset(),
    *,
    entry: str = "",
    context: object = None,
) -> M | None:
    """Check a document against a model, and note every fault.

    Args:
        model: What the document should be.
        root: The document.
        faults: Where faults are noted.
        droppable: Keys of the document whose faulty entries may be left out, as unknown keys
            always may, so that later checks can find more faults in the rest.
        entry: Name of the entry of a list that the document is; empty if it is a whole file.
        context: What the model's validators are told.

    Returns:
        The document; without the faulty entries, if there were any; None if nothing useful is
        left.
    """
    plain = root.plain()
    try:
        return model.model_validate(plain, context=context)
    except ValidationError as error:
        details = error.errors(include_url=False)
    paths = [_note(detail, model, root, faults, entry) for detail in details]
    unknown = {path for path in paths if len(path) == 1 and path[0] not in _keys(model)}
    if not isinstance(plain, dict) or not all(
        path in unknown or (path and path[0] in droppable) for path in paths
    ):
        return None
    rest = _without(plain, {path[:2] for path in paths})
    try:
        return model.model_validate(rest, context=context)
    except ValidationError:
        return None


def _note(
    detail: ErrorDetails, model: type[BaseModel], root: Node, faults: Faults, entry: str
) -> tuple[Step, ...]:
    """Note one fault of pydantic's; its path without pydantic's own marks."""
    path: tuple[Step, ...] = detail["loc"]
    kind = detail["type"]
    of_key = kind != "extra_forbidden" and bool(path) and path[-1] == _KEY
    path = path[:-1] if of_key else path
    written = tuple(step for step in path if step != DATED)
    node = root.find(written)
    at_key = of_key or kind == "extra_forbidden"
    message = _words(detail, model, path)
    parts = (f"[{printable(entry)}]" if entry else "", root.label(written))
    place = node.key_place if at_key else node.place
    faults.add(place, ".".join(part for part in parts if part), message)
    return written


def _words(detail: ErrorDetails, model: type[BaseModel], path: tuple[Step, ...]) -> str:
    if detail["type"] == "missing":
        return "missing, expected: " + _purpose(model, path)
    if detail["type"] == "extra_forbidden":
        keys = _keys(_model_at(model, path[:-1]))
        return f"unknown key, expected one of {one_of(keys)}{did_you_mean(str(path[-1]), keys)}"
    return in_words(detail)


def in_words(detail: ErrorDetails) -> str:
    """What pydantic found wrong, in our words."""
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    if kind in {"value_error", "assertion_error"}:
        return str(context["error"])
    if kind in {"missing", "missing_argument"}:
        return "is missing"
    if kind in {"extra_forbidden", "unexpected_keyword_argument"}:
        return "is unknown"
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", str(context["expected"]))
        near = did_you_mean(value, allowed) if isinstance(value, str) else ""
        return f"found {found(value)}, expected one of {one_of(allowed)}{near}"
    return f"found {found(value)}, expected {_expected(detail)}"


def _expected(detail: ErrorDetails) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in _LIMITS:
        return _LIMITS[kind][0].format(**context)
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(context["pattern"], f"text of the form {context['pattern']}")
    if kind in {"too_short", "string_too_short"}:
        return f"at least {context['min_length']}" if kind == "too_short" else "text"
    if kind in {"too_long", "string_too_long"}:
        return f"at most {context['max_length']}" + (" letters" if "string" in kind else "")
    value = detail["input"]
    if kind == "int_type" and isinstance(value, float) and value.is_integer() and abs(value) < 1e6:
        return f"a whole number, without a point or an exponent: {value:.0f}"
    return _EXPECTED.get(kind, str(detail["msg"]))


def _purpose(model: type[BaseModel], path: tuple[Step, ...]) -> str:
    """What a missing key is for, in the words of its documentation."""
    owner = _model_at(model, path[:-1])
    if owner is not None:
        texts = documentation(owner)
        for name, field in owner.model_fields.items():
            if path[-1] in {name, field.alias} and name in texts:
                first = texts[name].splitlines()[0].rstrip(".")
                return f"{first[0].lower()}{first[1:]}"
    return "a value"


def _keys(model: type[BaseModel] | None) -> list[str]:
    fields = model.model_fields.items() if model else ()
    names = [field.alias or name for name, field in fields]
    return ["a month" if name == DATED else name for name in names]


def _model_at(model: type[BaseModel], path: tuple[Step, ...]) -> type[BaseModel] | None:
    """The model that describes what stands at a path of a document."""
    annotation: Any = model
    for step in path:
        annotation = _bare(annotation)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            fields = annotation.model_fields
            by_key = {field.alias or name: field.annotation for name, field in fields.items()}
            annotation = by_key.get(str(step))
        elif get_origin(annotation) is dict:
            annotation = get_args(annotation)[1]
        elif get_origin(annotation) is tuple:
            annotation = get_args(annotation)[0]
    annotation = _bare(annotation)
    is_model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    return annotation if is_model else None


def _bare(annotation: Any) -> Any:
    """An annotation without aliases, `Annotated` and `| None`."""
    while True:
        if isinstance(annotation, TypeAliasType):
            annotation = annotation.__value__
        elif hasattr(annotation, "__metadata__"):
            annotation = annotation.__origin__
        elif get_origin(annotation) in {types.UnionType, Union}:
            annotation = next(a for a in get_args(annotation) if a is not type(None))
        else:
            return annotation


def _without(plain: dict[str, Any], paths: set[tuple[Step, ...]]) -> dict[str, Any]:
    """A document without the entries at some paths, each of one or two steps."""
    rest = {key: value for key, value in plain.items() if (key,) not in paths}
    for key, value in rest.items():
        gone = {path[1] for path in paths if path[0] == key and len(path) > 1}
        if gone and isinstance(value, dict):
            rest[key] = {each: kept for each, kept in value.items() if each not in gone}
        elif gone and isinstance(value, tuple):
            rest[key] = tuple(kept for index, kept in enumerate(value) if index not in gone)
    return rest
