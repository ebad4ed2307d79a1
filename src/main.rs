//! The program; see the library for what it does.

use std::panic::{self, Location};
use std::process::ExitCode;

use zvirka::cli;

fn main() -> ExitCode {
    // A payload may hold a child's data: only the place is told.
    panic::set_hook(Box::new(|info| {
        cli::report_panic(info.location().map(Location::file), info.location().map(Location::line));
    }));
    let arguments = match cli::parse(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(answer) => return answer.show(),
    };
    match panic::catch_unwind(|| cli::run(&arguments)) {
        Ok(exit) => exit.into(),
        Err(_) => cli::Exit::Failed.into(),
    }
}
