use super::Settings;
use super::url::wrong;
use cache_memoize_core::StoreError;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use std::fmt;
use std::fs;
use std::sync::Arc;

/// Whom to trust, and how to show who we are.
#[derive(Clone)]
pub(crate) struct Tls {
    pub(crate) config: Arc<ClientConfig>,
    pub(crate) pem: Arc<Pem>,
}

/// Certificates as they are written in files.
#[derive(Clone, Default)]
pub(crate) struct Pem {
    /// The authorities to trust. Without any it is those that the system trusts.
    pub(crate) authorities: Option<Vec<u8>>,
    /// Our certificate, with those that lead to its authority, and its key.
    pub(crate) client: Option<(Vec<u8>, Vec<u8>)>,
}

impl Settings {
    /// Takes certificates from memory, where the URL names no files for the same.
    pub(crate) fn use_pem(&mut self, pem: Pem) -> Result<(), StoreError> {
        let Some(tls) = &self.tls else {
            return Err(wrong(
                "certificates are for TLS: begin the URL with `rediss://`, or add `tls`",
            ));
        };
        let authorities = pem.authorities.or_else(|| tls.pem.authorities.clone());
        let client = pem.client.or_else(|| tls.pem.client.clone());
        self.tls = Some(Tls::new(Pem { authorities, client })?);
        Ok(())
    }
}

impl Tls {
    /// Reads the files named by the parameters `ca`, `cert` and `key`.
    pub(super) fn from_files([ca, cert, key]: [Option<String>; 3]) -> Result<Self, StoreError> {
        let client = match (cert, key) {
            (Some(cert), Some(key)) => Some((read("cert", &cert)?, read("key", &key)?)),
            (None, None) => None,
            _ => return Err(wrong("`cert` and `key` belong together; one of them is missing")),
        };
        let authorities = ca.map(|ca| read("ca", &ca)).transpose()?;
        Self::new(Pem { authorities, client })
    }

    /// Reads certificates once, so that no connection has to.
    pub(crate) fn new(pem: Pem) -> Result<Self, StoreError> {
        // Named here, because a program may well be built with two providers and have chosen none.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong("TLS cannot be set up").with_source(error))?
            .with_root_certificates(trusted(pem.authorities.as_deref())?);
        let config = match &pem.client {
            None => config.with_no_client_auth(),
            Some((certificates, key)) => {
                let certificates = read_certificates(certificates, "cert")?;
                // The error may quote what it could not read, and is not passed on.
                let key = PrivateKeyDer::from_pem_slice(key)
                    .map_err(|_| wrong("`key` holds no private key in PEM"))?;
                config.with_client_auth_cert(certificates, key).map_err(|error| {
                    wrong("`cert` and `key` do not fit each other").with_source(error)
                })?
            }
        };
        Ok(Self { config: Arc::new(config), pem: Arc::new(pem) })
    }
}

fn trusted(authorities: Option<&[u8]>) -> Result<RootCertStore, StoreError> {
    let mut store = RootCertStore::empty();
    match authorities {
        Some(pem) => {
            for certificate in read_certificates(pem, "ca")? {
                store.add(certificate).map_err(|error| {
                    wrong("`ca` holds a certificate that cannot be used").with_source(error)
                })?;
            }
        }
        // A certificate among those of the system that is broken or unreadable is no reason to trust none.
        None => {
            store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    Ok(store)
}

fn read_certificates(pem: &[u8], name: &str) -> Result<Vec<CertificateDer<'static>>, StoreError> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(wrong(format!("`{name}` holds no certificate in PEM"))),
        Err(error) => {
            Err(wrong(format!("`{name}` holds no certificate in PEM")).with_source(error))
        }
    }
}

fn read(name: &str, path: &str) -> Result<Vec<u8>, StoreError> {
    fs::read(path)
        .map_err(|error| wrong(format!("`{name}={path}` cannot be read")).with_source(error))
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("own_authorities", &self.pem.authorities.is_some())
            .field("own_certificate", &self.pem.client.is_some())
            .finish()
    }
}
