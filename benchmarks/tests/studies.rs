//! Every study, made in a moment against real servers: it ends well, and both of its files hold every candidate. What
//! was measured is no matter here.

use benchmarks::Report;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

fn study(words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_study"));
    command.args(words).output().expect("the program was built")
}

/// Makes a study with these options, and gives its report and its page.
fn made(name: &str, options: &[&str]) -> (Report, String) {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let path = folder.path().to_str().expect("its name is text");
    let output = study(&[&[name, "--rounds", "2", "--into", path], options].concat());
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    assert_eq!(told, "", "nothing is drawn where nobody looks");
    let file = |extension| folder.path().join(name).with_extension(extension);
    let report: Report = serde_json::from_slice(&fs::read(file("json")).unwrap()).unwrap();
    let page = fs::read_to_string(file("html")).unwrap();
    let table = String::from_utf8(output.stdout).unwrap();
    for row in report.sections.iter().flat_map(|section| &section.rows) {
        assert!(page.contains(&row.candidate), "{} is not on the page", row.candidate);
        assert!(table.contains(&row.candidate), "{} is not in the terminal", row.candidate);
        assert_eq!(row.summary.times, 2, "{}", row.candidate);
        assert!(row.summary.median > 0.0, "{}", row.candidate);
    }
    assert!(report.setting.command.starts_with(&format!("cargo xtask study {name} --rounds 2")));
    (report, page)
}

fn candidates(report: &Report) -> Vec<&str> {
    let rows = report.sections.iter().flat_map(|section| &section.rows);
    rows.map(|row| row.candidate.as_str()).collect()
}

#[test]
fn redis_configuration() {
    let (report, page) = made("redis-configuration", &["--length", "50"]);
    let names = candidates(&report);
    assert_eq!(names.len(), 20, "{names:?}");
    for configuration in
        ["json", "json by sonic-rs", "msgpack", "postcard", "zlib", "gzip", "zstd", "lz4", "lzma"]
    {
        for socket in ["TCP", "Unix"] {
            assert!(names.contains(&&*format!("{configuration}, {socket}")), "{names:?}");
        }
    }
    // Three charts for each socket.
    assert_eq!(page.matches("<svg").count(), 6);
    let saved = |name: &str| {
        let mut rows = report.sections.iter().flat_map(|section| &section.rows);
        rows.find(|row| row.candidate == name).and_then(|row| row.extras[1]).unwrap()
    };
    // Each number is eight bytes with postcard, nine with msgpack, and there is an envelope around them.
    assert!((400.0..480.0).contains(&saved("postcard, TCP")), "{}", saved("postcard, TCP"));
    assert!((450.0..530.0).contains(&saved("msgpack, Unix")), "{}", saved("msgpack, Unix"));
    assert!(saved("zlib, Unix") < saved("msgpack, Unix"));
}

#[test]
fn local_backend() {
    let (report, _) = made("local-backend", &["--keys", "5", "--calls", "10"]);
    let names = candidates(&report);
    assert_eq!(names.len(), 18, "{names:?}");
    for name in
        ["in process, async", "memcached, Unix, msgpack, blocking", "Redis, TCP, json, async"]
    {
        assert!(names.contains(&name), "{names:?}");
    }
    assert_eq!(report.comparisons.len(), 5);
    let told: Vec<&str> = report.setting.versions.iter().map(|(name, _)| name.as_str()).collect();
    assert!(told.contains(&"redis-server") && told.contains(&"memcached"), "{told:?}");
}

#[test]
fn concurrent_compression() {
    let (report, _) = made("concurrent-compression", &["--largest", "20", "--threads", "2"]);
    assert_eq!(report.sections.len(), 3);
    for section in &report.sections {
        assert_eq!(section.rows.len(), 20, "four compressors in five ways");
        assert!(section.rows.iter().all(|row| row.against.is_some()));
    }
    assert_eq!(report.limits.len(), 3);
}

#[test]
fn who_is_left_out_is_not_measured() {
    let (report, _) =
        made("local-backend", &["--only", "in process", "--keys", "5", "--calls", "10"]);
    assert_eq!(candidates(&report).len(), 2);
}

#[test]
fn a_socket_of_which_nobody_is_wanted_has_no_table() {
    let (report, page) =
        made("redis-configuration", &["--length", "50", "--only", "JSON by sonic-rs, unix"]);
    assert_eq!(candidates(&report), ["json by sonic-rs, Unix"]);
    assert!(!page.contains("Reading the list over TCP"));
}

#[test]
fn what_is_wrong_is_said_in_a_line() {
    let told = |words: &[&str]| {
        let output = study(words);
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let unfit = told(&["local-backend", "--keys", "20000"]);
    assert!(unfit.contains("take fewer") && unfit.lines().count() == 1, "{unfit}");
    let nobody = told(&["redis-configuration", "--only", "nobody"]);
    assert!(nobody.contains("there are:") && nobody.contains("  zlib 6, Unix\n"), "{nobody}");
    assert!(told(&["peers"]).contains("cargo xtask study peers"));
    assert!(told(&["local-backend", "--length", "3"]).contains("unknown option --length"));
}

#[test]
fn studies_are_listed() {
    let list = |words: &[&str]| {
        let output = study(words);
        assert!(output.status.success(), "{words:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let all = list(&[]);
    let names =
        ["redis-configuration", "local-backend", "concurrent-compression", "django", "peers"];
    for name in names {
        assert!(all.lines().any(|line| line.starts_with(name)), "{all}");
    }
    for word in ["--help", "-h", "help"] {
        assert_eq!(list(&[word]), all);
        assert!(list(&["local-backend", word]).contains("--keys"));
    }
    let unknown = study(&["no-such-study"]);
    assert!(!unknown.status.success());
    let told = String::from_utf8(unknown.stderr).unwrap();
    assert_eq!(told, format!("study: there is no study no-such-study; there are:\n{all}"));
}

/// Without the packages, as in CI, the study says what to do.
#[test]
fn django_asks_for_its_python() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_study"));
    let output = command.args(["django", "--quick"]).env("STUDY_PYTHON", "no-such-python").output();
    let output = output.expect("the program was built");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(told.contains("cargo xtask study django") && told.lines().count() == 1, "{told}");
}

#[test]
fn a_study_that_is_stopped_leaves_nothing_behind() {
    for signal in ["-INT", "-TERM"] {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let study = started_in(folder.path());
        let mut kill = Command::new("kill");
        assert!(kill.arg(signal).arg(study.id().to_string()).status().unwrap().success());
        let output = study.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "study: stopped\n");
        assert_eq!(output.status.code(), Some(130));
        assert_eq!(entries(folder.path()), 0, "the folders of its servers are there");
    }
}

/// A long study that has begun to start its servers, each of which has a folder in this one.
fn started_in(folder: &Path) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_study"));
    command.args(["redis-configuration", "--seconds", "600", "--into"]).arg(folder.join("report"));
    command.env("TMPDIR", folder).stderr(Stdio::piped());
    let study = command.spawn().expect("the program was built");
    let deadline = Instant::now() + Duration::from_secs(60);
    while entries(folder) == 0 {
        assert!(Instant::now() < deadline, "no server was started");
        std::thread::yield_now();
    }
    study
}

fn entries(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}
