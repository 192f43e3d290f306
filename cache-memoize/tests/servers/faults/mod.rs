//! What can befall a server and the way to it, under load. Whatever it is: no caller panics, gets a wrong
//! value or waits for long; values are found again soon after it is over; and no connection is left behind.

mod load;
mod rig;

use crate::support::{Kind, Server, wait_until};
use cache_memoize_testkit::servers::{MemcachedServer, RedisServer, Traffic};
use load::{FACES, Face, Load};
use rig::{OPERATION, Rig, everywhere};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

#[test]
fn a_server_that_is_absent_at_first() {
    everywhere(|kind, face| {
        let mut rig = Rig::direct(Server::start(kind), face);
        rig.server.kill();
        rig.under_load("absent at start", |rig, load| {
            rig.suffer(load);
            rig.server.restart();
            rig.recover("absent at start");
        });
    });
}

#[test]
fn a_server_that_is_killed_and_restarted() {
    everywhere(|kind, face| {
        Rig::direct(Server::start(kind), face).under_load("killed", |rig, load| {
            for _ in 0..2 {
                rig.warm();
                rig.server.kill();
                rig.suffer(load);
                rig.server.restart();
                rig.recover("killed");
            }
        });
    });
}

#[test]
fn a_server_that_stands_still_and_goes_on() {
    everywhere(|kind, face| {
        Rig::direct(Server::start(kind), face).under_load("paused", |rig, load| {
            rig.warm();
            rig.server.pause();
            rig.suffer(load);
            rig.server.resume();
            rig.recover("paused");
        });
    });
}

/// Lets each kind of traffic pass for a while.
fn traffic(fault: &str, kinds: &[Traffic]) {
    everywhere(|kind, face| {
        Rig::proxied(kind, face).under_load(fault, |rig, load| {
            for traffic in kinds {
                rig.warm();
                rig.proxy().set(traffic.clone());
                rig.suffer(load);
                rig.proxy().set(Traffic::Pass);
                rig.recover(fault);
            }
        });
    });
}

#[test]
fn connections_that_are_reset_within_a_reply() {
    traffic("cut", &[0, 3, 60].map(|after| Traffic::Cut { after }));
}

#[test]
fn garbage_in_the_place_of_replies() {
    let garbage: [&[u8]; 4] = [
        b"\x00\xff\x15 rubbish\r\n",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"*1\r\n$5\r\nhello\r\n",
        b"VA 5 t-1 c7\r\nhello\r\nMN\r\n",
    ];
    traffic("garbage", &garbage.map(|bytes| Traffic::Garbage(bytes.to_vec())));
}

#[test]
fn replies_that_drip() {
    traffic("drip", &[Traffic::Drip(Duration::from_millis(20))]);
}

#[test]
fn a_network_that_loses_bytes() {
    traffic("lossy", &[Traffic::Lose { every: 997 }, Traffic::Lose { every: 61 }]);
}

#[test]
fn a_black_hole() {
    traffic("black hole", &[Traffic::BlackHole]);
}

#[test]
fn nobody_listens() {
    traffic("refused", &[Traffic::Refuse]);
}

#[test]
fn a_network_that_is_slower_than_the_time_limit() {
    traffic("too slow", &[Traffic::Delay(OPERATION)]);
}

/// A hundred milliseconds more are no reason not to use a store, if the time limit allows for them.
#[test]
fn a_network_that_is_slow_is_waited_for() {
    everywhere(|kind, face| {
        let mut rig = Rig::proxied(kind, face);
        let url = match kind {
            Kind::Redis => format!("redis://{}", rig.proxy().address()),
            Kind::Memcached => format!("memcached://{}", rig.proxy().address()),
        };
        rig.cache = crate::support::built(
            crate::support::patient()
                .timeout(Duration::from_millis(600))
                .backend(crate::support::backend(&url)),
        );
        rig.under_load("slow", |rig, _| {
            rig.warm();
            rig.proxy().set(Traffic::Delay(Duration::from_millis(50)));
            rig.wait_for_hits(20, Duration::from_secs(20));
            rig.proxy().set(Traffic::Pass);
        });
    });
}

#[test]
fn a_server_that_is_out_of_memory() {
    everywhere(|kind, face| match kind {
        Kind::Redis => full_redis(face),
        Kind::Memcached => full_memcached(face),
    });
}

fn full_redis(face: Face) {
    Rig::direct(Server::start(Kind::Redis), face).under_load("out of memory", |rig, load| {
        let Server::Redis(server) = &rig.server else { return };
        rig.warm();
        server.command(&["CONFIG", "SET", "maxmemory", "1mb"]);
        server.command(&["FLUSHALL"]);
        rig.suffer(load);
        server.command(&["CONFIG", "SET", "maxmemory", "0"]);
        rig.recover("out of memory");
    });
}

/// With `-M` a full memcached refuses what it would make room for otherwise.
fn full_memcached(face: Face) {
    let server = MemcachedServer::builder().argument("-M").megabytes(2).start();
    Rig::direct(Server::Memcached(server), face).under_load("out of memory", |rig, load| {
        let Server::Memcached(server) = &rig.server else { return };
        let mut junk = 0..;
        wait_until("memcached is full", Duration::from_secs(60), || fill(server, 90, &mut junk));
        rig.suffer(load);
        server.command("cache_memlimit 64\r\n");
        rig.recover("out of memory");
    });
}

/// Stores a lot of junk of thirty sizes, and says whether nothing more of any of them has room. Each size has
/// at least a megabyte of its own, which is thousands of the smallest.
fn fill(server: &MemcachedServer, step: usize, junk: &mut impl Iterator<Item = u32>) -> bool {
    let sizes = (1..=30).map(|number| number * step).cycle().take(30 * 30);
    let sets = sizes
        .zip(junk)
        .map(|(size, number)| format!("set junk-{number} 0 0 {size}\r\n{}\r\n", "x".repeat(size)));
    !server.command(sets.collect::<String>()).contains("STORED")
}

#[test]
fn a_memcached_that_makes_room_by_forgetting() {
    for face in FACES {
        let server = MemcachedServer::builder().megabytes(1).largest_item("512k").start();
        let rig = Rig::direct(Server::Memcached(server), face);
        Load::on(&rig.cache, face, |load| {
            let Server::Memcached(server) = &rig.server else { return };
            let mut junk = 0..;
            wait_until("memcached forgets", Duration::from_secs(60), || {
                fill(server, 30, &mut junk);
                server.stat("evictions") > 100
            });
            load.wait_for_calls(100);
            rig.wait_for_hits(20, Duration::from_secs(20));
        });
    }
}

#[test]
fn a_wrong_password() {
    for face in FACES {
        let server = RedisServer::builder().password("correct").start();
        let url = format!("redis://:wrong@{}", server.address());
        let rig = Rig::new(Server::Redis(server), &url, face);
        rig.under_load("wrong password", |rig, load| {
            rig.suffer(load);
            let Server::Redis(server) = &rig.server else { return };
            server.command(&["CONFIG", "SET", "requirepass", "wrong"]);
            rig.recover("wrong password");
        });
    }
}

#[test]
fn a_server_that_takes_no_more_connections() {
    everywhere(|kind, face| {
        let server = match kind {
            Kind::Redis => {
                Server::Redis(RedisServer::builder().directive("maxclients", "40").start())
            }
            Kind::Memcached => {
                Server::Memcached(MemcachedServer::builder().connections(40).start())
            }
        };
        let rig = Rig::direct(server, face);
        let address = match &rig.server {
            Server::Redis(server) => {
                server.hang_up();
                server.address()
            }
            Server::Memcached(server) => server.address(),
        };
        let held = occupy(&address);
        rig.under_load("no more connections", |rig, load| {
            rig.suffer(load);
            drop(held);
            rig.recover("no more connections");
        });
    });
}

/// Takes up connections until the server has none for anybody else: it turns them away, or lets them wait.
fn occupy(address: &str) -> Vec<TcpStream> {
    let connect = || TcpStream::connect(address).expect("somebody listens");
    let held: Vec<_> = (0..64).map(|_| connect()).collect();
    wait_until("the server has no more connections", Duration::from_secs(20), || {
        let mut stream = connect();
        let limit = Some(Duration::from_millis(200));
        stream.set_read_timeout(limit).expect("a socket takes options");
        let mut answer = [0; 64];
        let asked = stream.write_all(b"version\r\nPING\r\n");
        let count = asked.and_then(|()| stream.read(&mut answer)).unwrap_or(0);
        let answer = String::from_utf8_lossy(&answer[..count]);
        !answer.starts_with("VERSION") && !answer.contains("unknown command")
    });
    held
}
