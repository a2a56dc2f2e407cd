"""What an operator can do wrong, in one line each; anything else is a fault."""

from itertools import chain

from service.domain.receipts import ReceiptWrongError
from service.domain.refusals import Refusal
from service.kit.database import DatabaseUnavailable
from service.kit.embedded_postgres import EmbeddedPostgresError
from service.kit.logs import fault_of, place_of
from service.kit.migrations import (
    MigrationChangedError,
    MigrationMalformedError,
    MigrationsPendingError,
)
from service.kit.secrets import KeysWrongError, UnsealError
from service.kit.toml_files import FilesWrong
from service.settings import SettingWrongError


def lines_of(error: BaseException) -> list[str]:
    """Return what is wrong, a line for each mistake and nothing secret in any."""
    match error:
        case BaseExceptionGroup():
            return [*dict.fromkeys(chain(*map(lines_of, error.exceptions)))]
        case FilesWrong():
            return [str(mistake) for mistake in error.mistakes]
        case SettingWrongError() | KeysWrongError() | ReceiptWrongError() | Refusal():
            return [str(error)]
        case EmbeddedPostgresError():
            return [" … ".join(_ends(str(error)))]
        case OSError() if error.filename:
            return [f"{error.filename}: {error.strerror}"]
        case _:
            return [_words(error)]


def _words(error: BaseException) -> str:
    match error:
        case DatabaseUnavailable():
            return f"the database can't be reached ({error}): see AGEGATE_DATABASE_URL"
        case MigrationsPendingError():
            return (
                "the database's schema is older than this program: run agegate migrate"
            )
        case MigrationChangedError():
            return f"{error} was applied, and has been changed since"
        case MigrationMalformedError():
            return f"{error} is not a migration in dbmate's format"
        case UnsealError():
            return "the keys file lacks a key that the database's keys are wrapped by"
        case _:
            return f"fault: {fault_of(error)} at {place_of(error)}"


def _ends(text: str) -> list[str]:
    """Return the first and the last line: what happened, and where to look."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [*dict.fromkeys((*lines[:1], *lines[-1:]))]
