//! Other processes: this very program, told to run one ignored test, and talked to line by line.

use std::fmt::Display;
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Where a child finds its parent.
const PARENT: &str = "CACHE_MEMOIZE_TEST_PARENT";

/// How long a child may take for anything, a million operations included.
const PATIENCE: Duration = Duration::from_secs(1800);

/// A process. It is ended when this is dropped.
pub(crate) struct Child {
    process: std::process::Child,
    lines: BufReader<TcpStream>,
}

impl Child {
    /// Starts a process that runs the test `name`, which is to [serve](serve) this one, with some settings.
    pub(crate) fn start(name: &str, settings: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a port");
        let address = listener.local_addr().expect("the listener has an address").to_string();
        let program = std::env::current_exe().expect("this program is somewhere");
        let mut command = Command::new(program);
        command.args([name, "--exact", "--ignored", "--nocapture"]);
        command.env(PARENT, address).envs(settings.iter().copied());
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let mut process = command.spawn().expect("this program starts again");
        let stream = accept(&listener, &mut process);
        stream.set_nodelay(true).expect("a socket takes options");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket takes options");
        Self { process, lines: BufReader::new(stream) }
    }

    /// Sends a line.
    pub(crate) fn tell(&mut self, line: impl Display) {
        let stream = self.lines.get_mut();
        stream.write_all(format!("{line}\n").as_bytes()).expect("the child listens");
    }

    /// The next answer.
    pub(crate) fn hear(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("the child answers");
        assert!(line.ends_with('\n'), "the child has ended; what it said is above");
        line.trim_end().to_owned()
    }

    pub(crate) fn ask(&mut self, line: impl Display) -> String {
        self.tell(line);
        self.hear()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn accept(listener: &TcpListener, process: &mut std::process::Child) -> TcpStream {
    listener.set_nonblocking(true).expect("a listener takes options");
    let deadline = Instant::now() + PATIENCE;
    loop {
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false).expect("a socket takes options");
                return stream;
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => panic!("the child cannot be talked to: {error}"),
        }
        let ended = process.try_wait().expect("the child can be waited for");
        assert!(ended.is_none(), "the child ended at once: {ended:?}");
        assert!(Instant::now() < deadline, "the child does not answer");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// In a child: answers the parent, until that is gone. Does nothing in a process that is no child.
pub(crate) fn serve(begin: impl FnOnce() -> Box<dyn FnMut(&str) -> String>) {
    let Ok(parent) = std::env::var(PARENT) else { return };
    let mut stream = TcpStream::connect(parent).expect("the parent listens");
    stream.set_nodelay(true).expect("a socket takes options");
    let mut answer = begin();
    let lines = BufReader::new(stream.try_clone().expect("a socket can be shared"));
    for line in lines.lines().map_while(Result::ok) {
        let answer = answer(&line);
        if stream.write_all(format!("{answer}\n").as_bytes()).is_err() {
            return;
        }
    }
}

/// A setting that the parent gave.
pub(crate) fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("the parent gave no {name}"))
}
