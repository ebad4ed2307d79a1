//! Edit distance on one-byte letters.

use crate::normalize::Letters;

/// Optimal string alignment distance: insertions, deletions, substitutions and swaps
/// of neighbours cost one, and no letter is edited twice.
///
/// Bit-parallel, after Hyyrö, "A bit-vector algorithm for computing Levenshtein and
/// Damerau edit distances" (2003): one machine word holds a column of the table, so
/// the cost is one short loop over `b`.
#[must_use]
pub fn osa(a: &Letters, b: &Letters) -> u32 {
    let (a, b) = (a.as_slice(), b.as_slice());
    if a.is_empty() || b.is_empty() {
        return u32::try_from(a.len() + b.len()).unwrap_or(u32::MAX);
    }
    let mut positions = [0_u32; 64];
    for (i, &letter) in a.iter().enumerate() {
        positions[usize::from(letter & 63)] |= 1 << i;
    }
    let last = 1_u32 << (a.len() - 1);
    let (mut vertical_up, mut vertical_down) = (u32::MAX, 0_u32);
    let (mut diagonal, mut previous) = (0_u32, 0_u32);
    // At most `Letters::CAPACITY`.
    #[allow(clippy::cast_possible_truncation)]
    let mut distance = a.len() as u32;
    for &letter in b {
        let here = positions[usize::from(letter & 63)];
        let swap = (((!diagonal) & here) << 1) & previous;
        diagonal = ((here & vertical_up).wrapping_add(vertical_up) ^ vertical_up)
            | here
            | vertical_down
            | swap;
        let mut horizontal_up = vertical_down | !(diagonal | vertical_up);
        let mut horizontal_down = diagonal & vertical_up;
        if horizontal_up & last != 0 {
            distance += 1;
        }
        if horizontal_down & last != 0 {
            distance -= 1;
        }
        horizontal_up = (horizontal_up << 1) | 1;
        horizontal_down <<= 1;
        vertical_up = horizontal_down | !(diagonal | horizontal_up);
        vertical_down = horizontal_up & diagonal;
        previous = here;
    }
    distance
}

/// [`osa`] if it is at most `limit`. Lengths and letters alone tell most pairs apart: an
/// edit does away with one letter at most.
#[must_use]
pub fn osa_at_most(a: &Letters, b: &Letters, limit: u32) -> Option<u32> {
    let set = |word: &Letters| {
        word.as_slice().iter().fold(0_u64, |set, &letter| set | 1 << (letter & 63))
    };
    let (left, right) = (set(a), set(b));
    let lost = (left & !right).count_ones().max((right & !left).count_ones());
    if lost > limit || a.len().abs_diff(b.len()) > usize::try_from(limit).unwrap_or(usize::MAX) {
        return None;
    }
    Some(osa(a, b)).filter(|&distance| distance <= limit)
}

/// Whether two numbers of `digits` decimal digits differ by one slip: one digit
/// replaced, or two neighbours swapped.
#[must_use]
pub fn one_digit_slip(a: u64, b: u64, digits: u32) -> bool {
    let (mut a, mut b) = (a, b);
    let mut differing = [(0, 0); 2];
    let mut places = [0; 2];
    let mut count = 0;
    for place in 0..digits {
        let (left, right) = (a % 10, b % 10);
        if left != right {
            if count == 2 {
                return false;
            }
            differing[count] = (left, right);
            places[count] = place;
            count += 1;
        }
        a /= 10;
        b /= 10;
    }
    match count {
        1 => true,
        2 => places[1] == places[0] + 1 && differing[0] == (differing[1].1, differing[1].0),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn osa_is_strsims(
            a in proptest::collection::vec(0_u8..6, 0..=31),
            b in proptest::collection::vec(0_u8..6, 0..=31),
        ) {
            let text = |letters: &[u8]| letters.iter().map(|&l| char::from(b'a' + l)).collect::<String>();
            let oracle = strsim::osa_distance(&text(&a), &text(&b));
            prop_assert_eq!(osa(&Letters::new(&a), &Letters::new(&b)) as usize, oracle);
        }

        #[test]
        fn a_limit_changes_nothing_below_it(
            a in proptest::collection::vec(0_u8..64, 0..=6),
            b in proptest::collection::vec(0_u8..64, 0..=6),
            same in 0_usize..6,
        ) {
            let mut b = b;
            b.extend(a.iter().skip(same));
            let (a, b) = (Letters::new(&a), Letters::new(&b));
            let distance = osa(&a, &b);
            for limit in 0..9 {
                let expected = (distance <= limit).then_some(distance);
                prop_assert_eq!(osa_at_most(&a, &b, limit), expected);
            }
        }

        #[test]
        fn a_slip_is_one_substitution_or_swap(a in 0_u64..1_000_000, b in 0_u64..1_000_000) {
            let (left, right) = (format!("{a:06}"), format!("{b:06}"));
            let (left, right) = (left.as_bytes(), right.as_bytes());
            let substituted = left.iter().zip(right).filter(|(x, y)| x != y).count() == 1;
            let swapped = (0..5).any(|i| {
                let mut other = left.to_vec();
                other.swap(i, i + 1);
                other == right && left != right
            });
            prop_assert_eq!(one_digit_slip(a, b, 6), substituted || swapped);
        }

        #[test]
        fn injected_slips_are_seen(a in 0_u64..1_000_000, place in 0_u32..6, to in 0_u64..10) {
            let unit = 10_u64.pow(place);
            let digit = a / unit % 10;
            let b = a - digit * unit + to * unit;
            prop_assert_eq!(one_digit_slip(a, b, 6), digit != to);
        }
    }
}
