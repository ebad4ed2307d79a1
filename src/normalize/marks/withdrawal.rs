//! Why a pupil left the school, in the words of school registers.

use super::super::names::canonical::says_nothing;
use super::super::records::Withdrawal;
use super::{UnknownMark, plain};

/// Beginnings of words that tell a reason.
const DIED: &[&str] =
    &["смерт", "помер", "загин", "загибл", "умер", "погиб", "deceas", "died", "death"];
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

/// Reads why a pupil left the school.
///
/// "Відрахований у зв'язку з переходом" tells of a transfer: `відрахований` says only that
/// the pupil is gone, so any other reason beside it is the reason. A text with two reasons is
/// for people to read.
pub fn withdrawal(cell: &str) -> Result<Withdrawal, UnknownMark> {
    let text = plain(cell);
    let says = |beginning: &&str| {
        text.match_indices(beginning).any(|(at, _)| at == 0 || text[..at].ends_with(' '))
    };
    let any = |beginnings: &[&str]| beginnings.iter().any(says);
    if says_nothing(cell) || matches!(text.as_str(), "" | "навчається" | "не вибув" | "не вибула")
    {
        return Ok(Withdrawal::Missing);
    }
    // "не повернувся" takes nothing back; "не помер" and "не закінчив" are no reasons.
    let denied = ["не ", "без "].iter().any(|no| {
        [DIED, ABROAD, FINISHED, MOVED].iter().flat_map(|all| all.iter()).any(|word| {
            let denied = format!("{no}{word}");
            text.match_indices(&denied).any(|(at, _)| at == 0 || text[..at].ends_with(' '))
        })
    });
    let back = TAKEN_BACK.iter().any(says) && !text.contains("не поверну");
    if denied || back {
        return Err(UnknownMark);
    }
    match (any(DIED), any(ABROAD), any(FINISHED), any(MOVED), any(NOWHERE)) {
        (true, false, false, false, _) => Ok(Withdrawal::Died),
        // To a school abroad, after a class finished here.
        (false, true, _, _, _) => Ok(Withdrawal::Abroad),
        // After the ninth class to a college.
        (false, false, true, _, false) => Ok(Withdrawal::Finished),
        (false, false, false, true, _) => Ok(Withdrawal::Moved),
        (false, false, false, false, true) => Ok(Withdrawal::Nowhere),
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
            "помер батько, переведено до іншого закладу",
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
        fn nothing_panics_and_two_reasons_are_not_guessed(
            cell in "\\PC{0,30}",
            one in proptest::sample::select(DIED),
            other in proptest::sample::select(FINISHED),
        ) {
            let _ = withdrawal(&cell);
            let both = format!("{one} {other}");
            prop_assert_eq!(withdrawal(&both), Err(UnknownMark));
        }
    }
}
