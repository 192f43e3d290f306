use super::{RedisServer, wait_until};
use std::cell::Cell;
use std::time::{Duration, Instant};

/// A cluster of masters without replicas, which share the slots evenly.
#[derive(Debug)]
pub struct RedisCluster {
    nodes: Vec<RedisServer>,
}

const SLOTS: usize = 16384;

impl RedisCluster {
    /// Starts so many masters, and waits until each sees all slots served. That takes some two seconds: a
    /// master waits as long before it takes writes.
    ///
    /// # Panics
    /// If the cluster does not come up.
    #[must_use]
    pub fn start(masters: usize) -> Self {
        let cluster = Self { nodes: (0..masters).map(|_| node()).collect() };
        cluster.join();
        for (index, node) in cluster.nodes.iter().enumerate() {
            let [first, last] = cluster.slots(index);
            node.expect_ok(&["CLUSTER", "ADDSLOTSRANGE", &first, &last]);
        }
        cluster.wait_until_whole();
        cluster
    }

    /// The masters, in the order of their slots.
    #[must_use]
    pub fn nodes(&self) -> &[RedisServer] {
        &self.nodes
    }

    /// The masters, to kill or restart them.
    pub fn nodes_mut(&mut self) -> &mut [RedisServer] {
        &mut self.nodes
    }

    /// `redis+cluster://127.0.0.1:a,127.0.0.1:b`, naming every master.
    #[must_use]
    pub fn url(&self) -> String {
        let addresses: Vec<String> = self.nodes.iter().map(RedisServer::address).collect();
        format!("redis+cluster://{}", addresses.join(","))
    }

    /// Hands the slot with all its keys to another master.
    ///
    /// # Panics
    /// If the cluster refuses, or there are more than a thousand keys.
    pub fn move_slot(&self, slot: u16, from: usize, to: usize) {
        self.begin_moving_slot(slot, from, to);
        let (text, target) = (slot.to_string(), self.nodes[to].port().to_string());
        let keys = self.nodes[from].command(&["CLUSTER", "GETKEYSINSLOT", &text, "1000"]);
        for key in keys.lines().filter(|key| !key.is_empty()) {
            let command = ["MIGRATE", "127.0.0.1", &target, key, "0", "5000"];
            self.nodes[from].expect_ok(&command);
        }
        let id = self.nodes[to].id();
        for index in [to, from].into_iter().chain(0..self.nodes.len()) {
            self.nodes[index].expect_ok(&["CLUSTER", "SETSLOT", &text, "NODE", &id]);
        }
    }

    /// Begins to hand the slot to another master, and leaves it at that: absent keys are asked for there.
    ///
    /// # Panics
    /// If the cluster refuses.
    pub fn begin_moving_slot(&self, slot: u16, from: usize, to: usize) {
        let slot = slot.to_string();
        let (source, target) = (self.nodes[from].id(), self.nodes[to].id());
        self.nodes[to].expect_ok(&["CLUSTER", "SETSLOT", &slot, "IMPORTING", &source]);
        self.nodes[from].expect_ok(&["CLUSTER", "SETSLOT", &slot, "MIGRATING", &target]);
    }

    /// Gives the slots of a dead master to another one, as if there had been a replica.
    ///
    /// # Panics
    /// If the cluster refuses.
    pub fn bury(&self, dead: usize, heir: usize) {
        let [first, last] = self.slots(dead);
        for (index, node) in self.nodes.iter().enumerate().filter(|(index, _)| *index != dead) {
            node.expect_ok(&["CLUSTER", "DELSLOTSRANGE", &first, &last]);
            if index == heir {
                node.expect_ok(&["CLUSTER", "ADDSLOTSRANGE", &first, &last]);
                node.expect_ok(&["CLUSTER", "BUMPEPOCH"]);
            }
        }
    }

    /// The first and the last slot that a master begins with.
    fn slots(&self, index: usize) -> [String; 2] {
        let masters = self.nodes.len();
        let (first, end) = (index * SLOTS / masters, (index + 1) * SLOTS / masters);
        [first.to_string(), (end - 1).to_string()]
    }

    /// Makes the nodes known to each other. On a busy machine an introduction may fail; then it is made again.
    fn join(&self) {
        let Some((first, others)) = self.nodes.split_first() else { return };
        for (epoch, node) in (1..).zip(&self.nodes) {
            node.expect_ok(&["CLUSTER", "SET-CONFIG-EPOCH", &format!("{epoch}")]);
        }
        let [port, bus] = [first.ports.tcp, first.ports.cluster].map(|port| port.to_string());
        let introduced = Cell::new(None::<Instant>);
        wait_until("the nodes of the cluster know each other", || {
            if introduced.get().is_none_or(|at| at.elapsed() > INTRODUCTION) {
                introduced.set(Some(Instant::now()));
                for other in others.iter().filter(|other| !self.is_known(other)) {
                    other.expect_ok(&["CLUSTER", "MEET", "127.0.0.1", &port, &bus]);
                }
            }
            self.nodes.iter().all(|node| self.is_known(node))
        });
    }

    fn is_known(&self, node: &RedisServer) -> bool {
        let nodes = node.command(&["CLUSTER", "NODES"]);
        let is_whole = |line: &&str| !line.contains("handshake") && line.contains(" connected");
        nodes.lines().filter(is_whole).count() == self.nodes.len()
    }

    fn wait_until_whole(&self) {
        wait_until("every node of the cluster serves, and knows who serves what", || {
            self.nodes.iter().all(|node| {
                let info = node.command(&["CLUSTER", "INFO"]);
                let has = |line: &str| info.lines().any(|it| it.trim_end() == line);
                has("cluster_state:ok") && has("cluster_slots_ok:16384")
            })
        });
    }
}

/// How long an introduction may take until it is made again.
const INTRODUCTION: Duration = Duration::from_secs(3);

fn node() -> RedisServer {
    RedisServer::builder()
        .node()
        .directive("cluster-node-timeout", "2000")
        .directive("cluster-require-full-coverage", "no")
        .start()
}

impl RedisServer {
    #[track_caller]
    fn expect_ok(&self, words: &[&str]) {
        let reply = self.command(words);
        assert!(!reply.starts_with('-'), "{words:?} was answered with {reply}");
    }

    fn id(&self) -> String {
        self.command(&["CLUSTER", "MYID"])
    }
}
