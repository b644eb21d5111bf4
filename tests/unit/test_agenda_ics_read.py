"""Calendars in: what they mean, and that nothing in them can hurt (reliability S18, S53, S54)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automator.agenda.zones import find_zone
from tests.support.calendars import END, NOV, PARIS, START, calendar, local, read


def one(*lines: str, head: str = "") -> object:
    found = read(calendar("\n".join(lines), head=head))
    assert found.notes == ()
    assert len(found.events) == 1
    return found.events[0]


def test_a_plain_meeting_with_everything() -> None:
    event = one(
        "UID:a@x.example", f"DTSTART;TZID=Europe/Paris:{NOV}", "DTEND;TZID=Europe/Paris:20261109T113000",
        "SUMMARY:Visite\\, chantier\\; Rueil", "LOCATION:12 rue des Lilas", "DESCRIPTION:Ligne 1\\nLigne  2",
        "ORGANIZER;CN=Jean:MAILTO:Jean@Lerat.example", "ORGANIZER:mailto:zwei@lerat.example", "ATTENDEE:mailto:a@b.example", "ATTENDEE:mailto:A@b.example",
        "ATTENDEE:urn:uuid:1", "STATUS:CONFIRMED", "TRANSP:OPAQUE",
    )  # fmt: skip
    assert (event.uid, event.calendar, event.recurrence) == ("a@x.example", "bureau", "")
    assert (event.start, event.end) == (local(9, 10), local(9, 11, 30))
    assert (event.title, event.location) == ("Visite, chantier; Rueil", "12 rue des Lilas")
    assert event.description == "Ligne 1\nLigne 2"
    assert (event.organizer, event.attendees) == ("jean@lerat.example", ("a@b.example",))
    assert [event.all_day, event.cancelled, event.transparent, event.ours, event.uncertain_zone] == [False] * 5


@pytest.mark.parametrize(
    ("lines", "start", "end", "all_day"),
    [
        (["DTSTART:20261109T100000Z", "DTEND:20261109T110000Z"], local(9, 11), local(9, 12), False),
        (["DTSTART:20261109T100000", "DURATION:PT45M"], local(9, 10), local(9, 10, 45), False),
        (["DTSTART:20261109T100000"], local(9, 10), local(9, 10), False),
        (["DTSTART;VALUE=DATE:20261109"], local(9), local(10), True),
        (["DTSTART;VALUE=DATE:20261109", "DTEND;VALUE=DATE:20261112"], local(9), local(12), True),
        (["DTSTART:20261109", "DTEND:20261109"], local(9), local(10), True),
        (["DTSTART;VALUE=DATE:20261109", "DURATION:P2D"], local(9), local(11), True),
        (["DTSTART;VALUE=DATE:20261109", "DURATION:PT1H"], local(9), local(10), True),
        (["DTSTART:20261109T100000", "DTEND;VALUE=DATE:20261112"], local(9, 10), local(9, 10), False),
        (["DTSTART:20261109T100000", "DTEND:20261109T090000"], local(9, 10), local(9, 10), False),
        (["DTSTART:20261109T100000", "DTSTART:20261110T100000"], local(9, 10), local(9, 10), False),
    ],
)
def test_every_way_to_write_a_span(lines: list[str], start: datetime, end: datetime, all_day: bool) -> None:
    event = one("UID:a", *lines)
    assert (event.start, event.end, event.all_day) == (start, end, all_day)


def test_all_day_over_the_clock_change_runs_from_midnight_to_midnight() -> None:
    day = read(calendar("UID:a\nDTSTART;VALUE=DATE:20261025"), datetime(2026, 10, 20, tzinfo=PARIS)).events[0]
    assert day.end.astimezone(UTC) - day.start.astimezone(UTC) == timedelta(hours=25)


def test_a_weekly_meeting_keeps_its_local_hour_over_both_clock_changes() -> None:
    for first, begin in (
        ("20261019", datetime(2026, 10, 18, tzinfo=PARIS)),
        ("20260323", datetime(2026, 3, 22, tzinfo=PARIS)),
    ):
        data = calendar(f"UID:a\nDTSTART;TZID=Europe/Paris:{first}T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3")
        events = read(data, begin, begin + timedelta(days=30)).events
        assert [e.start.hour for e in events] == [9, 9, 9]
        assert len({e.start.astimezone(UTC).hour for e in events}) == 2


def test_an_hour_that_does_not_exist_and_one_that_exists_twice() -> None:
    spring = read(
        calendar("UID:a\nDTSTART;TZID=Europe/Paris:20260329T023000"), datetime(2026, 3, 20, tzinfo=PARIS)
    ).events
    assert spring[0].start.astimezone(UTC) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    autumn = read(
        calendar("UID:a\nDTSTART;TZID=Europe/Paris:20261025T023000"), datetime(2026, 10, 20, tzinfo=PARIS)
    ).events
    assert autumn[0].start.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_half_hour_daylight_saving_and_ramadan_zones_expand() -> None:
    for zone in ("Australia/Lord_Howe", "Africa/Casablanca"):
        data = calendar(f"UID:a\nDTSTART;TZID={zone}:20260301T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY")
        events = read(data, datetime(2026, 3, 1, tzinfo=PARIS), datetime(2026, 5, 1, tzinfo=PARIS)).events
        assert {e.start.astimezone(ZoneInfo(zone)).hour for e in events} == {9}


def test_exceptions_moves_and_cancellations_of_a_series() -> None:
    events = read(
        calendar(
            f"UID:s\nDTSTART;TZID=Europe/Paris:{NOV}\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=4\n"
            "EXDATE;TZID=Europe/Paris:20261116T100000\nSUMMARY:Point équipe",
            "UID:s\nRECURRENCE-ID;TZID=Europe/Paris:20261123T100000\nDTSTART;TZID=Europe/Paris:20261124T150000\n"
            "DURATION:PT1H\nSUMMARY:Point déplacé",
            "UID:s\nRECURRENCE-ID;TZID=Europe/Paris:20261130T100000\nDTSTART;TZID=Europe/Paris:20261130T100000\n"
            "DURATION:PT1H\nSTATUS:CANCELLED",
        )
    ).events
    assert [(e.start, e.title, e.cancelled) for e in events] == [
        (local(9, 10), "Point équipe", False), (local(24, 15), "Point déplacé", False), (local(30, 10), "", True),
    ]  # fmt: skip
    # the moved one keeps the identity of its original start
    assert [e.recurrence for e in events] == ["20261109T090000Z", "20261123T090000Z", "20261130T090000Z"]
    assert len({e.key for e in events}) == 3


def test_all_day_series_and_extra_dates() -> None:
    data = calendar("UID:s\nDTSTART;VALUE=DATE:20261102\nRRULE:FREQ=MONTHLY;COUNT=2\nRDATE;VALUE=DATE:20261120")
    assert [e.recurrence for e in read(data).events] == ["20261102", "20261120", "20261202"]


def test_a_series_in_utc_with_the_calendars_own_zone_keeps_the_local_hour() -> None:
    series = "UID:s\nDTSTART:20261012T070000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=4"
    head = "X-WR-TIMEZONE:Europe/Paris\n"
    events = read(calendar(series, head=head), datetime(2026, 10, 1, tzinfo=PARIS)).events
    assert [e.start.hour for e in events] == [9, 9, 9, 9]


@pytest.mark.parametrize(
    ("lines", "head", "cancelled", "transparent"),
    [
        ("STATUS:CANCELLED", "", True, False),
        ("STATUS:confirmed", "METHOD:CANCEL\n", True, False),
        ("TRANSP:TRANSPARENT", "METHOD:PUBLISH\n", False, True),
        ("X-MICROSOFT-CDO-BUSYSTATUS:FREE", "", False, True),
    ],
)
def test_cancelled_and_transparent(lines: str, head: str, cancelled: bool, transparent: bool) -> None:
    event = one("UID:a", f"DTSTART:{NOV}", lines, head=head)
    assert (event.cancelled, event.transparent) == (cancelled, transparent)


VTIMEZONE = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
END:VTIMEZONE
"""
WRONG = "BEGIN:VTIMEZONE\nTZID:{name}\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0500\nTZOFFSETTO:+0500\nEND:STANDARD\nEND:VTIMEZONE\n"


@pytest.mark.parametrize(
    ("tzid", "head", "hour", "uncertain"),
    [
        ("Europe/London", "", 11, False),
        ("Romance Standard Time", "", 10, False),
        ("/mozilla.org/20050126_1/Europe/London", "", 11, False),
        ('"(UTC+01:00) Brussels, Copenhagen, Madrid, Paris"', "", 10, True),
        ("Nowhere/Special", "", 10, True),
        ("Nowhere/Special", "X-WR-TIMEZONE:Europe/London\n", 11, True),
        ("Chez nous", VTIMEZONE.format(name="Chez nous"), 10, False),
        ("Chez nous", WRONG.format(name="Chez nous"), 6, False),
        ("Europe/Paris", WRONG.format(name="Europe/Paris"), 10, False),  # the real zone wins over a lie
        ("Chez nous", "BEGIN:VTIMEZONE\nTZID:Chez nous\nEND:VTIMEZONE\n", 10, True),
        ("Chez nous", VTIMEZONE.format(name="Chez nous").replace("YEARLY", "SECONDLY"), 10, True),
    ],
)
def test_zones_known_windows_from_the_file_or_flagged(tzid: str, head: str, hour: int, uncertain: bool) -> None:
    event = one("UID:a", f"DTSTART;TZID={tzid}:{NOV}", head=head)
    assert (event.start.hour, event.uncertain_zone) == (hour, uncertain)


def test_a_zone_defined_in_one_file_is_unknown_in_the_next() -> None:
    one("UID:a", f"DTSTART;TZID=Partout:{NOV}", head=WRONG.format(name="Partout"))
    assert one("UID:a", f"DTSTART;TZID=Partout:{NOV}").uncertain_zone


def test_summer_hours_of_a_zone_that_only_the_file_knows() -> None:
    data = calendar("UID:a\nDTSTART;TZID=Chez nous:20260709T100000", head=VTIMEZONE.format(name="Chez nous"))
    events = read(data, datetime(2026, 7, 1, tzinfo=PARIS)).events
    assert events[0].start.astimezone(UTC).hour == 8


@pytest.mark.parametrize("name", ["", "Foo", "../../etc/hosts", "/etc/hosts", "Europe", "x" * 400, "a\0b", "Paris"])
def test_names_that_are_no_zone(name: str) -> None:
    assert find_zone(name) is None


def test_utc_has_many_names() -> None:
    assert {find_zone(name) for name in ("UTC", "GMT", "Etc/UTC", "utc")} == {ZoneInfo("UTC")}
    assert find_zone("CET") == ZoneInfo("CET")


def test_one_damaged_entry_costs_itself_only() -> None:
    data = calendar(
        "UID:bad\nDTSTART:yesterday", f"UID:good\nDTSTART:{NOV}", "UID:none\nSUMMARY:x",
        f"UID:exdate\nDTSTART:{NOV}\nRRULE:FREQ=WEEKLY\nEXDATE:nope", "UID:twice\nDTSTART:bad",
        "UID:blind\nDTSTART:2026\nRRULE:FREQ=DAILY",
    )  # fmt: skip
    found = read(data)
    assert [e.uid for e in found.events] == ["good"]
    assert found.notes == (
        "a repeated meeting was left out: it has no readable start",
        "an entry was left out: it has no start",
        "an entry was left out: it is damaged (3 times)",
    )


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\0\0\0", b"not a calendar", b"BEGIN:VCALENDAR", b"BEGIN:VEVENT\nEND:VEVENT", b"\xff\xfe\x00B", b"END:VEVENT\n" * 50,
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261109T100000\nBEGIN:VEVENT\nEND:VALARM\nEND:VCALENDAR",
        b":\n;:\n=:=\n" * 100, b"\r" * 1000, b"\n " * 1000,
    ],
)  # fmt: skip
def test_nothing_to_read_is_no_error(data: bytes) -> None:
    assert len(read(data).events) <= 1


def test_entries_that_are_never_closed_are_still_entries() -> None:
    data = calendar(f"UID:a\nDTSTART:{NOV}").replace(b"END:VEVENT\r\nEND:VCALENDAR\r\n", b"")
    assert [e.uid for e in read(data).events] == ["a"]
    two = calendar(f"UID:a\nDTSTART:{NOV}\nBEGIN:VEVENT\nUID:b\nDTSTART:{NOV}")
    assert [e.uid for e in read(two).events] == ["a", "b"]


def test_line_ends_folds_bom_and_old_code_pages() -> None:
    text = (
        f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:{NOV}\nSUMMARY:Réu\n nion d'été\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    for sign in ("\n", "\r\n", "\r"):
        written = text.replace("\n", sign)
        for data in (written.encode(), b"\xef\xbb\xbf" + written.encode(), written.encode("cp1252")):
            assert read(data).events[0].title == "Réunion d'été"


def test_alarms_and_other_components_are_not_meetings() -> None:
    data = calendar(
        f"UID:a\nDTSTART:{NOV}\nBEGIN:VALARM\nTRIGGER:-PT5M\nSUMMARY:Alarme\nDTSTART:19700101T000000\nEND:VALARM\nSUMMARY:Vrai",
        head=f"BEGIN:VTODO\nUID:t\nDTSTART:{NOV}\nEND:VTODO\n",
    )
    assert [e.title for e in read(data).events] == ["Vrai"]


def test_titles_are_clean_and_short() -> None:
    event = one("UID:a", f"DTSTART:{NOV}", "SUMMARY:a\u202eb\u200bc\x07d \u00a0 e" + "x" * 500, "LOCATION:")
    assert event.title.startswith("abc d ex")
    assert len(event.title) == 200


def test_an_overlong_line_is_dropped_and_an_overlong_description_cut() -> None:
    event = one("UID:a", f"DTSTART:{NOV}", "SUMMARY:" + "x" * 9_000, "DESCRIPTION:" + "y" * 9_000)
    assert event.title == ""
    assert event.description == "y" * 2_000


def test_entries_without_uid_are_told_apart_and_stable() -> None:
    data = calendar(f"DTSTART:{NOV}\nSUMMARY:a", f"DTSTART:{NOV}\nSUMMARY:b")
    first, second = read(data).events
    assert first.uid != second.uid
    assert read(data).events == (first, second)


def test_the_window_holds_what_overlaps_it() -> None:
    data = calendar(
        "UID:before\nDTSTART:20261101T080000\nDTEND:20261101T090000",
        "UID:over\nDTSTART:20261101T080000\nDTEND:20261101T110000",
        "UID:late\nDTSTART:20261101T120000\nDTEND:20261101T130000",
        "UID:point\nDTSTART:20261101T100000",
        "UID:far\nDTSTART:20200101T100000\nDTEND:20200101T110000",
        "UID:long\nDTSTART:20200101T100000\nDTEND:20270101T110000",
        "UID:odd\nDTSTART:20261399T100000",
    )
    found = read(data, datetime(2026, 11, 1, 9, tzinfo=PARIS), datetime(2026, 11, 1, 12, tzinfo=PARIS))
    assert [e.uid for e in found.events] == ["long", "over", "point"]


def test_a_window_longer_than_70_days_is_cut() -> None:
    data = calendar(f"UID:a\nDTSTART:{NOV}\nRRULE:FREQ=DAILY")
    assert len(read(data, local(9), local(9) + timedelta(days=500)).events) == 70


def test_a_file_over_5_mb_is_read_to_that_point() -> None:
    data = calendar(f"UID:a\nDTSTART:{NOV}") + b"X" * 5_000_000
    found = read(data)
    assert [e.uid for e in found.events] == ["a"]
    assert "5 MB" in found.notes[0]


def test_our_own_entries_are_known_by_their_uid() -> None:
    assert one("UID:x@automator.invalid", f"DTSTART:{NOV}").ours


LINES = st.sampled_from([
    "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VTIMEZONE", "END:VTIMEZONE", "BEGIN:VALARM", "UID:a", "UID:",
    "DTSTART:20261109T100000", "DTSTART;VALUE=DATE:20261109", "DTSTART;TZID=Foo:20261109T100000", "DTSTART:x", "DTEND:20261109T090000Z",
    "DTEND;VALUE=DATE:20261101", "DURATION:-P1D", "DURATION:P99999999D", "RRULE:FREQ=DAILY", "RRULE:FREQ=DAILY;COUNT=0", "RRULE:FREQ=WEEKLY;UNTIL=x",
    "RDATE:20261110T100000", "RDATE;VALUE=PERIOD:20261110T100000/PT1H", "EXDATE:20261109T100000", "RECURRENCE-ID:20261109T100000",
    "RECURRENCE-ID;RANGE=THISANDFUTURE:20261110", "TZID:Foo", "TZOFFSETTO:+0100", "TZOFFSETFROM:+9999", "BEGIN:STANDARD", "END:STANDARD",
    "SEQUENCE:x", "STATUS:CANCELLED", "ATTENDEE:mailto:", "ORGANIZER:", " fold", "DTSTART:00010101T000000", "DTSTART:99991231T235959", "",
])  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, max_size=40))
def test_no_mixture_of_lines_raises(lines: list[str]) -> None:
    found = read("\r\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines]).encode())
    assert all(e.start <= e.end and e.start < END and e.end >= START for e in found.events)
