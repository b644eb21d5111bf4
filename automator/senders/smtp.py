"""Hands mails to an SMTP server (RFC 5321, RFC 6409): one recipient a transaction, verified TLS, honest about doubt."""

from __future__ import annotations

import contextlib
import ipaddress
import re
import smtplib
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from automator.errors import LoginError, OutcomeUnknown, PermanentError, TemporaryError
from automator.failpoint import failpoint
from automator.mail.clean import clean_line
from automator.mail.compose import serialize, wire_address
from automator.mail.message import OutgoingMail

_PORTS = {"tls": 465, "starttls": 587, "none": 25}
_DOTS = re.compile(rb"^\.", re.M)
_ADDRESS = re.compile(r"[^\s<>@:;,]+@")
_QUOTA = re.compile(r"\b5\.4\.5\b|\b4\.7\.28\b")
_NEXT_DAY = 12 * 3600.0


class Options(BaseModel):
    """The way out.

    `port` 0 means the usual one: 465 for "tls", 587 for "starttls", 25 for "none". "none" is for a server on this
    machine only. `user` "" means no login. `timeout` is in seconds, for each answer. `files_sent` says that the
    server puts the copy into Sent by itself (Gmail and Microsoft 365 do). `ca_file` replaces the system's list of
    certificate authorities.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    host: str = Field(min_length=1)
    port: int = Field(default=0, ge=0, le=65535)
    tls: Literal["tls", "starttls", "none"] = "tls"
    user: str = ""
    password: SecretStr = SecretStr("")
    timeout: float = Field(default=30, gt=0, le=600)
    files_sent: bool = False
    ca_file: Path | None = None

    @model_validator(mode="after")
    def _nothing_in_the_clear(self) -> Self:
        if self.tls == "none" and not _is_this_machine(self.host):
            raise ValueError('tls = "none" is for a server on this machine only; use "tls" or "starttls"')
        if self.user and not self.password.get_secret_value():
            raise ValueError('"user" needs a "password"')
        return self

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to connect to."""
        return self.host, self.port or _PORTS[self.tls]


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class SmtpSender:
    """A MailSender (ports.py): a connection of its own for each mail, closed after it."""

    def __init__(self, options: Options) -> None:
        self._options = options

    @property
    def files_sent(self) -> bool:
        """Does the server itself file the copy in Sent?"""
        return self._options.files_sent

    def send(self, mail: OutgoingMail) -> None:
        """Hand `mail` to its one recipient.

        TemporaryError: not taken, may be later (no link, 4xx). PermanentError: refused (5xx); LoginError: the login.
        OutcomeUnknown: the link died after the final dot, before the answer (RFC 1047): it may have been taken.
        """
        content = serialize(mail)
        sender, recipient = wire_address(mail.sender.addr), wire_address(mail.to.addr)
        failpoint("smtp_before_connect")
        with self._errors():
            smtp = self._connect()
        try:
            with self._errors():
                self._envelope(smtp, sender, recipient)
                _body(smtp, content)
            _final_dot(smtp)
            failpoint("smtp_after_accept")
            with contextlib.suppress(smtplib.SMTPException, OSError):
                smtp.quit()
        finally:
            smtp.close()

    def _connect(self) -> smtplib.SMTP:
        """Connected, encrypted as configured or not at all, logged in."""
        options = self._options
        context = _trust(options)
        smtp: smtplib.SMTP
        if options.tls == "tls":
            smtp = smtplib.SMTP_SSL(*options.address, timeout=options.timeout, context=context, local_hostname=_NAME)
        else:
            smtp = smtplib.SMTP(*options.address, timeout=options.timeout, local_hostname=_NAME)
        try:
            if options.tls == "starttls":
                _start_tls(smtp, context)
            smtp.ehlo_or_helo_if_needed()
            if options.user:
                _login(smtp, options)
        except BaseException:
            smtp.close()
            raise
        return smtp

    @staticmethod
    def _envelope(smtp: smtplib.SMTP, sender: str, recipient: str) -> None:
        _taken(*smtp.mail(sender))
        _taken(*smtp.rcpt(recipient))
        _taken(*smtp.docmd("DATA"))

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        """Whatever goes wrong before the final dot, in our words: the mail was not taken."""
        host = self._options.host
        try:
            yield
        except (LoginError, PermanentError):
            raise
        except smtplib.SMTPResponseException as error:
            raise _answered(host, error.smtp_code, error.smtp_error) from None
        except ssl.SSLCertVerificationError as error:
            raise TemporaryError(f"{host}: the certificate is not to be trusted ({error.verify_message})") from None
        except (smtplib.SMTPException, OSError) as error:
            raise TemporaryError(f"{host}: no link to the mail server ({type(error).__name__})") from None


_NAME = "[127.0.0.1]"  # what mail programs say: neither the machine's name nor a DNS query


def _trust(options: Options) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=options.ca_file)
    except OSError as error:
        raise PermanentError(f"ca_file cannot be used: {error.strerror or 'no certificate in it'}") from None


def _start_tls(smtp: smtplib.SMTP, context: ssl.SSLContext) -> None:
    """Encrypt or fail: never a password or a mail in the clear (reliability S34)."""
    smtp.ehlo_or_helo_if_needed()
    if not smtp.has_extn("starttls"):
        raise PermanentError("the mail server offers no STARTTLS: nothing is sent in the clear")
    smtp.starttls(context=context)  # a refusal raises; whatever came in the clear after it is forgotten


def _login(smtp: smtplib.SMTP, options: Options) -> None:
    try:
        smtp.login(options.user, options.password.get_secret_value())
    except smtplib.SMTPAuthenticationError as error:
        if 400 <= error.smtp_code < 500:
            raise
        raise LoginError(
            f"{options.host}: the login is refused ({error.smtp_code} {_shown(error.smtp_error)})"
        ) from None
    except smtplib.SMTPNotSupportedError:
        raise LoginError(f"{options.host}: the server offers no login") from None


def _taken(code: int, text: bytes) -> None:
    if code not in {250, 251, 354}:
        raise smtplib.SMTPResponseException(code, text)


def _body(smtp: smtplib.SMTP, content: bytes) -> None:
    """All but the end: up to here the server cannot have taken the mail."""
    whole = content if content.endswith(b"\r\n") else content + b"\r\n"
    smtp.send(_DOTS.sub(b"..", whole))


def _final_dot(smtp: smtplib.SMTP) -> None:
    try:
        smtp.send(b".\r\n")
        code, text = smtp.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise OutcomeUnknown("the link died before the mail server answered: it may have taken the mail") from error
    if not 200 <= code < 600:
        raise OutcomeUnknown("the mail server's answer makes no sense: it may have taken the mail")
    if code != 250:
        raise _answered("the mail server", code, text)


def _answered(host: str, code: int, text: bytes | str) -> TemporaryError | PermanentError:
    said = _shown(text)
    if _QUOTA.search(said):
        return TemporaryError(f"{host}: the daily quota is used up ({code} {said})", retry_after=_NEXT_DAY)
    if 500 <= code < 600:
        return PermanentError(f"{host}: refused ({code} {said})")
    return TemporaryError(f"{host}: not now ({code} {said})")


def _shown(text: bytes | str) -> str:
    """A server's words, without the local parts of addresses."""
    line = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return _ADDRESS.sub("…@", clean_line(line, 200))


def build(options: Options) -> SmtpSender:
    """The sender. Connects at each mail."""
    return SmtpSender(options)
