use super::{Ending, Settings, Telling};
use crate::blocking::{Connection, Dialer};
use crate::deadline::Deadline;
use crate::fault::Fault;
use crate::handshake::Handshake;
use crate::settings::Address;
use redis::{PushKind, Value};
use std::sync::Arc;
use std::time::Duration;

/// Listens to one server, and connects again as often as it must.
pub(super) struct Follower {
    dialer: Dialer,
    handshake: Handshake,
    telling: Telling,
}

/// How long a connection may take to be made.
const CONNECT_LIMIT: Duration = Duration::from_secs(1);

/// How long to wait before the next attempt.
const SHORTEST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(200);

/// After so much silence the server is asked for a sign of life, and after as much again it counts as gone.
const PULSE: Duration = Duration::from_millis(400);

impl Follower {
    /// Of the one server, or of the master; a cluster has several.
    pub(super) fn for_place(settings: &Arc<Settings>, telling: &Telling) -> Option<Self> {
        Some(Self::new(Dialer::for_place(settings)?, settings, telling))
    }

    pub(super) fn of_node(settings: &Arc<Settings>, node: &Address, telling: &Telling) -> Self {
        Self::new(Dialer::for_node(settings, node), settings, telling)
    }

    fn new(dialer: Dialer, settings: &Settings, telling: &Telling) -> Self {
        let handshake = Handshake::with_teller(settings, &telling.names());
        Self { dialer, handshake, telling: telling.clone() }
    }

    pub(super) fn follow(&self, ending: &Ending) {
        let mut pause = SHORTEST_PAUSE;
        while !ending.is_over() {
            let dialed = self.dialer.dial(&self.handshake, Deadline::after(CONNECT_LIMIT));
            if let Ok(mut connection) = dialed
                && ending.hold(connection.handle().ok())
            {
                pause = SHORTEST_PAUSE;
                // The server tells from here on. What changed before that was told to nobody.
                self.telling.lost();
                let _broken = self.listen(&mut connection, ending);
                ending.hold(None);
                if !ending.is_over() {
                    self.telling.lost();
                }
            }
            if !ending.sleep(pause) {
                return;
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    fn listen(&self, connection: &mut Connection, ending: &Ending) -> Result<(), Fault> {
        let mut is_asked = false;
        while !ending.is_over() {
            match connection.listen(Deadline::after(PULSE))? {
                Some(value) => {
                    is_asked = false;
                    self.tell(value, ending);
                }
                None if is_asked => return Err(Fault::timeout(connection.address())),
                None => {
                    connection.send(&[redis::cmd("PING")], Deadline::after(PULSE))?;
                    is_asked = true;
                }
            }
        }
        Ok(())
    }

    fn tell(&self, value: Value, ending: &Ending) {
        let Value::Push { kind: PushKind::Invalidate, data } = value else { return };
        for part in data {
            match part {
                Value::Array(names) => {
                    for name in names {
                        if let (Value::BulkString(name), false) = (name, ending.is_over()) {
                            self.telling.changed(&name);
                        }
                    }
                }
                // A flush names no keys.
                _ => self.telling.lost(),
            }
        }
    }
}
