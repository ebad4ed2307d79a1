//! Every text of the page in both languages. A text that one language lacks does not compile,
//! and one that the page does not use is a warning. `{}` stands for a value, see [`fill`].

use std::fmt::{Display, Write as _};

use super::super::words::Lang;

macro_rules! texts {
    ($($name:ident: $uk:literal, $en:literal;)*) => {
        /// The texts of one language.
        pub(in crate::report) struct Texts { $(pub(in crate::report) $name: &'static str),* }

        static UK: Texts = Texts { $($name: $uk),* };
        static EN: Texts = Texts { $($name: $en),* };

        #[cfg(test)]
        const PAIRS: &[(&str, &str, &str)] = &[$((stringify!($name), $uk, $en)),*];
    };
}

/// The texts of a language.
pub(in crate::report) fn texts(lang: Lang) -> &'static Texts {
    match lang {
        Lang::Uk => &UK,
        Lang::En => &EN,
    }
}

/// A text with values in place of its `{}`, one after the other.
pub(in crate::report) fn fill(text: &str, values: &[&dyn Display]) -> String {
    let mut out = String::new();
    let mut parts = text.split("{}");
    out.push_str(parts.next().unwrap_or_default());
    let mut values = values.iter();
    for part in parts {
        if let Some(value) = values.next() {
            let _ = write!(out, "{value}");
        }
        out.push_str(part);
    }
    out
}

texts! {
    title: "Звірка {}", "Cross-check {}";
    as_of: "Статуси на {}. Ураховано свідчення від {}.",
        "Statuses on {}. Evidence counts from {}.";
    contents: "Зміст", "Contents";
    contents_all: "Усі розділи", "All sections";
    back: "назад до числа", "back to the figure";
    not_stated: "не вказано", "not stated";
    share: "Частка", "Share";
    children: "Дітей", "Children";
    children_all: "Усього дітей", "Children in all";
    total: "Усього", "In all";
    source: "Джерело", "Source";
    field: "Поле", "Field";

    headline_title: "Діти, чий статус не підтверджено", "Children whose status is not confirmed";
    headline: "{} у переліку із {} у шкільних списках, {}", "{} on the list, of {} on the lists of schools, {}";
    headline_means:
        "Станом на {} у наданих витягах не знайдено підтвердження статусу цих дітей, або ж воно непевне чи суперечливе, або реєстр каже, що дитину розшукують.",
        "As of {}, the supplied extracts do not confirm these children: no confirming evidence was found, or it is uncertain or contradictory, or a register holds the child as sought.";
    headline_limits:
        "Це перелік для перевірки. Він не каже, що дитина зникла, так само як підтверджений статус не каже, що дитина в безпеці: сторінка знає лише те, що стоїть у наданих витягах.",
        "This is a list to be checked. It does not say that a child is missing, just as a confirmed status does not say that a child is safe: the page knows only what stands in the supplied extracts.";
    headline_privacy:
        "Тут немає імен, дат народження й номерів документів, але за кодом дитину може впізнати той, хто має шкільний список. Кількості дітей ведуть до кодів дітей, яких вони рахують.",
        "No names, birth dates or document numbers here, yet an id tells who a child is to those who have the school list. Numbers of children lead to the ids of the children that they count.";

    status_title: "Статуси", "Statuses";
    status: "Статус", "Status";
    status_means: "Що це означає", "What it means";
    status_on_list: "у переліку", "on the list";
    status_bar: "Частки статусів", "Shares of the statuses";
    status_counted: "Це підрахунок, а не вибірка, тому меж похибки в цих чисел немає. Похибку мають оцінки нижче.",
        "These are counts, not a sample, so they bear no margins of error. The estimates below do.";
    estimates: "Оцінки похибок", "Estimates of error";
    estimate: "Оцінка", "Estimate";
    estimate_expected: "Очікувана кількість", "Expected";
    estimate_bounds: "Межі, 95 %", "Bounds, 95 %";
    estimate_rows: "Серед яких дітей", "Among which children";
    wrong: "Підтверджено записом іншої дитини", "Confirmed by another child’s record";
    wrong_at_most: "не більше {}", "at most {}";
    needless: "У переліку, хоча свідчення є серед порівняних пар", "On the list, though evidence is at hand among the pairs compared";
    wrong_note:
        "Помилково підтверджену дитину ніхто не шукатиме, тому перше число важить більше за друге. Воно враховує лише хибні збіги: дитину, яку реєстр зниклих знає під іншим написанням, ця оцінка не бачить.",
        "Nobody looks for a child who is confirmed wrongly, so the first figure weighs more than the second. It counts false links only: it does not see a child whom a missing-persons register knows by another spelling.";

    tier_title: "Чим підтверджено", "What confirmation rests on";
    tier: "Ступінь", "Tier";
    tier_rule: "Правило", "Rule";
    tier_a: "два незалежні свідки або один збіг, у якому збігається документ чи номер особи",
        "two independent witnesses, or one link in which an identifier agrees";
    tier_b: "один свідок: реєстр, збіг із яким лише за іменем і датою народження, або сама школа",
        "one witness: a register linked by name and birth date alone, or the school itself";
    tier_unknown: "ступінь не визначено", "no tier was given";
    tier_note: "Рахують дітей, чий статус визначено. Реєстри, які переписують один одного, – один свідок.",
        "Counted are the children whose status is settled. Registers that copy each other are one witness.";

    flow_title: "Шлях дітей крізь реєстри", "The children’s way through the registers";
    flow_desc: "Усі діти поділяються за тим, у скількох реєстрах їх знайдено, а далі за статусом. Ширина смуги – кількість дітей; ті самі числа в таблиці нижче.",
        "All children part by how many registers hold them, and then by status. The width of a band is the number of children; the table below has the same numbers.";
    flow_all: "Усі діти", "All children";
    flow_several: "Збіг у двох реєстрах чи більше", "Linked in two registers or more";
    flow_one: "Збіг в одному реєстрі", "Linked in one register";
    flow_possible: "Лише можливі збіги", "Possible links only";
    flow_nothing: "Жодного збігу", "No link";
    flow_table: "Діти за тим, де їх знайдено, і за статусом", "Children by where they were found, and by status";
    flow_where: "Де знайдено", "Where found";
    flow_registers: "Кожен реєстр окремо", "Each register by itself";
    register: "Реєстр", "Register";
    found_linked: "Збіг прийнято", "Linked";
    found_possible: "Лише можливий збіг", "Possible only";
    found_nothing: "Не знайдено", "Not found";
    register_proves: "Що доводять прийняті збіги", "What accepted links prove";
    flow_note: "«Не знайдено» – це й діти, яких реєстр не охоплює. Темна смуга – збіг прийнято, сіра – можливий, світла – не знайдено.",
        "“Not found” includes children whom the register does not cover. The dark bar is linked, the grey one possible, the light one not found.";

    hist_title: "Ваги збігів і пороги", "Weights of links, and thresholds";
    hist_means: "Вага збігу – сума ваг його порівнянь у бітах: що більша, то певніше, що записи про одну дитину. Угору – прийняті збіги, вниз – ті, які показано людям. Шкала кількості логарифмічна.",
        "The weight of a link is the sum of the weights of its comparisons, in bits: the more, the surer that the records are of one child. Accepted links go up, those shown to people go down. Counts are on a logarithmic scale.";
    hist_thresholds: "Штрихові лінії – пороги для пари, яка не має суперників: від правої збіг прийнято, від лівої його показано людям. Пара із суперником, близнюком чи свідомо відкладена лишається для людей і праворуч; рядки одного мандрівника й кілька шкільних записів однієї дитини спираються на найпевнішу пару, тому прийняті бувають і ліворуч.",
        "Dashed lines are the thresholds of a pair without rivals: from the right one a link is accepted, from the left one it is shown to people. A pair with a rival or a twin, or one held back, stays for people to the right of them, too; rows of one traveller and several school records of one child lean on the surest pair, so some are accepted to the left.";
    hist_below: "Пари, слабші за поріг перевірки, не зберігають: їх тут немає.",
        "Pairs below the review threshold are not kept, and so not shown.";
    hist_svg: "Гістограма ваг збігів реєстру {}", "Histogram of the weights of links of the register {}";
    hist_accepted: "прийнято", "accepted";
    hist_review: "на перевірці", "for review";
    hist_confirm_line: "прийняття", "accept";
    hist_review_line: "перевірка", "review";
    hist_axis: "вага, біт", "weight, bits";
    hist_from: "Вага від", "Weight from";
    hist_to: "до", "to";
    hist_table: "Числа гістограми", "Numbers of the histogram";
    threshold_confirm: "Від імовірності {} збіг приймає програма.", "From a probability of {} a link is accepted.";
    threshold_review: "Від {} до цього порогу збіг показано людям; сам він нічого не підтверджує.",
        "From {} up to that it is shown to people; by itself it confirms nothing.";
    threshold_below: "Нижче збіг показано лише тоді, коли йдеться про смерть чи розшук або коли статус дитини вже визначено іншим записом.",
        "Below, a link is shown only where it is about a death or a search, or where another record has settled the child’s status.";
    threshold_why: "Пороги випливають із двох чисел завдання: одна помилково підтверджена дитина коштує стільки, як {} зайвих перевірок; люди можуть переглянути {} пар.",
        "The thresholds follow from two numbers of the job: one child wrongly confirmed costs as much as {} needless cases; people can look at {} pairs.";

    weights_title: "Скільки важить кожне порівняння", "How much each comparison weighs";
    weights_means: "Вага рівня – log₂(m/u) у бітах: смуга праворуч говорить за те, що два записи належать одній дитині, ліворуч – проти. Кожен біт удвічі змінює шанси; ваги порівнянь додаються. m – частка пар однієї дитини з таким рівнем, u – частка випадкових пар у середньому: збіг рідкісного прізвища важить більше, ніж тут показано, а частого – менше.",
        "The weight of a level is log₂(m/u) in bits: a bar to the right speaks for one child, one to the left against. Each bit doubles or halves the odds; the weights of comparisons add up. m is the share of pairs of one child at the level, u that of unrelated pairs on average: a rare surname that agrees weighs more than is shown here, a common one less.";
    weights_register: "Записів: {}. Очікувана кількість пар однієї дитини: {}, тобто {} усіх можливих пар (λ); запис має {} шкільних записів.",
        "Records: {}. Expected pairs of one child: {}, that is {} of all possible pairs (λ); {} of the school records have one.";
    weights_labels: "Навчено також на парах, які перевірили люди: {} однієї дитини, {} різних дітей.",
        "Also learned from pairs that people judged: {} of one child, {} of two.";
    weights_filled: "заповнено {}", "filled in {}";
    weights_level: "Рівень", "Level";
    weights_weight: "Вага", "Weight";
    weights_pairs: "Пар", "Pairs";
    weights_absent: "Рівнів, яких у цих даних не буває, не показано.", "Levels that cannot occur in these data are left out.";
    weights_nothing: "Немає з чим порівнювати: {}.", "Nothing to compare with: {}.";
    weights_mind: "Зважте:", "Mind:";
    training: "Як навчено", "Training";
    training_means: "Кожне правило блокування дає свої пари; те, що воно закріплює, на них не навчають. λ – частка пар однієї дитини. Логарифм правдоподібності L (зі штрафом за відхід від припущень) росте з кожним кроком; різниця між початками мала, якщо всі дійшли до однієї вершини.",
        "Each blocking rule gives pairs of its own; what it fixes is not learned from them. λ is the share of pairs of one child. The log-likelihood L (with a penalty for leaving the prior) grows with every round; starts differ little if all reached one summit.";
    training_rule: "Правило", "Rule";
    training_patterns: "Комбінацій", "Patterns";
    training_kin: "Родичів", "Kin";
    training_rounds: "Кроків", "Rounds";
    training_apart: "Між початками", "Between starts";
    training_largest: "Кроки найбільшого набору", "Rounds of the largest set";
    training_round: "Крок", "Round";
    training_change: "Найбільша зміна m", "Largest change of m";
    weights_all: "Усі числа, кожен крок і кожен початок навчання – у model.json.",
        "All numbers, rounds and starts are in model.json.";

    errors_title: "Скільки прийнятих збігів хибні", "False links among those accepted";
    errors_means: "Кожна оцінка рахує по-своєму, без розмічених пар; межі – 95 %. Якщо нижня межа найбільшої з них перевищує очікування моделі, поріг реєстру піднято.",
        "Each method counts in its own way, without labels; bounds are 95 %. Where the lower bound of the largest exceeds what the model expects, the register’s threshold was raised.";
    errors_accepted: "{}: оцінено пар «дитина – запис»: {}", "{}: {} pairs of child and record";
    errors_method: "Спосіб", "Method";
    errors_false: "Хибних збігів", "False links";
    errors_bounds: "Межі", "Bounds";
    errors_sample: "Вибірка", "Sample";
    errors_unseen: "Пар однієї дитини, яких жодне правило не звело: {}.", "Pairs of one child that no blocking rule brought together: {}.";
    errors_driving: "визначила поріг", "set the threshold";

    four_title: "Повнота чотирьох полів", "Completeness of the four fields";
    four_means: "Частка дітей, у шкільних записах яких заповнено поле. Число веде до дітей, у яких його немає.",
        "Share of children whose school records have the field. A figure leads to the children who lack it.";
    four_certificate: "Серія й номер свідоцтва про народження", "Series and number of the birth certificate";
    four_birth_date: "Дата народження", "Date of birth";
    four_displacement: "Позначка про переміщення", "Mark of displacement";
    four_contact: "Позначка про втрату зв’язку", "Mark of lost contact";
    four_region: "За областями", "By region";
    four_office: "За органами управління освітою", "By education office";
    four_order: "Найгірші вгорі: порядок – за нижньою межею (95 %) частки порожніх значень, тож мала група не стоїть першою лише через випадок.",
        "The worst stand first: the order is by the lower bound (95 %) of the share of empty values, so that a small group does not stand first by chance alone.";
    filled: "Заповнено", "Filled in";
    lacking: "Немає", "Lacking";
    region: "Область", "Region";
    office: "Орган управління освітою", "Education office";
    no_regions: "Жоден список не має області.", "No list has a region.";
    no_offices: "Жоден список не має органу управління освітою.", "No list has an education office.";
    groups_left: "Показано {} з {} – решту дає запит {}.", "Shown are {} of {}; the query {} gives the rest.";

    list_title: "Список: кого з’ясовувати", "The list: whom to look into";
    list_first: "Перші в переліку", "First on the list";
    list_note: "Увесь список із даними, можливими збігами й наступними кроками – у файлі candidates.xlsx поруч із цим звітом.",
        "The whole list with data, possible links and next steps is in candidates.xlsx beside this page.";
    list_empty: "Список порожній.", "The list is empty.";
    list_child: "Дитина (код)", "Child (id)";
    list_priority: "Пріоритет", "Priority";
    list_reasons: "Підстави", "Reasons";
    list_left: "Ще {} – у candidates.xlsx.", "{} more are in candidates.xlsx.";
    list_by_reason: "За підставами", "By reason";
    reason: "Підстава", "Reason";
    list_by_region: "Список за областями", "The list by region";
    list_by_office: "Список за органами управління освітою", "The list by education office";
    on_list: "У переліку", "On the list";
    rule_title: "Правило пріоритету", "The rule of priority";
    rule_means: "Пріоритет дитини в переліку – сума балів, щонайменше 1 і щонайбільше 1000. Бали задано в завданні, [priority].",
        "The priority of a child on the list is a sum of points, at least 1 and at most 1000. The points stand in the job, [priority].";
    rule_what: "За що", "For what";
    rule_points: "Балів", "Points";
    rule_region: "область {}", "region {}";
    point_reported_missing: "реєстр містить дитину як таку, яку розшукують", "a register holds the child as sought";
    point_unconfirmed: "не знайдено свідчення, яке враховується", "no evidence that counts was found";
    point_not_assessable: "замало полів, щоб шукати дитину", "too few fields to look for the child";
    point_review: "збіг має переглянути людина", "a person has to look";
    point_contact_lost: "школа втратила контакт із дитиною чи родиною", "the school lost contact with the child or family";
    point_displaced: "школа позначила переміщення", "the school marks displacement";
    point_no_trace: "у наданих витягах реєстрів немає запису, який може належати дитині", "no supplied extract of a register has a record that may be the child’s";
    point_school_says: "школа зазначила вибуття, якого жоден реєстр не знає", "the school tells of a leaving that no register knows";
    point_vanished: "дитина є лише в попередньому витязі", "the child stands in an earlier extract only";
    point_sibling_missing: "розшукують, можливо, брата чи сестру", "maybe a brother or sister is sought";
    point_year_younger: "за кожен рік віку до 18", "for every year of age below 18";
    point_year_unseen: "за кожен рік від останнього свідчення, щонайбільше п’ять", "for every year since the latest evidence, five at most";
    point_possible_double: "можливо, є інший шкільний запис цієї дитини", "another school record may be of this child";
    point_finished: "школу закінчено", "school was finished";

    equity_title: "Чи однакові результати в усіх групах", "Whether results are alike in all groups";
    equity_means: "Для кожної групи – частка дітей у переліку, на перевірці та непідтверджених, у скільки разів вона більша, ніж у решти дітей, і межі 95 %.",
        "For each group the share of children on the list, under review and unconfirmed, how many times that of all other children it is, and bounds of 95 %.";
    equity_rule: "Тривога: у групі щонайменше {} дітей, і нижня межа відношення вища за {}. Порівнянь {}, тому для тривоги межі ширші (поправка Бонферроні, {} стандартної похибки).",
        "Alarm: the group has at least {} children, and the lower bound of the ratio is above {}. There are {} comparisons, so for an alarm the bounds are wider (Bonferroni, {} standard errors).";
    equity_caution: "Тривога означає «подивіться»: за нею може стояти брак реєстрів чи полів у цій групі, вада програми або справжня біда. Частки справді пропущених збігів за групами дає лише перевірка проти відомої істини (zvirka evaluate). Брати й сестри потрапляють до списку разом, тому межі радше завузькі.",
        "An alarm says “look”: registers or fields that the group lacks, a defect of the program or true harm may be behind it. Rates of links truly missed by group come only from a check against known truth (zvirka evaluate). Brothers and sisters come to the list together, so the bounds are rather too narrow.";
    equity_alarms: "Тривог: {}.", "Alarms: {}.";
    equity_quiet: "Жодної тривоги.", "No alarm.";
    equity_alarm: "тривога", "alarm";
    equity_group: "Група", "Group";
    equity_ratio: "×\u{a0}решта", "×\u{a0}the rest";
    equity_review: "На перегляді", "Under review";
    equity_unconfirmed: "Не підтверджено", "Unconfirmed";
    by_region: "Область", "Region";
    by_displaced: "Позначка про переміщення", "Mark of displacement";
    by_sex: "Стать", "Sex";
    by_age: "Вік, повних років", "Age, full years";
    by_surname: "Будова прізвища", "How the surname is built";
    displaced_none: "не переміщена", "not displaced";
    displaced_internal: "переміщена в межах країни", "displaced within the country";
    displaced_external: "за кордоном", "abroad";
    sex_male: "хлопці", "boys";
    sex_female: "дівчата", "girls";
    age_to: "{}–{}", "{}–{}";
    age_from: "{} і більше", "{} and more";
    surname_ko: "на -ко", "in -ko";
    surname_uk: "на -ук, -юк, -ак, -як, -ик", "in -uk, -yuk, -ak, -yak, -yk";
    surname_adjective: "прикметникові (-ський та ін.)", "adjectives (-skyi and others)";
    surname_ov: "на -ов, -ев, -ін", "in -ov, -ev, -in";
    surname_ych: "на -ич", "in -ych";
    surname_double: "подвійні", "double";
    surname_other: "інші", "others";
    surname_latin: "латинкою", "in Latin letters";

    moves_title: "Рух дітей", "Movements";
    moves_means: "Хто вибув, кого немає в останніх списках або чий код змінився. Одна дитина може стояти в кількох рядках.",
        "Who left, is in none of the latest lists, or has another id. A child may stand in several rows.";
    moves_what: "Що сталося", "What happened";
    moves_renamed: "Код попередньої звірки змінився", "The id of the previous run gave way to another";
    moves_between: "Між витягами різних днів; по дитині – у movements.csv", "Between extracts of different days; child by child in movements.csv";
    moves_flows: "Між областями", "Between regions";
    moves_from: "Звідки", "From";
    moves_to: "Куди", "To";
    moves_none: "Про рух дітей у цих витягах нічого немає.", "These extracts say nothing of movements.";

    quality_title: "Якість даних", "Data quality";
    quality_sources: "Відхилене за джерелами; усе до рядка – у rejected.csv", "Rejected by source; every row is in rejected.csv";
    role: "Роль", "Role";
    role_population: "школи", "schools";
    role_registry: "реєстр", "register";
    rows_seen: "Рядків", "Rows";
    rows_rejected: "Відхилено рядків", "Rows rejected";
    values_rejected: "Окремих значень", "Single values";
    too_many: "{} – понад дозволене", "{}: more than allowed";
    rejected_why: "Чому відхилено", "Reasons for rejection";
    rejected_reason: "Причина", "Reason";
    rejected_lost: "Утрачено", "Lost";
    rejected_times: "Разів", "Times";
    lost_row: "рядок", "the row";
    lost_value: "значення", "the value";
    rejected_left: "Інших причин: {}; усі – у quality.xlsx.", "Other reasons: {}; all are in quality.xlsx.";
    gaps: "Найменш заповнені поля", "Emptiest fields";

    rows_title: "Рядки за числами", "Rows behind the figures";
    rows_means: "Куди ведуть числа. До {} дітей стоять тут за кодами; більше дає запит SQL у теці звірки (наприклад, у DuckDB) або фільтр у книзі. Чому дитина має свій статус, скаже: zvirka explain ТЕКА КОД.",
        "Where figures lead. Up to {} children stand here by id; more come from the SQL query in the run’s folder (in DuckDB, say) or a filter of the workbook. Why a child has its status: zvirka explain FOLDER ID.";
    footer: "zvirka {}. Хеші вхідних і вихідних файлів – у manifest.json.", "zvirka {}. Hashes of inputs and outputs are in manifest.json.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_there_in_both_languages_with_the_same_places() {
        for (name, uk, en) in PAIRS {
            assert!(!uk.trim().is_empty() && !en.trim().is_empty(), "{name}");
            assert_eq!(uk.matches("{}").count(), en.matches("{}").count(), "{name}");
            let cyrillic = |c: char| ('\u{400}'..'\u{530}').contains(&c);
            assert!(!en.contains(cyrillic), "{name}: {en}");
            // The language of a text in Latin letters cannot be told from its letters.
            let bare = uk.chars().filter(|c| c.is_alphabetic()).count() < 4;
            assert!(bare || uk.contains(cyrillic), "{name}: {uk}");
        }
    }

    #[test]
    fn no_text_says_that_a_child_is_missing_or_safe() {
        for (name, uk, en) in PAIRS {
            if matches!(*name, "headline_limits" | "wrong_note") {
                continue;
            }
            let said = format!("{uk} {en}").to_lowercase();
            for word in
                ["безпеці", "безпечн", " safe", "is missing", "дитина зникла", "are missing"]
            {
                assert!(!said.contains(word), "{name}: {word}");
            }
        }
    }

    #[test]
    fn values_take_their_places() {
        assert_eq!(fill("{} of {}.", &[&1, &"two"]), "1 of two.");
        assert_eq!(fill("none", &[]), "none");
        assert_eq!(fill("{}{}", &[&"{}"]), "{}");
    }
}
