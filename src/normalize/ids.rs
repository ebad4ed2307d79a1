//! The sources' own identifiers, in one text: tens of millions of small allocations would take
//! more memory than what they hold.

/// One identifier a record, or none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ids {
    text: String,
    /// Where each record's ends in `text`, in bytes; none is where the one before ends.
    ends: Vec<usize>,
}

impl Ids {
    /// Adds the identifier of the next record; empty where it has none.
    pub fn push(&mut self, id: &str) {
        self.text.push_str(id);
        self.ends.push(self.text.len());
    }

    /// The identifier of a record by its index; `None` where it has none.
    #[must_use]
    pub fn get(&self, record: usize) -> Option<&str> {
        let start = record.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied());
        let id = self.text.get(start?..*self.ends.get(record)?)?;
        (!id.is_empty()).then_some(id)
    }

    /// How many records have one.
    #[must_use]
    pub fn filled(&self) -> u64 {
        (0..self.ends.len()).filter(|&record| self.get(record).is_some()).count() as u64
    }

    /// The identifiers of some records, in their order.
    #[must_use]
    pub fn picked(&self, order: &[u32]) -> Self {
        let mut ids = Self {
            text: String::with_capacity(self.text.len()),
            ends: Vec::with_capacity(order.len()),
        };
        for &record in order {
            ids.push(self.get(record as usize).unwrap_or_default());
        }
        ids
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn ids_come_back_as_they_went_in(
            all in proptest::collection::vec("(|[аб1]{1,3})", 0..20),
        ) {
            let mut ids = Ids::default();
            for id in &all {
                ids.push(id);
            }
            let order: Vec<u32> = (0..u32::try_from(all.len()).unwrap()).rev().collect();
            let turned = ids.picked(&order);
            let told = |id: &String| (!id.is_empty()).then(|| id.clone());
            for (i, id) in all.iter().enumerate() {
                proptest::prop_assert_eq!(ids.get(i).map(str::to_owned), told(id));
                let back = all.len() - 1 - i;
                proptest::prop_assert_eq!(turned.get(back).map(str::to_owned), told(id));
            }
            proptest::prop_assert_eq!(ids.get(all.len()), None);
            let filled = all.iter().filter(|id| !id.is_empty()).count() as u64;
            proptest::prop_assert_eq!(ids.filled(), filled);
        }
    }
}
