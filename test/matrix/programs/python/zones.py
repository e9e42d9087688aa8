"""The zoneinfo module with the system's data base."""
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

start = datetime(2024, 11, 3, 0, 30, tzinfo=ZoneInfo("America/Los_Angeles"))
for hours in range(4):
    moment = (start.astimezone(ZoneInfo("UTC")) + timedelta(hours=hours)).astimezone(start.tzinfo)
    print(moment.isoformat(), moment.tzname(), moment.fold)
print(datetime(1900, 1, 1, tzinfo=ZoneInfo("Europe/Amsterdam")).utcoffset() < timedelta(hours=1))
print({"Asia/Tokyo", "Africa/Cairo", "America/Sao_Paulo", "Pacific/Auckland"} <= available_timezones())
try:
    ZoneInfo("Middle/Earth")
except ZoneInfoNotFoundError as error:
    print(error)
