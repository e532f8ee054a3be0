//! Where an answer leads: which of its values the next request needs.

use utoipa::openapi::link::{Link, LinkBuilder};

use crate::routes::accounts::Errand;
use crate::routes::route::Route;

use super::words;

/// The first session of a list.
const SESSION: &str = "$response.body#/sessions/0/id";

/// The operations that a success leads to, by their names.
pub(super) fn of(route: Route) -> Vec<(&'static str, Link)> {
    match route {
        Route::Account(Errand::OwnSessions) => vec![to(Errand::EndOwnSession(None), &[("sid", SESSION)])],
        Route::Account(Errand::Sessions(_)) => {
            vec![to(Errand::EndSession(None, None), &[("id", "$request.path.id"), ("sid", SESSION)])]
        }
        Route::Account(Errand::Create) => {
            let errands = [
                Errand::Show(None),
                Errand::Change(None),
                Errand::Delete(None),
                Errand::Sessions(None),
                Errand::EndSessions(None),
                Errand::Unlock(None),
            ];
            errands.map(|errand| to(errand, &[("id", "$response.body#/id")])).into()
        }
        Route::Endpoint(_) | Route::Account(_) | Route::Keys | Route::Document => Vec::new(),
    }
}

/// `parameters` are runtime expressions of OpenAPI.
fn to(errand: Errand, parameters: &[(&str, &str)]) -> (&'static str, Link) {
    let name = words::of(Route::Account(errand)).id;
    let link = LinkBuilder::new().operation_id(name);
    let link = parameters.iter().fold(link, |link, (name, value)| link.parameter(*name, *value));
    (name, link.build())
}
