"""The records of the ensemble as C structures, derived from the same layout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from foedus.dictionary import terms
from foedus.simulation import memory_layout as records

if TYPE_CHECKING:
    import numpy as np

TUPLES: Final = {name: kind for name, kind in vars(terms).items() if hasattr(kind, "_fields")}
"""Terms of a utility: structures that are passed by value."""


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


def tuple_text(name: str, fields: tuple[str, ...]) -> str:
    """A structure of terms, and their sum in order."""
    declared = "".join(f"    double {each};\n" for each in fields)
    added = "".join(f" result += terms.{each};" for each in fields)
    body = f"{{ double result = 0.0;{added} return result; }}"
    structure = f"typedef struct {{\n{declared}}} {name};"
    return f"{structure}\nRULE inline double total_{name}({name} terms) {body}"
