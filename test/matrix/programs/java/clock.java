import java.text.NumberFormat;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.util.Date;
import java.util.Locale;
import java.util.TimeZone;

public class Main {
    public static void main(String[] args) throws InterruptedException {
        System.out.println(ZoneId.systemDefault().getRules().getOffset(Instant.now()) + " " + TimeZone.getDefault().getRawOffset());
        System.out.println(Locale.getDefault().getLanguage());
        System.out.println(new Date(0));
        ZonedDateTime moment = ZonedDateTime.of(2024, 3, 31, 0, 30, 0, 0, ZoneId.of("UTC"));
        for (String zone : new String[] {"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"}) {
            System.out.println(moment.withZoneSameInstant(ZoneId.of(zone)).format(DateTimeFormatter.ISO_OFFSET_DATE_TIME));
        }
        System.out.println(DayOfWeek.MONDAY.getDisplayName(TextStyle.FULL, Locale.GERMAN));
        System.out.println(NumberFormat.getInstance(Locale.GERMANY).format(1234567.891));
        System.out.println(String.format(Locale.FRANCE, "%.2f", 3.14159) + String.format(" %.2f %,d", 3.14159, 1234567));
        System.out.println(LocalDate.of(2024, 2, 29).plusYears(1) + " " + LocalDate.parse("2000-01-01").getDayOfWeek());
        System.out.println(Duration.ofSeconds(3661));
        long start = System.nanoTime();
        Thread.sleep(50);
        long elapsed = (System.nanoTime() - start) / 1_000_000;
        System.out.println(elapsed >= 50 && elapsed < 2000);
        System.out.println(Instant.now().isAfter(Instant.parse("2025-01-01T00:00:00Z")));
    }
}
