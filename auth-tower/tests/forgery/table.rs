//! How a table is run.

use std::collections::HashMap;
use std::io::Write;
use std::ops::Range;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};

use super::answer::Answer;
use super::world::{People, World};

/// Something forged, and the answer it must get.
pub(crate) struct Forged {
    pub(crate) what: String,
    pub(crate) request: Request<Full<Bytes>>,
    pub(crate) expected: Answer,
}

impl Forged {
    pub(crate) fn new(what: impl Into<String>, request: Request<Full<Bytes>>, expected: Answer) -> Self {
        Self { what: what.into(), request, expected }
    }
}

/// A table: the same forgeries in the same order, made of whoever is logged in.
pub(crate) type Table = fn(&People) -> Vec<Forged>;

/// How many forgeries one system meets before it is asked whether it still serves.
const GROUP: usize = 20;

/// Sends all forgeries, a few to each system, and tells of every answer that is another one.
pub(crate) async fn run(name: &str, at_least: usize, table: Table) {
    let rows = table(&World::new().await.people);
    assert!(rows.len() >= at_least, "{} {name} are fewer than {at_least}", rows.len());
    insist_that_all_differ(&rows).await;

    let (mut answers, mut wrong) = (HashMap::<_, usize>::new(), Vec::new());
    for group in groups(&rows) {
        let world = World::new().await;
        let mut own = table(&world.people);
        assert_eq!(own.len(), rows.len(), "{name} are as many for all");
        for Forged { what, request, expected } in own.drain(group.clone()) {
            let answer = world.send(request).await;
            *answers.entry(answer.status).or_default() += 1;
            if answer != expected {
                wrong.push(format!("{what}: expected {expected:?}, got {answer:?}"));
            }
            assert!(world.knows_everyone().await, "{name}: {what} has ended a session");
        }
        let sent: Vec<_> = rows[group].iter().map(|row| row.what.as_str()).collect();
        assert!(world.serves().await, "{name}: one of these has used something up: {sent:#?}");
    }
    assert!(wrong.is_empty(), "{} {name} got another answer:\n{}", wrong.len(), wrong.join("\n"));
    tell(name, answers);
}

/// Which rows meet the same system. A failed login has one of its own: failures are counted.
fn groups(rows: &[Forged]) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    for (nth, row) in rows.iter().enumerate() {
        let alone = row.expected.body.contains("Invalid email or password");
        match groups.last_mut() {
            Some(group) if group.len() < GROUP && !alone => group.end = nth + 1,
            _ => groups.push(nth..nth + 1),
        }
    }
    groups
}

/// A table is as long as it is because of what is in it.
async fn insist_that_all_differ(rows: &[Forged]) {
    let (mut seen, mut same) = (HashMap::new(), Vec::new());
    for Forged { what, request, .. } in rows {
        let body = request.body().clone().collect().await.unwrap().to_bytes();
        let headers: Vec<_> =
            request.headers().iter().map(|(name, value)| (name.clone(), value.as_bytes().to_vec())).collect();
        let sent = (request.method().clone(), request.uri().to_string(), headers, body);
        if let Some(before) = seen.insert(sent, what) {
            same.push(format!("{before} and {what}"));
        }
    }
    assert!(same.is_empty(), "these are the same request:\n{}", same.join("\n"));
}

/// Tells how many there were; past the test harness, which keeps quiet about what passes.
fn tell(name: &str, answers: HashMap<u16, usize>) {
    let mut counts: Vec<_> = answers.into_iter().collect();
    counts.sort_unstable();
    let total: usize = counts.iter().map(|(_, count)| count).sum();
    let each: Vec<_> = counts.iter().map(|(status, count)| format!("{count} with {status}")).collect();
    let _lost = writeln!(std::io::stderr(), "forgery table: {total} {name} answered, {}", each.join(", "));
}
