//! Links and evidence rules → a status with reasons for each child. Nothing here
//! knows how a link was scored.
//!
//! The rules, first that fits ([`decide`]):
//!
//! 1. a death that something dated after it puts in doubt, or whose day does not count →
//!    `review`; a death that counts → `deceased`;
//! 2. a search that something dated after it puts in doubt, or whose end is unclear → `review`;
//!    a search that its own witness has not ended → `reported_missing`;
//! 3. the school says that the child died, and no register does → `review`;
//! 4. a child in two places at once → `review`;
//! 5. the latest evidence that counts says seen abroad → `confirmed_abroad`, seen in the
//!    country → `confirmed`; unless a possible link to a death, or to a search that is not
//!    known to have ended, would put it in doubt → `review`;
//! 6. nothing counts, but a possible link would settle it → `review`;
//! 7. too few fields to be found anywhere → `not_assessable`;
//! 8. otherwise → `unconfirmed`.
//!
//! Evidence counts if its link was accepted and it is dated on or after the first day that
//! counts in its source and not after `as_of`. What contradicts what, and which event overrides
//! which, stands in `contradiction`.
//!
//! A settled status may be *held back*: of the links that settle, the least certain go to
//! people as long as these have time ([`Costs`]).

mod contradiction;
mod decide;
mod evidence;
mod looks;
mod priority;
mod types;

pub use decide::{Verdict, decide, open_search_of};
pub use evidence::{Case, Evidence, Gone, Period};
pub use looks::Costs;
pub use priority::{About, priority};
pub use types::*;
