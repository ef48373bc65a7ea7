"""When things happen in the demo network: what is long past on its day, the rest counted from the loading."""

from __future__ import annotations

import zlib
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.demo.content import Row

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# No day that is written in the files is later than this before the loading, so that a clock
# that is behind the files does not tell of people who speak before they came.
LATEST_DAY = timedelta(days=60)
WORK_BEGINS, WORK_LASTS = time(8, 10), 520  # minutes
# Minutes of the day within which people write. A whole day of the files is told in these hours.
AWAKE_FROM, AWAKE_FOR, DAY = 450, 900, 1440
A_MINUTE = timedelta(minutes=1)
OFFICE = ZoneInfo("Europe/Brussels")


class Moments:
    """Turns what the files say of days and distances into instants, seen from `now`."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def day(self, text: str, hour: int = 12) -> datetime:
        """An hour (UTC) of the day YYYY-MM-DD."""
        written = datetime.combine(date.fromisoformat(text), time(hour), UTC)
        return min(written, self.now - LATEST_DAY)

    def ago(self, **distance: float) -> datetime:
        """So many days, hours or minutes before now; drawn into the hours in which people are awake.

        What was earlier stays earlier, and nothing comes to lie after now.
        """
        told = self.now - timedelta(**distance)
        midnight = datetime.combine(told.astimezone(OFFICE).date(), time(0), OFFICE).astimezone(UTC)
        minute, until = (told - midnight) / A_MINUTE, (self.now - midnight) / A_MINUTE
        if told.astimezone(OFFICE).date() < self.now.astimezone(OFFICE).date():
            minute = AWAKE_FROM + minute * AWAKE_FOR / DAY
        elif until > AWAKE_FROM:
            minute = AWAKE_FROM + minute * (until - AWAKE_FROM) / until
        return midnight + minute * A_MINUTE

    def before_now(self, moment: datetime) -> datetime:
        """The moment, or a minute ago where it lies later than that."""
        return min(moment, self.now - timedelta(minutes=1))

    def shared(self, row: Row) -> datetime:
        """When an item was shared or announced, or a discussion begun."""
        if "posts" in row:
            return self.ago(hours=row["posts"][0]["hours_ago"])
        day = row.get("on") or row.get("announced_on")
        if day:
            return self.day(day)
        days: int = row["days_ago"] if "days_ago" in row else row["announced_days_ago"]
        return self._at_work(self.now - timedelta(days=days), row["key"])

    def meeting(self, row: Row) -> tuple[datetime, datetime]:
        """When a workshop begins and ends, as instants."""
        if "starts_on" in row:
            first, last = date.fromisoformat(row["starts_on"]), date.fromisoformat(row["ends_on"])
        else:
            today = self.now.date()
            monday = today - timedelta(days=today.weekday())
            first = monday + timedelta(weeks=row["weeks_ahead"], days=WEEKDAYS.index(row["weekday"]))
            last = first + timedelta(days=row["days"] - 1)
            while row["weeks_ahead"] > 0 and (_is_holiday(first) or _is_holiday(last)):
                first, last = first + timedelta(weeks=1), last + timedelta(weeks=1)
        zone = ZoneInfo(row["zone"])
        start = datetime.combine(first, time.fromisoformat(row["start"]), zone)
        end = datetime.combine(last, time.fromisoformat(row["end"]), zone)
        return start.astimezone(UTC), end.astimezone(UTC)

    def spread(self, since: datetime, until: datetime, many: int) -> list[datetime]:
        """So many moments between two, the most of them soon after the first."""
        return [since + (until - since) * ((place + 1) / (many + 1)) ** 2 for place in range(many)]

    def _at_work(self, latest: datetime, key: str) -> datetime:
        """The last moment not after `latest` that lies on a working day, at an hour that goes with the key."""
        minute = zlib.crc32(key.encode()) % WORK_LASTS
        day = latest.astimezone(OFFICE).date()
        for back in range(4):
            begins = datetime.combine(day - timedelta(days=back), WORK_BEGINS, OFFICE)
            moment = (begins + timedelta(minutes=minute)).astimezone(UTC)
            if moment <= latest and begins.weekday() < 5:
                return moment
        return latest


def _is_holiday(day: date) -> bool:
    """Around the turn of the year nobody invites."""
    return (day.month, day.day) >= (12, 20) or (day.month, day.day) <= (1, 6)
