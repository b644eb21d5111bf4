"""A Maildir on this machine: a reader that changes nothing, and a writer. Loaded on use."""

from __future__ import annotations

from collections.abc import Sequence

from automator.ports import MailboxWriter, MailSource
from automator.sources.maildir.boxes import Options

__all__ = ["Options", "build", "writer"]


def build(name: str, options: Options, *, filed: Sequence[str] = ()) -> MailSource:
    """The mail source of the account `name`. `filed`: see MailSource."""
    from automator.sources.maildir.reader import Reader

    return Reader(name, options, filed)


def writer(name: str, options: Options) -> MailboxWriter:
    """What changes the account `name`."""
    from automator.sources.maildir.changing import Writer

    return Writer(name, options)
