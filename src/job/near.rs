//! "Did you mean …": the nearest of the words that would have been right, and the
//! folding under which two spellings of a heading are one.

use unicode_normalization::UnicodeNormalization as _;

/// A word longer than this is no slip of a known one; also bounds the work.
const LONGEST: usize = 120;

/// A heading or key as it is compared: without case, surrounding and repeated space,
/// invisible marks, letters composed, and with one kind of apostrophe and dash.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let invisible = |c: &char| matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{ad}');
    let visible: String = text.nfc().filter(|c| !invisible(c)).collect();
    for word in visible.split(|c: char| c.is_whitespace() || c.is_control()) {
        if word.is_empty() {
            continue;
        }
        if !folded.is_empty() {
            folded.push(' ');
        }
        for letter in word.chars() {
            match letter {
                '’' | 'ʼ' | '`' | '‘' | '´' | '′' => folded.push('\''),
                '–' | '—' | '‑' | '‐' | '−' => folded.push('-'),
                other => folded.extend(other.to_lowercase()),
            }
        }
    }
    folded
}

/// How alike two words are, from 0 to 1, by edits (Damerau–Levenshtein) after folding;
/// `_`, `-`, `.` and space count as one.
pub(super) fn likeness(left: &str, right: &str) -> f64 {
    let plain = |text: &str| fold(text).replace(['_', '-', '.', ' '], " ").trim().to_owned();
    let (left, right) = (plain(left), plain(right));
    if left.chars().count() > LONGEST || right.chars().count() > LONGEST {
        return 0.0;
    }
    strsim::normalized_damerau_levenshtein(&left, &right)
}

/// The nearest of `candidates`, if it is near enough to be meant; the first of equals.
pub(super) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        let likeness = likeness(word, candidate);
        if likeness >= 0.55 && best.is_none_or(|(highest, _)| likeness > highest) {
            best = Some((likeness, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// The remedy for an unknown word: the nearest known one, or all of them.
pub(super) fn did_you_mean(word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known here: {}", listed(known)),
    }
}

/// `a`, `b`, `c`; cut after two dozen.
pub(super) fn listed(words: &[&str]) -> String {
    const MOST: usize = 24;
    let short = |word: &str| word.chars().take(LONGEST / 2).collect::<String>();
    let mut shown: Vec<_> = words.iter().take(MOST).map(|w| format!("`{}`", short(w))).collect();
    if words.len() > MOST {
        shown.push(format!("and {} more", words.len() - MOST));
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_makes_spellings_one() {
        assert_eq!(fold("  Ім’я \n дитини"), "ім'я дитини");
        assert_eq!(fold("Ім'я дитини"), "ім'я дитини");
        assert_eq!(fold("\u{feff}ПІБ"), "піб");
    }

    #[test]
    fn slips_are_found_and_strangers_are_not() {
        let known = ["surname", "given_name", "patronymic", "birth_date"];
        assert_eq!(nearest("patronimic", known), Some("patronymic"));
        assert_eq!(nearest("birthdate", known), Some("birth_date"));
        assert_eq!(nearest("Given Name", known), Some("given_name"));
        assert_eq!(nearest("xyz", known), None);
        assert_eq!(nearest(&"а".repeat(100_000), known), None);
    }
}
