"""file_attachment: file the documents of a mail below the owner's filing folder, each once."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from automator.errors import PermanentError, TemporaryError
from automator.mail.clean import clean_line
from automator.mail.message import Attachment
from automator.mail.template import fill
from automator.ports import Case, Done, Tools
from automator.rulebook.plan import Intent

LIMIT = 25_000_000
_PAPERS = frozenset({"pdf", "xml", "csv", "txt", "rtf", "doc", "docx", "odt", "xls", "xlsx", "ods"})
_PICTURES = frozenset({"jpg", "jpeg", "png", "tif", "tiff", "heic"})
_TYPES = {
    "application/pdf": "pdf",
    "application/xml": "xml",
    "text/xml": "xml",
    "text/csv": "csv",
    "image/jpeg": "jpg",
    "image/png": "png",
}
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.I)
_COPIES = 200


class Options(BaseModel):
    """`folder` below the filing folder, "/" between levels; `name` of the file without its ending, "" = as it is
    called. Both may hold placeholders."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    folder: str = Field(min_length=1, max_length=300)
    name: str = Field(default="", max_length=150)


class FileAttachment:
    """Writes the files: mode 0600, never over another file, never outside the filing folder (reliability S50)."""

    repeatable = True

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def perform(self, intent: Intent, case: Case, now: datetime) -> Done:
        """File every document of the mail; one that lies there already is not filed again.

        The hash that is reported is the SHA-256 of each document, in the order of `documents`, parted by spaces.
        Documents are told by their ending, from a closed list; pictures count only where there is no other document.
        PermanentError when there is nothing to file; TemporaryError when the disk does not take it.
        """
        options = intent.params
        if not isinstance(options, Options):
            raise TypeError(options)
        wanted = documents(case.attachments)
        if not wanted:
            raise PermanentError("there is no document to file in this mail")
        folder = place(self._tools.filing_root, options.folder, case.values)
        names: list[str] = []
        hashes: list[str] = []
        try:
            for attachment in wanted:
                data = self._read(case, attachment)
                hashes.append(hashlib.sha256(data).hexdigest())
                names.append(store(folder, safe_name(options.name, attachment, case.values), data).name)
        except OSError as error:
            raise TemporaryError(f"the filing folder does not take the file ({error.strerror})") from None
        return Done(self._tools.words.t("filed: {names}", names=", ".join(names)), content_hash=" ".join(hashes))

    def _read(self, case: Case, attachment: Attachment) -> bytes:
        if attachment.content is not None:
            return attachment.content
        if case.ref is None:
            raise PermanentError("the mail is no longer in the mailbox: its documents cannot be filed")
        return self._tools.part(case.ref, attachment.part, LIMIT)


def documents(attachments: tuple[Attachment, ...]) -> list[Attachment]:
    """What is worth filing: papers, else pictures (a scan), never programs or archives."""
    papers = [a for a in attachments if ending(a) in _PAPERS and not a.content_type.startswith("message/")]
    return papers or [a for a in attachments if ending(a) in _PICTURES]


def ending(attachment: Attachment) -> str:
    """The ending of a document, from our list; "" for what is none."""
    own = attachment.filename.rpartition(".")[2].lower() if "." in attachment.filename else ""
    return own if own in _PAPERS | _PICTURES else _TYPES.get(attachment.content_type, "") if not own else ""


def safe_part(text: str, limit: int = 100) -> str:
    """A name that is one file or folder and nothing else: no separators, no leading or trailing dots, no devices."""
    name = _UNSAFE.sub("-", clean_line(text, 400)).strip(" .-")[:limit].strip(" .-")
    return f"_{name}" if _DEVICE.match(name) else name


def safe_name(wanted: str, attachment: Attachment, values: Mapping[str, str]) -> str:
    """The file's name: as the rule says, else as the sender called it, else "document"; the ending from our list."""
    stem = fill(wanted, values, "") if wanted else attachment.filename.rpartition(".")[0]
    return f"{safe_part(stem) or 'document'}.{ending(attachment)}"


def place(root: Path, folder: str, values: Mapping[str, str]) -> Path:
    """The folder below `root`, every level made safe. PermanentError when a link leads out of it."""
    levels = [safe_part(fill(level, values, "")) for level in folder.split("/")]
    target = root.joinpath(*(level for level in levels if level))
    if not target.resolve().is_relative_to(root.resolve()):
        raise PermanentError(f'the folder "{folder}" leads out of the filing folder')
    return target


def store(folder: Path, name: str, data: bytes) -> Path:
    """Write `data` under `name`, or the next free "name (2)"; where the same bytes lie already, that file.

    1. The bytes go to a hidden file of their own first, flushed to the disk. 2. A link gives it its name: it fails
    where a file of that name is, so nothing is ever overwritten. 3. A crash leaves at most the hidden file.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256(data).hexdigest()
    known = _known(folder, len(data), digest)
    if known is not None:
        return known
    hidden = folder / f".{digest[:32]}.part"
    with contextlib.suppress(FileNotFoundError):
        hidden.unlink()
    descriptor = os.open(hidden, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    try:
        return _named(folder, name, hidden)
    finally:
        hidden.unlink()


def _named(folder: Path, name: str, hidden: Path) -> Path:
    for candidate in _candidates(folder / name):
        with contextlib.suppress(FileExistsError):
            os.link(hidden, candidate)
            return candidate
    raise PermanentError(f'there are too many files called "{name}"')


def _candidates(path: Path) -> Iterator[Path]:
    yield path
    for number in range(2, _COPIES):
        yield path.with_name(f"{path.stem} ({number}){path.suffix}")


def _known(folder: Path, size: int, digest: str) -> Path | None:
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.is_symlink() or not path.is_file() or path.stat().st_size != size:
            continue
        if hashlib.sha256(path.read_bytes()).hexdigest() == digest:
            return path
    return None


def build(tools: Tools) -> FileAttachment:
    """The action, with its tools."""
    return FileAttachment(tools)
