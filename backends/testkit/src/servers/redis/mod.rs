//! Redis for tests. What is asked of a server here goes over a bare socket: a test of a client should not
//! look at the server through that client.

mod cluster;
mod sentinel;
mod wire;

pub use cluster::RedisCluster;
pub use sentinel::RedisSentinel;

use super::free_port;
use super::process::Process;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use wire::Wire;

/// A Redis server on a Unix socket and on a TCP port at once. It is empty, keeps nothing on disk, and ends
/// when this is dropped.
#[derive(Debug)]
pub struct RedisServer {
    process: Process,
    options: RedisServerBuilder,
    ports: Ports,
    folder: TempDir,
    /// What is asked of the server goes over one connection, lest the server count many.
    wire: Mutex<Option<Wire>>,
}

impl RedisServer {
    /// Starts a server that lets everybody in.
    #[must_use]
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// A server with settings of its own.
    pub fn builder() -> RedisServerBuilder {
        RedisServerBuilder::default()
    }

    /// `redis://127.0.0.1:port`, with the password if there is one.
    #[must_use]
    pub fn tcp_url(&self) -> String {
        format!("redis://{}{}", self.credentials(), self.address())
    }

    /// `redis+unix:///path/of/the/socket`, with the password if there is one.
    #[must_use]
    pub fn unix_url(&self) -> String {
        format!("redis+unix://{}{}", self.credentials(), self.socket().display())
    }

    /// `rediss://localhost:port`, with the password if there is one.
    ///
    /// # Panics
    /// If the server was started without TLS.
    #[must_use]
    pub fn tls_url(&self) -> String {
        assert!(self.options.tls.is_some(), "this server was started without certificates");
        format!("rediss://{}localhost:{}", self.credentials(), self.ports.tls)
    }

    /// Where the server listens: `127.0.0.1:port`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.ports.tcp)
    }

    /// The TCP port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.ports.tcp
    }

    /// The path of the Unix socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        socket_in(self.folder.path())
    }

    /// The id of the server's process.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// Ends the server at once, as a crash does.
    pub fn kill(&mut self) {
        self.hang_up();
        self.process.kill();
    }

    /// Ends the server and starts it again: at the same address, and empty.
    ///
    /// # Panics
    /// If it does not come up again.
    pub fn restart(&mut self) {
        self.kill();
        let started = start(&self.options, self.folder.path(), self.ports);
        self.process = started.unwrap_or_else(|reason| panic!("no restart of Redis: {reason}"));
    }

    /// Stops the server where it stands: it accepts connections, and answers nothing.
    pub fn pause(&self) {
        self.process.pause();
    }

    /// Lets a paused server go on.
    pub fn resume(&self) {
        self.process.resume();
    }

    /// What the server answers to a command: a text as it is, the parts of an array line by line, nothing as
    /// `(nil)`, and an error with its minus before it.
    ///
    /// # Panics
    /// If the server cannot be asked.
    #[track_caller]
    pub fn command(&self, words: &[&str]) -> String {
        let mut wire = self.wire.lock().unwrap_or_else(PoisonError::into_inner);
        // A server that was restarted, or became a replica, has hung up since.
        let answer = wire.as_mut().and_then(|wire| wire.ask(words).ok());
        answer.unwrap_or_else(|| {
            let fresh = Wire::open(&self.socket(), self.options.password.as_deref());
            let answer = fresh.and_then(|fresh| wire.insert(fresh).ask(words));
            answer.unwrap_or_else(|error| panic!("Redis cannot be asked {words:?}: {error}"))
        })
    }

    /// Closes the connection of [`command`](Self::command), which the next one opens again.
    pub fn hang_up(&self) {
        *self.wire.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// A number from `INFO`, such as `total_commands_processed`.
    ///
    /// # Panics
    /// If `INFO` has no such number.
    #[track_caller]
    pub fn info(&self, field: &str) -> u64 {
        let info = self.command(&["INFO", "everything"]);
        let mut lines = info.lines().filter_map(|line| line.split_once(':'));
        let value = lines.find(|(name, _)| *name == field).map(|(_, value)| value.trim());
        let number = value.and_then(|value| value.parse().ok());
        number.unwrap_or_else(|| panic!("INFO tells no number {field}"))
    }

    /// How many commands of this name the server has carried out: `get`, `evalsha`.
    #[must_use]
    pub fn calls(&self, command: &str) -> u64 {
        let stats = self.command(&["INFO", "commandstats"]);
        let start = format!("cmdstat_{command}:calls=");
        let rest = stats.lines().find_map(|line| line.strip_prefix(&start));
        let calls = rest.and_then(|rest| rest.split(',').next()).and_then(|it| it.parse().ok());
        calls.unwrap_or(0)
    }

    fn credentials(&self) -> String {
        self.options.password.as_ref().map_or_else(String::new, |word| format!(":{word}@"))
    }
}

/// The settings of a [`RedisServer`] to be started.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct RedisServerBuilder {
    password: Option<String>,
    tls: Option<Tls>,
    is_node: bool,
    directives: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    authority: PathBuf,
    asks_clients: bool,
}

impl RedisServerBuilder {
    /// Asks everybody for this password, which goes into the URLs as it is: letters and digits.
    pub fn password(mut self, password: &str) -> Self {
        self.password = Some(password.to_owned());
        self
    }

    /// Listens with TLS as well, with these PEM files: the server's certificate and key, and the authority
    /// that signs clients. `asks_clients` refuses those without a certificate.
    pub fn tls(
        mut self,
        certificate: &Path,
        key: &Path,
        authority: &Path,
        asks_clients: bool,
    ) -> Self {
        let [certificate, key, authority] = [certificate, key, authority].map(Path::to_owned);
        self.tls = Some(Tls { certificate, key, authority, asks_clients });
        self
    }

    /// Makes it a node of a cluster that it knows nothing of yet.
    pub fn node(mut self) -> Self {
        self.is_node = true;
        self
    }

    /// Any line of a `redis.conf`, such as `maxmemory 3mb`.
    pub fn directive(mut self, name: &str, value: &str) -> Self {
        self.directives.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Starts the server, and waits until it answers.
    ///
    /// # Panics
    /// If there is no `redis-server`, or it does not come up.
    #[must_use]
    pub fn start(self) -> RedisServer {
        let folder = TempDir::new().expect("a temporary folder can be made");
        let mut reason = String::new();
        for _ in 0..ATTEMPTS {
            let ports = Ports { tcp: port(), tls: port(), cluster: port() };
            match start(&self, folder.path(), ports) {
                Ok(process) => {
                    let wire = Mutex::new(None);
                    return RedisServer { process, options: self, ports, folder, wire };
                }
                Err(why) => reason = why,
            }
        }
        panic!("no Redis to test with: {reason}");
    }
}

/// Where a server listens.
#[derive(Clone, Copy, Debug)]
struct Ports {
    tcp: u16,
    tls: u16,
    /// For the nodes of a cluster among each other.
    cluster: u16,
}

/// Another process may take a port before the server does.
const ATTEMPTS: usize = 5;

fn port() -> u16 {
    free_port().expect("loopback has a free port")
}

fn start(options: &RedisServerBuilder, folder: &Path, ports: Ports) -> Result<Process, String> {
    let file = folder.join("redis.conf");
    fs::write(&file, configuration(options, folder, ports))
        .map_err(|error| format!("{} cannot be written: {error}", file.display()))?;
    let mut command = Command::new("redis-server");
    command.arg(&file).current_dir(folder);
    let socket = socket_in(folder);
    let password = options.password.as_deref();
    Process::start(command, |_| {
        wire::ask(&socket, password, &["PING"]).is_ok_and(|it| it == "PONG")
    })
}

fn configuration(options: &RedisServerBuilder, folder: &Path, ports: Ports) -> String {
    let mut lines = vec![
        "bind 127.0.0.1".to_owned(),
        format!("port {}", ports.tcp),
        format!("unixsocket {}", socket_in(folder).display()),
        format!("dir {}", folder.display()),
        "save \"\"".to_owned(),
        "appendonly no".to_owned(),
    ];
    lines.extend(options.password.iter().map(|password| format!("requirepass {password}")));
    if let Some(Tls { certificate, key, authority, asks_clients }) = &options.tls {
        lines.push(format!("tls-port {}", ports.tls));
        lines.push(format!("tls-cert-file {}", certificate.display()));
        lines.push(format!("tls-key-file {}", key.display()));
        lines.push(format!("tls-ca-cert-file {}", authority.display()));
        lines.push(format!("tls-auth-clients {}", if *asks_clients { "yes" } else { "no" }));
    }
    if options.is_node {
        lines.push("cluster-enabled yes".to_owned());
        lines.push(format!("cluster-port {}", ports.cluster));
    }
    lines.extend(options.directives.iter().map(|(name, value)| format!("{name} {value}")));
    lines.join("\n") + "\n"
}

fn socket_in(folder: &Path) -> PathBuf {
    folder.join("redis.sock")
}

/// Waits until servers agree among themselves.
#[track_caller]
fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
