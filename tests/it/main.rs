//! End-to-end tests of the built binary, one module a command.
mod synth;

mod extract;
mod cli;
mod init;
mod job;
