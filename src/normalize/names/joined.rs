//! Fields that were joined without a space.

use std::borrow::Cow;

use super::canonical::is_cyrillic;
use super::{full, known};

/// "ПетренкоІван", "ПЕТРЕНКОІван": two fields joined without a space. Only where a part is
/// a given name or a patronymic of the tables: МакДональд is one word.
pub(super) fn apart_by_case(text: &str) -> Cow<'_, str> {
    let mut cuts: Vec<usize> = Vec::new();
    let (mut before, mut at_before) = (None, 0);
    for (at, c) in text.char_indices() {
        if let Some(last) = before {
            let last: char = last;
            if c.is_uppercase() && last.is_lowercase() {
                cuts.push(at);
            } else if c.is_lowercase() && last.is_uppercase() {
                // The capital before may start the next word.
                let start = text[..at_before].chars().next_back();
                if start.is_some_and(char::is_uppercase) {
                    cuts.push(at_before);
                }
            }
        }
        (before, at_before) = (Some(c), at);
    }
    if cuts.is_empty() || cuts.len() > 8 || !text.chars().any(is_cyrillic) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + cuts.len());
    let mut start = 0;
    for (i, &cut) in cuts.iter().enumerate() {
        let end = cuts.get(i + 1).copied().unwrap_or(text.len());
        out.push_str(&text[start..cut]);
        let left = text[start..cut].rsplit([' ', '-']).next().unwrap_or_default();
        let right = text[cut..end].split([' ', '-']).next().unwrap_or_default();
        let is_name = |part: &str| {
            let name = part.to_lowercase();
            name.chars().nth(2).is_some()
                && (known::is_given_name(&name) || full::is_patronymic(&name))
        };
        let long = left.chars().nth(2).is_some() && right.chars().nth(2).is_some();
        if long && (is_name(left) || is_name(right)) {
            out.push(' ');
        }
        start = cut;
    }
    out.push_str(&text[start..]);
    Cow::Owned(out)
}
