use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Year, month and day of a number of days since 1970.
fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

fn main() {
    println!("{:?} {:?}", civil(1_700_000_000 / 86_400), civil(1_709_164_800 / 86_400));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    println!("{}", if now.as_secs() > 1_790_000_000 { "right" } else { "wrong" });
    let start = Instant::now();
    thread::sleep(Duration::from_millis(30));
    println!("{}", start.elapsed() >= Duration::from_millis(30));
    println!("{:?} {:?}", Duration::from_secs_f64(1.5), Duration::new(3661, 5_000_000));
    println!("{}", std::path::Path::new("/usr/share/zoneinfo/Europe/Berlin").exists());
    println!("{:?}", std::env::var("LANG"));
}
