use crate::deadline::Deadline;
use crate::fault::NoAddress;
use crate::settings::{Address, Settings};
use redis::io::tcp::socket2::{SockRef, TcpKeepalive};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// Whatever bytes go through.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send {}

impl<S: AsyncRead + AsyncWrite + Send> Stream for S {}

pub(super) type BoxStream = Pin<Box<dyn Stream>>;

pub(super) async fn open(
    settings: &Settings,
    address: &Address,
    deadline: Deadline,
) -> io::Result<BoxStream> {
    match address {
        #[cfg(unix)]
        Address::Unix(path) => Ok(Box::pin(tokio::net::UnixStream::connect(path).await?)),
        #[cfg(not(unix))]
        Address::Unix(_) => Err(io::ErrorKind::Unsupported.into()),
        Address::Tcp { host, port } => {
            let stream = open_tcp(host, *port, deadline).await?;
            secured(settings, host, stream).await
        }
    }
}

/// Tries every address that the host has, each for its share of the time.
async fn open_tcp(host: &str, port: u16, deadline: Deadline) -> io::Result<TcpStream> {
    let found = tokio::net::lookup_host((host, port)).await;
    let found = found.map_err(|error| NoAddress::of(host, &error).error())?;
    let addresses: Vec<SocketAddr> = found.collect();
    let mut failure = io::Error::other(format!("{host} has no address"));
    for (index, address) in addresses.iter().enumerate() {
        let share = deadline.shared_with(addresses.len() - 1 - index).left().unwrap_or_default();
        let attempt = tokio::time::timeout(share, TcpStream::connect(address)).await;
        match attempt.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())) {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                let keepalive = TcpKeepalive::new().with_time(crate::blocking::KEEPALIVE);
                SockRef::from(&stream).set_tcp_keepalive(&keepalive)?;
                return Ok(stream);
            }
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

#[cfg(feature = "tls")]
async fn secured(settings: &Settings, host: &str, stream: TcpStream) -> io::Result<BoxStream> {
    let Some(tls) = &settings.tls else { return Ok(Box::pin(stream)) };
    let name =
        rustls::pki_types::ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    let connector = tokio_rustls::TlsConnector::from(tls.config.clone());
    let mut stream = connector.connect(name, stream).await?;
    hear_of_refusal(&mut stream).await?;
    Ok(Box::pin(stream))
}

/// A server says what it thinks of our certificate only when TLS stands on this side, and to whoever reads next.
/// That is done here, where the reason is not lost; what it answers does not matter.
#[cfg(feature = "tls")]
async fn hear_of_refusal(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> io::Result<()> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    stream.write_all(b"*1\r\n$4\r\nPING\r\n").await?;
    stream.flush().await?;
    while stream.read_u8().await? != b'\n' {}
    Ok(())
}

#[cfg(not(feature = "tls"))]
async fn secured(_: &Settings, _: &str, stream: TcpStream) -> io::Result<BoxStream> {
    Ok(Box::pin(stream))
}
