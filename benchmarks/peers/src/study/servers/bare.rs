//! One request written by hand on a bare socket: what no client can be faster than.

use super::Value;
use super::caller::{Client, decoded, take};
use benchmarks::{Failure, Store};
use std::io::{Read, Write};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

pub(super) const BY_HAND: &str = "by hand";

/// A socket, and room for what goes through it.
pub(super) struct Bare<S> {
    store: Store,
    socket: S,
    request: Vec<u8>,
    answer: Vec<u8>,
}

/// Where in what was read a value begins and ends, and where its answer ends.
#[derive(Debug, PartialEq)]
struct Cut {
    value: std::ops::Range<usize>,
    end: usize,
}

impl<S> Bare<S> {
    pub(super) fn new(store: Store, socket: S) -> Self {
        Self { store, socket, request: Vec::new(), answer: vec![0; 64 * 1024] }
    }

    fn ask_for(&mut self, key: &str) {
        // A vector takes everything.
        let _ = match self.store {
            Store::Redis => write!(self.request, "*2\r\n$3\r\nGET\r\n${}\r\n{key}\r\n", key.len()),
            Store::Memcached => write!(self.request, "mg {key} v\r\n"),
        };
    }
}

impl<S: Read + Write> Bare<S> {
    pub(super) fn get(&mut self, key: &str) -> Result<Value, Failure> {
        self.request.clear();
        self.ask_for(key);
        self.socket.write_all(&self.request)?;
        let mut filled = 0;
        loop {
            match self.socket.read(&mut self.answer[filled..])? {
                0 => return Err("the server hung up".into()),
                more => filled += more,
            }
            if let Some(cut) = cut(self.store, &self.answer[..filled])? {
                return decoded(&self.answer[cut.value]);
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Bare<S> {
    /// All of them in one request.
    pub(super) async fn get_many(
        &mut self,
        keys: &[String],
        is_examined: bool,
    ) -> Result<(), Failure> {
        self.request.clear();
        keys.iter().for_each(|key| self.ask_for(key));
        self.socket.write_all(&self.request).await?;
        let (mut begin, mut filled, mut missing) = (0, 0, keys.len());
        while missing > 0 {
            match cut(self.store, &self.answer[begin..filled])? {
                Some(cut) => {
                    let found = begin + cut.value.start..begin + cut.value.end;
                    take(decoded(&self.answer[found])?, is_examined)?;
                    begin += cut.end;
                    missing -= 1;
                }
                None => match self.socket.read(&mut self.answer[filled..]).await? {
                    0 => return Err("the server hung up, or there is too little room".into()),
                    more => filled += more,
                },
            }
        }
        Ok(())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Client for Bare<S> {
    async fn get(&mut self, key: &str) -> Result<Value, Failure> {
        self.request.clear();
        self.ask_for(key);
        self.socket.write_all(&self.request).await?;
        let mut filled = 0;
        loop {
            match self.socket.read(&mut self.answer[filled..]).await? {
                0 => return Err("the server hung up".into()),
                more => filled += more,
            }
            if let Some(cut) = cut(self.store, &self.answer[..filled])? {
                return decoded(&self.answer[cut.value]);
            }
        }
    }
}

/// The first value in an answer; `None` where the rest of it is still to come.
fn cut(store: Store, answer: &[u8]) -> Result<Option<Cut>, Failure> {
    let mark: &[u8] = match store {
        Store::Redis => b"$",
        Store::Memcached => b"VA ",
    };
    let Some(line) = answer.windows(2).position(|it| it == b"\r\n") else { return Ok(None) };
    let length = answer[..line].strip_prefix(mark).and_then(|it| std::str::from_utf8(it).ok());
    let length: usize = length.and_then(|it| it.trim().parse().ok()).ok_or("it is no hit")?;
    let value = line + 2..line + 2 + length;
    let end = value.end + 2;
    Ok((answer.len() >= end).then_some(Cut { value, end }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_cut_where_they_end() {
        let whole = |store, answer: &[u8]| cut(store, answer).unwrap();
        let found = Some(Cut { value: 4..7, end: 9 });
        assert_eq!(whole(Store::Redis, b"$3\r\nabc\r\n$3\r\n"), found);
        assert_eq!(whole(Store::Redis, b"$3\r\nabc\r"), None);
        assert_eq!(whole(Store::Redis, b"$3"), None);
        assert_eq!(whole(Store::Memcached, b"VA 3\r\nabc\r\n"), Some(Cut { value: 6..9, end: 11 }));
        assert!(cut(Store::Redis, b"$-1\r\n").is_err());
        assert!(cut(Store::Memcached, b"EN\r\n").is_err());
    }
}
