//! The job: whose status is asked, where to look, and what counts as proof.
//!
//! `job.toml` → a checked [`Job`]. This room knows the settings and nothing of
//! what the files hold; where a check needs a file's headings, the caller hands
//! them in.

mod types;

pub use types::*;
