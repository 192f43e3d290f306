use super::super::process::Process;
use super::{RedisServer, port, socket_in, wait_until, wire};
use std::fs;
use std::process::Command;
use tempfile::TempDir;

/// A master, its replica, and a sentinel that watches them.
#[derive(Debug)]
pub struct RedisSentinel {
    servers: [RedisServer; 2],
    _sentinel: Process,
    port: u16,
    folder: TempDir,
}

/// What the sentinel calls the master.
const NAME: &str = "watched";

impl RedisSentinel {
    /// Starts the three, and waits until the sentinel knows the replica.
    ///
    /// # Panics
    /// If they do not come up.
    #[must_use]
    pub fn start() -> Self {
        let master = RedisServer::start();
        let source = format!("127.0.0.1 {}", master.port());
        let replica = RedisServer::builder().directive("replicaof", &source).start();
        let folder = TempDir::new().expect("a temporary folder can be made");
        let port = port();
        let file = folder.path().join("sentinel.conf");
        let lines = format!(
            "bind 127.0.0.1\nport {port}\nunixsocket {}\ndir {}\n\
             sentinel monitor {NAME} {source} 1\nsentinel down-after-milliseconds {NAME} 500\n\
             sentinel failover-timeout {NAME} 60000\n",
            socket_in(folder.path()).display(),
            folder.path().display(),
        );
        fs::write(&file, lines).expect("a file in the temporary folder can be written");
        let mut command = Command::new("redis-server");
        command.arg(&file).arg("--sentinel");
        let socket = socket_in(folder.path());
        let process = Process::start(command, |_| wire::ask(&socket, None, &["PING"]).is_ok());
        let process = process.unwrap_or_else(|reason| panic!("no sentinel: {reason}"));
        let this = Self { servers: [master, replica], _sentinel: process, port, folder };
        wait_until("the sentinel knows a replica that is in step", || this.is_ready());
        this
    }

    /// `redis+sentinel://127.0.0.1:port/watched`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis+sentinel://{}/{NAME}", self.address())
    }

    /// Where the sentinel listens.
    #[must_use]
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// What the sentinel calls the master.
    #[must_use]
    pub fn name(&self) -> &'static str {
        NAME
    }

    /// The server that is the master now, by the word of the sentinel.
    #[must_use]
    pub fn master(&self) -> &RedisServer {
        &self.servers[self.master_index()]
    }

    /// Makes the replica the master, and waits until it is.
    ///
    /// # Panics
    /// If the sentinel refuses, or nothing comes of it.
    pub fn failover(&self) {
        let before = self.master_index();
        wait_until("the sentinel begins a failover", || {
            self.ask(&["SENTINEL", "FAILOVER", NAME]) == "OK"
        });
        wait_until("the replica is the master", || {
            self.master_index() != before && self.servers[1 - before].role() == "master"
        });
        wait_until("the master is a replica", || self.servers[before].role() == "slave");
    }

    fn is_ready(&self) -> bool {
        let replicas = self.ask(&["SENTINEL", "REPLICAS", NAME]);
        let replicas: Vec<&str> = replicas.lines().collect();
        let linked = replicas.windows(2).any(|pair| pair == ["master-link-status", "ok"]);
        linked && self.servers[1].command(&["ROLE"]).contains("connected")
    }

    fn master_index(&self) -> usize {
        let address = self.ask(&["SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME]);
        let port = address.lines().nth(1).unwrap_or_default().to_owned();
        let is_master = |server: &RedisServer| server.port().to_string() == port;
        self.servers.iter().position(is_master).expect("the sentinel names one of its servers")
    }

    fn ask(&self, words: &[&str]) -> String {
        wire::ask(&socket_in(self.folder.path()), None, words).expect("the sentinel answers")
    }
}

impl RedisServer {
    fn role(&self) -> String {
        self.command(&["ROLE"]).lines().next().unwrap_or_default().to_owned()
    }
}
