"""The composition root: from the configuration to objects. The only file that knows every room."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from automator import plugins
from automator.agenda.event import Slot
from automator.agenda.slots import free_slots
from automator.clock import Clock, SystemClock
from automator.errors import MissingCapability, PermanentError
from automator.mail.message import MessageRef
from automator.ports import CalendarSource, CalendarWriter, MailSender, Tools
from automator.rulebook.plan import Autonomy
from automator.rulebook.schema import Known
from automator.sandbox import Sandbox
from automator.words import Words, msgid

if TYPE_CHECKING:  # jobs and store bring SQLAlchemy: `check` and `rules` do without
    from automator.classifiers.current import Current
    from automator.config import Config
    from automator.jobs.cycle import Report, Service
    from automator.jobs.deps import AccountDeps
    from automator.store.db import Database

_DATABASE = "automator.db"
_SLOTS_AHEAD = timedelta(days=21)


def shipped(name: str) -> Path:
    """A folder or file that ships with the program: from an installed wheel, or beside it in a checkout."""
    here = Path(__file__).parent
    for place in (here / "_shipped" / name, here.parent / name):
        if place.exists():
            return place
    raise PermanentError(f"{name} is missing from this installation: install automator again")


def open_store(config: Config) -> Database:
    """The service's database, its schema up to date."""
    from automator.store.db import Database

    return Database.open(config.state_dir / _DATABASE)


def copy_store(config: Config, folder: Path) -> Database:
    """A throw-away copy of the database, for a rehearsal."""
    from automator.store.db import Database

    target = folder / _DATABASE
    if (config.state_dir / _DATABASE).exists():
        Database(config.state_dir / _DATABASE).copy_to(target)  # not opened: that might bring its schema up to date
    return Database.open(target)


def build(
    config: Config, *, clock: Clock | None = None, report: Report | None = None, database: Database | None = None
) -> Service:
    """Everything, connected. Opens the database; mail servers are reached on first use."""
    from automator.config import PUBLIC_PROVIDERS
    from automator.jobs.cycle import Service, silent
    from automator.jobs.deps import Caps, Deps
    from automator.jobs.retrain import Trainer

    clock = clock or SystemClock()
    db = database or open_store(config)
    words = Words(config.locale)
    sandbox = Sandbox()
    accounts = {a.name: _account(config, a.name) for a in config.accounts}
    sender = _sender(config)
    current = classifier(config, words)
    verbs = {kind: plugins.load("actions", kind) for kind in plugins.kinds("actions")}
    tools = _tools(config, db, clock, words, accounts, sender)
    deps = Deps(
        db=db,
        clock=clock,
        words=words,
        calendar=config.work_calendar,
        identity=config.identity,
        owner=config.owner_address,
        owner_account=config.owner_account,
        accounts=accounts,
        calendars={c.name: _calendar(config, c.name, clock, sandbox) for c in config.calendars},
        classifier=current,
        classifier_note=current.note,
        sandbox=sandbox,
        sender=sender,
        actions={kind: module.build(tools) for kind, module in verbs.items()},
        options={kind: module.Options for kind, module in verbs.items()},
        known=known(config),
        rule_files=lambda: rule_files(config.rules_dir),
        unreadable_rules=lambda: unreadable_rules(config.rules_dir, words),
        providers=PUBLIC_PROVIDERS,
        key=tools.key,
        sections={kind: plugins.load("sections", kind).lines for kind in plugins.kinds("sections")},
        section_order=config.digest.sections,
        max_autonomy=Autonomy[config.max_autonomy.upper()],
        allow_send=config.allow_send,
        caps=Caps(config.caps.per_address_day, config.caps.per_day, config.caps.backlog),
        sent_delay=config.sent_delay,
        digest_at=config.digest.hour,
        client_types=config.client_types,
        categories=config.taught,
    )
    status_file, trainer = config.state_dir / "status.json", Trainer(deps, lambda now: order(config, now))
    return Service(deps, report or silent, status_file=status_file, trainer=trainer)


def classifier(config: Config, words: Words) -> Current:
    """The classifier in force: the newest learnt model, else the shipped one, else keywords."""
    from automator.classifiers.current import Current

    learnt = config.state_dir / "models"
    try:
        folders: tuple[Path, ...] = (learnt, shipped("models"))
    except PermanentError:  # an installation without any model still sorts, and says so
        folders = (learnt,)
    return Current(folders, words=words, owner=config.identity)


def order(config: Config, now: datetime) -> Mapping[str, object]:
    """What a training is to learn from, and where its model goes (jobs/train.py)."""
    models = shipped("models")
    return {
        "database": str(config.state_dir / _DATABASE),
        "corpus": str(models / "corpus"),
        "shipped": str(models),
        "models": str(config.state_dir / "models"),
        "categories": sorted(config.categories),
        "addresses": sorted(config.identity.addresses),
        "domains": sorted(config.identity.domains),
        "now": now.isoformat(),
    }


def _account(config: Config, name: str) -> AccountDeps:
    from automator.jobs.deps import AccountDeps

    spec = config.account(name)
    module = plugins.load("sources", spec.kind)
    options = config.account_options(name)
    return AccountDeps(
        name=name,
        source=module.build(name, options, filed=[s for sources in config.taught.values() for s in sources]),
        writer=module.writer(name, options),
        address=config.address_of(name),
        authserv_id=spec.authserv_id,
    )


def _sender(config: Config) -> MailSender | None:
    if config.smtp is None:
        return None
    sender: MailSender = plugins.load("senders", "smtp").build(config.smtp_options())
    return sender


def _calendar(config: Config, name: str, clock: Clock, sandbox: Sandbox) -> CalendarSource:
    spec = config.calendar(name)
    module = plugins.load("sources", spec.kind)
    options = config.calendar_options(name)
    source: CalendarSource = module.build(name, options, zone=config.zone, clock=clock, run=sandbox.run)
    return source


def _calendar_writer(config: Config, name: str) -> CalendarWriter:
    """The calendar that config lets us write to: the named one, else the only one marked `write = true`."""
    writable = [c.name for c in config.calendars if c.write]
    chosen = name or (writable[0] if writable else "")
    if chosen not in writable:
        raise MissingCapability(
            msgid("no calendar may be written to: set write = true on one of [[calendars]] in config.toml")
        )
    writer: CalendarWriter = plugins.load("sources", config.calendar(chosen).kind).writer(
        chosen, config.calendar_options(chosen)
    )
    return writer


def known(config: Config) -> Known:
    """The words that rules may use: verbs, categories, templates, accounts."""
    modules = {kind: plugins.load("actions", kind) for kind in plugins.kinds("actions")}
    verbs = {kind: module.Options for kind, module in modules.items() if not getattr(module, "INTERNAL", False)}
    return Known(
        verbs=verbs,
        categories=frozenset({"invoice", "client_request", "urgent", *config.categories}),
        templates=frozenset(templates(config.rules_dir)),
        accounts=frozenset(a.name for a in config.accounts),
    )


def rule_files(folder: Path) -> Mapping[str, bytes]:
    """The rule files of a folder as they are now, by path: those that can be read."""
    bodies = {str(path): _rule_body(path) for path in _rule_paths(folder)}
    return {path: body for path, body in bodies.items() if isinstance(body, bytes)}


def unreadable_rules(folder: Path, words: Words) -> Mapping[str, str]:
    """The rule files that cannot be read now, by path, and why, in the owner's words."""
    bodies = {str(path): _rule_body(path) for path in _rule_paths(folder)}
    return {path: f"{path}: {words.t(why)}" for path, why in bodies.items() if isinstance(why, str)}


def _rule_paths(folder: Path) -> list[Path]:
    """What is named like a rule; not the hidden files that editors leave beside one."""
    return [path for path in sorted(folder.glob("*.toml")) if not path.name.startswith(".")]


def _rule_body(path: Path) -> bytes | str:
    """What the file holds, or the msgid that says why that cannot be told."""
    try:
        if path.is_file():  # asked first: a pipe of that name would never end
            return path.read_bytes()
        if path.is_dir():
            return msgid("this is a folder, a rule is a file: rename it, or take it away")
    except OSError:
        return msgid("this file cannot be read: give its reading back (chmod u+r), or take it away")
    return msgid("nothing can be read here (a link that leads nowhere?): take it away")


def templates(folder: Path) -> Mapping[str, str]:
    """The mail templates: those in templates/, and those beside the rules, which win. "name.fr" -> text."""
    found = [*sorted((folder / "templates").glob("*.txt")), *sorted(folder.glob("*.txt"))]
    return {path.name.removesuffix(".txt"): path.read_text(encoding="utf-8-sig") for path in found}


def copy_rules(config: Config) -> bool:
    """Give the owner his rules, once: the shipped ones are copied where rules_dir does not exist yet."""
    if config.rules_dir.exists():
        return False
    shutil.copytree(shipped("rules"), config.rules_dir)
    return True


def secret_key(state_dir: Path) -> bytes:
    """The 32 bytes that sign our own mails; made once, mode 0600. PermanentError when others can read them."""
    path = state_dir / "key"
    state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        if stat.S_IMODE(path.stat().st_mode) & 0o007:
            raise PermanentError(f"{path} can be read by others. Mend it with: chmod o-rwx '{path}'") from None
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(os.urandom(32))
        file.flush()
        os.fsync(file.fileno())
    return path.read_bytes()


@dataclass(frozen=True, slots=True)
class Preview:
    """A digest that was only looked at."""

    subject: str
    text: str
    html: str


def preview(service: Service) -> Preview:
    """Today's digest as it would be now; nothing is stored."""
    from automator.digest.compose import compose
    from automator.digest.render import html, text
    from automator.jobs.brief import today_view

    deps = service.deps
    with deps.db.read() as tx:
        shown = today_view(tx, deps, service.rules(), deps.today(), deps.clock.now())
    made = compose(shown, deps.sections, deps.words, order=deps.section_order)
    return Preview(made.subject, text(made, deps.words), html(made, deps.words))


def _tools(
    config: Config,
    db: Database,
    clock: Clock,
    words: Words,
    accounts: Mapping[str, AccountDeps],
    sender: MailSender | None,
) -> Tools:
    from automator.store import calendar as stored_calendar
    from automator.store.notes import StoredNotebook

    def part(ref: MessageRef, number: str, limit: int) -> bytes:
        return accounts[ref.account].source.part(ref, number, limit)

    def slots(now: datetime, count: int) -> tuple[Slot, ...]:
        with db.read() as tx:
            known_events = stored_calendar.between(tx, now, now + _SLOTS_AHEAD)
        return free_slots(known_events, config.work_calendar, now, count=count)

    return Tools(
        writer=lambda name: accounts[name].writer,
        sender=sender,
        part=part,
        notebook=StoredNotebook(db, clock),
        templates=templates(config.rules_dir),
        owner=config.owner_address,
        signature=config.owner.signature,
        own_addresses=config.identity.addresses,
        identities={name: a.address for name, a in accounts.items()},
        key=secret_key(config.state_dir),
        words=words,
        filing_root=config.filing_root,
        calendar=lambda name: _calendar_writer(config, name),
        free_slots=slots,
    )
