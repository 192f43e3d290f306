//! What is said first on every connection, in one round trip.

use crate::fault::{Fault, granted, is_unknown_command};
use crate::settings::{Credentials, Place, Protocol, Settings};
use cache_memoize_core::StoreErrorKind;
use redis::{Cmd, Value};

pub(crate) struct Handshake {
    commands: Vec<Cmd>,
    /// Whether the last command asks who is there.
    asks_role: bool,
}

impl Handshake {
    /// With a server that holds values.
    pub(crate) fn with_server(settings: &Settings) -> Self {
        let mut commands = greeting(settings.protocol, &settings.credentials);
        if settings.database != 0 {
            let mut select = redis::cmd("SELECT");
            select.arg(settings.database);
            commands.push(select);
        }
        Self { commands, asks_role: false }.asking_role(settings)
    }

    /// With a server that is to tell of every change under these beginnings of names, whoever makes it.
    pub(crate) fn with_teller(settings: &Settings, prefixes: &[String]) -> Self {
        let mut commands = greeting(Protocol::Resp3, &settings.credentials);
        let mut track = redis::cmd("CLIENT");
        track.arg("TRACKING").arg("ON").arg("BCAST");
        for prefix in prefixes.iter().filter(|prefix| !prefix.is_empty()) {
            track.arg("PREFIX").arg(prefix);
        }
        commands.push(track);
        Self { commands, asks_role: false }.asking_role(settings)
    }

    /// With a sentinel.
    pub(crate) fn with_sentinel(settings: &Settings) -> Self {
        let commands = greeting(Protocol::Resp2, &settings.sentinel_credentials);
        Self { commands, asks_role: false }
    }

    /// A server that sentinels named is asked whether it is the master: their word may be older than a failover.
    fn asking_role(mut self, settings: &Settings) -> Self {
        self.asks_role = matches!(settings.place, Place::Sentinel { .. });
        self.commands.extend(self.asks_role.then(|| redis::cmd("ROLE")));
        self
    }

    pub(crate) fn commands(&self) -> &[Cmd] {
        &self.commands
    }

    pub(crate) fn check(&self, mut replies: Vec<Value>) -> Result<(), Fault> {
        let role = if self.asks_role { replies.pop() } else { None };
        replies.into_iter().try_for_each(|reply| granted(reply).map(drop))?;
        role.map_or(Ok(()), check_role)
    }
}

fn greeting(protocol: Protocol, credentials: &Credentials) -> Vec<Cmd> {
    const DEFAULT_USER: &str = "default";
    let Credentials { user, password } = credentials;
    match (protocol, password) {
        (Protocol::Resp2, None) => Vec::new(),
        (Protocol::Resp2, Some(password)) => {
            let mut auth = redis::cmd("AUTH");
            auth.arg(user.as_deref()).arg(password);
            vec![auth]
        }
        (Protocol::Resp3, password) => {
            let mut hello = redis::cmd("HELLO");
            hello.arg(3);
            if let Some(password) = password {
                hello.arg("AUTH").arg(user.as_deref().unwrap_or(DEFAULT_USER)).arg(password);
            }
            vec![hello]
        }
    }
}

fn check_role(reply: Value) -> Result<(), Fault> {
    let Value::Array(parts) = granted(reply)? else { return Err(no_master()) };
    match parts.first() {
        Some(Value::BulkString(role)) if role == b"master" => Ok(()),
        _ => Err(no_master()),
    }
}

fn no_master() -> Fault {
    let context = "the server that the sentinels name is not the master, or not yet";
    Fault::new(StoreErrorKind::Unavailable, context)
}

/// Asks a sentinel for the master.
pub(crate) fn question(name: &str) -> Cmd {
    let mut command = redis::cmd("SENTINEL");
    command.arg("GET-MASTER-ADDR-BY-NAME").arg(name);
    command
}

/// Host and port of the master, as a sentinel tells them.
pub(crate) fn read_master(reply: Value, name: &str) -> Result<(String, u16), Fault> {
    let unknown = || {
        let context = format!("the sentinel knows no master `{name}`; the URL's path is its name");
        Fault::new(StoreErrorKind::Configuration, context)
    };
    if let Value::ServerError(error) = &reply
        && is_unknown_command(error)
    {
        return Err(no_sentinel());
    }
    let Value::Array(parts) = granted(reply)? else { return Err(unknown()) };
    let [Value::BulkString(host), Value::BulkString(port)] = &parts[..] else {
        return Err(unknown());
    };
    let port = std::str::from_utf8(port).ok().and_then(|port| port.parse().ok());
    Ok((String::from_utf8_lossy(host).into_owned(), port.ok_or_else(unknown)?))
}

fn no_sentinel() -> Fault {
    let context = "what listens there is no sentinel; the URL of a single server begins with `redis://`, and \
                   sentinels usually have the port 26379";
    Fault::new(StoreErrorKind::Configuration, context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Address;
    use cache_memoize_core::StoreUrl;

    fn reply(text: &str) -> Value {
        redis::parse_redis_value(text.as_bytes()).unwrap()
    }

    fn shown(handshake: &Handshake) -> String {
        let packed = handshake.commands().iter().map(Cmd::get_packed_command).collect::<Vec<_>>();
        String::from_utf8(packed.concat()).unwrap().replace("\r\n", " ")
    }

    #[test]
    fn nothing_is_said_that_need_not_be_said() {
        let mut settings = Settings::new(Place::One(Address::Tcp { host: "a".into(), port: 1 }));
        assert_eq!(shown(&Handshake::with_server(&settings)), "");
        settings.credentials.password = Some("word".into());
        assert_eq!(shown(&Handshake::with_server(&settings)), "*2 $4 AUTH $4 word ");
        settings.credentials.user = Some("me".into());
        settings.database = 7;
        let all = "*3 $4 AUTH $2 me $4 word *2 $6 SELECT $1 7 ";
        assert_eq!(shown(&Handshake::with_server(&settings)), all);
        settings.protocol = Protocol::Resp3;
        let all = "*5 $5 HELLO $1 3 $4 AUTH $2 me $4 word *2 $6 SELECT $1 7 ";
        assert_eq!(shown(&Handshake::with_server(&settings)), all);
    }

    #[test]
    fn a_sentinel_is_told_what_is_meant_for_it() {
        let url = "redis+sentinel://me:word@a/name?sentinel_user=watcher&sentinel_password=other";
        let settings = Settings::from_url(StoreUrl::parse(url).unwrap()).unwrap();
        assert_eq!(shown(&Handshake::with_sentinel(&settings)), "*3 $4 AUTH $7 watcher $5 other ");
        let master = shown(&Handshake::with_server(&settings));
        assert!(master.starts_with("*3 $4 AUTH $2 me $4 word "), "{master}");
    }

    #[test]
    fn a_replica_is_no_master() {
        let sentinels = vec![Address::Tcp { host: "a".into(), port: 1 }];
        let settings = Settings::new(Place::Sentinel { sentinels, name: "one".into() });
        let handshake = Handshake::with_server(&settings);
        assert!(handshake.check(vec![reply("*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n")]).is_ok());
        for role in ["*1\r\n$5\r\nslave\r\n", "+OK\r\n", "*0\r\n", "-NOPERM no\r\n"] {
            assert!(handshake.check(vec![reply(role)]).is_err(), "{role:?}");
        }
    }

    #[test]
    fn a_sentinel_that_knows_no_master_says_so() {
        let known = reply("*2\r\n$3\r\n::1\r\n$4\r\n6379\r\n");
        assert_eq!(read_master(known, "one").unwrap(), ("::1".to_owned(), 6379));
        for odd in ["*-1\r\n", "*1\r\n$1\r\na\r\n", "*2\r\n$1\r\na\r\n$1\r\nb\r\n", "+OK\r\n"] {
            let error = read_master(reply(odd), "one").unwrap_err().into_error("get");
            assert!(error.context().contains("`one`"), "{odd:?}");
        }
    }
}
