//! Links and evidence rules → a status with reasons for each child. Nothing here
//! knows how a link was scored.
//!
//! The rules, first that fits ([`decide`]):
//!
//! 1. a death that counts → `deceased`; with evidence of life after it → `review`;
//! 2. sought as missing → `reported_missing`; with evidence of another kind after it → `review`
//!    (`returned` excepted: that is how a search ends);
//! 3. the latest evidence that counts says seen abroad → `confirmed_abroad`, seen in the
//!    country → `confirmed`; unless a possible link to a death, or to a search that is not
//!    known to have ended, would put it in doubt → `review`;
//! 4. nothing counts, but a possible link would settle it → `review`;
//! 5. too few fields to be found anywhere → `not_assessable`;
//! 6. otherwise → `unconfirmed`.
//!
//! Evidence counts if its link was accepted and it is dated on or after `evidence_since`
//! and not after `as_of`.

mod decide;
mod priority;
mod types;

pub use decide::{Case, Evidence, Period, Verdict, decide};
pub use priority::priority;
pub use types::*;
