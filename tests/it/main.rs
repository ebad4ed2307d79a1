//! End-to-end tests of the built binary, one module a command.
mod cli;
mod init;
mod job;
