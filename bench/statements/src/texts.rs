//! The statements of the store, read from its source so that they are the same ones.

/// What one way or another sends to the database.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Texts {
    pub(crate) rotate: &'static str,
    pub(crate) find: &'static str,
}

const ROTATE: &str = include_str!("../../../auth-sea-orm/src/rotate.rs");
const FIND: &str = include_str!("../../../auth-sea-orm/src/find.rs");

impl Texts {
    pub(crate) fn postgres() -> Self {
        Self { rotate: text(ROTATE, "ROTATE_POSTGRES"), find: text(FIND, "FIND") }
    }

    pub(crate) fn sqlite() -> Self {
        Self { rotate: text(ROTATE, "ROTATE_SQLITE"), find: text(FIND, "FIND") }
    }
}

/// What stands between the quotes of a constant.
fn text(source: &'static str, name: &str) -> &'static str {
    let begin = format!("const {name}: &str = \"\\\n");
    let (_, rest) = source.split_once(&begin).expect("the store has the constant");
    rest.split_once("\";").expect("it ends").0
}
