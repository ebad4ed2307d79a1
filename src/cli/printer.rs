//! The only place that prints: data → stdout, talk → stderr.

use std::io::{self, IsTerminal as _, Write as _};

use super::args::Arguments;
use crate::job::{Problems, Severity};
use crate::progress::{Bars, Lines, Progress, Silent};

/// How much to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Errors only.
    Quiet,
    /// What matters.
    Usual,
    /// Everything.
    Verbose,
}

/// Prints.
#[derive(Debug)]
pub struct Printer {
    verbosity: Verbosity,
    colour: bool,
    bars: bool,
}

impl Printer {
    /// A printer as the arguments, the terminal and `NO_COLOR` want it.
    #[must_use]
    pub fn new(arguments: &Arguments) -> Self {
        let terminal = io::stderr().is_terminal();
        // Any value but an empty one asks for no colour: https://no-color.org
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let verbosity = match (arguments.quiet, arguments.verbose) {
            (true, _) => Verbosity::Quiet,
            (false, true) => Verbosity::Verbose,
            (false, false) => Verbosity::Usual,
        };
        Self {
            verbosity,
            colour: terminal && !plain && !dumb,
            bars: terminal && !dumb && !arguments.no_progress,
        }
    }

    /// A printer without colours and bars.
    #[must_use]
    pub const fn plain() -> Self {
        Self { verbosity: Verbosity::Usual, colour: false, bars: false }
    }

    /// Data: to stdout, with a line break at its end.
    ///
    /// # Errors
    /// Whatever the system says; a closed pipe among it.
    pub fn data(&self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        if !text.ends_with('\n') {
            out.write_all(b"\n")?;
        }
        out.flush()
    }

    /// Data that is long: to stdout, as it is made.
    ///
    /// # Errors
    /// Whatever the system says; a closed pipe among it.
    pub fn stream(
        &self,
        write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
        write(&mut out)?;
        out.flush()
    }

    /// Talk: to stderr, unless quiet.
    pub fn say(&self, text: &str) {
        if self.verbosity > Verbosity::Quiet {
            to_stderr(text);
        }
    }

    /// More talk: to stderr, if asked for.
    pub fn detail(&self, text: &str) {
        if self.verbosity == Verbosity::Verbose {
            to_stderr(text);
        }
    }

    /// A warning, unless quiet.
    pub fn warn(&self, text: &str) {
        if self.verbosity > Verbosity::Quiet {
            to_stderr(&format!("{} {text}", self.painted("warning:", "1;33")));
        }
    }

    /// An error.
    pub fn error(&self, text: &str) {
        to_stderr(&format!("{} {text}", self.painted("error:", "1;31")));
    }

    /// What is wrong with a job, and how many things are.
    pub fn problems(&self, problems: &Problems) {
        for (severity, text) in problems.shown() {
            match severity {
                Severity::Error => self.error(&text),
                Severity::Warning => self.warn(&text),
            }
        }
        if problems.list().len() > 1 {
            self.say(&problems.tally());
        }
    }

    /// Where a long work reports how far it has come.
    #[must_use]
    pub fn progress(&self) -> Box<dyn Progress + '_> {
        if self.verbosity == Verbosity::Quiet {
            Box::new(Silent)
        } else if self.bars {
            Box::new(Bars::new())
        } else {
            Box::new(Lines::new(|line: &str| self.say(line)))
        }
    }

    fn painted(&self, word: &str, code: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{word}\u{1b}[0m") } else { word.to_owned() }
    }
}

fn to_stderr(text: &str) {
    // With stderr gone there is nobody left to tell.
    let _ = writeln!(io::stderr().lock(), "{text}");
}
