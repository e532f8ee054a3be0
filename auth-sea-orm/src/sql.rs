//! A statement whose text depends on what is asked for, put together with its parameters.

use sea_orm::Value;

/// Parameters, and the names under which a text refers to them.
#[derive(Default)]
pub(crate) struct Parameters(Vec<Value>);

impl Parameters {
    /// Keeps a value and returns what stands for it in the text: `$1`, `$2` and so on.
    pub(crate) fn bind(&mut self, value: impl Into<Value>) -> String {
        self.0.push(value.into());
        format!("${}", self.0.len())
    }

    /// The values in the order of their names.
    pub(crate) fn into_values(self) -> Vec<Value> {
        self.0
    }
}
