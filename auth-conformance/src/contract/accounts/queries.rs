//! What the query of `GET /users` may say.

use http::StatusCode;

use super::super::Door;
use super::team::Team;

const LIMIT: &str = "limit must be a whole number from 1 to 200";
const CURSOR: &str = "cursor must be the nextCursor of an earlier answer";
const SEARCH: &str = "search must have 1 to 254 bytes and no control characters";
const ROLE: &str = "role must be one of the roles of this system";
const STATE: &str = "state must be enabled or disabled";

/// A value that cannot be accepted is refused, with a sentence that names its parameter.
pub async fn a_bad_query_is_refused<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let long = format!("search={}", "x".repeat(255));
    let cursor = format!("cursor={}", "A".repeat(33));
    for (query, sentence) in [
        ("limit=0", LIMIT),
        ("limit=201", LIMIT),
        ("limit=-1", LIMIT),
        ("limit=1.5", LIMIT),
        ("limit=ten", LIMIT),
        ("limit=", LIMIT),
        ("limit", LIMIT),
        ("limit=99999999999999999999", LIMIT),
        ("cursor=", CURSOR),
        ("cursor=x", CURSOR),
        ("cursor=null", CURSOR),
        (&cursor, CURSOR),
        ("search=", SEARCH),
        ("search=%20", SEARCH),
        ("search=a%00", SEARCH),
        ("search=a%0Ab", SEARCH),
        (&long, SEARCH),
        ("role=", ROLE),
        ("role=admin", ROLE),
        ("role=ROOT", ROLE),
        ("state=", STATE),
        ("state=Enabled", STATE),
        ("state=all", STATE),
    ] {
        let answer = team.get(&team.admin, &format!("/users?{query}")).await;
        answer.refuses(StatusCode::BAD_REQUEST, sentence).leaves_cookie();
    }
}

/// A parameter that is there twice is refused, even with one value: readers differ in which they
/// believe.
pub async fn a_parameter_twice_is_refused<D: Door>(door: D) {
    let team = Team::open(&door).await;
    for (name, value) in
        [("limit", "1"), ("cursor", "x"), ("search", "a"), ("role", "USER"), ("state", "enabled")]
    {
        for query in [
            format!("{name}={value}&{name}={value}"),
            format!("{name}={value}&x=1&{name}="),
            format!("{name}&{name}={value}"),
        ] {
            let answer = team.get(&team.admin, &format!("/users?{query}")).await;
            let sentence = format!("{name} must not be there twice");
            answer.refuses(StatusCode::BAD_REQUEST, &sentence).leaves_cookie();
        }
    }
}

/// Other parameters are ignored, however often they are there.
pub async fn unknown_parameters_are_ignored<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let all = team.page("").await;
    for query in ["x=1", "x=1&x=2", "Limit=0", "limit%20=0", "=", "&&", "page=2&sort=name", "roles=USER"] {
        assert_eq!(team.page(query).await, all, "{query}");
    }
}
