//! The one-byte alphabet: Cyrillic letters below 64, for fast comparison.
//!
//! 1..=33 are the Ukrainian letters in the order of the alphabet, so г and ґ, и, і
//! and ї, е and є stay apart; then the Russian letters that wander into Ukrainian
//! names, then letters of other Cyrillic alphabets. Apostrophes, hyphens and spaces
//! have no code: they are lost and added too often to mean anything.

use super::records::Letters;

/// The alphabet in the order of the codes, from 1.
const ALPHABET: &str = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюяёыэъўјљњћђџѕѓќѣѫіѵ";

/// Code of every other letter.
pub const OTHER: u8 = 63;

/// Code of a lower-case Cyrillic letter in 1..=62; `None` for anything else.
#[must_use]
pub fn code(letter: char) -> Option<u8> {
    // The Ukrainian alphabet is nearly all of what comes: a match would be a table
    // anyway, and searching 50 letters is done once a distinct name.
    let place = ALPHABET.chars().position(|c| c == letter)?;
    u8::try_from(place + 1).ok().filter(|&code| code < OTHER)
}

/// The letter of a code of [`code`].
#[must_use]
pub fn letter(code: u8) -> Option<char> {
    ALPHABET.chars().nth(usize::from(code).checked_sub(1)?)
}

/// Codes of the letters of a lower-case name; what is no letter is left out, a letter
/// that is not Cyrillic becomes [`OTHER`].
#[must_use]
pub fn encode(name: &str) -> Letters {
    let mut codes = [0; Letters::CAPACITY];
    let mut len = 0;
    for letter in name.chars().filter(|c| c.is_alphabetic()).take(Letters::CAPACITY) {
        codes[len] = code(letter).unwrap_or(OTHER);
        len += 1;
    }
    Letters::new(&codes[..len])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ukrainian_letters_come_first_and_lead_back() {
        assert_eq!(code('а'), Some(1));
        assert_eq!(code('я'), Some(33));
        assert_eq!(code('a'), None);
        for code_of in 1..=33 {
            assert_eq!(letter(code_of).and_then(code), Some(code_of));
        }
        assert_eq!(letter(0), None);
    }

    #[test]
    fn marks_are_left_out_and_long_names_cut() {
        assert_eq!(encode("мар'яна-анна"), encode("марянаанна"));
        assert_ne!(encode("гнат"), encode("ґнат"));
        assert_eq!(encode(&"щ".repeat(99)).len(), Letters::CAPACITY);
        assert_eq!(encode("aб").as_slice(), [OTHER, 2]);
    }
}
