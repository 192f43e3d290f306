use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// An authority of our own, and what it has signed.
pub(crate) struct Certificates {
    folder: TempDir,
}

impl Certificates {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let mut params = named("authority", Vec::new());
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let this = Self { folder };
        fs::write(this.path("ca.pem"), authority.pem()).unwrap();
        for name in ["server", "client"] {
            let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
            let key = KeyPair::generate().unwrap();
            let certificate = named(name, names).signed_by(&key, &authority).unwrap();
            fs::write(this.path(&format!("{name}.pem")), certificate.pem()).unwrap();
            fs::write(this.path(&format!("{name}.key")), key.serialize_pem()).unwrap();
        }
        this
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn text(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// As parameters of a URL: the authority, and our own certificate.
    pub(crate) fn parameters(&self) -> String {
        let show = |path: &Path| path.display().to_string();
        let [ca, cert, key] =
            ["ca.pem", "client.pem", "client.key"].map(|name| show(&self.path(name)));
        format!("ca={ca}&cert={cert}&key={key}")
    }
}

fn named(name: &str, hosts: Vec<String>) -> CertificateParams {
    let mut params = CertificateParams::new(hosts).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}
