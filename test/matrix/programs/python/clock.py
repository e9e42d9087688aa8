"""Time zones, calendars and the locale."""
import locale
import os
import time
from datetime import datetime, timedelta, timezone

print(time.tzname[0], locale.setlocale(locale.LC_ALL, ""), locale.localeconv()["decimal_point"])
moment = 1_700_000_000
for zone in ("UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "XYZ-3"):
    os.environ["TZ"] = zone
    time.tzset()
    print(f"{zone:<20}", time.strftime("%Y-%m-%d %H:%M:%S %Z %z", time.localtime(moment)))
os.environ["TZ"] = "Europe/Berlin"
time.tzset()
for text in ("2024-03-31T01:30:00", "2024-03-31T03:30:00", "2024-10-27T02:30:00"):
    print(datetime.fromisoformat(text).astimezone().isoformat(), datetime.fromisoformat(text).astimezone(timezone.utc).isoformat())
leap = datetime(2024, 2, 28, tzinfo=timezone.utc) + timedelta(days=2)
print(leap.isoformat(), leap.isocalendar()[1], leap.strftime("%A %d %B %Y"))
now = datetime.now(timezone.utc)
print(now.year >= 2024, abs(time.time() - now.timestamp()) < 5)
before = time.monotonic()
time.sleep(0.05)
print(0.05 <= time.monotonic() - before < 3)
