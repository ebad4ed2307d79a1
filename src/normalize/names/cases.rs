//! Names out of the nominative: certificates and court papers say "видане Шевченку
//! Олександру Петровичу", "народження Ковальської Марії Іванівни" (names.md §4.1).
//!
//! The patronymic alone tells sex and case for certain, so it decides for the whole
//! name: Олександра beside Петровича is Олександр, beside Петрівна she is herself.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::super::data;
use super::super::records::Sex;
use super::canonical::canonical;
use super::full::Parts;
use super::hash;

/// Endings of a patronymic, longer before shorter, and whose they are. Other cases than
/// the nominative are followed by what the ending is in it.
const ENDINGS: &[(&str, Sex, Option<&str>)] = &[
    ("инична", Sex::Female, None),
    ("вна", Sex::Female, None),
    ("ична", Sex::Female, None),
    ("ічна", Sex::Female, None),
    ("вич", Sex::Male, None),
    ("ич", Sex::Male, None),
    ("іч", Sex::Male, None),
    ("вни", Sex::Female, Some("вна")),
    ("вні", Sex::Female, Some("вна")),
    ("вну", Sex::Female, Some("вна")),
    ("вною", Sex::Female, Some("вна")),
    ("вны", Sex::Female, Some("вна")),
    ("вне", Sex::Female, Some("вна")),
    ("вной", Sex::Female, Some("вна")),
    ("ични", Sex::Female, Some("ична")),
    ("ичні", Sex::Female, Some("ична")),
    ("ичны", Sex::Female, Some("ична")),
    ("ичне", Sex::Female, Some("ична")),
    ("вича", Sex::Male, Some("вич")),
    ("вичу", Sex::Male, Some("вич")),
    ("вичем", Sex::Male, Some("вич")),
    ("вичеві", Sex::Male, Some("вич")),
    ("вичові", Sex::Male, Some("вич")),
    ("ліча", Sex::Male, Some("ліч")),
    ("лічу", Sex::Male, Some("ліч")),
    ("мича", Sex::Male, Some("мич")),
    ("мичу", Sex::Male, Some("мич")),
    ("кича", Sex::Male, Some("кич")),
    ("кичу", Sex::Male, Some("кич")),
    ("тича", Sex::Male, Some("тич")),
    ("тичу", Sex::Male, Some("тич")),
    ("огли", Sex::Male, None),
    ("оглы", Sex::Male, None),
    ("оглу", Sex::Male, None),
    ("огль", Sex::Male, None),
    ("огъл", Sex::Male, None),
    ("кизи", Sex::Female, None),
    ("кызы", Sex::Female, None),
    ("кизы", Sex::Female, None),
    ("гизи", Sex::Female, None),
    ("гызы", Sex::Female, None),
    ("vych", Sex::Male, None),
    ("vich", Sex::Male, None),
    ("vitch", Sex::Male, None),
    ("wicz", Sex::Male, None),
    ("witsch", Sex::Male, None),
    ("wytsch", Sex::Male, None),
    ("vyč", Sex::Male, None),
    ("vič", Sex::Male, None),
    ("vic", Sex::Male, None),
    ("lich", Sex::Male, None),
    ("mych", Sex::Male, None),
    ("kych", Sex::Male, None),
    ("ogly", Sex::Male, None),
    ("ohly", Sex::Male, None),
    ("oglu", Sex::Male, None),
    ("ogli", Sex::Male, None),
    ("vna", Sex::Female, None),
    ("wna", Sex::Female, None),
    ("ychna", Sex::Female, None),
    ("ichna", Sex::Female, None),
    ("kyzy", Sex::Female, None),
    ("kizi", Sex::Female, None),
    ("gizi", Sex::Female, None),
    ("gyzy", Sex::Female, None),
    ("qizi", Sex::Female, None),
    ("qyzy", Sex::Female, None),
];

fn ending(patronymic: &str) -> Option<&'static (&'static str, Sex, Option<&'static str>)> {
    ENDINGS.iter().find(|(ending, ..)| {
        patronymic.strip_suffix(ending).is_some_and(|father| father.chars().nth(1).is_some())
    })
}

/// Whose a canonical patronymic is by its ending, in either script and in any case;
/// [`Sex::Missing`] where the ending does not say, as a father's bare name does not.
#[must_use]
pub fn sex_of_patronymic(canonical: &str) -> Sex {
    ending(canonical).map_or(Sex::Missing, |(_, sex, _)| *sex)
}

/// Canonical given names by sex, hashed.
struct Given {
    male: FxHashSet<u64>,
    female: FxHashSet<u64>,
}

static GIVEN: LazyLock<Given> = LazyLock::new(|| {
    let names = |table| {
        let names = data::rows(table).filter_map(|row| row.first().copied());
        names.map(|name| hash(canonical(name).as_bytes())).collect()
    };
    Given { male: names(data::FIRST_MALE), female: names(data::FIRST_FEMALE) }
});

static SURNAME_FORMS: LazyLock<FxHashSet<u64>> =
    LazyLock::new(|| data::surname_forms().map(|form| hash(canonical(form).as_bytes())).collect());

/// A whole name in the nominative, where its patronymic shows that it is in another case;
/// `None` where it is not, or says nothing. A name that no table knows is turned by its
/// ending alone.
#[must_use]
pub fn nominative(parts: &Parts) -> Option<Parts> {
    let (ending, sex, nominative) = ending(&parts.patronymic)?;
    let stem = parts.patronymic.strip_suffix(ending)?;
    let patronymic = format!("{stem}{}", (*nominative)?);
    let turn = |name: &str, known: &dyn Fn(&str) -> bool| {
        let parts: Vec<String> = name.split('-').map(|part| turned(part, *sex, known)).collect();
        parts.join("-")
    };
    let given = |name: &str| {
        let table = if *sex == Sex::Male { &GIVEN.male } else { &GIVEN.female };
        table.contains(&hash(name.as_bytes()))
    };
    let surname = |name: &str| SURNAME_FORMS.contains(&hash(name.as_bytes()));
    Some(Parts {
        surname: turn(&parts.surname, &surname),
        given_name: turn(&parts.given_name, &given),
        patronymic,
    })
}

/// The nominative that a form may have: the first known one, or the form where it is known
/// itself, or what the ending says.
fn turned(form: &str, sex: Sex, known: &dyn Fn(&str) -> bool) -> String {
    let candidates = candidates(form, sex);
    let found = candidates.iter().find(|name| known(name));
    match found {
        Some(name) => name.clone(),
        None if known(form) => form.to_owned(),
        None => candidates.into_iter().next().unwrap_or_else(|| form.to_owned()),
    }
}

/// Nominatives of which a word may be the genitive or dative, likelier before others.
fn candidates(form: &str, sex: Sex) -> Vec<String> {
    let mut out = Vec::new();
    let mut add = |ending: &str, nominatives: &[&str]| {
        let Some(stem) = form.strip_suffix(ending).filter(|stem| stem.chars().nth(1).is_some())
        else {
            return false;
        };
        for nominative in nominatives {
            out.push(format!("{stem}{nominative}"));
        }
        true
    };
    if sex == Sex::Female {
        let _ = add("ьої", &["я"])
            || add("ої", &["а"])
            || add("ій", &["а"])
            || add("ії", &["ія"])
            || add("'ї", &["'я"])
            || add("ці", &["ка", "ця"])
            || add("зі", &["га", "за"])
            || add("сі", &["ха", "са"])
            || add("ові", &["ов", "ова"])
            || add("еї", &["ея"])
            || add("єї", &["єя"])
            || add("и", &["а"])
            || add("і", &["я", "а", "ь"]);
        return out;
    }
    let _ = add("ього", &["ій"])
        || add("ьому", &["ій"])
        || add("ого", &["ий"])
        || add("ому", &["ий"])
        || add("єві", &["й"])
        || add("еві", &["ь", ""])
        || add("енкові", &["енко"])
        || add("ові", &["", "о"])
        || add("енка", &["енко"])
        || add("енку", &["енко"])
        || add("ця", &["ець", "ць"])
        || add("цю", &["ець", "ць"])
        || add("ія", &["ій", "ія"])
        || add("ію", &["ій"])
        || add("ії", &["ія"])
        || add("ка", if after_vowel(form) { &["к", "ко", "ок"] } else { &["ко", "ок", "к"] })
        || add("ку", if after_vowel(form) { &["к", "ко", "ок"] } else { &["ко", "ок", "к"] })
        || add("а", &["", "о"])
        || add("у", &["", "о"])
        || add("я", if before_last_is_vowel(form) { &["й", "ь"] } else { &["ь", "", "й"] })
        || add("ю", if before_last_is_vowel(form) { &["й", "ь"] } else { &["ь", "", "й"] })
        || add("ці", &["ка", "ця"])
        || add("и", &["а"])
        || add("і", &["я", "а"]);
    // Федора is of Федір, Якова of Яків, Прокопа of Прокіп.
    for (open, closed) in [("ор", "ір"), ("ов", "ів"), ("оп", "іп"), ("он", "ін")] {
        if let Some(stem) = out.first().and_then(|name| name.strip_suffix(open)) {
            out.push(format!("{stem}{closed}"));
            break;
        }
    }
    out
}

fn is_vowel(c: Option<char>) -> bool {
    c.is_some_and(|c| "аеєиіїоуюя".contains(c))
}

/// Whether the letter before the last two is a vowel.
fn after_vowel(form: &str) -> bool {
    is_vowel(form.chars().rev().nth(2))
}

fn before_last_is_vowel(form: &str) -> bool {
    is_vowel(form.chars().rev().nth(1))
}

/// The genitive and the datives of a canonical Ukrainian given name.
pub(super) fn oblique(name: &str, sex: Sex) -> Vec<String> {
    let with = |ending: &str, forms: &[&str]| {
        let stem = name.strip_suffix(ending)?;
        stem.chars().nth(1)?;
        Some(forms.iter().map(|form| format!("{stem}{form}")).collect::<Vec<_>>())
    };
    let found = if sex == Sex::Female {
        with("ія", &["ії"])
            .or_else(|| with("'я", &["'ї"]))
            .or_else(|| with("ея", &["еї"]))
            .or_else(|| with("я", &["і"]))
            .or_else(|| with("ка", &["ки", "ці"]))
            .or_else(|| with("га", &["ги", "зі"]))
            .or_else(|| with("а", &["и", "і"]))
            .or_else(|| with("ов", &["ові"]))
            .or_else(|| with("ь", &["і"]))
    } else {
        with("ій", &["ія", "ію", "ієві"])
            .or_else(|| with("й", &["я", "ю", "єві"]))
            .or_else(|| with("ь", &["я", "ю", "еві"]))
            .or_else(|| with("о", &["а", "у", "ові"]))
            .or_else(|| with("ка", &["ки", "ці"]))
            .or_else(|| with("а", &["и", "і"]))
            .or_else(|| with("я", &["і"]))
            .or_else(|| with("дір", &["дора", "дору", "дорові"]))
            .or_else(|| with("ків", &["кова", "кову"]))
            .or_else(|| with("кіп", &["копа", "копу"]))
            .or_else(|| with("тін", &["тона", "тону"]))
            .or_else(|| with("ор", &["ора", "ору", "оря", "орю"]))
            .or_else(|| with("ар", &["ара", "ару", "аря", "арю"]))
            .or_else(|| with("", &["а", "у", "ові"]))
    };
    found.unwrap_or_default()
}

#[cfg(test)]
mod tests;
