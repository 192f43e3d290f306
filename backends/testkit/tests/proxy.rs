//! The proxy does what it is told, each thing once.

use cache_memoize_testkit::servers::{Proxy, Traffic};
use std::io::{ErrorKind, Read, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixListener;
use std::thread;
use std::time::{Duration, Instant};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server that says everything back, and a proxy in front of it.
fn echo() -> Proxy {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || listener.incoming().flatten().for_each(say_back));
    Proxy::to_tcp(address)
}

fn say_back(mut stream: impl Read + Write + Send + 'static) {
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            if stream.write_all(&buffer[..count]).is_err() {
                return;
            }
        }
    });
}

fn connect(proxy: &Proxy) -> TcpStream {
    let stream = TcpStream::connect(proxy.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

fn ask(stream: &mut TcpStream, text: &[u8], expected: usize) -> Result<Vec<u8>> {
    stream.write_all(text)?;
    let mut answer = vec![0; expected];
    stream.read_exact(&mut answer)?;
    Ok(answer)
}

#[test]
fn what_passes_is_unchanged_and_counted() {
    let proxy = echo();
    proxy.record();
    let mut stream = connect(&proxy);
    for _ in 0..3 {
        assert_eq!(ask(&mut stream, b"hello", 5).unwrap(), b"hello");
    }
    assert_eq!((proxy.exchanges(), proxy.connections()), (3, 1));
    assert_eq!(proxy.recorded(), b"hellohellohello");
}

#[test]
fn it_stands_in_front_of_unix_sockets_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let listener = UnixListener::bind(&path).unwrap();
    thread::spawn(move || listener.incoming().flatten().for_each(say_back));
    let proxy = Proxy::to_unix(&path);
    assert_eq!(ask(&mut connect(&proxy), b"hello", 5).unwrap(), b"hello");
}

#[test]
fn a_delay_counts_each_way_and_ends_when_it_is_over() {
    let proxy = echo();
    let mut stream = connect(&proxy);
    proxy.set(Traffic::Delay(Duration::from_millis(20)));
    let began = Instant::now();
    ask(&mut stream, b"hello", 5).unwrap();
    assert!(began.elapsed() >= Duration::from_millis(40));
    proxy.set(Traffic::Delay(Duration::from_secs(3600)));
    stream.write_all(b"hello").unwrap();
    proxy.set(Traffic::Pass);
    stream.read_exact(&mut [0; 5]).unwrap();
}

#[test]
fn a_cut_resets_the_connection_within_a_reply() {
    let proxy = echo();
    let mut stream = connect(&proxy);
    proxy.set(Traffic::Cut { after: 3 });
    assert_eq!(ask(&mut stream, b"he", 2).unwrap(), b"he", "a shorter one comes whole");
    assert_eq!(ask(&mut stream, b"hello", 3).unwrap(), b"hel");
    let ended = stream.read(&mut [0]).unwrap_err();
    assert_eq!(ended.kind(), ErrorKind::ConnectionReset);
    proxy.set(Traffic::Pass);
    assert_eq!(ask(&mut connect(&proxy), b"hello", 5).unwrap(), b"hello");
}

#[test]
fn garbage_comes_in_the_place_of_replies() {
    let proxy = echo();
    proxy.set(Traffic::Garbage(b"rubbish".to_vec()));
    assert_eq!(ask(&mut connect(&proxy), b"hello", 7).unwrap(), b"rubbish");
}

#[test]
fn bytes_are_lost_each_way() {
    let proxy = echo();
    proxy.set(Traffic::Lose { every: 4 });
    // `d` and `h` on the way there, then `e` and `j` of what is left.
    assert_eq!(ask(&mut connect(&proxy), b"abcdefghijk", 7).unwrap(), b"abcfgik");
}

#[test]
fn a_black_hole_takes_everything_and_gives_nothing() {
    let proxy = echo();
    let mut stream = connect(&proxy);
    proxy.set(Traffic::BlackHole);
    proxy.record();
    stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    assert!(ask(&mut stream, b"hello", 1).is_err());
    assert_eq!(proxy.recorded(), b"hello");
    proxy.set(Traffic::Pass);
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    assert!(ask(&mut stream, b"hello", 1).is_err(), "a stream with a hole in it is reset");
    assert_eq!(ask(&mut connect(&proxy), b"hello", 5).unwrap(), b"hello");
}

#[test]
fn a_reply_that_drips_comes_whole() {
    let proxy = echo();
    proxy.set(Traffic::Drip(Duration::from_millis(5)));
    let began = Instant::now();
    assert_eq!(ask(&mut connect(&proxy), b"hello", 5).unwrap(), b"hello");
    assert!(began.elapsed() >= Duration::from_millis(20));
}

#[test]
fn who_is_refused_finds_nobody_and_everybody_is_let_in_again_at_the_same_address() {
    let proxy = echo();
    let mut stream = connect(&proxy);
    ask(&mut stream, b"hello", 5).unwrap();
    for _ in 0..3 {
        proxy.set(Traffic::Refuse);
        let refused = TcpStream::connect(proxy.address()).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
        assert!(ask(&mut stream, b"hello", 5).is_err());
        proxy.set(Traffic::Pass);
        assert_eq!(ask(&mut connect(&proxy), b"hello", 5).unwrap(), b"hello");
    }
}

#[test]
fn a_server_that_is_gone_is_a_reset() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let proxy = Proxy::to_tcp(address.to_string());
    assert!(ask(&mut connect(&proxy), b"hello", 5).is_err());
}
