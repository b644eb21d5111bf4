"""What one mail, or one PDF, tells about bills and deadlines, each value with the text it came from.

A wrong value is worse than none: what no word of the text supports stays None.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from automator.billing import einvoice, kind, party, totals
from automator.billing.deadlines import deadline
from automator.billing.due import find_bill_dates
from automator.billing.gate import automatic, believable
from automator.billing.iban import find_ibans
from automator.billing.invoice import Bill, Fact, Facts, Identity, Notice
from automator.billing.money import written
from automator.billing.reference import Reference, best_reference, find_references
from automator.billing.registered import is_own_id, registered_ids
from automator.billing.source import Source, source
from automator.mail.message import Attachment, Message
from automator.words import msgid

_MOST_BILLS = 20
_OUR_ACCOUNT = re.compile(
    r"(?:votre|notre mandat sur votre|your|ihr(?:em)?|uw|su|vostro) (?:compte|account|konto|rekening|cuenta|"
    r"conto)[^\n]{0,25}$|debite[^\n]{0,30}$"
)


def extract(
    message: Message, identity: Identity, *, zone: ZoneInfo, pdf_texts: Mapping[str, tuple[str, ...]] | None = None
) -> Facts:
    """Everything one mail tells. `pdf_texts` are page texts by attachment part number; days are those of `zone`.

    1. An e-invoice (XML, alone or inside a PDF) is believed before all else.
    2. Each PDF that carries the title of a bill gives one bill, completed from the body when it is the only one.
    3. Else the body and subject give a bill, or several when they list them line by line.
    4. The deadline is looked for when somebody outside asks something of us.
    Never raises on what a stranger wrote.
    """
    near = message.when.astimezone(zone).date()
    pages = _pages(message, pdf_texts or {})
    spoken = [s for s in (source("body", _own_text(message)), source("subject", message.subject)) if s.text.strip()]
    bills = (
        _structured(pages, identity)
        or _from_pdfs(message, identity, pages, spoken, near)
        or _from_text(message, identity, spoken, near)
    )
    asked = _deadline(message, identity, zone)
    if asked is not None and bills and asked.confidence < 0.8:  # a bill's own dates read like weak deadlines
        asked = None
    return Facts(tuple(bills[:_MOST_BILLS]), asked, tuple(_warnings(pages, spoken)))


def extract_document(texts: Sequence[str], identity: Identity, *, today: date) -> Bill | None:
    """The bill that a PDF alone is (its page texts, an embedded XML among them), None when it is no bill."""
    structured = _structured([tuple(texts)], identity)
    if structured:
        return structured[0]
    sources = _pdf_sources(texts)
    if not sources or not kind.titled(sources[0]):
        return None
    return _bill(None, identity, sources, [], today, filenames=())


def _pages(message: Message, pdf_texts: Mapping[str, tuple[str, ...]]) -> list[tuple[str, ...]]:
    found = []
    for attachment in message.attachments:
        texts = pdf_texts.get(attachment.part) or (
            (attachment.text,) if attachment.text.strip() else _xml_content(attachment)
        )
        if texts:
            found.append(texts)
    return found


def _own_text(message: Message) -> str:
    """The mail without its history, but with the signature, where account numbers and firms' names stand."""
    history = {line.strip() for line in message.quoted.splitlines() if line.strip()}
    kept = "\n".join(line for line in message.text.splitlines() if line.strip() not in history)
    return kept if kept.strip() else message.new_text


def _xml_content(attachment: Attachment) -> tuple[str, ...]:
    if attachment.content and attachment.filename.lower().endswith(".xml"):
        return (attachment.content.decode("utf-8", "replace"),)
    return ()


def _structured(pages: Sequence[tuple[str, ...]], identity: Identity) -> list[Bill]:
    found = [einvoice.read(text) for texts in pages for text in texts if einvoice.is_xml(text)]
    return [_directed(bill, bill.value("client"), (), identity) for bill in found if bill is not None]


def _pdf_sources(texts: Sequence[str]) -> list[Source]:
    return [source(f"pdf:{n}", t) for n, t in enumerate(texts, 1) if t.strip() and not einvoice.is_xml(t)]


def _from_pdfs(
    message: Message, identity: Identity, pages: Sequence[tuple[str, ...]], spoken: Sequence[Source], near: date
) -> list[Bill]:
    documents = [sources for texts in pages if (sources := _pdf_sources(texts)) and kind.titled(sources[0])]
    names = tuple(a.filename for a in message.attachments)
    if len(documents) == 1:
        bill = _bill(message, identity, documents[0], spoken, near, filenames=names)
        return [bill] if bill else []
    found = [_bill(message, identity, d, [], near, filenames=()) for d in documents]
    distinct: dict[str, Bill] = {}
    for bill in found:
        if bill is not None:
            distinct.setdefault(bill.value("number") or bill.value("total_amount"), bill)
    return list(distinct.values())


def _from_text(message: Message, identity: Identity, spoken: Sequence[Source], near: date) -> list[Bill]:
    names = tuple(a.filename for a in message.attachments)
    bill = _bill(message, identity, [], spoken, near, filenames=names)
    if bill is None or not believable(message, bill, spoken):
        return []
    several = list(_listed(message, identity, bill, spoken, near))
    return several if len(several) > 1 else [bill]


def _bill(
    message: Message | None,
    identity: Identity,
    paper: Sequence[Source],
    spoken: Sequence[Source],
    near: date,
    *,
    filenames: Sequence[str],
) -> Bill | None:
    """One bill from the pages of a paper and the words of the mail that carries it, the paper first."""
    sources = [*paper, *spoken]
    subject = next((s.folded for s in spoken if s.where == "subject"), "")
    if not paper and not any(amount.explicit for part in spoken for amount in part.amounts):
        return None  # most mails: no money in them, so no bill
    document = kind.document(sources, subject=subject)
    if not document:
        return None
    sums = _totals(paper, spoken, receipt=document in {"receipt", "credit_note"})
    number = best_reference(sources, near, credit=document == "credit_note", filenames=filenames)
    if sums is None and number is None:
        return None
    dates = find_bill_dates(sources, near, document=document)
    iban = _iban(sources, message)
    paid = kind.payment(sources, document, has_iban=iban is not None)
    bill = Bill(
        supplier=party.supplier(message, sources, identity),
        number=number.source.fact(number.value, number.span, min(0.97, number.score / 110)) if number else None,
        issue_date=dates.issued,
        due_date=dates.due,
        demanded_date=dates.demanded,
        iban=iban,
        payment=paid[1].fact(paid[0], paid[2], 0.85) if paid else None,
        document=Fact(document, 0.85, " ".join(sources[0].text.split())[:80], sources[0].where),
    )
    bill = _with_totals(bill, sums)
    return _directed(_with_ids(bill, sources, identity), "", sources, identity, message)


def _totals(paper: Sequence[Source], spoken: Sequence[Source], *, receipt: bool) -> totals.Totals | None:
    """The totals of the paper (a later page sums up the earlier ones), else of the body, else of the subject."""
    for group in (paper, spoken):
        found = [t for s in group if (t := totals.find_totals(s, receipt=receipt))]
        if found:
            return max(found, key=lambda t: (t.total.score, group.index(t.total.source) if group is paper else 0))
    return None


def _with_totals(bill: Bill, sums: totals.Totals | None) -> Bill:
    if sums is None:
        return bill
    total, sure = sums.total, totals.confidence(sums)
    span = total.amount.span

    def fact(part: totals.Labelled | None) -> Fact | None:
        return (
            part.source.fact(written(part.amount.value), part.amount.span, 0.98 if sums.checked else 0.7)
            if part
            else None
        )

    return replace(
        bill,
        total_amount=total.source.fact(written(total.amount.value), span, sure),
        total_without_vat=fact(sums.net),
        vat=fact(sums.vat),
        currency=total.source.fact(sums.currency or "EUR", span, 0.95 if sums.currency else 0.6),
    )


def _iban(sources: Sequence[Source], message: Message | None) -> Fact | None:
    """The creditor's IBAN: not ours that will be debited, not a collector's; None when two could be meant."""
    if party.collects(sources, message):
        return None
    found: dict[str, Fact] = {}
    for text in sources:
        for iban, span in find_ibans(text.text):
            before = text.folded[max(0, span[0] - 70) : span[0]]
            if not _OUR_ACCOUNT.search(before):
                found.setdefault(iban, text.fact(iban, span, 0.97))
    if not found:
        return None
    first = next(iter(found.values()))
    return first if len(found) == 1 else replace(first, confidence=0.6)


def _with_ids(bill: Bill, sources: Sequence[Source], identity: Identity) -> Bill:
    for text in sources:
        for number, span in registered_ids(text.text):
            if not is_own_id(number, identity):
                return replace(bill, supplier_id=text.fact(number, span, 0.85))
    return bill


def _directed(
    bill: Bill, client: str, sources: Sequence[Source], identity: Identity, message: Message | None = None
) -> Bill:
    """Add direction and client: issued when we are the seller (we sent it, or the paper names us at its head)."""
    fact = party.direction(bill, client, sources, identity, message)
    if fact.value == "received":
        return replace(bill, direction=fact)
    return replace(
        bill,
        direction=fact,
        client=bill.client or party.client(sources, message),
        supplier=party.seller(bill, identity, message),
    )


def _listed(
    message: Message, identity: Identity, whole: Bill, spoken: Sequence[Source], near: date
) -> Iterator[Bill]:
    """The bills that a body lists, one a line, each with its own number and sum; none when one sum stands for all."""
    body = spoken[0] if spoken and spoken[0].where == "body" else None
    if body is None or whole.value("document") == "statement" or _one_sum(body):
        return
    seen: set[str] = set()
    position = 0
    for line in body.text.split("\n"):
        part = source("body", line, body.decimal)
        position += len(line) + 1
        refs = [r for r in find_references(part, near) if r.score >= 60]
        sums = totals.find_totals(part)
        if (
            len({r.value for r in refs}) != 1
            or sums is None
            or not sums.total.amount.explicit
            or refs[0].value in seen
        ):
            continue
        seen.add(refs[0].value)
        dates = find_bill_dates([part], near, document=whole.value("document"))
        yield (
            _with_totals(_numbered(whole, refs[0]), sums)
            if dates.due is None
            else replace(_with_totals(_numbered(whole, refs[0]), sums), due_date=dates.due)
        )


def _numbered(bill: Bill, ref: Reference) -> Bill:
    return replace(
        bill, number=ref.source.fact(ref.value, ref.span, min(0.95, ref.score / 110)), due_date=None, issue_date=None
    )


def _one_sum(body: Source) -> bool:
    return bool(
        re.search(
            r"total (?:du|due|exigible|a (?:payer|regler))|soit (?:un total|au total)|balance due|"
            r"solde (?:total|du)|pour un total|au total|factures? (?:echues? )?pour ",
            body.folded,
        )
    )


def _deadline(message: Message, identity: Identity, zone: ZoneInfo) -> Fact | None:
    if message.role != "received" or identity.owns(message.sender.addr) or automatic(message):
        return None
    return deadline(message.new_text or message.text, message.when.astimezone(zone))


def _warnings(pages: Sequence[tuple[str, ...]], spoken: Sequence[Source]) -> Iterator[Notice]:
    """What the owner should know: the mail names another account than the bill it carries."""
    papers = {iban for texts in pages for t in texts for iban, _ in find_ibans(t)}
    mail = {iban for s in spoken for iban, _ in find_ibans(s.text)}
    if papers and mail and not papers & mail:
        yield Notice("iban_differs", msgid("The mail and its attachment name different bank accounts."))
