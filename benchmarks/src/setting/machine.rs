//! The machine, as far as it tells: what a system does not tell is left out.

use super::versions::output;
use std::fs;
use std::num::NonZeroUsize;
use std::thread;

pub(super) fn describe() -> Vec<(String, String)> {
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let facts = [
        ("processor", processor()),
        ("cores", Some(cores.to_string())),
        ("memory", memory()),
        ("kernel", output("uname", &["-srm"])),
        ("system", system()),
        ("load when it began", load().map(|load| format!("{load:.2}"))),
    ];
    let known = facts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    known.collect()
}

/// How many cores other things kept busy in the last minute.
pub(super) fn load() -> Option<f64> {
    let linux = fs::read_to_string("/proc/loadavg").ok();
    let text = linux.or_else(|| output("sysctl", &["-n", "vm.loadavg"]))?;
    text.split_whitespace().find_map(|word| word.parse().ok())
}

/// What is to be said of it where that was so many that it shows.
pub(super) fn busy() -> Option<String> {
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let load = load()?;
    is_busy(load, cores).then(|| {
        format!(
            "The machine was busy in the minute before this began (load {load:.1} on {cores} cores). If it still is, \
             ratios are less certain than their intervals say, and what more threads gain is not to be seen."
        )
    })
}

/// A study that was made just before accounts for less: most of them take one core.
fn is_busy(load: f64, cores: usize) -> bool {
    const SHARE: f64 = 0.5;
    #[expect(clippy::cast_precision_loss, reason = "there are few cores")]
    let quiet = SHARE * cores as f64;
    load > quiet
}

fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo");
    let linux = text.ok().and_then(|text| field(&text, "model name", ':'));
    linux.or_else(|| output("sysctl", &["-n", "machdep.cpu.brand_string"]))
}

fn memory() -> Option<String> {
    let text = fs::read_to_string("/proc/meminfo").ok();
    let linux = text.and_then(|text| field(&text, "MemTotal", ':')).and_then(|amount| {
        amount.trim_end_matches("kB").trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
    });
    let bytes = linux.or_else(|| output("sysctl", &["-n", "hw.memsize"])?.parse().ok())?;
    #[expect(clippy::cast_precision_loss, reason = "one decimal of a number of gigabytes")]
    let gigabytes = bytes as f64 / f64::from(1 << 30);
    Some(format!("{gigabytes:.1} GiB"))
}

fn system() -> Option<String> {
    let text = fs::read_to_string("/etc/os-release").ok();
    let linux = text.and_then(|text| field(&text, "PRETTY_NAME", '='));
    linux.or_else(|| output("sw_vers", &["-productVersion"]).map(|it| format!("macOS {it}")))
}

/// What stands behind `name` in lines such as `name : value` or `name="value"`.
fn field(text: &str, name: &str, separator: char) -> Option<String> {
    let mut lines = text.lines().filter_map(|line| line.split_once(separator));
    let (_, value) = lines.find(|(found, _)| found.trim() == name)?;
    Some(value.trim().trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_busy_with_more_than_half_of_its_cores() {
        assert!(!is_busy(1.0, 2) && is_busy(1.1, 2));
        assert!(!is_busy(4.0, 8) && is_busy(4.1, 8));
    }

    #[test]
    fn fields_are_found_however_they_are_written() {
        let cpu = "processor\t: 0\nmodel name\t: An Abacus @ 2 Hz\n";
        assert_eq!(field(cpu, "model name", ':').unwrap(), "An Abacus @ 2 Hz");
        let system = "NAME=\"Abacus\"\nPRETTY_NAME=\"Abacus 12 (beads)\"\n";
        assert_eq!(field(system, "PRETTY_NAME", '=').unwrap(), "Abacus 12 (beads)");
        assert_eq!(field(cpu, "stepping", ':'), None);
    }
}
