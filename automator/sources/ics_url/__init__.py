"""A calendar published at an address: fetched over https, never from this machine's own network (S60)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from automator.agenda.reading import Runner, here, load_cursor, occurrences, save_cursor
from automator.clock import Clock
from automator.errors import LoginError, PermanentError, TemporaryError
from automator.ports import CalendarSource, EventBatch
from automator.sources.ics_url.fetching import Answer, Fetch, fetch


class Options(BaseModel):
    """A calendar at an address.

    `url` begins with https:// (webcal:// is taken for it). An address that anyone may read needs no `user` and
    `password`; a "secret address" is as good as a password and is never shown in messages. `timeout` is in seconds
    for the whole answer of a server, `max_bytes` its largest size. `allow_private = true` also allows http:// and servers
    on your own network.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Annotated[str, Field(repr=False, description="https:// address of the calendar")]
    user: str = ""
    password: SecretStr | None = None
    timeout: Annotated[float, Field(gt=0, le=120)] = 10
    max_bytes: Annotated[int, Field(gt=0, le=50_000_000)] = 5_000_000
    allow_private: bool = False

    @field_validator("url")
    @classmethod
    def _plain(cls, url: str) -> str:
        scheme, mark, rest = url.strip().partition("://")
        plain = "https" if scheme.lower() == "webcal" else scheme.lower()
        parts = urlsplit(f"{plain}{mark}{rest}")
        if parts.username or parts.password:
            raise ValueError("put user and password into their own keys, not into the address")
        if plain not in {"https", "http"} or not parts.hostname:
            raise ValueError("write the whole address, beginning with https://")
        return parts.geturl()

    @model_validator(mode="after")
    def _encrypted(self) -> Options:
        if self.url.startswith("http:") and not self.allow_private:
            raise ValueError("only https:// is allowed (http:// needs allow_private = true)")
        return self


def build(name: str, options: Options, *, zone: ZoneInfo, clock: Clock, run: Runner = here) -> CalendarSource:
    """The calendar `name` as a source. `zone` is the firm's, for times without one; `run` may be the sandbox's."""
    return _UrlSource(name, options, zone, clock, run)


class _UrlSource:
    def __init__(self, name: str, options: Options, zone: ZoneInfo, clock: Clock, run: Runner) -> None:
        self._name, self._options, self._zone, self._clock, self._run = name, options, zone, clock, run

    def fetch(self, cursor: str | None) -> Iterator[EventBatch]:
        """One whole batch, or none when the server says that nothing changed since today's last reading.

        Raises LoginError, PermanentError, TemporaryError; the messages name the host, never the address.
        """
        now = self._clock.now()
        today = now.astimezone(self._zone).date().isoformat()
        marks = load_cursor(cursor, today)
        answer = fetch(self._request(marks))
        if answer.status == 304:
            return
        self._check(answer)
        found = occurrences(answer.body, self._name, self._zone, now, self._run)
        saved = save_cursor(
            today, etag=answer.headers.get("etag", ""), modified=answer.headers.get("last-modified", "")
        )
        yield EventBatch(found.events, saved, notes=found.notes)

    def _request(self, marks: dict[str, str]) -> Fetch:
        headers = {"Accept": "text/calendar, */*;q=0.1"}
        if marks.get("etag"):
            headers["If-None-Match"] = marks["etag"]
        if marks.get("modified"):
            headers["If-Modified-Since"] = marks["modified"]
        options = self._options
        login = ""
        if options.user or options.password:
            secret = options.password.get_secret_value() if options.password else ""
            login = "Basic " + b64encode(f"{options.user}:{secret}".encode()).decode()
        return Fetch(options.url, headers, login, options.timeout, options.max_bytes, options.allow_private)

    def _check(self, answer: Answer) -> None:
        if answer.status in {401, 403}:
            raise LoginError(f"{answer.host} refused the login for the calendar {self._name} ({answer.status}).")
        if answer.status == 429 or answer.status >= 500:
            after = answer.headers.get("retry-after", "")
            wait = float(after) if after.isdigit() else None
            raise TemporaryError(f"{answer.host} answered {answer.status}.", retry_after=wait)
        if answer.status != 200:
            raise PermanentError(f"{answer.host} has no calendar {self._name} at this address ({answer.status}).")
        if b"BEGIN:VCALENDAR" not in answer.body.upper():
            raise PermanentError(f"What {answer.host} sent for {self._name} is no calendar; maybe a login page.")
