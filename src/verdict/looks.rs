//! Where people should look: the whole of a run's decisions under one budget of looks.
//!
//! Costs are counted in needless cases. A status that is settled wrongly hides a child, which
//! costs `hidden` of them; a child who stands on the list for nothing costs one; a look at a
//! child's records costs `look` and finds the truth. So, without a look,
//!
//! * a child whose status a link settles that is wrong with probability w costs w·`hidden`, and
//!   stays off the list only if that is at most 1 − w: the threshold of confirming is
//!   `hidden` / (1 + `hidden`), and no other threshold costs less in sum;
//! * a child on the list whom a possible link of probability p would take off it costs p.
//!
//! A look saves what it would have cost. The auditors look at as many as they can, dearest
//! first, and at nothing that costs less than the look itself. So the threshold of showing a
//! pair follows from all pairs and children together.
//!
//! A settled child can be looked at too: it stays on the list until then ("held back"), which
//! costs `held`, for a case may be opened before the look. Where that is as much as a needless
//! case, none is held back but those whose links, by the estimates of false links, are less
//! certain than the threshold of confirming asks. Where auditors look before the list goes out,
//! it is no more than a look, and the least certain of the settled children compete with the
//! pairs that wait.

/// What errors and looks cost, in needless cases.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Costs {
    /// One child who is settled wrongly.
    pub hidden: f64,
    /// One look.
    pub look: f64,
    /// One settled child who stands on the list until somebody looks.
    pub held: f64,
}

impl Costs {
    /// Probability from which a link settles by itself.
    #[must_use]
    pub fn confirm(self) -> f64 {
        self.hidden / (1.0 + self.hidden)
    }

    /// What a look saves at a child on the list whom a link of probability `p` would settle.
    #[must_use]
    pub const fn waiting(self, p: f64) -> f64 {
        p
    }

    /// What a look saves at a child whose status is wrong with probability `wrong`.
    #[must_use]
    pub fn settled(self, wrong: f64) -> f64 {
        self.hidden * wrong
    }

    /// Whether a child whose status is wrong with probability `wrong` stays on the list until
    /// somebody looks; `least` is what a look has to save to be taken.
    #[must_use]
    pub fn holds_back(self, wrong: f64, least: f64) -> bool {
        wrong * self.hidden > 1.0 - wrong || self.settled(wrong) >= least.max(self.held)
    }

    /// What a look has to save to be taken, if people can take `capacity` looks and these are
    /// all that could be taken.
    ///
    /// Looks that save as much as the first that is too much wait too: equals are not told
    /// apart by chance.
    #[must_use]
    pub fn least(self, mut looks: Vec<f64>, capacity: u64) -> f64 {
        looks.retain(|saved| *saved >= self.look);
        let capacity = usize::try_from(capacity).unwrap_or(usize::MAX);
        if looks.len() <= capacity {
            return self.look;
        }
        let (_, first_too_much, _) = looks.select_nth_unstable_by(capacity, |a, b| b.total_cmp(a));
        first_too_much.next_up()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COSTS: Costs = Costs { hidden: 10_000.0, look: 0.02, held: 1.0 };

    #[test]
    fn the_threshold_of_confirming_is_where_both_errors_cost_the_same() {
        let wrong = 1.0 - COSTS.confirm();
        assert!((wrong * COSTS.hidden - (1.0 - wrong)).abs() < 1e-6);
    }

    #[test]
    fn what_costs_most_is_looked_at() {
        let looks = vec![0.9, 0.5, 0.5, 0.01, 0.3];
        assert!((COSTS.least(looks.clone(), 10) - 0.02).abs() < 1e-12);
        // Two of 0.5 are too much for two looks, and neither is better than the other.
        assert!(COSTS.least(looks.clone(), 2) > 0.5);
        assert!((COSTS.least(looks.clone(), 3) - 0.3).abs() < 1e-9);
        assert!(COSTS.least(looks, 0) > 0.9);
        assert!((COSTS.least(Vec::new(), 0) - 0.02).abs() < 1e-12);
    }

    #[test]
    fn settled_children_are_held_back_by_what_that_costs() {
        assert!(!COSTS.holds_back(5e-5, 0.02));
        // Less certain than the threshold asks, whoever has time.
        assert!(COSTS.holds_back(2e-4, f64::INFINITY));
        let before_the_list_goes_out = Costs { held: 0.02, ..COSTS };
        assert!(before_the_list_goes_out.holds_back(5e-5, 0.3));
        assert!(!before_the_list_goes_out.holds_back(5e-5, 0.7));
        assert!(!before_the_list_goes_out.holds_back(1e-6, 0.02));
    }

    proptest! {
        #[test]
        fn no_more_than_people_can_look_at(
            looks in proptest::collection::vec(0.0_f64..1.0, 0..50),
            capacity in 0_u64..60,
        ) {
            let least = COSTS.least(looks.clone(), capacity);
            let taken = looks.iter().filter(|saved| **saved >= least).count() as u64;
            prop_assert!(taken <= capacity);
            // And no look that could have been taken is left, ties aside.
            let mut rest: Vec<f64> =
                looks.into_iter().filter(|saved| *saved >= COSTS.look && *saved < least).collect();
            rest.sort_by(|a, b| b.total_cmp(a));
            if let Some(next) = rest.first() {
                let equals = rest.iter().filter(|saved| **saved >= *next).count() as u64;
                prop_assert!(taken + equals > capacity);
            }
        }
    }
}
