// Time zones, calendars, durations.
package main

import (
	"fmt"
	"time"
)

func main() {
	moment := time.Unix(1_700_000_000, 0)
	for _, name := range []string{"UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Europe/Berlin"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			panic(err)
		}
		fmt.Printf("%-20s%s\n", name, moment.In(zone).Format("Mon 2006-01-02 15:04:05 MST -07:00"))
	}
	_, err := time.LoadLocation("Middle/Earth")
	fmt.Println(err != nil, time.Local, moment.UTC().Location())
	berlin, _ := time.LoadLocation("Europe/Berlin")
	start := time.Date(2024, time.March, 31, 1, 30, 0, 0, berlin)
	for n := 0; n < 3; n++ {
		fmt.Println(start.Add(time.Duration(n) * 30 * time.Minute).Format(time.RFC3339))
	}
	day := time.Date(2024, time.January, 31, 0, 0, 0, 0, time.UTC)
	year, week := day.ISOWeek()
	fmt.Println(day.AddDate(0, 1, 0).Format("2006-01-02"), year, week, day.YearDay(), day.Weekday())
	parsed, err := time.Parse(time.RFC1123Z, "Mon, 02 Jan 2006 15:04:05 -0700")
	fmt.Println(parsed.UTC(), err)
	_, err = time.Parse(time.RFC3339, "yesterday")
	fmt.Println(err)
	length, _ := time.ParseDuration("1h15m30.918s")
	fmt.Println(length, length.Round(time.Minute), length.Truncate(time.Hour).Minutes())
	before := time.Now()
	time.Sleep(50 * time.Millisecond)
	elapsed := time.Since(before)
	fmt.Println(elapsed >= 50*time.Millisecond, elapsed < 3*time.Second, before.Year() >= 2024)
}
