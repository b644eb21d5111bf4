"""The shapes of single values in config.toml: hours, windows, addresses, names."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

_HOUR = re.compile(r"(\d{1,2})\s*(?::|h)\s*(\d{2})?", re.IGNORECASE)
_ADDRESS = re.compile(r"[^@\s<>\"',;]+@[^@\s<>\"',;]+\.[^@\s<>\"',;]+")
_NAME = re.compile(r"\w[\w .-]{0,39}")


class Keys(BaseModel):
    """A table of config.toml: nothing but the keys named here, frozen once read."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def _hour(value: Any) -> time:
    """ "7:00", "07:00", "7h", "7 h 30", or a TOML time."""
    if isinstance(value, time):
        return value.replace(second=0, microsecond=0, tzinfo=None)
    found = _HOUR.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise ValueError('must be a time of day between quotes, like "07:00"')
    return time(int(found[1]), int(found[2] or 0))


def _window(value: Any) -> tuple[time, time]:
    """ "09:00-18:00"; a window past midnight ("20:00-07:00") is for `quiet`."""
    parts = re.split(r"\s*[-–]\s*", value.strip()) if isinstance(value, str) else []
    if len(parts) != 2:
        raise ValueError('must be two times of day between quotes, like "09:00-18:00"')
    first, last = (_hour(part) for part in parts)
    if first == last:
        raise ValueError("must begin and end at different times")
    return first, last


def _by_day(window: tuple[time, time]) -> tuple[time, time]:
    if window[0] > window[1]:
        raise ValueError('must end after it begins, like "09:00-18:00"')
    return window


def _address(value: str) -> str:
    if not _ADDRESS.fullmatch(value.strip()):
        raise ValueError('must be a mail address, like "claire@atelier.example"')
    return value.strip().lower()


def _name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError("must be a short name: letters, digits, spaces, dots and dashes, at most 40")
    return value


def _listed(value: Any) -> Any:
    """One text where a list of texts is expected means a list of one."""
    return (value,) if isinstance(value, str) else value


Hour = Annotated[time, BeforeValidator(_hour)]
Window = Annotated[tuple[time, time], BeforeValidator(_window)]
DayWindow = Annotated[tuple[time, time], BeforeValidator(_window), AfterValidator(_by_day)]
MailAddress = Annotated[str, AfterValidator(_address)]
Name = Annotated[str, AfterValidator(_name)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Addresses = Annotated[tuple[MailAddress, ...], BeforeValidator(_listed)]
Flag = Annotated[bool, Field(strict=True)]
Count = Annotated[int, Field(strict=True, ge=0)]
Positive = Annotated[int, Field(strict=True, ge=1)]
