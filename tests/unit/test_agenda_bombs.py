"""Rules that never end are refused, honest ones expanded, and everything is counted (reliability S53)."""

from __future__ import annotations

import pytest

from tests.support.calendars import NOV, calendar, read

BOMBS = [
    "FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=HOURLY", "FREQ=HOURLY;COUNT=501", "FREQ=MINUTELY;UNTIL=20301109T100000Z",
    "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYSETPOS=2;BYDAY=MO",
    "FREQ=DAILY;BYHOUR=0,1,2,3,4;BYMINUTE=0,1,2,3,4", "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=31", "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
    "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=x", "FREQ=WEEKLY;BYMONTHDAY=3", "FREQ=MONTHLY;BYYEARDAY=3",
    "FREQ=MONTHLY;BYSETPOS=40;BYDAY=MO", "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6", "FREQ=YEARLY;BYWEEKNO=1;BYYEARDAY=200",
    "FREQ=SOMETIMES", "COUNT=3", "FREQ=MONTHLY;BYMONTH=13",
]  # fmt: skip


@pytest.mark.parametrize("rule", BOMBS)
def test_rules_that_never_end_are_refused_and_the_rest_is_read(rule: str) -> None:
    found = read(calendar(f"UID:bomb\nDTSTART:{NOV}\nRRULE:{rule}", f"UID:good\nDTSTART:{NOV}"))
    assert [e.uid for e in found.events] == ["good"]
    assert len(found.notes) == 1


@pytest.mark.parametrize(
    ("rule", "count"),
    [
        ("FREQ=HOURLY;COUNT=4", 4), ("FREQ=MINUTELY;INTERVAL=30;UNTIL=20261109T120000", 5), ("FREQ=DAILY;BYHOUR=9,14;COUNT=4", 5),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=MO", 9), ("FREQ=WEEKLY;BYDAY=MO, TU", 18), ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-1", 3),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", 2), ("FREQ=YEARLY;BYYEARDAY=-1", 2), ("FREQ=YEARLY;BYWEEKNO=50;BYDAY=MO", 2),
        ("FREQ=DAILY;UNTIL=20261111T100000Z", 3), ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1", 9), ("FREQ=MONTHLY;BYMONTHDAY=31", 2),
    ],
)  # fmt: skip
def test_honest_rules_are_expanded(rule: str, count: int) -> None:
    # the first occurrence is always DTSTART, also where the rule leaves it out (RFC 5545 3.8.5.3)
    found = read(calendar(f"UID:a\nDTSTART:{NOV}\nDURATION:PT10M\nRRULE:{rule}"))
    assert found.notes == ()
    assert len(found.events) == count


def test_old_series_are_expanded_and_ancient_daily_ones_refused() -> None:
    assert len(read(calendar("UID:a\nDTSTART:16041125T100000\nRRULE:FREQ=YEARLY")).events) == 1
    assert read(calendar("UID:a\nDTSTART:15001125T100000\nRRULE:FREQ=DAILY")).notes
    many = [f"UID:{n}\nDTSTART:18501125T100000\nRRULE:FREQ=DAILY" for n in range(20)]
    found = read(calendar(*many))
    assert found.notes == ("a repeated meeting was left out: the calendar holds too many long series (13 times)",)


def test_at_most_500_of_one_series_and_5000_of_a_calendar() -> None:
    hours = ",".join(str(hour) for hour in range(24))
    daily = f"DTSTART:20261102T000000\nDURATION:PT10M\nRRULE:FREQ=DAILY;BYHOUR={hours}"
    found = read(calendar(f"UID:a\n{daily}"))
    assert len(found.events) == 500
    assert found.notes == ("a meeting repeats more than 500 times in the window: the rest was left out",)
    found = read(calendar(*(f"UID:{n}\n{daily}" for n in range(12))))
    assert len(found.events) == 5_000
    assert any("5,000" in note for note in found.notes)


def test_a_thousand_changed_occurrences_are_refused() -> None:
    changed = [f"UID:s\nRECURRENCE-ID:{NOV}\nDTSTART:{NOV}"] * 1_001
    assert read(calendar(*changed)).notes == ("a repeated meeting was left out: too many changed occurrences",)
