use super::pool::Pool;
use super::{Connections, Nodes};
use crate::Redis;
use crate::deadline::Deadline;
use crate::fault::Fault;
use crate::scan::{self, Cursor};
use cache_memoize_core::{Listing, Page, Pages, Result, ServerCounts};
use redis::{Cmd, Value};
use std::collections::VecDeque;
use std::sync::Arc;

/// By `SCAN`, of one master after the other.
impl Listing for Redis {
    fn list(&self, prefix: &str) -> Pages {
        Box::new(Scan { redis: self.clone(), prefix: prefix.to_owned(), stage: Stage::Before })
    }

    fn servers(&self) -> Result<Vec<ServerCounts>> {
        let deadline = Deadline::after(self.limit());
        self.distrust_cluster();
        let servers = self.blocking().servers(deadline);
        let counts = servers
            .and_then(|servers| servers.iter().map(|server| server.counts(deadline)).collect());
        counts.map_err(|fault| fault.at(&self.settings().place).into_error("servers"))
    }
}

/// A listing under way.
struct Scan {
    redis: Redis,
    prefix: String,
    stage: Stage,
}

enum Stage {
    Before,
    /// The first of the servers that are left has been scanned as far as the cursor.
    Under {
        servers: VecDeque<Server>,
        cursor: Cursor,
    },
    Over,
}

impl Iterator for Scan {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Result<Page>> {
        let stage = std::mem::replace(&mut self.stage, Stage::Over);
        match self.advance(stage) {
            Ok((page, stage)) => {
                self.stage = stage;
                page.map(Ok)
            }
            Err(fault) => Some(Err(fault.at(&self.redis.settings().place).into_error("list"))),
        }
    }
}

impl Scan {
    /// The next page, and the stage after it.
    fn advance(&self, stage: Stage) -> Result<(Option<Page>, Stage), Fault> {
        let deadline = Deadline::after(self.redis.limit());
        let (mut servers, cursor) = match stage {
            Stage::Before => {
                self.redis.distrust_cluster();
                (self.redis.blocking().servers(deadline)?.into(), Cursor::start())
            }
            Stage::Under { servers, cursor } => (servers, cursor),
            Stage::Over => return Ok((None, Stage::Over)),
        };
        let Some(server) = servers.front() else { return Ok((None, Stage::Over)) };
        let (page, cursor) = server.page(&cursor, &self.prefix, deadline)?;
        if cursor.is_at_the_end() {
            servers.pop_front();
        }
        Ok((Some(page), Stage::Under { servers, cursor }))
    }
}

/// A server that has keys.
struct Server {
    pool: Arc<Pool>,
    place: String,
}

impl Server {
    fn page(
        &self,
        cursor: &Cursor,
        prefix: &str,
        deadline: Deadline,
    ) -> Result<(Page, Cursor), Fault> {
        let replies = self.ask(&[scan::scan(cursor, prefix)], deadline)?;
        scan::read_page(replies, prefix).map_err(|fault| fault.at(&self.place))
    }

    fn counts(&self, deadline: Deadline) -> Result<ServerCounts, Fault> {
        let replies = self.ask(&scan::counts(), deadline)?;
        scan::read_counts(replies, self.place.clone()).map_err(|fault| fault.at(&self.place))
    }

    /// One exchange, and another if the connection was over before the first.
    fn ask(&self, commands: &[Cmd], deadline: Deadline) -> Result<Vec<Value>, Fault> {
        let replies = match self.pool.exchange(false, commands, deadline) {
            Err(fault) if fault.is_unanswered() => self.pool.exchange(false, commands, deadline),
            replies => replies,
        };
        replies.map_err(|fault| fault.at(&self.place))
    }
}

impl Connections {
    fn servers(&self, deadline: Deadline) -> Result<Vec<Server>, Fault> {
        match &self.nodes {
            Nodes::One(pool) => {
                Ok(vec![Server { pool: pool.clone(), place: self.settings.place.to_string() }])
            }
            Nodes::Cluster { cluster, .. } => {
                self.read_map(cluster, deadline)?;
                let server = |node| Server { pool: self.pool(&node), place: node.to_string() };
                Ok(cluster.masters()?.into_iter().map(server).collect())
            }
        }
    }
}
