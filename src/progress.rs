//! How far a long work has come: bars on a terminal, plain lines elsewhere, nothing
//! where quiet is asked for.
//!
//! Works report to a [`Progress`] and know nothing of terminals. Reports may come from
//! several threads; what they show never reaches an output.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::timings::magnitude;

/// Where a work reports how far it has come.
pub trait Progress: Sync {
    /// A stage begins, and with it the one before ends. Names the stage for people.
    fn stage(&self, name: &str);
    /// The stage has this many units of work, whatever they are (rows, bytes, pairs).
    /// May be called again if more is known later.
    fn total(&self, units: u64);
    /// So many more units are done.
    fn advance(&self, units: u64);
    /// The whole work is done. Without it, the last stage counts as broken off.
    fn finish(&self) {}
    /// Says a line, such as a warning, without spoiling a bar.
    fn message(&self, line: &str);
}

/// Says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _: &str) {}
    fn total(&self, _: u64) {}
    fn advance(&self, _: u64) {}
    fn message(&self, _: &str) {}
}

/// A line for each stage and message.
pub struct Lines<F> {
    say: F,
}

impl<F: Fn(&str) + Sync> Lines<F> {
    /// Lines that `say` shows.
    pub fn new(say: F) -> Self {
        Self { say }
    }
}

impl<F> fmt::Debug for Lines<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lines")
    }
}

impl<F: Fn(&str) + Sync> Progress for Lines<F> {
    fn stage(&self, name: &str) {
        (self.say)(&format!("{name} …"));
    }

    fn total(&self, _: u64) {}

    fn advance(&self, _: u64) {}

    fn message(&self, line: &str) {
        (self.say)(line);
    }
}

/// A bar for the stage that is at work, a line for each that is done.
#[derive(Debug)]
pub struct Bars {
    bar: Mutex<Option<ProgressBar>>,
    target: fn() -> ProgressDrawTarget,
}

impl Bars {
    /// Bars on stderr.
    #[must_use]
    pub fn new() -> Self {
        Self::on(ProgressDrawTarget::stderr)
    }

    fn on(target: fn() -> ProgressDrawTarget) -> Self {
        Self { bar: Mutex::new(None), target }
    }

    fn with(&self, act: impl FnOnce(&ProgressBar)) {
        // A thread that panicked while it held the bar has not spoiled it.
        if let Some(bar) = &*self.bar.lock().unwrap_or_else(PoisonError::into_inner) {
            act(bar);
        }
    }
}

impl Default for Bars {
    fn default() -> Self {
        Self::new()
    }
}

/// A template that indicatif refuses would lose the bar, not the work.
fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template);
    style.unwrap_or_else(|_| ProgressStyle::default_bar()).with_key("rate", rate)
}

/// Units a second, to three figures.
fn rate(state: &ProgressState, into: &mut dyn fmt::Write) {
    // Nobody sees a bar that cannot be written to.
    let _ = write!(into, "{}/s", magnitude(state.per_sec()));
}

impl Progress for Bars {
    fn stage(&self, name: &str) {
        let next = ProgressBar::with_draw_target(None, (self.target)());
        next.set_style(style("{spinner} {msg} {elapsed}"));
        next.set_message(name.to_owned());
        next.enable_steady_tick(Duration::from_millis(120));
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = bar.replace(next) {
            done(&last);
        }
    }

    fn total(&self, units: u64) {
        self.with(|bar| {
            bar.set_length(units);
            bar.set_style(style(
                "{spinner} {msg:32!} {wide_bar} {percent:>3} % {rate:>9} {eta:>5}",
            ));
        });
    }

    fn advance(&self, units: u64) {
        self.with(|bar| bar.inc(units));
    }

    fn finish(&self) {
        if let Some(last) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take() {
            done(&last);
        }
    }

    fn message(&self, line: &str) {
        self.with(|bar| bar.println(line));
    }
}

fn done(bar: &ProgressBar) {
    bar.set_style(style("✓ {msg} {elapsed}"));
    bar.finish();
}

impl Drop for Bars {
    fn drop(&mut self) {
        // A stage that a failure broke off is not done: its bar goes.
        if let Some(bar) = self.bar.get_mut().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(progress: &dyn Progress) {
        progress.advance(1);
        progress.stage("reading");
        progress.total(10);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| progress.advance(5));
            }
        });
        progress.message("one row was rejected");
        progress.stage("linking");
        progress.finish();
    }

    #[test]
    fn lines_say_stages_and_messages_only() {
        let said = Mutex::new(Vec::new());
        work(&Lines::new(|line: &str| said.lock().unwrap().push(line.to_owned())));
        assert_eq!(*said.lock().unwrap(), ["reading …", "one row was rejected", "linking …"]);
    }

    #[test]
    fn bars_take_any_order_of_calls() {
        let bars = Bars::on(ProgressDrawTarget::hidden);
        work(&bars);
        work(&Silent);
        drop(bars);
    }
}
