"""Sections of a file whose keys may also be months, from which on something changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, model_serializer, model_validator

from foedus.files.models import DATED
from foedus.scenarios.language import months

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler, SerializerFunctionWrapHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema


class Dated(BaseModel):
    """A section with a field of the alias `DATED`, whose entries stand beside the other keys."""

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, value: Any) -> Any:
        if not isinstance(value, dict) or DATED in value:
            return value
        dated = {key: each for key, each in value.items() if str(key)[:1].isdigit()}
        rest = {key: each for key, each in value.items() if key not in dated}
        return rest | {DATED: dated} if dated else rest

    @model_serializer(mode="wrap")
    def _spread(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        content: dict[str, Any] = plain(self)
        return content | dict(
            sorted((content.pop(DATED, None) or content.pop("dated", {})).items())
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """The schema of the file, in which a month is a key like others."""
        made = handler.resolve_ref_schema(handler(schema))
        dated = made["properties"].pop(DATED)
        made["patternProperties"] = {months.PATTERN: dated["additionalProperties"]}
        return made
