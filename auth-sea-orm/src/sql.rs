//! Statements whose text or whose parameters depend on how much is asked for.

use sea_orm::Value;
use sea_orm::sea_query::ValueType;

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

/// A parameter that holds one value for each row: an array, on Postgres.
///
/// A text reads it as `unnest((SELECT $1::…))`. So Postgres does not see how long it is when it plans, keeps one plan for
/// all lengths, and does not plan short ones each time, which takes longer than what was planned.
pub(crate) fn column<T: ValueType + Into<Value>>(values: impl Iterator<Item = T>) -> Value {
    Value::Array(T::array_type(), Some(Box::new(values.map(Into::into).collect())))
}
