//! End-to-end tests of the built binary, one module a command or room.

#![allow(
    clippy::format_collect,
    clippy::format_push_string,
    reason = "a test's text need not be built fast"
)]

mod atomic;
mod bad_input;
mod cli;
mod degenerate;
mod determinism;
mod diff;
mod evaluate;
mod explain;
mod extract;
mod identity;
mod init;
mod interrupt;
mod job;
mod measure;
mod privacy;
mod run;
mod support;
mod synth;
mod train;
mod verdicts;
mod verify;
