//! What does it do for me? Compressing every source file of this repository is slow once.

use cache_memoize::{cache_memoize, caches};
use flate2::{Compression, write::GzEncoder};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

#[cache_memoize(ttl = "1h")]
fn gzip_size(file: &Path) -> io::Result<usize> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&std::fs::read(file)?)?;
    Ok(gzip.finish()?.len())
}

#[cache_memoize(ttl = "1d", store_result = false)]
fn send_report(to: &str, bytes: usize) {
    println!("                   (mail to {to}: {bytes} bytes)");
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let files = sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")))?;
    println!("\n  The gzip size of the {} source files of this repository\n", files.len());
    let all = || files.iter().map(|file| gzip_size(file)).sum::<io::Result<usize>>();

    let (slow, bytes) = timed("miss", "compressed every file", all);
    let (fast, again) = timed("hit", "remembered every size", all);
    let (bytes, ratio) = (bytes?, slow.div_duration_f64(fast));
    assert_eq!(bytes, again?);
    println!("  {:>10}     {ratio:.0} times as fast, {bytes} bytes both times\n", "");

    let file = &files[0];
    let name = file.file_name().unwrap_or_default().display();
    timed("invalidate", &format!("forgot {name}"), || invalidate_gzip_size(file)).1?;
    timed("miss", &format!("compressed {name} again"), || gzip_size(file)).1?;
    let again = format!("compressed {name} though it was known");
    timed("refresh", &again, || refresh_gzip_size(file)).1?;
    timed("hit", "remembered every size", all).1?;

    println!();
    let three_times = || (0..3).for_each(|_| send_report("you", bytes));
    timed("guard", "asked three times to send a mail, sent one", three_times);

    println!("\n{}\n", caches::get("default").ok_or("no cache")?.stats());
    println!("  A key reads like its call: {}\n", cache_key_send_report("you", bytes));
    Ok(())
}

/// Does something, and says how long it took.
fn timed<T>(what: &str, words: &str, work: impl FnOnce() -> T) -> (Duration, T) {
    let begin = Instant::now();
    let done = work();
    let time = begin.elapsed();
    println!("  {what:>10}  {:>12}   {words}", format!("{time:.1?}"));
    (time, done)
}

fn sources(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            found.extend(sources(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    Ok(found)
}
