//! Weighted pairs → links, and school records of one child → one child.

mod types;

pub use types::*;
