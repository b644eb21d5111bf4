"""How often extraction is right, field by field, on the corpus of mails with known facts.

    python -m benchmarks.facts [--parts bcdi] [--wrong FIELD] [FOLDER]

FOLDER holds part_*.jsonl; default: models/corpus beside this folder. A value that is given and differs is wrong, a
value that is not given is missing; a value for a mail that has none (null) is wrong as well. Precision = right / given,
recall = right / known.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC
from email import policy
from email.message import EmailMessage
from email.utils import formataddr, parsedate_to_datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from automator.billing.extract import extract
from automator.billing.invoice import Facts, Identity
from automator.billing.names import same_party
from automator.mail.message import Attachment, Fetched, Message, MessageRef
from automator.mail.parse import parse

CORPUS = Path(__file__).resolve().parent.parent / "models" / "corpus"
ZONE = ZoneInfo("Europe/Paris")
FIELDS = {
    "supplier": "supplier",
    "invoice_number": "number",
    "total_amount": "total_amount",
    "currency": "currency",
    "due_date": "due_date",
    "iban": "iban",
}


def rows(folder: Path, parts: str) -> Iterator[dict[str, Any]]:
    """The labelled mails of some parts."""
    for part in parts:
        for line in (folder / f"part_{part}.jsonl").read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield json.loads(line)


def message_of(row: Mapping[str, Any]) -> Message:
    """A line of the corpus as a real mail, parsed; what a PDF says stands in its attachment's `text`."""
    mail = EmailMessage(policy=policy.SMTP)
    for name, value in row["headers"].items():
        if name.lower() not in {
            "subject",
            "from",
            "to",
            "date",
            "content-type",
            "mime-version",
            "content-transfer-encoding",
        }:
            mail[name] = " ".join(str(value).split())
    mail["Date"], mail["Subject"] = row["date"], row["subject"]
    mail["From"], mail["To"] = formataddr((row["from_name"], row["from_addr"])), row["to_addr"]
    if row.get("body_text"):
        mail.set_content(row["body_text"])
    if row.get("body_html"):
        mail.add_alternative(row["body_html"], subtype="html")
    ref, date = MessageRef("office", "INBOX", 1, 1), parsedate_to_datetime(row["date"])
    read = parse(Fetched(ref, date.astimezone(UTC), 0, whole=mail.as_bytes()))
    attachments = tuple(
        Attachment(str(n), a["filename"], a["content_type"], 1, text=a.get("text") or "")
        for n, a in enumerate(row["attachments"], 2)
    )
    return replace(read, attachments=attachments)


def identity_of(row: Mapping[str, Any]) -> Identity:
    """Without a config the owner is the To address and its domain (the contract of `automator triage`)."""
    addr = row["to_addr"].lower()
    return Identity(addresses=frozenset({addr}), domains=frozenset({addr.rpartition("@")[2]}))


def same(field: str, known: str, given: str) -> bool:
    """Is the given value the known one, in another writing at most?"""
    if field == "supplier":
        return same_party(known, given)
    if field == "invoice_number":
        return "".join(known.split()).lower() == "".join(given.split()).lower()
    return known == given


def score(folder: Path, parts: str, show: str) -> dict[str, Counter[str]]:
    """Counts per field: n, right, wrong, missing, invented."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows(folder, parts):
        facts = extract(message_of(row), identity_of(row), zone=ZONE)
        for name, verdict, known, given in judged(row, facts):
            counts[name][verdict] += 1
            if show == name and verdict in {"wrong", "missing", "invented"}:
                print(f"{row['id']} {verdict}: known {known!r}, given {given!r} | {row['subject'][:70]}")
    return counts


def judged(row: Mapping[str, Any], facts: Facts) -> Iterator[tuple[str, str, str, str]]:
    """(field, verdict, known, given) for one mail."""
    known = row.get("fields") or {}
    bill = facts.bills[0] if facts.bills else None
    if any(known.values()):
        yield "bill", "right" if bill else "missing", "bill", ""
        for label, name in FIELDS.items():
            yield label, *verdict(label, known.get(label) or "", bill.value(name) if bill else "")
    elif not row["labels"]["invoice"]:
        real = [
            b
            for b in facts.bills
            if b.value("document") not in {"quote", "statement"} and b.value("direction") == "received"
        ]
        yield (
            "bill",
            "invented" if real else "none",
            "",
            f"{real[0].value('total_amount')} {real[0].value('document')}" if real else "",
        )
    name = "deadline" if row["labels"]["client_request"] else "deadline elsewhere"
    yield name, *verdict("deadline", row.get("deadline") or "", facts.deadline.value if facts.deadline else "")


def verdict(field: str, known: str, given: str) -> tuple[str, str, str]:
    """right, wrong (another value), missing (none given), invented (none known), none."""
    if not known:
        return ("invented" if given else "none"), known, given
    if not given:
        return "missing", known, given
    return ("right" if same(field, known, given) else "wrong"), known, given


def table(counts: Mapping[str, Counter[str]]) -> str:
    """The figures as text."""
    lines = [
        f"{'field':18} {'n':>5} {'right':>6} {'wrong':>6} {'missing':>8} {'invented':>9} {'precision':>10} {'recall':>7}"
    ]
    for name in ("bill", *FIELDS, "deadline", "deadline elsewhere"):
        c = counts[name]
        n = c["right"] + c["wrong"] + c["missing"]
        given = c["right"] + c["wrong"] + c["invented"]
        lines.append(
            f"{name:18} {n:5} {c['right']:6} {c['wrong']:6} {c['missing']:8} {c['invented']:9} "
            f"{c['right'] / given if given else 0:10.3f} {c['right'] / n if n else 0:7.3f}"
        )
    return "\n".join(lines)


def main() -> None:
    """Print the figures."""
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    reader.add_argument("folder", nargs="?", type=Path, default=CORPUS)
    reader.add_argument("--parts", default="abcdghij")
    reader.add_argument("--wrong", default="", metavar="FIELD", help="list the mails that were read wrongly")
    given = reader.parse_args()
    print(table(score(given.folder, given.parts, given.wrong)))


if __name__ == "__main__":
    main()
