//! As much of the protocol as a test needs to ask a server something.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// How long a server may take to answer a test.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection with a server.
#[derive(Debug)]
pub(super) struct Wire {
    stream: UnixStream,
    replies: BufReader<UnixStream>,
}

impl Wire {
    pub(super) fn open(socket: &Path, password: Option<&str>) -> io::Result<Self> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut this = Self { replies: BufReader::new(stream.try_clone()?), stream };
        if let Some(password) = password {
            this.ask(&["AUTH", password])?;
        }
        Ok(this)
    }

    pub(super) fn ask(&mut self, words: &[&str]) -> io::Result<String> {
        self.stream.write_all(&packed(words))?;
        read_reply(&mut self.replies)
    }
}

/// Asks the server behind `socket`, on a connection of its own.
pub(super) fn ask(socket: &Path, password: Option<&str>, words: &[&str]) -> io::Result<String> {
    Wire::open(socket, password)?.ask(words)
}

fn packed(words: &[&str]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", words.len()).into_bytes();
    for word in words {
        bytes.extend(format!("${}\r\n{word}\r\n", word.len()).into_bytes());
    }
    bytes
}

fn read_reply(replies: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    replies.read_line(&mut line)?;
    let line = line.trim_end();
    let Some(sort) = line.chars().next() else {
        return Err(io::ErrorKind::UnexpectedEof.into());
    };
    let rest = &line[1..];
    match sort {
        '$' if rest == "-1" => Ok("(nil)".to_owned()),
        '*' if rest == "-1" => Ok("(nil)".to_owned()),
        '$' => {
            let mut bytes = vec![0; count(rest)? + 2];
            replies.read_exact(&mut bytes)?;
            bytes.truncate(bytes.len() - 2);
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        }
        '*' => {
            let parts: io::Result<Vec<String>> =
                (0..count(rest)?).map(|_| read_reply(replies)).collect();
            Ok(parts?.join("\n"))
        }
        '+' | ':' => Ok(rest.to_owned()),
        _ => Ok(line.to_owned()),
    }
}

fn count(text: &str) -> io::Result<usize> {
    text.parse().map_err(|_| io::Error::other(format!("`{text}` is no length")))
}
