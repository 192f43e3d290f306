//! The experiment of 2017-05: a list of times under one key of Redis is read, the reading is timed, the time is
//! appended, and the list is written back; by one configuration after the other, at random.

use crate::fast_json::FastJson;
use benchmarks::{
    Effort, Failure, Measure, Measured, Options, Parameter, Report, Section, Socket, Spread, Study,
    Trial, cores, measure,
};
use cache_memoize::{Cache, Compressor, Redis, Serializer};
use cache_memoize_testkit::servers::RedisServer;
use fastrand::Rng;
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

pub(crate) const STUDY: Study = Study {
    name: "redis-configuration",
    title: "The fastest configuration of Redis",
    question: "Which serializer and which compressor should a cache on Redis have, and which socket?",
    finding: "2017-05, in Python: msgpack is the fastest by a small margin; zlib makes the data 3.5 to 4 times \
              smaller at almost no cost; JSON is slow and fat; LZMA is the smallest, and slower.",
    efforts: [
        Effort { warm_up: 20, rounds: 501, time: Duration::from_secs(60), ..Effort::FULL },
        Effort { warm_up: 5, rounds: 51, time: Duration::from_secs(3), ..Effort::QUICK },
    ],
    parameters: &[Parameter {
        name: "--length",
        default: 2_500,
        quick: 2_500,
        meaning: "how many times the list holds: the newest (2017: about as many at the end)",
        ..Parameter::COUNT
    }],
    programs: &[("redis-server", "--version")],
    crates: &[
        "cache-memoize",
        "redis",
        "rmp-serde",
        "serde_json",
        "sonic-rs",
        "postcard",
        "flate2",
        "zlib-rs",
        "zstd",
        "lz4_flex",
        "liblzma",
    ],
    lock: crate::LOCK,
    run,
};

const KEY: &str = "benchmarking";

/// The column of what is kept of the list.
const SIZE: &str = "size in Redis";

/// To what the others are compared.
const REFERENCE: &str = "msgpack";

fn run(options: &Options, report: &mut Report) -> Result<(), Failure> {
    report.note(cores::bind_to_one());
    report.note(
        "A list of times under one key is read, the reading is timed, the time is appended, and the list is written back. \
         Times are those of the reading alone; the column `write` has the medians of writing back, which are two round \
         trips here: look and put. What is compressed was serialized by msgpack. zlib and gzip are of level 1 \
         unless a name says otherwise.",
    );
    let server = RedisServer::start();
    let candidates = candidates(&server, options)?;
    let trials = candidates
        .iter()
        .map(|it| Trial::new(it.name.clone(), |_: &mut Rng| it.read_and_write_back()))
        .collect();
    let measured = measure("readings", trials, &options.effort, &mut Rng::new())?;
    for socket in Socket::ALL {
        report.sections.push(section(&measured, &candidates, socket, &server)?);
    }
    compare(&measured, report);
    Ok(())
}

/// A configuration, and its list.
struct Candidate {
    name: String,
    cache: Cache,
    length: usize,
    /// What the list ends with, to see that it is the one that was written.
    last: Cell<f64>,
    writes: RefCell<Vec<f64>>,
}

fn candidates(server: &RedisServer, options: &Options) -> Result<Vec<Candidate>, Failure> {
    let mut candidates = Vec::new();
    for (socket, url) in Socket::ALL.into_iter().zip([server.tcp_url(), server.unix_url()]) {
        for (configuration, serializer, compressor) in configurations() {
            let name = name(configuration, socket);
            if options.is_wanted(&name) {
                let cache = Cache::builder()
                    .backend(Redis::open(&url)?)
                    .serializer(serializer)
                    .compressor(compressor.above(1))
                    .prefix(&*name)
                    // A busy machine is no fault of a configuration.
                    .timeout(Duration::from_secs(10))
                    .build()?;
                candidates.push(Candidate::new(name, cache, options.count("--length"))?);
            }
        }
    }
    Ok(candidates)
}

fn configurations() -> Vec<(&'static str, Serializer, Compressor)> {
    let compressed = |name, compressor| (name, Serializer::MessagePack, compressor);
    let plain = |name, serializer| (name, serializer, Compressor::none());
    vec![
        plain(REFERENCE, Serializer::MessagePack),
        plain("json", Serializer::Json),
        plain("json by sonic-rs", Serializer::Custom(Arc::new(FastJson))),
        plain("postcard", Serializer::Postcard),
        compressed("zlib", Compressor::zlib()),
        compressed("zlib 6", Compressor::zlib().level(6)),
        compressed("gzip", Compressor::gzip()),
        compressed("zstd", Compressor::zstd()),
        compressed("lz4", Compressor::lz4()),
        compressed("lzma", Compressor::lzma()),
    ]
}

fn name(configuration: &str, socket: Socket) -> String {
    format!("{configuration}, {}", socket.name())
}

impl Candidate {
    /// Begins with a full list, so that every reading is of one size.
    fn new(name: String, cache: Cache, length: usize) -> Result<Self, Failure> {
        let mut random = Rng::with_seed(2017);
        let mut time = || (20e-6 - 30e-6 * random.f64().ln()) * 1e9;
        let times: Vec<f64> = (0..length).map(|_| as_the_clock_tells(time())).collect();
        let last = times.last().copied().unwrap_or_default();
        cache.set(KEY, times.clone())?;
        let candidate = Self { name, cache, length, last: last.into(), writes: RefCell::default() };
        match candidate.cache.get::<Vec<f64>>(KEY)? {
            Some(read) if read == times => Ok(candidate),
            _ => Err(format!("{} does not give back what was stored", candidate.name).into()),
        }
    }

    /// The nanoseconds of the reading.
    fn read_and_write_back(&self) -> Result<f64, Failure> {
        let began = Instant::now();
        let list = self.cache.get::<Vec<f64>>(KEY)?;
        let reading = nanoseconds(began);
        let mut times = list.ok_or_else(|| format!("{} has lost its list", self.name))?;
        if times.len() != self.length || times.last() != Some(&self.last.get()) {
            return Err(format!("{} gives back another list than was stored", self.name).into());
        }
        let newest = as_the_clock_tells(reading);
        times.remove(0);
        times.push(newest);
        self.last.set(newest);
        let began = Instant::now();
        self.cache.set(KEY, times)?;
        self.writes.borrow_mut().push(nanoseconds(began));
        Ok(reading)
    }

    /// How many bytes Redis keeps of the list, with what the library writes in front of it.
    fn saved(&self, server: &RedisServer) -> Result<f64, Failure> {
        let explained = self.cache.explain(KEY)?;
        let key = explained.ok_or_else(|| format!("{} has lost its list", self.name))?.key;
        match server.command(&["STRLEN", &key.to_string()]).parse() {
            Ok(length) if length > 0.0 => Ok(length),
            _ => Err(format!("{} has stored nothing", self.name).into()),
        }
    }
}

/// A time in seconds as the experiment of 2017 took it, which has a part in what compressors make of it: as the
/// difference of two readings of a clock that counts the seconds since 1970 in a floating-point number. That tells
/// quarters of microseconds, and leaves the last bits of a time zero.
fn as_the_clock_tells(nanoseconds: f64) -> f64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    (now + nanoseconds / 1e9) - now
}

#[expect(clippy::cast_precision_loss, reason = "no reading takes weeks")]
fn nanoseconds(since: Instant) -> f64 {
    since.elapsed().as_nanos() as f64
}

fn section(
    measured: &Measured,
    candidates: &[Candidate],
    socket: Socket,
    server: &RedisServer,
) -> Result<Section, Failure> {
    let of_socket = |name: &str| name.ends_with(&format!(", {}", socket.name()));
    let mut saved = Vec::new();
    for candidate in candidates {
        saved.push((candidate.name.as_str(), candidate.saved(server)?));
    }
    let saved = |name: &str| saved.iter().find(|it| it.0 == name).map(|it| it.1);
    let reference = name(REFERENCE, socket);
    let write = |name: &str| {
        let candidate = candidates.iter().find(|candidate| candidate.name == name)?;
        let writes = candidate.writes.borrow();
        // As many as there are readings: those of the warm-up are thrown away too.
        let counted = writes.len().checked_sub(measured.of(name)?.len())?;
        Some(Spread::of(writes[counted..].to_vec()).median() / 1e3)
    };
    let section = measured
        .filtered(of_socket)
        .section(format!("Reading the list over {}", spoken(socket)))
        .fastest_first()
        // As the article has it.
        .counting("TIMES")
        .with_ratios(measured, |_| Some(reference.clone()))
        .with_column("write", "µs", write)
        .with_column(SIZE, "bytes", saved)
        .with_column("smaller than msgpack", "times", |name| {
            Some(saved(&reference)? / saved(name)?)
        });
    let charts = vec![Measure::Median, Measure::Average, Measure::Extra(SIZE.to_owned())];
    Ok(Section { charts, ..section })
}

fn spoken(socket: Socket) -> &'static str {
    match socket {
        Socket::Tcp => "TCP",
        Socket::Unix => "a Unix socket",
    }
}

/// Each configuration against the reference, over both sockets; and the sockets against each other.
fn compare(measured: &Measured, report: &mut Report) {
    let both = |configuration: &str| Socket::ALL.map(|socket| name(configuration, socket));
    for (configuration, ..) in configurations() {
        if configuration != REFERENCE {
            let pairs: Vec<_> = both(configuration).into_iter().zip(both(REFERENCE)).collect();
            report.compare(format!("{configuration} against {REFERENCE}"), measured.pooled(&pairs));
        }
    }
    let sockets = configurations().into_iter().map(|(configuration, ..)| {
        let [tcp, unix] = both(configuration);
        (unix, tcp)
    });
    let sockets: Vec<_> = sockets.collect();
    report.compare("a Unix socket against TCP", measured.pooled(&sockets));
}
