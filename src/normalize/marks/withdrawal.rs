//! Why a pupil left the school, in the words of school registers.

use super::super::names::canonical::{says_nothing, to_cyrillic};
use super::super::records::Withdrawal;
use super::{UnknownMark, plain};

/// Beginnings of words that tell a reason.
const DIED: &[&str] = &[
    "смерт",
    "помер",
    "загин",
    "загиб",
    "вбит",
    "вбив",
    "убит",
    "пішов з життя",
    "пішла з життя",
    "летальн",
    "самогуб",
    "суїцид",
    "похован",
    "похорон",
    "нежив",
    "не жив",
    "мертв",
    "трагічно",
    "умер",
    "погиб",
    "гибел",
    "скончал",
    "кончин",
    "deceas",
    "died",
    "death",
    "dead",
    "killed",
];
const ABROAD: &[&str] = &[
    "за кордон",
    "закордон",
    "за границ",
    "за рубеж",
    "за межі україни",
    "за межами україни",
    "з україни",
    "із україни",
    "до іншої країни",
    "в іншу країну",
    "в іншій країні",
    "іноземн",
    "еміграц",
    "пмп",
    "abroad",
    "emigrat",
];
const FINISHED: &[&str] = &[
    "закінч",
    "завершив",
    "завершила",
    "завершен",
    "завершил",
    "випуск",
    "випущен",
    "здобув",
    "здобула",
    "окончи",
    "окончан",
    "выпуск",
    "graduat",
    "finished",
    "completed",
];
const MOVED: &[&str] = &[
    "до іншого",
    "до іншої",
    "в інший",
    "в іншу школу",
    "в інше місто",
    "в іншій школі",
    "в іншому закладі",
    "перейш",
    "перевед",
    "переїзд",
    "переїхав",
    "переїхала",
    "перевод",
    "зміна місця",
    "зміна закладу",
    "зміною місця",
    "переход",
    "перешел",
    "перешла",
    "в другую школу",
    "transfer",
    "moved",
    "another school",
];
const NOWHERE: &[&str] = &[
    "не навча",
    "ніде не",
    "не відвіду",
    "не охоплен",
    "не приступи",
    "не з'яви",
    "не учи",
    "не посеща",
    "припинив навчання",
    "припинила навчання",
    "припинення навчання",
    "залишив навчання",
    "залишила навчання",
    "кинув",
    "кинула",
    "відрахован",
    "не поверну",
    "attends nowhere",
    "not attend",
    "dropped out",
    "dropout",
];

/// Words that take back what else is said.
const TAKEN_BACK: &[&str] =
    &["поновлен", "скасован", "помилков", "зарахован", "поверну", "восстан"];

/// Lower case, words parted by single spaces whatever parts them, Latin letters that look like
/// Cyrillic ones taken for these in a word with Cyrillic letters.
fn worded(cell: &str) -> String {
    let text = plain(cell);
    let parts = text.split(|c: char| !c.is_alphanumeric() && c != '\'');
    let words = parts.filter(|word| !word.is_empty()).map(|word| {
        if !word.chars().any(|c| ('а'..='ґ').contains(&c)) {
            return word.to_owned();
        }
        word.chars().map(cyrillic).collect()
    });
    words.collect::<Vec<String>>().join(" ")
}

/// The Cyrillic letter of a word in lower case. A `b` was a capital: `В`.
fn cyrillic(letter: char) -> char {
    if letter == 'b' { 'в' } else { to_cyrillic(letter).unwrap_or(letter) }
}

/// Reads why a pupil left the school.
///
/// "Відрахований у зв'язку з переходом" tells of a transfer: `відрахований` says only that
/// the pupil is gone, so any other reason beside it is the reason. A text with two reasons is
/// for people to read; but a death in it, of whomever, forbids to take the child for alive.
pub fn withdrawal(cell: &str) -> Result<Withdrawal, UnknownMark> {
    let text = worded(cell);
    let says = |beginning: &&str| {
        text.match_indices(beginning).any(|(at, _)| at == 0 || text[..at].ends_with(' '))
    };
    let any = |beginnings: &[&str]| beginnings.iter().any(says);
    if says_nothing(cell) || matches!(text.as_str(), "" | "навчається" | "не вибув" | "не вибула")
    {
        return Ok(Withdrawal::Missing);
    }
    // "не повернувся" takes nothing back; "не помер" and "не закінчив" are no reasons.
    let denied = |all: &[&str]| {
        ["не ", "без "].iter().any(|no| {
            all.iter().any(|word| {
                let denied = format!("{no}{word}");
                says(&denied.as_str())
            })
        })
    };
    if any(DIED) && !denied(DIED) {
        return Ok(Withdrawal::Died);
    }
    let back = TAKEN_BACK.iter().any(says) && !text.contains("не поверну");
    if back || [DIED, ABROAD, FINISHED, MOVED].into_iter().any(denied) {
        return Err(UnknownMark);
    }
    match (any(ABROAD), any(FINISHED), any(MOVED), any(NOWHERE)) {
        // To a school abroad, after a class finished here.
        (true, _, _, _) => Ok(Withdrawal::Abroad),
        // After the ninth class to a college.
        (false, true, _, false) => Ok(Withdrawal::Finished),
        (false, false, true, _) => Ok(Withdrawal::Moved),
        (false, false, false, true) => Ok(Withdrawal::Nowhere),
        _ => Err(UnknownMark),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reasons_are_told_apart() {
        for (cell, expected) in [
            ("смерть", Withdrawal::Died),
            ("Помер(ла)", Withdrawal::Died),
            ("загинула внаслідок обстрілу", Withdrawal::Died),
            ("відраховано у зв'язку зі смертю", Withdrawal::Died),
            ("Виїзд за кордон на постійне місце проживання", Withdrawal::Abroad),
            ("вибув за межі України", Withdrawal::Abroad),
            ("Перейшов до закладу освіти за кордоном", Withdrawal::Abroad),
            ("ПМП", Withdrawal::Abroad),
            ("Закінчив 11 клас", Withdrawal::Finished),
            ("випускниця", Withdrawal::Finished),
            ("завершив базову освіту, перейшов до коледжу", Withdrawal::Finished),
            ("Вибув до іншого закладу освіти", Withdrawal::Moved),
            ("відрахований у зв’язку з переведенням", Withdrawal::Moved),
            ("зміна місця проживання", Withdrawal::Moved),
            ("за межі області, до іншої школи", Withdrawal::Moved),
            ("не навчається", Withdrawal::Nowhere),
            ("ніде не навчається", Withdrawal::Nowhere),
            ("не відвідує заклад", Withdrawal::Nowhere),
            ("не приступив до навчання", Withdrawal::Nowhere),
            ("відрахований", Withdrawal::Nowhere),
            ("", Withdrawal::Missing),
            ("-", Withdrawal::Missing),
            ("навчається", Withdrawal::Missing),
        ] {
            assert_eq!(withdrawal(cell), Ok(expected), "{cell}");
        }
        for cell in [
            "загибель",
            "у зв'язку із загибеллю",
            "вбита",
            "летальний випадок",
            "самогубство",
            "смeрть",
            "вибув/смерть",
            "відрах.смерть",
            "Відраховано:смерть",
            "смерть дитини, переведення в архів",
            "помер, наказ про зарахування скасовано",
            "помер батько, переведено до іншого закладу",
        ] {
            assert_eq!(withdrawal(cell), Ok(Withdrawal::Died), "{cell}");
        }
        for cell in [
            "не помер",
            "зник безвісти",
            "не закінчив 9 клас",
            "відрахування скасовано",
            "поновлений",
            "за заявою батьків",
            "3",
        ] {
            assert_eq!(withdrawal(cell), Err(UnknownMark), "{cell}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics_and_a_death_is_never_outdone(
            cell in "\\PC{0,30}",
            one in proptest::sample::select(DIED),
            other in proptest::sample::select(FINISHED),
        ) {
            let _ = withdrawal(&cell);
            let both = format!("{one} {other}");
            prop_assert_eq!(withdrawal(&both), Ok(Withdrawal::Died));
        }
    }
}
