//! The error rates of links, for the terminal and the page.

use super::page::{fill, texts};
use super::words::{self, Lang};
use crate::estimate::{ErrorRates, Method, RegisterErrors};

/// A register's estimates on the page.
pub(super) struct ErrorRow {
    pub(super) title: String,
    pub(super) methods: Vec<MethodRow>,
    pub(super) never_compared: Option<String>,
    /// What was done about it and where methods disagree.
    pub(super) notes: Vec<String>,
}

/// One method's estimate on the page.
pub(super) struct MethodRow {
    pub(super) name: &'static str,
    pub(super) figure: String,
    pub(super) bounds: String,
    pub(super) rate: String,
    pub(super) sample: String,
    pub(super) driving: bool,
}

pub(super) fn rows(errors: &ErrorRates, lang: Lang) -> Vec<ErrorRow> {
    errors.registers.iter().map(|errors| row(errors, lang)).collect()
}

fn row(errors: &RegisterErrors, lang: Lang) -> ErrorRow {
    let t = texts(lang);
    let methods = errors.methods.iter().map(|method| MethodRow {
        name: words::method(method.method, lang),
        figure: words::expected(method.false_links, lang),
        bounds: bounds(method, lang),
        rate: words::percent(method.rate.clamp(0.0, 1.0), lang),
        sample: words::count(method.sample, lang),
        driving: errors.driving == Some(method.method),
    });
    let unseen = never_compared(errors, lang);
    ErrorRow {
        title: fill(t.errors_accepted, &[&errors.register, &words::count(errors.accepted, lang)]),
        methods: methods.collect(),
        never_compared: (!unseen.is_empty()).then(|| fill(t.errors_unseen, &[&unseen])),
        notes: notes(errors, lang),
    }
}

fn bounds(method: &Method, lang: Lang) -> String {
    format!("{}–{}", words::decimal(method.low, 2, lang), words::upper(method.high, lang))
}

fn never_compared(errors: &RegisterErrors, lang: Lang) -> String {
    errors.never_compared.map_or_else(String::new, |unseen| {
        format!(
            "{} ({}–{})",
            words::decimal(unseen.pairs, 1, lang),
            words::decimal(unseen.low, 1, lang),
            words::decimal(unseen.high, 1, lang),
        )
    })
}

fn notes(errors: &RegisterErrors, lang: Lang) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(driving) = errors.driving.filter(|_| errors.offset_bits > 0.0) {
        notes.push(format!(
            "{} {} ({})",
            lang.of("поріг піднято на", "threshold raised by"),
            words::expected(errors.offset_bits, lang) + lang.of("\u{a0}біт", "\u{a0}bits"),
            words::method(driving, lang),
        ));
    }
    let apart: Vec<String> = errors
        .disagreements()
        .into_iter()
        .map(|(a, b)| {
            format!(
                "{} {}, {} {}",
                words::method(a.method, lang),
                bounds(a, lang),
                words::method(b.method, lang),
                bounds(b, lang)
            )
        })
        .collect();
    if !apart.is_empty() {
        notes.push(format!(
            "{}: {}",
            lang.of("оцінки розходяться", "estimates disagree"),
            apart.join("; ")
        ));
    }
    notes
}

/// The estimates by register, for the terminal.
pub(super) fn lines(errors: &ErrorRates, lang: Lang) -> Vec<String> {
    if errors.registers.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![
        lang.of("Хибних збігів, за оцінками (95 %):", "False links, estimated (95 %):").to_owned(),
    ];
    for register in &errors.registers {
        let methods: Vec<String> = register
            .methods
            .iter()
            .map(|method| {
                format!(
                    "{} {} ({})",
                    words::method(method.method, lang),
                    words::expected(method.false_links, lang),
                    bounds(method, lang),
                )
            })
            .collect();
        lines.push(format!(
            "  {}: {} {}; {}",
            register.register,
            words::count(register.accepted, lang),
            lang.of("пар «дитина – запис»", "pairs of child and record"),
            methods.join("; "),
        ));
        if register.never_compared.is_some() {
            lines.push(format!(
                "    {}: {}",
                lang.of("пар, яких не порівнювали", "pairs never compared"),
                never_compared(register, lang)
            ));
        }
        lines.extend(notes(register, lang).into_iter().map(|note| format!("    {note}")));
    }
    lines
}
