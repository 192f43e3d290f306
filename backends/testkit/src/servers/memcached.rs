use super::free_port;
use super::process::Process;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// A memcached of the test's own, with 64 MB, on a port of loopback or on a socket in a folder of its own. It
/// ends when this is dropped.
///
/// Every method panics where the server does not do what a test needs.
pub struct MemcachedServer {
    process: Process,
    place: Place,
    arguments: Vec<String>,
    _folder: Option<TempDir>,
}

impl MemcachedServer {
    /// A server on TCP.
    #[must_use]
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// A server on a Unix socket.
    #[must_use]
    pub fn start_unix() -> Self {
        Self::builder().start_unix()
    }

    /// A server to a test's measure.
    pub fn builder() -> MemcachedServerBuilder {
        MemcachedServerBuilder::default()
    }

    /// The URL of a store on it.
    #[must_use]
    pub fn url(&self) -> String {
        match &self.place {
            Place::Port(port) => format!("memcached://127.0.0.1:{port}"),
            Place::Socket(path) => format!("memcached+unix://{}", path.display()),
        }
    }

    /// Where it listens: `127.0.0.1:11211`, or the path of the socket.
    #[must_use]
    pub fn address(&self) -> String {
        match &self.place {
            Place::Port(port) => format!("127.0.0.1:{port}"),
            Place::Socket(path) => path.display().to_string(),
        }
    }

    /// Ends it at once. Nobody listens at its address then.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Ends it, if it is not ended yet, and starts it anew at the same address. It is empty then.
    pub fn restart(&mut self) {
        self.process.kill();
        self.process =
            spawn(&self.place, &self.arguments).expect("a memcached that ran before starts again");
    }

    /// Stops it where it stands: who asks it waits.
    pub fn pause(&self) {
        self.process.pause();
    }

    /// Lets a stopped server go on.
    pub fn resume(&self) {
        self.process.resume();
    }

    /// A number out of its statistics, such as `cmd_get` or `curr_connections`.
    #[must_use]
    pub fn stat(&self, name: &str) -> u64 {
        let value = stat(&self.place, name).expect("memcached tells its statistics");
        value.parse().expect("the statistic is a number")
    }

    /// Sends `text` over a connection of its own, and gives what is answered.
    pub fn command(&self, text: impl AsRef<[u8]>) -> String {
        let answer = ask(&self.place, text.as_ref()).expect("memcached answers");
        String::from_utf8(answer).expect("the answer is text")
    }
}

impl fmt::Debug for MemcachedServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemcachedServer").field("address", &self.address()).finish_non_exhaustive()
    }
}

/// The measure of a [`MemcachedServer`].
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct MemcachedServerBuilder {
    arguments: Vec<String>,
}

impl MemcachedServerBuilder {
    /// How many megabytes it holds (`-m`).
    pub fn megabytes(self, megabytes: u32) -> Self {
        self.argument("-m").argument(megabytes.to_string())
    }

    /// How long an item may be (`-I`): `"2m"`.
    pub fn largest_item(self, size: &str) -> Self {
        self.argument("-I").argument(size)
    }

    /// How many connections it takes (`-c`).
    pub fn connections(self, connections: u32) -> Self {
        self.argument("-c").argument(connections.to_string())
    }

    /// Any other argument.
    pub fn argument(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Starts it on TCP. Another process may take a free port first, and then another one is tried.
    #[must_use]
    pub fn start(self) -> MemcachedServer {
        let mut failure = String::new();
        for _ in 0..10 {
            let place = Place::Port(free_port().expect("loopback has a free port"));
            match spawn(&place, &self.arguments) {
                Ok(process) => return self.started(process, place, None),
                Err(why) => failure = why,
            }
        }
        panic!("{failure}");
    }

    /// Starts it on a Unix socket.
    #[must_use]
    pub fn start_unix(self) -> MemcachedServer {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let place = Place::Socket(folder.path().join("memcached.sock"));
        let process = spawn(&place, &self.arguments).unwrap_or_else(|why| panic!("{why}"));
        self.started(process, place, Some(folder))
    }

    fn started(self, process: Process, place: Place, folder: Option<TempDir>) -> MemcachedServer {
        MemcachedServer { process, place, arguments: self.arguments, _folder: folder }
    }
}

#[derive(Clone, Debug)]
enum Place {
    Port(u16),
    Socket(PathBuf),
}

fn spawn(place: &Place, arguments: &[String]) -> Result<Process, String> {
    let mut command = Command::new("memcached");
    // Whom it becomes when root starts it; anyone else stays who they are.
    command.args(["-u", "root", "-U", "0", "-t", "2"]);
    match place {
        Place::Port(port) => command.args(["-l", "127.0.0.1", "-p", &port.to_string()]),
        Place::Socket(path) => {
            remove_socket(path);
            command.arg("-s").arg(path)
        }
    };
    command.args(arguments);
    Process::start(command, |process| {
        stat(place, "pid").is_ok_and(|pid| pid == process.id().to_string())
    })
}

/// A killed server leaves its socket behind.
fn remove_socket(path: &Path) {
    if let Err(error) = std::fs::remove_file(path) {
        assert_eq!(error.kind(), io::ErrorKind::NotFound, "{}: {error}", path.display());
    }
}

fn stat(place: &Place, name: &str) -> io::Result<String> {
    let answer = ask(place, b"stats\r\n")?;
    let answer = String::from_utf8_lossy(&answer);
    let value = answer.lines().find_map(|line| line.strip_prefix(&format!("STAT {name} ")));
    value.map(str::to_owned).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
}

/// Sends `text` and reads until the answer to a no-op that is sent behind it.
fn ask(place: &Place, text: &[u8]) -> io::Result<Vec<u8>> {
    const LIMIT: Option<Duration> = Some(Duration::from_secs(10));
    match place {
        Place::Port(port) => {
            let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, *port))?;
            stream.set_read_timeout(LIMIT)?;
            exchange(stream, text)
        }
        Place::Socket(path) => {
            let stream = UnixStream::connect(path)?;
            stream.set_read_timeout(LIMIT)?;
            exchange(stream, text)
        }
    }
}

fn exchange(mut stream: impl Read + Write, text: &[u8]) -> io::Result<Vec<u8>> {
    const PONG: &[u8] = b"MN\r\n";
    stream.write_all(&[text, b"mn\r\n"].concat())?;
    let mut answer = Vec::new();
    let mut reader = BufReader::new(stream);
    while !answer.ends_with(PONG) {
        if reader.read_until(b'\n', &mut answer)? == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        }
    }
    answer.truncate(answer.len() - PONG.len());
    Ok(answer)
}
