//! Findings in Ukrainian and English.

use std::fmt;

use super::{Finding, Refused, What};
use crate::report::words::{self, Lang};

impl Finding {
    /// What is wrong, in a line: source, field, share.
    #[must_use]
    pub fn line(&self, lang: Lang) -> String {
        let percent = |share| words::percent(share, lang);
        let count = |n: usize| words::count(n as u64, lang);
        let uk = lang == Lang::Uk;
        let text = match self.what {
            What::Undated { share, rows } if uk => {
                format!("дня свідчення немає в {} з {} рядків", percent(share), count(rows))
            }
            What::Undated { share, rows } => {
                format!("{} of {} rows bear no day of evidence", percent(share), count(rows))
            }
            What::Unfilled { field, share, rows } if uk => format!(
                "поле «{}» ({}) порожнє в {} з {} рядків",
                words::field(field, lang),
                field.key(),
                percent(share),
                count(rows)
            ),
            What::Unfilled { field, share, rows } => {
                format!("{} of {} rows have no {}", percent(share), count(rows), field.key())
            }
            What::Constant { field, share, filled } if uk => format!(
                "у полі «{}» ({}) одне й те саме значення в {} з {} заповнених рядків",
                words::field(field, lang),
                field.key(),
                percent(share),
                count(filled)
            ),
            What::Constant { field, share, filled } => format!(
                "{} of {} values of {} are one and the same, as a default is",
                percent(share),
                count(filled),
                field.key()
            ),
            What::Blind { bits, .. } if uk => format!(
                "ваги майже не відрізняють одну дитину від різних: разом {} біта",
                words::decimal(bits, 1, lang)
            ),
            What::Blind { bits, .. } => format!(
                "the weights hardly tell one child from two: {} bits in all",
                words::decimal(bits, 1, lang)
            ),
            What::MoreThanRows { links, rows } if uk => format!(
                "прийнято {} збігів, а рядків у реєстрі унікальних осіб {}",
                count(links),
                count(rows)
            ),
            What::MoreThanRows { links, rows } => format!(
                "{} accepted links to {} rows of a register of unique persons",
                count(links),
                count(rows)
            ),
            What::Weak { share, links } if uk => format!(
                "{} з {} прийнятих збігів такі слабкі, що так само підійшов би хтось чужий",
                percent(share),
                count(links)
            ),
            What::Weak { share, links } => format!(
                "{} of {} accepted links are so weak that a stranger is expected to fit as well",
                percent(share),
                count(links)
            ),
            What::False { share, links } if uk => {
                format!(
                    "за оцінками, хибних {} з {} прийнятих збігів",
                    percent(share),
                    count(links)
                )
            }
            What::False { share, links } => format!(
                "{} of {} accepted links are false, as estimated",
                percent(share),
                count(links)
            ),
            What::Joined { share, records } if uk => format!(
                "{} з {} шкільних записів об’єднано в одну дитину",
                percent(share),
                count(records)
            ),
            What::Joined { share, records } => format!(
                "{} of {} school records are joined into one child",
                percent(share),
                count(records)
            ),
            What::Nobody { .. } if uk => "у списку учнів немає жодного придатного рядка".to_owned(),
            What::Nobody { .. } => "the list of pupils has no usable row".to_owned(),
            What::Identical { rows } if uk => format!("усі {} рядків однакові", count(rows)),
            What::Identical { rows } => format!("all {} rows are the same", count(rows)),
            What::NoRegister if uk => "у реєстрі немає жодного придатного рядка".to_owned(),
            What::NoRegister => "the register has no usable row".to_owned(),
        };
        format!("{}: {text}", self.source)
    }

    /// What to do about it.
    fn remedy(&self, lang: Lang) -> String {
        let uk = lang == Lang::Uk;
        match self.what {
            What::Undated { .. } if uk => {
                "назвіть колонку дня (`date`) або день усіх рядків (`dated`)".to_owned()
            }
            What::Undated { .. } => {
                "name the heading of the day (`date`), or the day of all rows (`dated`)".to_owned()
            }
            What::Unfilled { field, .. } if uk => {
                format!("перевірте, яку колонку названо в `{}`", field.key())
            }
            What::Unfilled { field, .. } => {
                format!(
                    "check which heading `{}` names, and how its values are written",
                    field.key()
                )
            }
            What::Constant { field, .. } if uk => {
                format!("замовте справжні значення або приберіть `{}` з колонок", field.key())
            }
            What::Constant { field, .. } => {
                format!("ask for the true values, or take `{}` out of the columns", field.key())
            }
            What::Blind { .. } if uk => {
                "приберіть --model і --labels або замовте ще поля, за якими шукати".to_owned()
            }
            What::Blind { .. } => {
                "leave out --model and --labels, or ask for more fields to look by".to_owned()
            }
            What::MoreThanRows { .. } if uk => {
                "перевірте `unique` реєстру та повтори в списках учнів".to_owned()
            }
            What::MoreThanRows { .. } => {
                "check `unique` of the register, and doubles in the lists of pupils".to_owned()
            }
            What::Weak { .. } | What::False { .. } if uk => {
                "збільште `hidden_child_cost` або замовте ще поля, за якими шукати".to_owned()
            }
            What::Weak { .. } | What::False { .. } => {
                "raise `hidden_child_cost`, or ask for more fields to look by".to_owned()
            }
            What::Joined { .. } if uk => {
                "перевірте колонки документів: одне число там є в багатьох дітей".to_owned()
            }
            What::Joined { .. } => {
                "check the columns of documents: many children bear one number there".to_owned()
            }
            What::Nobody { .. } if uk => "замовте витяг ще раз".to_owned(),
            What::Nobody { .. } => "ask for the extract again".to_owned(),
            What::Identical { .. } if uk => "замовте витяг ще раз або перевірте колонки".to_owned(),
            What::Identical { .. } => "ask for the extract again, or check the columns".to_owned(),
            What::NoRegister if uk => "перевірте, чи витяг повний".to_owned(),
            What::NoRegister => "check that the extract is whole".to_owned(),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (head, hint, or) = match self.lang {
            Lang::Uk => (
                "з такими даними звірка нічого не доводить; нічого не записано",
                "виправте дані або дозвольте кожен вид окремо через --allow",
                "або запустіть з --allow",
            ),
            Lang::En => (
                "from such input a run proves nothing; nothing was written",
                "mend the input, or allow each kind by --allow",
                "or run with --allow",
            ),
        };
        write!(f, "{head}")?;
        for finding in &self.findings {
            let (line, remedy) = (finding.line(self.lang), finding.remedy(self.lang));
            write!(f, "\n  {line}; {remedy}, {or} {}", finding.kind().key())?;
        }
        write!(f, "\n  hint: {hint}")
    }
}

impl std::error::Error for Refused {}
