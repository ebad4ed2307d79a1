//! End-to-end tests of the built binary, one module a command or room.

mod cli;
mod determinism;
mod extract;
mod init;
mod job;
mod run;
mod support;
mod synth;
