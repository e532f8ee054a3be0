//! A load generator for what logs people in: `loadgen --help`.
#![expect(clippy::print_stdout, reason = "what was measured is its output")]

mod arguments;
mod connection;
mod machine;
mod phase;
mod record;
mod sessions;
mod user;

use std::error::Error;
use std::rc::Rc;

use clap::Parser;
use tokio::task::LocalSet;

use crate::arguments::Arguments;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Rc::new(Arguments::parse());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    println!("{}", LocalSet::new().block_on(&runtime, phase::measure(arguments))?);
    Ok(())
}
