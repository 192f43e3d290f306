//! Looks into a live store: which entries there are, what is known of one, what all of them take, and forgets some.
//!
//! The guide tells of it in `docs/guide/inspecting.md`. No value is ever shown, and no password.

mod arguments;
mod entry;
mod explain;
mod invalidate;
mod list;
mod measure;
mod names;
mod outcome;
mod progress;
mod scan;
mod store;
mod table;
mod units;

use arguments::{Arguments, Asked, Command, HELP};
use outcome::{Failure, Report};
use std::process::ExitCode;
use store::Opened;

fn main() -> ExitCode {
    let asked = arguments::read(lexopt::Parser::from_env());
    let is_json = arguments::wants_json(std::env::args_os());
    outcome::tell(asked.and_then(answer), is_json)
}

fn answer(asked: Asked) -> Result<Box<dyn Report>, Failure> {
    match asked {
        Asked::Help => Ok(Box::new(outcome::Text(HELP))),
        Asked::Version => Ok(Box::new(outcome::Text(env!("CARGO_PKG_VERSION")))),
        Asked::Command(arguments) => carry_out(arguments),
    }
}

fn carry_out(arguments: Arguments) -> Result<Box<dyn Report>, Failure> {
    let Arguments { command, url, prefix, is_json } = arguments;
    let store = Opened::open(&url, prefix, is_json)?;
    Ok(match command {
        Command::List(wanted) => Box::new(list::list(&store, &wanted)?),
        Command::Explain { key } => Box::new(explain::explain(&store, &key)?),
        Command::Measure => Box::new(measure::measure(&store)?),
        Command::Invalidate(target) => Box::new(invalidate::invalidate(&store, target)?),
    })
}
