"""IMAP accounts: a reader that changes nothing, and a writer on a connection of its own. Loaded on use."""

from __future__ import annotations

from collections.abc import Sequence

from automator.ports import MailboxWriter, MailSource
from automator.sources.imap.options import Options

__all__ = ["Options", "build", "writer"]


def build(name: str, options: Options, *, filed: Sequence[str] = ()) -> MailSource:
    """The mail source of the account `name`. Connects at the first fetch. `filed`: see MailSource."""
    from automator.sources.imap.reader import Reader

    return Reader(name, options, filed)


def writer(name: str, options: Options) -> MailboxWriter:
    """What changes the account `name`. Connects when there is something to change."""
    from automator.sources.imap.changing import Writer

    return Writer(name, options)
