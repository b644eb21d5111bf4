"""What config.toml says of an IMAP account."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

TLS_PORT = 993
PLAIN_PORT = 143


class Options(BaseModel):
    """An IMAP account (RFC 3501, RFC 9051) and the mailboxes to watch in it.

    `port` 0 means the usual one: 993 for "tls", 143 for "starttls" and "none". "none" sends the password in the
    clear and is taken for this machine only. `ca_file` replaces the system's list of certificate authorities.
    `sent`, `drafts`, `archive` are found by themselves when "" (RFC 6154, then the usual names).
    `timeout` is in seconds, for each read and write; `chunk` is how many messages one command asks for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    host: str = Field(min_length=1)
    user: str = Field(min_length=1)
    password: SecretStr
    port: int = Field(default=0, ge=0, le=65535)
    tls: Literal["tls", "starttls", "none"] = "tls"
    ca_file: Path | None = None
    mailboxes: tuple[str, ...] = Field(default=("INBOX",), min_length=1)
    sent: str = ""
    drafts: str = ""
    archive: str = ""
    timeout: float = Field(default=30, gt=0, le=600)
    max_text_bytes: int = Field(default=1_000_000, ge=1_000, le=50_000_000)
    chunk: int = Field(default=250, ge=1, le=1000)

    @field_validator("user", "password")
    @classmethod
    def _one_line(cls, value: str | SecretStr) -> str | SecretStr:
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if any(c in text for c in "\r\n\0"):
            raise ValueError("must be one line of text")
        return value

    @model_validator(mode="after")
    def _no_password_in_the_clear(self) -> Self:
        if self.tls == "none" and not _is_this_machine(self.host):
            raise ValueError('tls = "none" is for a server on this machine only; use "tls" or "starttls"')
        return self

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to connect to."""
        return self.host, self.port or (TLS_PORT if self.tls == "tls" else PLAIN_PORT)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
