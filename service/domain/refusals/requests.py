"""Refusals of who asks, and how."""

from collections.abc import Sequence

from service.domain.refusals.refusal import FieldMistake, Refusal


class FieldsWrong(Refusal):
    """Some fields are missing or wrong."""

    code = "fields_wrong"

    def __init__(self, mistakes: Sequence[FieldMistake]) -> None:
        """Name every wrong field."""
        super().__init__()
        self.mistakes = tuple(mistakes)


class BodyMalformed(Refusal):
    """The body is not one JSON object with unique keys in UTF-8."""

    code = "body_malformed"


class BodyTooLarge(Refusal):
    """The body is too large."""

    code = "body_too_large"


class BodyTooSlow(Refusal):
    """The body did not arrive in time."""

    code = "body_too_slow"


class UploadMalformed(Refusal):
    """The body is not multipart/form-data: short fields, and then one file."""

    code = "upload_malformed"


class MediaTypeUnsupported(Refusal):
    """Send the body as application/json in UTF-8, without a content encoding."""

    code = "media_type_unsupported"


class NotFound(Refusal):
    """There is nothing at this address."""

    code = "not_found"


class AppUnknown(Refusal):
    """There is no such app."""

    code = "app_unknown"


class ServiceTokenMissing(Refusal):
    """This needs a service token."""

    code = "service_token_missing"


class ScopeMissing(Refusal):
    """The service token does not have the scope for this."""

    code = "scope_missing"


class CursorUnknown(Refusal):
    """The cursor or the limit is not one that this service gives or takes."""

    code = "cursor_unknown"


class EventUnknown(Refusal):
    """There is no such event, or it is not for you to acknowledge."""

    code = "event_unknown"


class MethodNotAllowed(Refusal):
    """This address does not take that method."""

    code = "method_not_allowed"

    def __init__(self, allowed: Sequence[str]) -> None:
        """Name the methods that are taken."""
        super().__init__()
        self.allowed = tuple(allowed)


class RequestMalformed(Refusal):
    """The request could not be understood."""

    code = "request_malformed"


class OriginNotAllowed(Refusal):
    """Requests from this origin are not taken."""

    code = "origin_not_allowed"


class TokenMissing(Refusal):
    """This needs the token that the registration was given."""

    code = "token_missing"


class TooManyRequests(Refusal):
    """Too many requests. Please wait a little and try again."""

    code = "too_many_requests"

    def __init__(self, *, limit: int, window: int, retry_after: int) -> None:
        """Tell the policy, *limit* requests in *window* seconds, and the wait."""
        super().__init__()
        self.limit, self.window, self.retry_after = limit, window, retry_after


class ServiceBusy(Refusal):
    """The service is busy. Please try again in a moment."""

    code = "service_busy"


class InternalFault(Refusal):
    """Something went wrong on our side. Nothing was changed."""

    code = "internal_fault"


class IdempotencyKeyReused(Refusal):
    """This Idempotency-Key was used with another body."""

    code = "idempotency_key_reused"


class IdempotencyKeyMalformed(Refusal):
    """An Idempotency-Key is 1 to 255 visible ASCII characters."""

    code = "idempotency_key_malformed"
