//! Links and evidence rules → a status with reasons for each child. Nothing here
//! knows how a link was scored.

mod types;

pub use types::*;
