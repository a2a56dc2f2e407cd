"""Fields of JSON bodies that convert nothing: 1 is not true, "14" is not a number."""

from collections.abc import Mapping

from marshmallow import ValidationError, fields


class StrictBoolean(fields.Field[bool]):
    """True or false, and nothing that merely looks like it."""

    def _deserialize(
        self,
        value: object,
        attr: str | None,  # noqa: ARG002 -- marshmallow's signature
        data: Mapping[str, object] | None,  # noqa: ARG002
        **kwargs: object,  # noqa: ARG002
    ) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("Must be true or false.")
        return value


class StrictInteger(fields.Field[int]):
    """A whole number, not a text or a fraction."""

    def _deserialize(
        self,
        value: object,
        attr: str | None,  # noqa: ARG002 -- marshmallow's signature
        data: Mapping[str, object] | None,  # noqa: ARG002
        **kwargs: object,  # noqa: ARG002
    ) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError("Must be a whole number.")
        return value
