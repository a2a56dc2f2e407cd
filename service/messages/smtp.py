"""E-mail by SMTP."""

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from typing import Final, Self
from urllib.parse import SplitResult, unquote, urlsplit

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
)

from service.messages.adapters import (
    CONTROLS,
    OutgoingEmail,
    RefusedError,
    UnavailableError,
)
from service.settings import SettingWrongError

PORTS: Final = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})

SECONDS: Final = 15.0
GOODBYE_SECONDS: Final = 1.0

REFUSALS: Final = range(500, 600)
ASCII_ONLY: Final = SMTP_POLICY.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSender:
    """Sends each e-mail on a connection of its own, from *sender*.

    A refusal counts as final only where the server speaks of this e-mail, of its
    recipient or its content. When it does not like us (our password, our sender, our
    network), an operator can put that right, and the e-mail waits.
    """

    host: str
    port: int
    scheme: str
    user: str | None
    password: str | None = field(repr=False)
    sender: Address
    tls: ssl.SSLContext = field(repr=False)
    seconds: float = SECONDS

    @classmethod
    def make(
        cls, url: str, mail_from: str, *, tls: ssl.SSLContext | None = None
    ) -> Self:
        """Return a sender for the settings, or raise SettingWrongError.

        Certificates are verified against the system's authorities, or by *tls*.
        """
        parts, port = _split(url)
        user = unquote(parts.username) if parts.username else None
        password = unquote(parts.password or "") if user is not None else None
        host = parts.hostname or ""
        if user is not None and parts.scheme == "smtp" and host not in LOOPBACK:
            raise SettingWrongError(
                "AGEGATE_SMTP_URL would send its password in the clear:"
                " use smtps:// or smtp+starttls://"
            )
        return cls(
            host=host,
            port=port,
            scheme=parts.scheme,
            user=user,
            password=password,
            sender=_address(mail_from),
            tls=tls or ssl.create_default_context(),
        )

    async def send(self, mail: OutgoingEmail) -> None:
        """Hand *mail* over, or raise RefusedError or UnavailableError."""
        try:
            body = self._compose(mail)
        except (ValueError, LookupError, MessageError) as error:
            raise RefusedError("malformed") from error
        client = self._client()
        try:
            async with asyncio.timeout(self.seconds):
                await client.connect()
                await client.sendmail(self.sender.addr_spec, mail.to, body)
            # It was taken: a farewell that fails must not have it sent again.
            with suppress(SMTPException, OSError):
                await client.quit(timeout=GOODBYE_SECONDS)
        except SMTPRecipientsRefused as error:
            raise _verdict(error.recipients[0].code) from error
        except SMTPDataError as error:
            raise _verdict(error.code) from error
        except (SMTPException, OSError) as error:
            raise UnavailableError(f"smtp {type(error).__name__}") from error
        finally:
            client.close()

    def _client(self) -> SMTP:
        return SMTP(
            hostname=self.host,
            port=self.port,
            local_hostname=self.sender.domain,
            timeout=self.seconds,
            use_tls=self.scheme == "smtps",
            start_tls=self.scheme == "smtp+starttls",
            tls_context=self.tls,
            username=self.user,
            password=self.password,
        )

    def _compose(self, mail: OutgoingEmail) -> bytes:
        """Return the e-mail as it travels: the same bytes on every try."""
        for line in (mail.to, mail.subject, mail.sender_name, mail.reply_to):
            if CONTROLS.search(line):
                raise ValueError("a header is one line")
        name = self.sender.display_name or mail.sender_name
        message = EmailMessage(policy=ASCII_ONLY)
        message["From"] = Address(name, addr_spec=self.sender.addr_spec)
        message["To"] = Address(addr_spec=mail.to)
        message["Reply-To"] = Address(addr_spec=mail.reply_to)
        message["Subject"] = mail.subject
        message["Date"] = mail.at
        message["Message-ID"] = f"<{mail.id}@{self.sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no machine answers
        message.set_content(mail.text)
        message.add_alternative(mail.html, subtype="html")
        message["Content-Language"] = mail.language
        message.set_boundary(f"=_{mail.id.hex}")
        return message.as_bytes()


def _verdict(code: int) -> RefusedError | UnavailableError:
    if code in REFUSALS:
        return RefusedError(f"smtp {code}")
    return UnavailableError(f"smtp {code}")


def _split(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (KeyError, ValueError):
        # Without the cause: it would quote the password.
        raise SettingWrongError(
            "AGEGATE_SMTP_URL must be smtp://, smtp+starttls:// or smtps://"
        ) from None
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise SettingWrongError("AGEGATE_SMTP_URL must be a scheme, a host and a port")
    return parts, port


def _address(text: str) -> Address:
    message = EmailMessage()
    try:
        message["From"] = text
        (address,) = message["From"].addresses
        checked = Address(address.display_name, addr_spec=address.addr_spec)
    except (ValueError, LookupError, MessageError):
        checked = Address()
    if not checked.domain or not checked.addr_spec.isascii():
        raise SettingWrongError("AGEGATE_MAIL_FROM must be one e-mail address")
    return checked
