//! Text taken apart where letters begin and end.

/// The words of a text, runs of letters, and every other character by itself, in order; joined
/// they are the text again. With each comes what follows it.
pub(super) fn runs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = if first.is_alphabetic() {
            rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (run, after) = rest.split_at(end);
        rest = after;
        Some((run, after))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_stand_whole_and_signs_alone() {
        let parts: Vec<&str> = runs("12 або  І-МИ №7").map(|(run, _)| run).collect();
        assert_eq!(parts, ["1", "2", " ", "або", " ", " ", "І", "-", "МИ", " ", "№", "7"]);
    }

    proptest! {
        #[test]
        fn joined_they_are_the_text(text in "\\PC{0,40}") {
            let mut joined = String::new();
            for (run, after) in runs(&text) {
                joined.push_str(run);
                prop_assert_eq!(format!("{joined}{after}"), text.clone());
            }
            prop_assert_eq!(joined, text);
        }
    }
}
