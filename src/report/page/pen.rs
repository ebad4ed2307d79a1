//! How numbers and groups are written, in one language.

use super::super::Run;
use super::super::candidates::Candidates;
use super::super::groups;
use super::super::words::{self, Lang};
use super::figure::Behind;
use super::texts::{Texts, texts};
use crate::evaluate::intervals;
use crate::job::SheetsBy;
use crate::normalize::Displacement;

/// What writes the page in one language.
pub(super) struct Pen<'a> {
    pub(super) run: &'a Run<'a>,
    pub(super) lang: Lang,
    pub(super) t: &'static Texts,
    pub(super) behind: Behind<'a>,
    /// Knows how schools wrote the names of offices.
    pub(super) list: Option<&'a Candidates<'a>>,
}

/// A part of a whole; nothing of nothing.
pub(super) fn part(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// What Ukrainian words are sorted by: ґ, є, і, ї stand where the alphabet has them.
pub(super) fn alphabetical(word: &str) -> Vec<u32> {
    let place = |letter: char| match letter {
        'ґ' => 4 * u32::from('г') + 1,
        'є' => 4 * u32::from('е') + 1,
        'і' => 4 * u32::from('и') + 1,
        'ї' => 4 * u32::from('и') + 2,
        other => 4 * u32::from(other),
    };
    word.chars().map(place).collect()
}

/// A length in a drawing.
pub(super) fn length(value: f64) -> String {
    format!("{value:.1}")
}

impl<'a> Pen<'a> {
    pub(super) fn new(
        run: &'a Run<'a>,
        lang: Lang,
        ids: &'a dyn Fn(usize) -> Option<&'a str>,
    ) -> Self {
        let behind = Behind::new(lang, run.job.report.lang, ids);
        Self { run, lang, t: texts(lang), behind, list: None }
    }

    pub(super) fn count(&self, n: u64) -> String {
        words::count(n, self.lang)
    }

    /// A share of 1 as a percentage, which unlike a probability may round to all or nothing:
    /// small ones with two decimals.
    pub(super) fn percent(&self, share: f64) -> String {
        let decimals = if share < 0.001 && share > 0.0 { 2 } else { 1 };
        format!("{}\u{a0}%", words::decimal(100.0 * share, decimals, self.lang))
    }

    pub(super) fn share(&self, of: u64, whole: u64) -> String {
        self.percent(part(of, whole))
    }

    /// The 95 % bounds of a share: `3,1–4,0 %`.
    pub(super) fn bounds(&self, of: u64, whole: u64) -> String {
        let Some(share) = intervals::share(of, whole) else { return "–".to_owned() };
        format!(
            "{}–{}\u{a0}%",
            words::decimal(100.0 * share.low, 1, self.lang),
            words::decimal(100.0 * share.high, 1, self.lang)
        )
    }

    /// An education office as some school wrote it.
    pub(super) fn office(&self, code: u32) -> String {
        let spelt = self.list.and_then(|list| list.spelt(SheetsBy::Office, code));
        spelt.unwrap_or_else(|| self.label(code, false))
    }

    /// A label as a heading: it is held in small letters.
    pub(super) fn label(&self, code: u32, proper: bool) -> String {
        let Some(label) = self.run.label(code) else { return self.t.not_stated.to_owned() };
        let mut name = String::with_capacity(label.len());
        let mut before = None;
        for letter in label.chars() {
            // Of proper names both halves, as in Івано-Франківська.
            if before.is_none() || (proper && before == Some('-')) {
                name.extend(letter.to_uppercase());
            } else {
                name.push(letter);
            }
            before = Some(letter);
        }
        name
    }

    pub(super) fn displaced(&self, key: Option<&str>) -> &'static str {
        let is = |mark| groups::displacement(mark);
        let t = self.t;
        match key {
            key if key == is(Displacement::None) => t.displaced_none,
            key if key == is(Displacement::Internal) => t.displaced_internal,
            key if key == is(Displacement::External) => t.displaced_external,
            _ => t.not_stated,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_as_in_the_alphabet() {
        let mut words = [
            "ялта",
            "йосипівка",
            "їжакове",
            "івано",
            "ґанок",
            "дім",
            "гора",
            "жито",
            "єва",
            "ель",
            "ива",
        ];
        words.sort_by_key(|word| alphabetical(word));
        let sorted = [
            "гора",
            "ґанок",
            "дім",
            "ель",
            "єва",
            "жито",
            "ива",
            "івано",
            "їжакове",
            "йосипівка",
            "ялта",
        ];
        assert_eq!(words, sorted);
    }
}
