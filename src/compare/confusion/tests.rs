use proptest::prelude::*;

use super::*;
use crate::normalize::{data, latin, names};

fn word(text: &str) -> Letters {
    letters::encode(text)
}

fn sounds(text: &str) -> Letters {
    let codes: Vec<u8> = latin::skeleton(text).iter().map(|s| (s - b'a' + 1).min(63)).collect();
    Letters::new(&codes)
}

#[test]
fn zz_given() {
    for (label, table) in [("m", data::FIRST_MALE), ("f", data::FIRST_FEMALE)] {
        let given: Vec<String> = data::rows(table)
            .filter(|row| {
                row[1].parse::<f64>().unwrap() >= 1.0 || row[2].parse::<f64>().unwrap() >= 1.0
            })
            .map(|row| names::canonical(row[0]))
            .collect();
        for (i, a) in given.iter().enumerate() {
            for b in &given[..i] {
                let c = cost(&word(a), &word(b), Alphabet::Cyrillic);
                if c <= 3 {
                    println!(
                        "{label} {c} {} {a} {b}",
                        is_typical(&word(a), &word(b), Alphabet::Cyrillic)
                    );
                }
                let c = cost(&sounds(a), &sounds(b), Alphabet::Sounds);
                if c <= 3 {
                    println!(
                        "S {label} {c} {} {a} {b}",
                        is_typical(&sounds(a), &sounds(b), Alphabet::Sounds)
                    );
                }
            }
        }
    }
}
