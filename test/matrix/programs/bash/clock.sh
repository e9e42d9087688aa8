# Time zones, dates and the locale.
date -u -d @1700000000 '+%Y-%m-%d %H:%M:%S %Z'
for zone in UTC America/New_York Asia/Kolkata Australia/Lord_Howe Europe/Berlin; do
  printf '%-20s%s\n' "$zone" "$(TZ=$zone date -d @1700000000 '+%F %T %Z %z')"
done
TZ=Europe/Berlin date -d '2024-03-31 01:30 1 hour' '+%F %T %Z'
date -u -d '2024-02-28 +2 days' '+%A %d %B %Y week %V day %j'
date -u -d 'next monday 2024-01-31' >/dev/null 2>&1 || echo 'no such date'
TZ=Asia/Tokyo printf '%(%F %T %z)T\n' 0
locale=$(printf '%s' "${LC_ALL:-${LANG}}")
echo "$locale $(printf 'b\nA\na\nB\n' | sort | tr '\n' ' ')"
printf '%.2f\n' 3.14159
(($(date +%Y) >= 2024)) && echo 'present'
begin=${EPOCHREALTIME/./}
sleep 0.05
((${EPOCHREALTIME/./} - begin >= 50000)) && echo 'slept'
SECONDS=100
echo "$SECONDS"
TIMEFORMAT='%0lR'
{ time sleep 0; } 2>&1 | grep -c m
