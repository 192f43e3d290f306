//! Times, sizes and shares as people read them.

use std::time::Duration;

pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// The two largest units of a time in milliseconds: `3m 20s`.
pub(crate) fn time(millis: u64) -> String {
    let whole = if millis < 1000 { millis } else { millis / 1000 * 1000 };
    let text = humantime::format_duration(Duration::from_millis(whole)).to_string();
    text.split(' ').take(2).collect::<Vec<&str>>().join(" ")
}

pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if count < 1024 {
        return format!("{count} B");
    }
    let (mut size, mut unit) = (count as f64 / 1024.0, 0);
    while size >= 999.95 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    format!("{size:.1} {}", UNITS[unit])
}

/// A part of a whole.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

/// How much of `all` is `part`, if there is something.
pub(crate) fn share(part: u64, all: u64) -> Option<f64> {
    (all > 0).then(|| part as f64 / all as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_two_units_at_most() {
        for (millis, text) in
            [(0, "0s"), (7, "7ms"), (1999, "1s"), (200_500, "3m 20s"), (90_061_000, "1day 1h")]
        {
            assert_eq!(time(millis), text);
        }
    }

    #[test]
    fn sizes_have_a_unit() {
        for (count, text) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (1_023_999, "1.0 MiB"),
            (5 << 40, "5.0 TiB"),
            (u64::MAX, "16384.0 PiB"),
        ] {
            assert_eq!(bytes(count), text);
        }
    }

    #[test]
    fn of_nothing_there_is_no_share() {
        assert_eq!((share(1, 4), share(0, 0)), (Some(0.25), None));
        assert_eq!(percent(0.25), "25.0%");
    }
}
