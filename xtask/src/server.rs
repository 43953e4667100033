//! Serves a folder of static files on 127.0.0.1.

use std::fs;
use std::net::SocketAddr;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::thread;

use anyhow::{Result, anyhow};
use tiny_http::{Header, Method, Request, Response, Server};

/// Threads that answer: a page, its style sheets and its workers load side by side.
const THREADS: usize = 8;

/// A running server; it ends with the process.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    threads: Vec<thread::JoinHandle<()>>,
}

impl Running {
    /// Serves `folder` on `port`, or on a free port where it is 0.
    ///
    /// # Errors
    /// Where the port is taken.
    pub fn start(folder: PathBuf, port: u16) -> Result<Self> {
        let server = Server::http(("127.0.0.1", port))
            .map_err(|error| anyhow!("port {port} cannot be used ({error}): choose another with --port"))?;
        let address = server.server_addr().to_ip().ok_or_else(|| anyhow!("the server has no address"))?;
        let server = Arc::new(server);
        let folder = Arc::new(folder);
        let threads = (0..THREADS)
            .map(|_| {
                let (server, folder) = (Arc::clone(&server), Arc::clone(&folder));
                thread::spawn(move || {
                    for request in server.incoming_requests() {
                        answer(&folder, request);
                    }
                })
            })
            .collect();
        Ok(Self { address, threads })
    }

    /// The address to open.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Serves until the process is ended.
    pub fn wait(self) {
        for thread in self.threads {
            // A thread that panicked has said so itself; the others go on.
            let _ = thread.join();
        }
    }
}

fn answer(folder: &Path, request: Request) {
    let response = match (request.method(), file_of(folder, request.url())) {
        (Method::Get | Method::Head, Some(path)) => match fs::read(&path) {
            Ok(bytes) => with_headers(Response::from_data(bytes), &path),
            Err(_) => Response::from_string("not found").with_status_code(404),
        },
        (Method::Get | Method::Head, None) => Response::from_string("not found").with_status_code(404),
        _ => Response::from_string("only GET").with_status_code(405),
    };
    // The visitor may have gone away; nothing to do about it.
    let _ = request.respond(response);
}

fn with_headers<R: std::io::Read>(mut response: Response<R>, path: &Path) -> Response<R> {
    let headers = [
        ("Content-Type", mime(path)),
        ("Cache-Control", "no-cache"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
    ];
    for (name, value) in headers {
        if let Ok(header) = Header::from_bytes(name, value) {
            response.add_header(header);
        }
    }
    response
}

fn mime(path: &Path) -> &'static str {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
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
    fn nothing_outside_of_the_folder_is_served() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        assert!(file_of(&folder, "/main.rs?x=1").is_some());
        assert!(file_of(&folder, "/../Cargo.toml").is_none());
        assert!(file_of(&folder, "//etc/passwd").is_none());
        assert!(file_of(&folder, "/missing").is_none());
    }
}
