"""What this sender wrote, apart from the history below it, the signature, and the mail that is passed on.

Works line by line in time proportional to the text: the regular expressions of the usual libraries take minutes on
lines that somebody made for that purpose.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAMES_FROM = r"(?:de|from|von|da|van|expéditeur|absender|mittente|remitente)"
_NAMES_SENT = r"(?:envoyé|envoyée|date|sent|gesendet|datum|inviato|data|verzonden|enviado|fecha|le)"
_NAMES_TO = r"(?:à|a|to|an|aan|para|per|pour|destinataire|cc|objet|subject|betreff|oggetto|onderwerp|asunto|assunto)"
_FROM = re.compile(rf"^[>*_ ]*{_NAMES_FROM}[* \u00a0]*:[* ]*\S", re.I)
_SENT = re.compile(rf"^[>*_ ]*{_NAMES_SENT}[* \u00a0]*:", re.I)
_TO = re.compile(rf"^[>*_ ]*{_NAMES_TO}[* \u00a0]*:", re.I)
_ANY_HEAD = re.compile(rf"^[>*_ ]*(?:{_NAMES_FROM}|{_NAMES_SENT}|{_NAMES_TO}|importance|priorité)[* \u00a0]*:", re.I)
_WROTE = re.compile(
    r"^[> ]*(?:le|on|am|el|il|op|em|w dniu|den)\b.{4,300}?\b(?:a écrit|a ecrit|wrote|schrieb|escribió|ha scritto|schreef|"
    r"escreveu|napisał)\b[^:\n]{0,120}:$",
    re.I,
)
_WROTE_BARE = re.compile(
    r"^[^\n:<>]{1,80}<[^<>\s]{3,120}> (?:a écrit|wrote|schrieb|escribió|ha scritto|schreef)[^:\n]{0,40}:$", re.I
)
_ORIGINAL = re.compile(
    r"^[-_—* >]{2,}\s*(?:message d'origine|message original|original message|ursprüngliche nachricht|"
    r"mensaje original|messaggio originale|oorspronkelijk bericht|mensagem original|original appointment)\s*[-_—* ]{2,}$",
    re.I,
)
_FORWARDED = re.compile(
    r"^[-_—* >]*\s*(?:message transféré|message transmis|message réexpédié|forwarded message|forwarded by .{1,80}|"
    r"weitergeleitete nachricht|messaggio inoltrato|mensaje reenviado|doorgestuurd bericht|mensagem encaminhada|"
    r"début du message (?:transféré|réexpédié)|begin forwarded message|inizio messaggio inoltrato|"
    r"anfang der weitergeleiteten nachricht)\s*:?\s*[-_—* ]*$",
    re.I,
)
_RULE = re.compile(r"^[_\-—=]{8,}$")
_FORWARD_SUBJECT = re.compile(r"^\s*(?:(?:re|aw)\s*:\s*)?(?:tr|fwd?|wg|i|rv|enc|doorst|transf[ée]r[ée]?)\s*:", re.I)
_MOBILE = re.compile(
    r"^(?:envoyé (?:de|depuis|à partir de|avec)\b.{1,80}|sent from (?:my|the|outlook|yahoo|mail|proton)\b.{0,80}|get outlook for .{1,60}|"
    r"télécharger outlook .{1,60}|obtenir outlook .{1,60}|von meinem .{1,40} gesendet|enviado desde .{1,60}|inviato da .{1,60}|"
    r"verzonden vanaf .{1,60}|cordialement envoyé .{1,60})$",
    re.I,
)
_CLOSING = re.compile(
    r"^(?:(?:bien |très )?(?:cordialement|cdlt|cdt|amicalement|sincèrement|respectueusement)|bien (?:à vous|à toi|sincèrement)|"
    r"(?:sincères|meilleures|cordiales|respectueuses) salutations|salutations(?: distinguées)?|"
    r"(?:best|kind|warm|kindest|with kind|with best) regards|regards|best wishes|yours (?:sincerely|faithfully|truly)|"
    r"sincerely(?: yours)?|cheers|mit freundlichen grüßen|viele grüße|freundliche grüße|mfg|saludos(?: cordiales)?|"
    r"un (?:cordial )?saludo|cordiali saluti|distinti saluti|met vriendelijke groet(?:en)?|com os melhores cumprimentos|"
    r"(?:je vous prie|nous vous prions|veuillez) d?'?(?:e |')?(?:agréer|recevoir|croire).{0,160})[ ,.!]*$",
    re.I,
)
_NOTICE = re.compile(
    r"^[* ]*(?:ce (?:message|courriel|mail|e-mail)(?: électronique)? (?:et|est|peut|contient)\b|"
    r"this (?:e-?mail|message)(?: and| is| may| contains)\b.{0,40}|avis de confidentialité|confidentiality notice|disclaimer\s*:|"
    r"pensez à l'environnement|avant d'imprimer|please consider the environment|n'imprimez ce)",
    re.I,
)
_POSTSCRIPT = re.compile(r"^p\.?-?s\.?\s*[:.\-–]", re.I)
_CLOSING_LINES = 14
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Split:
    """`new` is the sender's own text (with the opened inner part of a forward), `signature` its end, `quoted` the history."""

    new: str
    signature: str = ""
    quoted: str = ""


def is_forward(subject: str) -> bool:
    """Does the subject say that a mail is passed on (TR:, Fwd:, WG: ...)?"""
    return bool(_FORWARD_SUBJECT.match(subject))


def split(text: str, subject: str = "", depth: int = 0) -> Split:
    """Split a cleaned text.

    1. The history starts at "... a écrit :", at a block of De / Envoyé / À / Objet lines, at a rule that says
       "message d'origine"; lines that begin with > belong to it wherever they stand.
    2. Below "... a écrit :" with > lines, text without > is the sender's again (answers between the lines).
    3. A forward is opened: its inner text counts as new, without its head lines, its own history and signature.
    4. The signature starts at "-- ", at a closing formula followed by a few short lines, at a phone's line, or at a
       confidentiality notice.
    """
    lines = text.split("\n")
    own, quoted, inner = _divide(lines, forward=is_forward(subject))
    new, signature = _sign_off(own)
    if inner and depth < _DEEPEST:
        passed = split("\n".join(_headless(inner)), "", depth + 1)
        new = "\n\n".join(part for part in (new, passed.new) if part)
        return Split(new, signature, "\n".join(part for part in ("\n".join(quoted), passed.quoted) if part).strip())
    return Split(new, signature, "\n".join([*quoted, *inner]).strip("\n"))


def _divide(lines: list[str], *, forward: bool) -> tuple[list[str], list[str], list[str]]:
    """Own lines, quoted lines, and the lines of a mail passed on."""
    own: list[str] = []
    quoted: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith(">"):
            quoted.append(line)
        elif _FORWARDED.match(line[:300]):
            return own, quoted, lines[at + 1 :]
        elif _ORIGINAL.match(line[:300]) or _head_block(lines, at):
            rest = lines[at:]
            return (own, quoted, rest) if forward else (own, [*quoted, *rest], [])
        elif (length := _attribution(lines, at)) > 0:
            after = next((other for other in lines[at + length : at + length + 4] if other.strip()), "")
            if not after.startswith(">"):
                rest = lines[at + length :]
                return (own, quoted, rest) if forward else (own, [*quoted, *lines[at:]], [])
            quoted += lines[at : at + length]
            at += length
            continue
        else:
            own.append(line)
        at += 1
    return own, quoted, []


def _attribution(lines: list[str], at: int) -> int:
    """How many lines, from `at` on, say "on that day somebody wrote:"; 0 if they do not. Mail programs wrap them."""
    if not lines[at].strip():
        return 0
    joined = ""
    for length, line in enumerate(lines[at : at + 4], 1):
        if not line.strip():
            return 0
        joined = f"{joined} {line.strip()}".strip()
        if len(joined) > 450:
            return 0
        if joined.endswith(":") and (_WROTE.match(joined) or _WROTE_BARE.match(joined)):
            return length
    return 0


def _head_block(lines: list[str], at: int) -> bool:
    """De : ... / Envoyé : ... / À : ... / Objet : ... as Outlook writes above the history."""
    if _RULE.match(lines[at][:100]):
        at = next((n for n in range(at + 1, min(at + 3, len(lines))) if lines[n].strip()), at)
    if not _FROM.match(lines[at][:300]):
        return False
    below = [line[:300] for line in lines[at + 1 : at + 9]]
    return any(_SENT.match(line) for line in below) and sum(bool(_TO.match(line)) for line in below) >= 1


def _headless(lines: list[str]) -> list[str]:
    """Without the rule and the head lines (Date, De, À, Objet) on top of a mail that was passed on."""
    at, seen = 0, False
    while at < len(lines) and at < 40:
        line = lines[at][:300]
        if _ANY_HEAD.match(line):
            seen = True
        elif line.strip() and not (
            _RULE.match(line) or _ORIGINAL.match(line) or (not seen and _FORWARDED.match(line))
        ):
            if not seen or not _continues(lines, at):
                break
        elif seen and not line.strip() and not (at + 1 < len(lines) and _ANY_HEAD.match(lines[at + 1][:300])):
            break
        at += 1
    rest = lines[at:]
    if not next((line for line in rest if line.strip()), "").startswith(">"):
        return rest
    return [
        line[1:].lstrip() if line.startswith(">") else line for line in rest
    ]  # Apple Mail quotes what it passes on


def _continues(lines: list[str], at: int) -> bool:
    """Is this the second half of a head line: the next one is a head line again?"""
    return at + 1 < len(lines) and bool(_ANY_HEAD.match(lines[at + 1][:300]))


def _sign_off(lines: list[str]) -> tuple[str, str]:
    """The text without its signature, and the signature."""
    text = [line for line in lines if not _MOBILE.match(line.strip()[:200])]
    cut = len(text)
    for number, line in enumerate(text):
        if line.strip() in {"--", "—", "__"} and number and len(text) - number <= 40:
            cut = number
            break
        if _NOTICE.match(line[:200]) and number > 2 and number >= len(text) * 0.4:
            cut = number
            break
    closing = _closing(text[:cut])
    cut = closing if closing >= 0 else cut
    new = "\n".join(text[:cut]).strip("\n")
    if not new.strip():
        return "\n".join(text).strip("\n"), ""
    return new, "\n".join(text[cut:]).strip("\n")


def _closing(text: list[str]) -> int:
    """The line of the last closing formula with only a few short lines below it, -1 if there is none."""
    for number in range(len(text) - 1, max(-1, len(text) - _CLOSING_LINES - 8), -1):
        if not _CLOSING.match(text[number].strip()[:220]):
            continue
        below = [line.strip() for line in text[number + 1 :] if line.strip()]
        fine = len(below) <= _CLOSING_LINES and all(len(line) <= 110 for line in below)
        if fine and not any("?" in line or _POSTSCRIPT.match(line) for line in below):
            return number
    return -1
