//! Capture and recapture: pairs of one child that no blocking rule brought together, by how the
//! rules overlap on those that were accepted. See [`crate::block::capture`].

use std::collections::BTreeMap;

use super::{Subject, Unseen};
use crate::block::capture;
use crate::resolve::{Possible, sum};

/// The pairs never compared; none where the rules overlap too little to tell.
pub(super) fn never_compared(subject: Subject<'_>, possible: &[Possible]) -> Option<Unseen> {
    let accepted = possible.iter().filter(|p| p.link);
    let rules = |p: &Possible| subject.linkage.blocker.rules_of(p.left, p.right);
    let unseen = capture::never_compared(&masks(accepted.map(|p| (rules(p), p.probability))))?;
    let capture::Unseen { estimate, low, high, .. } = unseen;
    Some(Unseen { pairs: estimate, low, high })
}

/// By mask of rules the probabilities of the pairs that these brought together.
fn masks(pairs: impl Iterator<Item = (u32, f64)>) -> BTreeMap<u32, f64> {
    let mut masks = BTreeMap::<u32, Vec<f64>>::new();
    for (mask, probability) in pairs {
        masks.entry(mask).or_default().push(probability);
    }
    masks.into_iter().map(|(mask, parts)| (mask, sum(parts.into_iter()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_add_up_by_mask_in_any_order() {
        let pairs = [(0b11, 0.1), (0b01, 0.9), (0b11, 0.7), (0b11, 0.2)];
        let forward = masks(pairs.into_iter());
        assert_eq!(forward, masks(pairs.into_iter().rev()));
        assert!((forward[&0b11] - 1.0).abs() < 1e-12 && (forward[&0b01] - 0.9).abs() < 1e-12);
    }
}
