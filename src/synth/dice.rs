//! Chance, the same for a seed on every machine and for ever.
//!
//! Only the raw stream of ChaCha8 is used: `rand` may change from version to version
//! how it draws ranges and floats, and the samples must not change with it.

use rand::Rng;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// A stream of random draws.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream number `stream` of `seed`; streams do not overlap.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut key = [0_u8; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..14].copy_from_slice(b"zvirka");
        let mut rng = ChaCha8Rng::from_seed(key);
        rng.set_stream(stream);
        Self(rng)
    }

    /// True with probability `p`; never where `p` is 0, always where it is 1.
    pub(super) fn chance(&mut self, p: f64) -> bool {
        // 53 bits are all that a double holds.
        let unit = (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        unit < p
    }

    /// A whole number in `0..n`, 0 where `n` is 0.
    pub(super) fn below(&mut self, n: usize) -> usize {
        let wide = u128::from(self.0.next_u64()) * (n as u128);
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// A whole number in `from..=to`, `from` where the range is empty.
    pub(super) fn between(&mut self, from: i32, to: i32) -> i32 {
        let width = usize::try_from(i64::from(to) - i64::from(from) + 1).unwrap_or(0);
        from.saturating_add(i32::try_from(self.below(width)).unwrap_or(0))
    }

    /// One of `items`, each equally likely; `None` where there are none.
    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }

    /// Puts `items` into a random order (Fisher and Yates).
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

/// Indices drawn in proportion to their weights.
#[derive(Debug, Default)]
pub(super) struct Pool(Vec<u64>);

impl Pool {
    /// A pool over `weights`; a weight below a thousandth, or no number, counts as nothing.
    pub(super) fn new(weights: impl IntoIterator<Item = f64>) -> Self {
        let mut total = 0_u64;
        Self(
            weights
                .into_iter()
                .map(|weight| {
                    // Whole thousandths, so that the order of adding cannot matter.
                    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                    let whole = (weight.clamp(0.0, 1e12) * 1000.0).round() as u64;
                    total += whole;
                    total
                })
                .collect(),
        )
    }

    /// A random index; 0 where every weight is 0.
    pub(super) fn draw(&self, dice: &mut Dice) -> usize {
        let total = self.0.last().copied().unwrap_or(0);
        let mark = dice.below(usize::try_from(total).unwrap_or(usize::MAX)) as u64;
        self.0.partition_point(|&sum| sum <= mark).min(self.0.len().saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_never_changes() {
        let mut dice = Dice::new(1, 2);
        let drawn: Vec<usize> = (0..6).map(|_| dice.below(1000)).collect();
        assert_eq!(drawn, FIRST_DRAWS);
    }
    /// A change of these numbers changes every sample.
    const FIRST_DRAWS: [usize; 6] = [747, 552, 949, 73, 149, 224];

    #[test]
    fn edges_of_chance_and_ranges() {
        let mut dice = Dice::new(7, 0);
        assert!((0..1000).all(|_| !dice.chance(0.0) && dice.chance(1.0)));
        assert!((0..1000).all(|_| (3..=5).contains(&dice.between(3, 5))));
        assert_eq!(dice.between(3, 2), 3);
        assert_eq!(dice.pick::<u8>(&[]), None);
    }

    #[test]
    fn a_pool_draws_by_weight() {
        let pool = Pool::new([1.0, 0.0, 3.0, f64::NAN]);
        let mut dice = Dice::new(7, 0);
        let mut seen = [0_u32; 4];
        for _ in 0..8000 {
            seen[pool.draw(&mut dice)] += 1;
        }
        assert_eq!((seen[1], seen[3]), (0, 0));
        assert!((1800..2200).contains(&seen[0]), "{seen:?}");
        assert_eq!(Pool::new([0.0]).draw(&mut dice), 0);
        assert_eq!(Pool::default().draw(&mut dice), 0);
    }
}
