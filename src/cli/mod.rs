//! Arguments → calls; one file a command.
//!
//! A command returns an [`Exit`] or an error chain; here, and only here, the chain
//! becomes text and an exit code. [`Printer`] is the only one who prints: data go to
//! stdout, talk goes to stderr.

mod args;
mod bench;
mod diff;
mod evaluate;
mod explain;
mod init;
mod printer;
mod run;
mod synth;
mod train;
mod verify;

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

use clap::Parser as _;

pub use args::{Arguments, Command};
pub use printer::{Printer, Verbosity};

use crate::interrupt;
use crate::job::Problems;

/// How a command ended; part of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done: 0.
    Done,
    /// It failed, and the message says the remedy: 1.
    Failed,
    /// The arguments or the job are wrong: 2.
    WrongInput,
    /// Done, but more rows were rejected than the job allows: 3.
    TooManyRejected,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::WrongInput => 2,
            Exit::TooManyRejected => 3,
        })
    }
}

/// Arguments that are well-formed and yet make no sense; the text says the remedy.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct WrongArguments(pub String);

/// Help that was asked for, or what is wrong with the arguments.
#[derive(Debug)]
pub struct Answer(clap::Error);

impl Answer {
    /// Shows it; help is success, wrong arguments are not.
    #[must_use]
    pub fn show(&self) -> ExitCode {
        // Nobody may be listening; there is nobody to tell then.
        let _ = self.0.print();
        if self.0.use_stderr() { Exit::WrongInput.into() } else { Exit::Done.into() }
    }
}

/// Understands the arguments.
///
/// # Errors
/// The answer to show instead of doing something.
pub fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Arguments, Answer> {
    Arguments::try_parse_from(arguments).map_err(Answer)
}

/// Does what the arguments say, and tells what went wrong.
#[must_use]
pub fn run(arguments: &Arguments) -> Exit {
    let printer = Printer::new(arguments);
    if let Err(error) = interrupt::obey(arguments.shown_lang()) {
        printer.detail(&format!("Ctrl-C will leave temporary files to the next run: {error}"));
    }
    let done = match &arguments.command {
        Command::Run(command) => run::run(command, arguments.named_lang(), &printer),
        Command::Train(command) => train::run(command, arguments.shown_lang(), &printer),
        Command::Init(command) => init::run(command, &printer),
        Command::Explain(command) => explain::run(command, arguments.shown_lang(), &printer),
        Command::Verify(command) => verify::run(command, arguments.shown_lang(), &printer),
        Command::Diff(command) => diff::run(command, arguments.shown_lang(), &printer),
        Command::Evaluate(command) => evaluate::run(command, &printer),
        Command::Synth(command) => synth::run(command, &printer),
        Command::Bench(command) => bench::run(command, &printer),
    };
    done.unwrap_or_else(|error| fail(&error, &printer))
}

/// Tells an error chain, and says how the program ends by it.
fn fail(error: &anyhow::Error, printer: &Printer) -> Exit {
    let pipe_closed = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(|io| io.kind() == io::ErrorKind::BrokenPipe)
    };
    // Whoever read the output has seen enough.
    if error.chain().any(pipe_closed) {
        return Exit::Done;
    }
    if let Some(problems) = error.chain().find_map(|cause| cause.downcast_ref::<Problems>()) {
        printer.problems(problems);
        return Exit::WrongInput;
    }
    let mut causes = Vec::new();
    for cause in error.chain() {
        let text = cause.to_string();
        // Many errors repeat their cause in their own text.
        if !causes.iter().any(|told: &String| told.contains(&text)) {
            causes.push(text);
        }
    }
    printer.error(&causes.join("\n  because: "));
    if error.chain().any(<dyn std::error::Error>::is::<WrongArguments>) {
        Exit::WrongInput
    } else {
        Exit::Failed
    }
}

/// Tells that the program itself is at fault: the place, never the payload.
pub fn report_panic(file: Option<&str>, line: Option<u32>) {
    let file = file.unwrap_or("unknown");
    // The end of the path names the crate and file; the rest is somebody's machine.
    let parts: Vec<&str> = file.rsplit(['/', '\\']).take(3).collect();
    let place = parts.into_iter().rev().collect::<Vec<_>>().join("/");
    Printer::plain().error(&format!(
        "zvirka {} failed by a mistake of its own at {place}:{}\n  \
         hint: please report this line and the command; leave out anything about children",
        env!("CARGO_PKG_VERSION"),
        line.unwrap_or(0),
    ));
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn arguments_are_well_defined() {
        use clap::CommandFactory as _;
        Arguments::command().debug_assert();
    }

    #[test]
    fn errors_become_exit_codes() {
        let printer = Printer::plain();
        let closed = Err::<(), _>(io::Error::from(io::ErrorKind::BrokenPipe)).context("printing");
        assert_eq!(fail(&closed.unwrap_err(), &printer), Exit::Done);
        let missing = crate::job::open(std::path::Path::new("nowhere.toml"));
        assert_eq!(fail(&missing.context("job").unwrap_err(), &printer), Exit::WrongInput);
        let wrong = WrongArguments("no".to_owned());
        assert_eq!(fail(&anyhow::Error::from(wrong), &printer), Exit::WrongInput);
        assert_eq!(fail(&anyhow::anyhow!("disk full"), &printer), Exit::Failed);
    }
}
