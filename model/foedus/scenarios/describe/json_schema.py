"""The language of scenarios as a JSON Schema, for editors and other programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from foedus.dictionary.alterable import ALTERABLE
from foedus.dictionary.vocabulary import MECHANISM_NAMES
from foedus.files.models import documentation
from foedus.parameters import registry
from foedus.scenarios import acts
from foedus.scenarios.drivers import DRIVER_KINDS
from foedus.scenarios.language.quantities import KINDS
from foedus.scenarios.language.schema import Scenario

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pydantic import BaseModel
    from pydantic_core import core_schema

    from foedus.cases import Case

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_FAMILIES: Final = ("threat", "accommodation", "offer", "stake")


def schema_text(case: Case | None = None) -> str:
    """The JSON Schema of scenario files of a case, as a file."""
    schema = json_schema(registry.load(case).ranges)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def json_schema(parameters: Collection[str]) -> dict[str, Any]:
    """The schema of a scenario file, in the dialect of 2020-12.

    It knows keys, types, ranges, months and the names of parameters, quantities, mechanisms and
    families of drivers. Names of members, threats and partners belong to an alliance, and
    conditions have a grammar; only `foedus scenario check` knows those.

    Args:
        parameters: Names of the registry.
    """
    schema = Scenario.model_json_schema(schema_generator=_Documented)
    properties, defined = schema["properties"], schema.get("$defs", {})
    schema["title"] = "Scenario of foedus"
    # A child says only what differs; whoever has no parent says where and when.
    schema["required"] = ["name", "title"]
    whole = {"required": ["alliance", "start", "horizon"]}
    schema["anyOf"] = [{"required": ["extends"]}, whole]
    _name_keys(properties["drivers"], _drivers())
    _name_keys(properties["parameters"], {"enum": sorted(parameters)})
    _name_keys(properties["quantities"], {"pattern": rf"^({'|'.join(KINDS)})(\[[^\[\]]+\])?$"})
    altered = {"pattern": rf"^({'|'.join(ALTERABLE)})\[[^\[\]]+\]$"}
    _name_keys(properties["quantities_from"]["additionalProperties"], altered)
    defined["DecisionEntry"]["allOf"] = list(_acts())
    mechanisms = defined["Mechanisms"]
    for dated in mechanisms["patternProperties"].values():
        _name_keys(dated, {"enum": list(MECHANISM_NAMES)})
    return {"$schema": DIALECT, **schema}


class _Documented(GenerateJsonSchema):
    """Puts the documentation of fields where editors show it."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """The schema of one section."""
        found = super().model_schema(schema)
        model: type[BaseModel] = schema["cls"]
        for name, text in documentation(model).items():
            found["properties"][model.model_fields[name].alias or name]["description"] = text
        return found


def _name_keys(mapping: dict[str, Any], names: dict[str, Any]) -> None:
    mapping["propertyNames"] = names


def _acts() -> Iterator[dict[str, Any]]:
    """Which keys an act needs and which it cannot have, beside those of all acts."""
    for does, (needed, useless) in acts.keys_of_acts().items():
        known = {"properties": {"does": {"const": does}}, "required": ["does"]}
        then = {"required": needed, "not": {"anyOf": [{"required": [key]} for key in useless]}}
        yield {"if": known, "then": then}


def _drivers() -> dict[str, Any]:
    single = [name for name in DRIVER_KINDS if name not in _FAMILIES]
    families = [rf"{name}\.[A-Za-z0-9-]+" for name in _FAMILIES]
    return {"pattern": f"^({'|'.join([*single, *families])})$"}
