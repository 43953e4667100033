//! A server for this machine: the bundle is static files.
//!
//! A thread and a connection a request. A library that keeps connections alive on
//! a small pool of threads (tiny_http) left one of a browser's first six waiting
//! for the others to end now and then, which no page load survives.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::{Result, anyhow};

/// Longest head of a request that is read.
const MOST_HEAD_BYTES: u64 = 64 << 10;
/// A browser opens connections that it may never use.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is served, and how.
#[derive(Debug)]
pub struct Site {
    /// Folders, each with what its addresses begin with after the slash; the first that fits is taken.
    pub folders: Vec<(&'static str, PathBuf)>,
    /// Lines of every answer's head that say how it is to be kept and shared.
    pub manner: &'static str,
}

impl Site {
    /// Asked for again at every visit: it may have been built anew.
    pub const FRESH: &'static str = "Cache-Control: no-cache\r\n";
    /// Kept by the browser, as a production host has it.
    pub const KEPT: &'static str = "Cache-Control: max-age=3600\r\n";
    /// With threads: such a page may share memory between its workers.
    pub const ISOLATED: &'static str = "Cache-Control: no-cache\r\nCross-Origin-Opener-Policy: same-origin\r\n\
         Cross-Origin-Embedder-Policy: require-corp\r\n";
}

/// A running server; it ends with the process.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    accepting: thread::JoinHandle<()>,
}

impl Running {
    /// Serves `folder` on `port`, or on a free port where it is 0.
    ///
    /// # Errors
    /// Where the port is taken.
    pub fn start(folder: PathBuf, port: u16) -> Result<Self> {
        Self::start_site(Site { folders: vec![("", folder)], manner: Site::FRESH }, port)
    }

    /// As [`Self::start`] for several folders.
    ///
    /// # Errors
    /// Where the port is taken.
    pub fn start_site(site: Site, port: u16) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port))
            .map_err(|error| anyhow!("port {port} cannot be used ({error}): choose another with --port"))?;
        let address = listener.local_addr()?;
        let site = Arc::new(site);
        let accepting = thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let site = Arc::clone(&site);
                thread::spawn(move || {
                    // The visitor may have gone away; nothing to do about it.
                    let _ = answer(&site, &connection);
                });
            }
        });
        Ok(Self { address, accepting })
    }

    /// The address to open.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Serves until the process is ended.
    pub fn wait(self) {
        // A thread that panicked has said so itself.
        let _ = self.accepting.join();
    }
}

fn answer(site: &Site, mut connection: &TcpStream) -> std::io::Result<()> {
    connection.set_read_timeout(Some(PATIENCE))?;
    let mut lines = BufReader::new(connection.take(MOST_HEAD_BYTES)).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let mut words = first.split(' ');
    let (method, url) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let (status, kind, body) = match (method, file_in(site, url).map(|path| (fs::read(&path), path))) {
        ("GET" | "HEAD", Some((Ok(bytes), path))) => ("200 OK", mime(&path), bytes),
        ("GET" | "HEAD", _) => ("404 Not Found", "text/plain", b"not found".to_vec()),
        _ => ("405 Method Not Allowed", "text/plain", b"only GET".to_vec()),
    };
    let (length, manner) = (body.len(), site.manner);
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\
         {manner}X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n\r\n"
    );
    connection.write_all(head.as_bytes())?;
    if method != "HEAD" {
        connection.write_all(&body)?;
    }
    connection.flush()
}

fn mime(path: &Path) -> &'static str {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}

/// The file that `url` asks for, never outside of the site's folders.
fn file_in(site: &Site, url: &str) -> Option<PathBuf> {
    let path = url.trim_start_matches('/');
    let (start, folder) = site.folders.iter().find(|(start, _)| path.starts_with(start))?;
    file_of(folder, &path[start.len()..])
}

/// The file that `url` asks for, never outside of `folder`.
fn file_of(folder: &Path, url: &str) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next().unwrap_or("");
    let relative = Path::new(path.trim_start_matches('/'));
    if relative.components().any(|part| !matches!(part, Component::Normal(_))) {
        return None;
    }
    let file = folder.join(relative);
    let file = if file.is_dir() { file.join("index.html") } else { file };
    file.is_file().then_some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_served_with_their_type_however_many_connections_stay_silent() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let server = Running::start(folder, 0).unwrap();
        let silent: Vec<_> = (0..20).map(|_| TcpStream::connect(server.address).unwrap()).collect();
        let ask = |request: &str| {
            let mut connection = TcpStream::connect(server.address).unwrap();
            connection.write_all(format!("{request} HTTP/1.1\r\nHost: here\r\n\r\n").as_bytes()).unwrap();
            let mut answer = String::new();
            connection.read_to_string(&mut answer).unwrap();
            answer
        };
        let served = ask("GET /main.rs?x=1");
        assert!(served.starts_with("HTTP/1.1 200 OK\r\n") && served.ends_with(include_str!("main.rs")));
        assert!(ask("HEAD /main.rs").ends_with("\r\n\r\n"));
        assert!(ask("GET /../Cargo.toml").starts_with("HTTP/1.1 404"));
        assert!(ask("POST /main.rs").starts_with("HTTP/1.1 405"));
        drop(silent);
    }

    #[test]
    fn nothing_outside_of_the_folder_is_served() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        assert!(file_of(&folder, "/main.rs?x=1").is_some());
        assert!(file_of(&folder, "/../Cargo.toml").is_none());
        assert!(file_of(&folder, "//etc/passwd").is_none());
        assert!(file_of(&folder, "/missing").is_none());
    }
}
