"""Changes an IMAP account: keywords, flags, moves into folders, copies into Sent and Drafts. Deletes nothing.

Only STORE +FLAGS, MOVE (RFC 6851), CREATE, SUBSCRIBE and APPEND are ever sent: no EXPUNGE, no deleted flag, no COPY in place of
MOVE (reliability S13).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from types import TracebackType
from typing import Literal, Self

from automator.errors import PermanentError, TemporaryError
from automator.mail.message import MessageRef
from automator.ports import Capabilities, Change
from automator.sources.imap import uidset
from automator.sources.imap.connection import Connection, connect, wire_errors
from automator.sources.imap.folders import Layout
from automator.sources.imap.options import Options
from automator.sources.imap.replies import Box, quoted, refused

ARCHIVE = "\\Archive"
"""As the folder of a move: where the account archives (RFC 6154, the usual names, or the option `archive`)."""
_ATOM = re.compile(r"[!#$&'+,./0-9:;<=>?@A-Z\[^_`a-z|}~-]+")  # RFC 9051 9, flag-keyword
_FLAGS = {name.lower(): name for name in ("\\Seen", "\\Answered", "\\Flagged", "\\Draft")}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MOST_CANDIDATES = 50
_FILES_SENT = ("outlook.office365.com", "outlook.office.com")


class Writer:
    """A MailboxWriter (ports.py). Each call has a connection of its own, unless made inside `with writer:`.

    Not thread-safe, like the reader.
    """

    def __init__(self, name: str, options: Options) -> None:
        self._name = name
        self._options = options
        self._where = f"{name} ({options.host})"
        self._connection: Connection | None = None
        self._layout: Layout | None = None
        self._depth = 0
        self._capabilities: Capabilities | None = None

    def __enter__(self) -> Self:
        self._depth += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._depth -= 1
        if not self._depth:
            self.close()

    def close(self) -> None:
        """Log out. The next call connects again."""
        connection, self._connection = self._connection, None
        self._layout = None
        if connection is not None:
            connection.close()

    @contextmanager
    def _talking(self) -> Iterator[Connection]:
        with self:
            try:
                with wire_errors(self._where):
                    if self._connection is None:
                        self._connection = connect(self._options, self._where)
                    yield self._connection
            except TemporaryError:
                self.close()
                raise

    @property
    def capabilities(self) -> Capabilities:
        """Asked of the server once. `keywords` is what the first watched mailbox allows."""
        if self._capabilities is None:
            with self._talking() as connection:
                first = self._folders(connection).find(self._options.mailboxes[0]) or "INBOX"
                keywords = connection.open_box(first, write=True).any_keyword
                self._capabilities = Capabilities(
                    keywords=keywords,
                    move=connection.has("MOVE"),
                    condstore=connection.has("CONDSTORE"),
                    special_use=connection.has("SPECIAL-USE"),
                    idle=connection.has("IDLE"),
                    files_sent=connection.has("X-GM-EXT-1") or self._options.host.lower() in _FILES_SENT,
                )
        return self._capabilities

    def _folders(self, connection: Connection) -> Layout:
        if self._layout is None:
            self._layout = connection.layout()
        return self._layout

    def apply(self, change: Change) -> None:
        """See MailboxWriter. PermanentError: no such message, folder or capability; TemporaryError: try again."""
        with self._talking() as connection:
            if change.kind == "append":
                self._append(connection, change)
            elif change.ref is None:
                raise PermanentError(f"a {change.kind} needs a message")
            elif change.kind == "move":
                self._move(connection, change, change.ref)
            else:
                self._mark(connection, change.ref, change.value, keyword=change.kind == "keyword")

    def _mark(self, connection: Connection, ref: MessageRef, value: str, *, keyword: bool) -> None:
        mark = value if keyword else _FLAGS.get(value.lower(), "")
        if not _ATOM.fullmatch(mark.lstrip("\\")) or (keyword and mark.startswith("\\")):
            raise PermanentError(f'"{value}" is not a {"keyword" if keyword else "flag that may be set"}')
        box = self._open_at(connection, ref)
        if mark.lower() not in box.kept_flags and not (keyword and box.any_keyword):
            raise PermanentError(f'the server keeps no "{mark}" in the mailbox "{ref.mailbox}"')
        if not connection.search(f"UID {ref.uid}"):
            raise _gone(ref)
        answer = connection.ask("UID", "STORE", str(ref.uid), "+FLAGS.SILENT", f"({mark})")
        if not answer.ok:
            raise refused(answer, f'marking message {ref.uid} of "{ref.mailbox}"')

    def _move(self, connection: Connection, change: Change, ref: MessageRef) -> None:
        """Into the folder, made if it is missing. Already there = done (known by its Message-ID)."""
        if not connection.has("MOVE"):
            raise PermanentError("the server cannot move messages (no MOVE); copying and deleting is not safe")
        target = self._target(connection, change.value)
        if target == ref.mailbox:
            return
        self._open_at(connection, ref)
        if not connection.search(f"UID {ref.uid}"):
            if change.message_id and self._look(connection, target, "Message-ID", change.message_id):
                return
            raise _gone(ref)
        answer = connection.ask("UID", "MOVE", str(ref.uid), quoted(target))
        if not answer.ok:
            raise refused(answer, f'moving message {ref.uid} to "{target}"')

    def _open_at(self, connection: Connection, ref: MessageRef) -> Box:
        box = connection.box
        if box is None or box.name != ref.mailbox or not box.writable:
            box = connection.open_box(ref.mailbox, write=True)
        if box.uidvalidity != ref.uidvalidity:
            raise PermanentError(f'the mailbox "{ref.mailbox}" was renumbered: message {ref.uid} is another one now')
        if not box.writable:
            raise PermanentError(f'the mailbox "{ref.mailbox}" may only be read')
        return box

    def _target(self, connection: Connection, wanted: str) -> str:
        """The server's name of a folder; created (and subscribed, so that mail programs show it) when absent.

        ARCHIVE is the account's own archive, whatever it is called there.
        """
        if wanted.lower() == ARCHIVE.lower():
            found = self._folders(connection).special("archive", self._options.archive)
            wanted = "Archive"
        else:
            found = self._folders(connection).find(wanted)
        if found is not None:
            return found
        if not wanted.strip("/ ") or not wanted.isprintable():
            raise PermanentError(f'"{wanted}" cannot be the name of a folder')
        name = self._folders(connection).new_name(wanted)
        answer = connection.ask("CREATE", quoted(name))
        if not answer.ok and answer.code != b"ALREADYEXISTS":
            raise refused(answer, f'the folder "{name}" cannot be made')
        connection.ask("SUBSCRIBE", quoted(name))
        self._layout = None
        return name

    def _special(self, connection: Connection, role: Literal["sent", "drafts"]) -> str:
        configured = self._options.sent if role == "sent" else self._options.drafts
        found = self._folders(connection).special(role, configured)
        if found is None:
            raise PermanentError(f'no folder for {role} was found on the server; set "{role}" in the account')
        return found

    def _append(self, connection: Connection, change: Change) -> None:
        """Once only: a mail whose Message-ID lies there already is not stored again."""
        target = self._special(connection, change.role) if change.role else self._target(connection, change.value)
        header = BytesHeaderParser(policy=compat32).parsebytes(change.content)
        message_id = str(header.get("Message-ID", "")).strip()
        if message_id and self._look(connection, target, "Message-ID", message_id):
            return
        flags = " ".join(sorted(self._flag(f) for f in change.flags))
        dated = (f'"{internal_date(change.at)}"',) if change.at else ()
        content = re.sub(rb"\r\n|\r|\n", b"\r\n", change.content)
        answer = connection.ask("APPEND", quoted(target), f"({flags})", *dated, literal=content)
        if not answer.ok:
            raise refused(answer, f'storing a mail in "{target}"')

    def _flag(self, value: str) -> str:
        flag = _FLAGS.get(value.lower(), value)
        if flag not in _FLAGS.values() and not _ATOM.fullmatch(flag):
            raise PermanentError(f'"{value}" is not a flag that may be set')
        return flag

    def find(self, message_id: str, role: Literal["sent", "drafts"], key: str = "") -> MessageRef | None:
        """See MailboxWriter. Raises PermanentError when the account has no such folder."""
        with self._talking() as connection:
            folder = self._special(connection, role)
            for name, value in (("Message-ID", message_id), ("X-Automator-Key", key)):
                uid = self._look(connection, folder, name, value) if value else 0
                if uid and connection.box:
                    return MessageRef(self._name, folder, connection.box.uidvalidity, uid)
        return None

    def _look(self, connection: Connection, folder: str, name: str, value: str) -> int:
        """The UID of the newest message whose header field is exactly `value`, 0 = none. SEARCH finds substrings."""
        if not value.isascii() or not value.isprintable():
            return 0
        if connection.selected != folder:
            connection.open_box(folder)
        else:
            connection.ask("NOOP")
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        found = connection.search(f'HEADER {name} "{escaped}"')[-_MOST_CANDIDATES:]
        if not found:
            return 0
        what = f"UID BODY.PEEK[HEADER.FIELDS ({name.upper()})]"
        parser = BytesHeaderParser(policy=compat32)
        read = connection.fetch(uidset.compress(found), what)
        exact = [i.uid for i in read if _field(parser.parsebytes(i.header or b""), name) == value]
        return max(exact, default=0)


def _field(header: Message, name: str) -> str:
    return "".join(str(header.get(name, "")).split())


def _gone(ref: MessageRef) -> PermanentError:
    return PermanentError(f'message {ref.uid} is no longer in "{ref.mailbox}"')


def internal_date(at: datetime) -> str:
    """date-time of RFC 9051 9, whatever the locale."""
    month = _MONTHS[at.month - 1]
    return f"{at.day:02d}-{month}-{at:%Y %H:%M:%S %z}"
