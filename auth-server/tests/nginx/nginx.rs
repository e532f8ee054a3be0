//! nginx with the configuration that the recipe shows, in a folder of its own.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::thread;

use tempfile::TempDir;

pub(crate) const SITE: &str = include_str!("../../../deploy/nginx/site.conf");
pub(crate) const UPSTREAMS: &str = include_str!("../../../deploy/nginx/upstreams.conf");

/// All that a file of the recipe does not say, because a machine's own nginx.conf does. No path that
/// only root may write to; and where root runs the tests, the folder is root's alone.
const AROUND: &str = "
    daemon off;
    user root;
    worker_processes 1;
    pid nginx.pid;
    error_log stderr;
    events {}
    http {
        access_log off;
        client_body_temp_path body;
        proxy_temp_path proxy;
        fastcgi_temp_path fastcgi;
        uwsgi_temp_path uwsgi;
        scgi_temp_path scgi;
        include upstreams.conf;
        include site.conf;
    }
";

/// A running nginx; gone when it is dropped, whatever became of the test.
pub(crate) struct Nginx {
    child: Child,
    address: SocketAddr,
    app: SocketAddr,
    folder: TempDir,
}

impl Nginx {
    /// Starts one in front of these instances and an application; `None` where there is no nginx,
    /// which has then been said aloud.
    pub(crate) fn start(auth: &[SocketAddr], app: SocketAddr) -> Option<Self> {
        let program = program()?;
        // nginx takes over a socket that listens already, as it does when it is replaced while it
        // runs: so the port is free for certain, and whoever connects is heard as soon as it is up.
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("nginx.conf", AROUND);
        write("site.conf", &replaced(SITE, "listen 80;", &format!("listen {address};")));
        write("upstreams.conf", &upstreams(auth, app));

        let mut command = Command::new(program);
        command.arg("-p").arg(folder.path()).args(["-c", "nginx.conf", "-e", "stderr"]);
        command.env("NGINX", "0;").stdin(Stdio::from(OwnedFd::from(listener)));
        let child = command.stderr(Stdio::piped()).spawn().unwrap();
        Some(Self { child, address, app, folder })
    }

    /// From now on these are the instances, as far as it has heard: requests that are under way end
    /// where they are.
    pub(crate) fn reload(&self, auth: &[SocketAddr]) {
        fs::write(self.folder.path().join("upstreams.conf"), upstreams(auth, self.app)).unwrap();
        self.signal("HUP");
    }

    fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        let _gone = Command::new("sh").args(["-c", &kill]).status();
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Asked and not killed, for it has a process more, which would stay.
        self.signal("TERM");
        let _gone = self.child.wait();
        if thread::panicking() {
            let mut log = String::new();
            let _unread = self.child.stderr.take().map(|mut stderr| stderr.read_to_string(&mut log));
            let _lost = writeln!(std::io::stderr(), "nginx said:\n{log}");
        }
    }
}

/// Where the instances and the application are.
fn upstreams(auth: &[SocketAddr], app: SocketAddr) -> String {
    let auth: Vec<_> = auth.iter().map(|address| format!("server {address};")).collect();
    let upstreams = replaced(UPSTREAMS, "server 127.0.0.1:4000;", &auth.join(" "));
    replaced(&upstreams, "127.0.0.1:3000", &app.to_string())
}

/// The text with something else in the one place where this stands.
fn replaced(text: &str, this: &str, that: &str) -> String {
    assert_eq!(text.matches(this).count(), 1, "the recipe has {this} in one place");
    text.replace(this, that)
}

/// Where nginx is. Debian puts it where only root's PATH leads.
fn program() -> Option<&'static str> {
    let runs = |program: &&str| {
        let version = Command::new(program).arg("-v").stderr(Stdio::null()).status();
        version.is_ok_and(|status| status.success())
    };
    let found = ["nginx", "/usr/sbin/nginx"].into_iter().find(runs);
    if found.is_none() {
        let advice = "install nginx with its auth_request module (Debian: nginx-light)";
        let required = std::env::var("REQUIRE_NGINX").is_ok_and(|value| value == "1");
        assert!(!required, "REQUIRE_NGINX=1, but there is no nginx: {advice}");
        // The harness captures what the print macros write, and shows it for failures only.
        let _lost = writeln!(
            std::io::stderr(),
            "\nNGINX TESTS ARE SKIPPED: there is no nginx. To run them, {advice}.\n"
        );
    }
    found
}
