"""draft, send, notify, keyword, flag, move, archive: on a real mailbox and a real server."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from automator.actions import archive, draft, flag, keyword, move, notify, send
from automator.errors import OutcomeUnknown, PermanentError
from automator.mail.clean import text_hash
from automator.mail.compose import is_ours
from automator.mail.parse import parse
from automator.mail.template import MissingPlaceholder
from automator.rulebook.plan import Autonomy
from automator.words import Words
from tests.support.mails import fetched, raw
from tests.support.smtp import SmtpSink
from tests.support.tools import CLIENT, KEY, NOW, OFFICE, OWNER, Desk, case, intent

TEXT = "Objet: Facture {numero}\n\nBonjour,\n\nLa facture {numero} de {montant} était due le {echeance}."
TEMPLATES = {"relance.fr": TEXT, "relance.en": "Subject: Invoice {number}\n\nHello, invoice {number} is due."}
PDF = b"%PDF-1.4 facture"
INVOICE = raw(
    b"--b\r\n\r\nVotre facture.\r\n--b\r\nContent-Type: application/pdf; name=F-118.pdf\r\n\r\n"
    + PDF
    + b"\r\n--b--\r\n",
    Content_Type="multipart/mixed; boundary=b",
    Subject="Votre facture F-118",
    Message_ID="<f118@dupont.example>",
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path, TEMPLATES)
    yield made
    made.close()


def test_a_draft_lies_in_drafts_in_its_conversation(desk: Desk) -> None:
    invoice = desk.put(INVOICE, "Sent")
    options = draft.Options(template="relance", attach_original=True)
    done = draft.build(desk.tools).perform(intent("draft", options), case(invoice), NOW)
    (found,) = desk.messages("Drafts")
    assert found.message_id == done.message_id
    assert found.headers["x-automator-key"] == "relance/invoice:12/step-1/"
    assert "auto-submitted" not in found.headers
    assert (found.sender, found.to, found.date) == (OFFICE, (CLIENT,), NOW)
    assert found.subject == "Re: Votre facture F-118"
    assert found.in_reply_to == "<f118@dupont.example>"
    assert found.text.endswith("était due le 1er octobre.\n\nClaire Durand")
    assert text_hash(found.text) == done.content_hash
    assert [(a.filename, a.content) for a in found.attachments] == [("F-118.pdf", PDF)]
    assert found.flags == {"\\Draft", "\\Seen"}
    assert is_ours(KEY, found)


def test_a_draft_is_made_once(desk: Desk) -> None:
    action = draft.build(desk.tools)
    assert action.repeatable
    wanted = intent("draft", draft.Options(template="relance"))
    first = action.perform(wanted, case(), NOW)
    assert action.perform(wanted, case(), NOW) == first
    assert len(desk.messages("Drafts")) == 1


def test_a_draft_that_the_owner_sent_is_not_made_again(desk: Desk) -> None:
    action = draft.build(desk.tools)
    wanted = intent("draft", draft.Options(template="relance"))
    action.perform(wanted, case(), NOW)
    (lying,) = (desk.mail / ".Drafts" / "cur").iterdir()
    lying.rename(desk.mail / ".Sent" / "cur" / lying.name)
    action.perform(wanted, case(), NOW)
    assert desk.messages("Drafts") == []


def test_the_clients_language_and_an_attachment_at_hand(desk: Desk) -> None:
    invoice = parse(fetched(INVOICE))
    there = case(invoice, ref=None, language="en", message_id="")
    draft.build(desk.tools).perform(
        intent("draft", draft.Options(template="relance", attach_original=True)), there, NOW
    )
    (found,) = desk.messages("Drafts")
    assert found.subject == "Invoice F-118"
    assert found.attachments[0].content == PDF


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"recipient": None}, "nobody"),
        ({"values": {}}, "not known"),
        ({"ref": None}, "no longer"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_written(desk: Desk, change: dict[str, object], why: str) -> None:
    invoice = desk.put(INVOICE)
    bare = tuple(dataclasses.replace(a, content=None) for a in invoice.attachments)
    there = case(invoice, **({"attachments": bare} | change))
    with pytest.raises(PermanentError, match=why):
        draft.build(desk.tools).perform(
            intent("draft", draft.Options(template="relance", attach_original=True)), there, NOW
        )
    assert desk.messages("Drafts") == []


def test_a_case_without_an_original_still_gets_its_draft_and_says_so(desk: Desk) -> None:
    there = dataclasses.replace(case(desk.put(INVOICE)), attachments=())
    options = draft.Options(template="relance", attach_original=True)
    done = draft.build(desk.tools).perform(intent("draft", options), there, NOW)
    (found,) = desk.messages("Drafts")
    assert found.attachments == ()
    assert "sans l'original" in done.what or "without the original" in done.what


def test_a_send_without_its_original_is_refused(desk: Desk) -> None:
    there = dataclasses.replace(case(desk.put(INVOICE)), attachments=())
    options = send.Options(template="relance", attach_original=True)
    with SmtpSink() as desk.sink, pytest.raises(PermanentError, match="no attachment"):
        send.build(desk.tools).perform(intent("send", options), there, NOW)
    assert desk.sink.messages == []


def test_a_bill_without_a_mail_is_drafted_and_the_owner_told_to_attach_it(desk: Desk) -> None:
    wanted = intent("draft", draft.Options(template="relance", attach_original=True))
    done = draft.build(desk.tools).perform(wanted, case(), NOW)
    assert done.what == Words("fr").t("draft for {who}, without the original: please attach it", who="Garage Petit")
    assert desk.messages("Drafts")[0].attachments == ()
    with pytest.raises(PermanentError, match="no attachment"):
        draft.originals(desk.tools, case())


def test_an_original_that_is_too_big_is_not_attached(desk: Desk) -> None:
    invoice = parse(fetched(INVOICE))
    big = dataclasses.replace(invoice.attachments[0], content=b"x" * (draft.ORIGINAL_LIMIT + 1))
    with pytest.raises(PermanentError, match="too big"):
        draft.originals(desk.tools, case(invoice, attachments=(big,)))


def test_an_unread_original_is_read_from_the_mailbox(desk: Desk) -> None:
    invoice = desk.put(INVOICE)
    bare = tuple(dataclasses.replace(a, content=None) for a in invoice.attachments)
    (found,) = draft.originals(desk.tools, case(invoice, attachments=bare))
    assert found.content == PDF


def test_no_such_template(desk: Desk) -> None:
    with pytest.raises(PermanentError, match='no template "autre"'):
        draft.build(desk.tools).perform(intent("draft", draft.Options(template="autre")), case(), NOW)


@pytest.mark.parametrize(("autonomy", "automatic"), [(Autonomy.AUTO, True), (Autonomy.ASK, False)])
def test_what_leaves_by_itself_says_so_and_what_was_approved_does_not(
    tmp_path: Path, autonomy: Autonomy, automatic: bool
) -> None:
    with SmtpSink() as sink:
        desk = Desk(tmp_path, TEMPLATES, sink=sink)
        action = send.build(desk.tools)
        assert not action.repeatable
        wanted = intent("send", send.Options(template="relance"), autonomy)
        done = action.perform(wanted, case(), NOW)
        copy = action.copy_for_sent(wanted, case(), NOW)
        desk.close()
    (got,) = sink.messages
    message = parse(fetched(got.content))
    assert got.recipients == (CLIENT.addr,)
    assert message.message_id == done.message_id
    assert ("auto-submitted" in message.headers) is automatic
    assert "x-auto-response-suppress" not in message.headers
    assert text_hash(message.text) == done.content_hash
    assert copy == got.content


def test_a_send_says_what_became_of_it(tmp_path: Path) -> None:
    wanted = intent("send", send.Options(template="relance"))
    with SmtpSink(cut="dot") as sink:
        desk = Desk(tmp_path, TEMPLATES, sink=sink)
        with pytest.raises(OutcomeUnknown):
            send.build(desk.tools).perform(wanted, case(), NOW)
        with pytest.raises(MissingPlaceholder):
            send.build(desk.tools).perform(wanted, case(values={}), NOW)
    desk.sink = None
    with pytest.raises(PermanentError, match="smtp"):
        send.build(desk.tools).perform(wanted, case(), NOW)
    desk.close()


def test_an_alert_goes_to_the_owner_only(tmp_path: Path) -> None:
    with SmtpSink() as sink:
        desk = Desk(tmp_path, sink=sink)
        there = case(parse(fetched(INVOICE)))
        options = notify.Options(level="critical", text="Appeler {client} : {inconnu}")
        done = notify.build(desk.tools).perform(intent("notify", options), there, NOW)
        notify.build(desk.tools).perform(intent("notify", notify.Options()), there, NOW)
        notify.build(desk.tools).perform(intent("notify", notify.Options()), case(recipient=None), NOW)
        desk.close()
    first, second, third = (parse(fetched(m.content)) for m in sink.messages)
    assert [m.recipients for m in sink.messages] == [(OWNER.addr,)] * 3
    assert first.subject == "[URGENT] Appeler Garage Petit : …"
    assert first.message_id == done.message_id
    assert first.headers["x-auto-response-suppress"] == "All"
    assert is_ours(KEY, first)
    assert "la facture est échue" in first.text
    assert second.subject == "[Alerte] Votre facture F-118"
    assert "Garage Petit <compta@petit.example>" in second.text
    assert third.subject == "[Alerte] la facture est échue depuis 7 jours"


def test_an_alert_without_a_way_out(desk: Desk) -> None:
    with pytest.raises(PermanentError, match="smtp"):
        notify.build(desk.tools).perform(intent("notify", notify.Options()), case(), NOW)


def test_a_mail_is_moved_where_it_lies_now(desk: Desk) -> None:
    message = desk.put(raw())
    action = move.build(desk.tools)
    wanted = intent("move", move.Options(folder="Clients/Petit"))
    assert action.perform(wanted, case(message), NOW).what == "rangé dans Clients/Petit"
    assert desk.messages("INBOX") == []
    assert len(list((desk.mail / ".Clients.Petit" / "cur").iterdir())) == 1
    assert "déjà" in action.perform(wanted, case(), NOW).what
    lying = dataclasses.replace(message.ref, mailbox="Clients/Petit")
    assert "déjà" in action.perform(wanted, case(message, ref=lying), NOW).what


def test_a_star(desk: Desk) -> None:
    message = desk.put(raw())
    flag.build(desk.tools).perform(intent("flag", flag.Options()), case(message), NOW)
    assert desk.messages("INBOX")[0].flags == {"\\Flagged"}
    assert "déjà" in flag.build(desk.tools).perform(intent("flag", flag.Options()), case(), NOW).what


def test_s13_without_the_capability_nothing_is_tried(desk: Desk) -> None:
    message = desk.put(raw())
    with pytest.raises(PermanentError, match="keeps no keywords"):
        keyword.build(desk.tools).perform(intent("keyword", keyword.Options(keyword="litige")), case(message), NOW)
    assert (
        "déjà" in keyword.build(desk.tools).perform(intent("keyword", keyword.Options(keyword="x")), case(), NOW).what
    )
    assert desk.messages("INBOX")[0].flags == frozenset()


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("litige", "litige"),
        ("échelonnement", "echelonnement"),
        ("à payer", "a_payer"),
        ("$Facture", "$Facture"),
        ("cœur (x)", "coeur_x"),
        ('"a"', "a"),
    ],
)
def test_keywords_are_ascii_atoms(written: str, kept: str) -> None:
    assert keyword.atom(written) == kept


def test_a_keyword_of_nothing_is_refused() -> None:
    with pytest.raises(PermanentError):
        keyword.atom("( )")


class Other(BaseModel):
    """Options of nobody."""


@pytest.mark.parametrize("module", [draft, send, notify, keyword, move], ids=lambda module: module.__name__)
def test_options_of_another_verb_are_a_bug(tmp_path: Path, module: object) -> None:
    with SmtpSink() as sink:
        desk = Desk(tmp_path, TEMPLATES, sink=sink)
        with pytest.raises(TypeError):
            module.build(desk.tools).perform(intent("x", Other()), case(desk.put(raw())), NOW)  # type: ignore[attr-defined] # each has it
        desk.close()


@pytest.mark.parametrize(
    "module", [draft, send, keyword, move, archive, flag, notify], ids=lambda module: module.__name__
)
def test_unknown_keys_are_refused(module: object) -> None:
    with pytest.raises(ValidationError):
        module.Options.model_validate({"unknown": 1})  # type: ignore[attr-defined] # each has it
