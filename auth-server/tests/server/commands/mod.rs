//! The commands of day two, run as their users run them: a process, its arguments and what it is
//! given on standard input; its exit code and both of its outputs, as a whole.

mod effect;
mod help;
mod import;
mod keys;
mod leaks;
mod migrate;
#[cfg(unix)]
mod prompt;
mod run;
mod secret;
mod session;
mod sweep;
mod trouble;
mod user;
mod user_list;
mod way_back;
