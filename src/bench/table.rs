//! Sizes side by side, as Markdown.

use std::fmt::Write as _;

use super::{Measured, Size};
use crate::memory;
use crate::timings::{self, Stage, magnitude};

const HEAD: &str = "\
| children | job | rows | s | read | link | estimate | decide | write | rows/s | pairs | pairs/s/core | peak | \
recall of the list | of links | false links | floor, s: read + sort + look up | × floor |
| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
";

/// All sizes, the growth from each to the next, and the stages of the largest.
#[must_use]
pub fn table(sizes: &[Size]) -> String {
    let mut text = HEAD.to_owned();
    for size in sizes {
        line(&mut text, size.children, "all registers", &size.whole);
        line(&mut text, size.children, &super::SOURCES.join(" × "), &size.pair);
    }
    let mut sizes: Vec<&Size> = sizes.iter().collect();
    sizes.sort_by_key(|size| size.children);
    text.push('\n');
    for two in sizes.windows(2) {
        let (less, more) = (&two[0], &two[1]);
        let _ = writeln!(
            text,
            "From {} to {} children: {:.2} times n log n (all registers), {:.2} ({})",
            less.children,
            more.children,
            growth(&less.whole, &more.whole),
            growth(&less.pair, &more.pair),
            super::SOURCES.join(" × "),
        );
    }
    if let Some(largest) = sizes.last() {
        let stages = timings::table(&largest.whole.stages);
        let _ = write!(text, "\n{} children, all registers:\n\n{stages}", largest.children);
    }
    text
}

/// How much more time it took than n·log n, n the rows, would have it; 1 is as much.
fn growth(less: &Measured, more: &Measured) -> f64 {
    let work = |measured: &Measured| {
        let n = (measured.rows as f64).max(2.0);
        n * n.ln()
    };
    (more.seconds / less.seconds) / (work(more) / work(less))
}

fn line(text: &mut String, children: u64, job: &str, measured: &Measured) {
    let stages = &measured.stages;
    let of = |keys: &[&str]| -> f64 {
        let is = |stage: &&Stage| {
            let first = stage.stage.split(':').next().unwrap_or_default();
            keys.contains(&first) && !stage.is_part(stages)
        };
        stages.iter().filter(is).map(|stage| stage.seconds).sum()
    };
    let known = ["read", "estimate", "decide", "write"];
    let whole: f64 = stages.iter().filter(|s| !s.is_part(stages)).map(|s| s.seconds).sum();
    let comparing = of(&["join_records", "link"]).max(f64::MIN_POSITIVE);
    let floor = measured.floor;
    let share = |value: Option<f64>| value.map_or("–".to_owned(), |v| format!("{v:.4}"));
    let _ = writeln!(
        text,
        "| {children} | {job} | {} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {} | {} | {} | {} | \
         {} | {} | {} | {:.2}: {:.2} + {:.2} + {:.2} | {:.1} |",
        measured.rows,
        measured.seconds,
        of(&["read"]),
        // Whatever is nothing else prepares or finishes linking.
        whole - of(&known),
        of(&["estimate"]),
        of(&["decide"]),
        of(&["write"]),
        magnitude(measured.rows as f64 / measured.seconds),
        magnitude(measured.pairs as f64),
        magnitude(measured.pairs as f64 / comparing / measured.threads.max(1) as f64),
        measured.peak.map_or("–".to_owned(), memory::shown),
        share(measured.quality.list_recall),
        share(measured.quality.recall),
        measured.quality.false_links,
        floor.seconds(),
        floor.read,
        floor.sort,
        floor.look_up,
        measured.seconds / floor.seconds().max(f64::MIN_POSITIVE),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::{Floor, Quality};

    fn measured(rows: u64, seconds: f64) -> Measured {
        let stage =
            |stage: &str, seconds| Stage { stage: stage.into(), seconds, ..Stage::default() };
        Measured {
            seconds,
            stages: vec![
                stage("read", 1.0),
                stage("names", 0.5),
                stage("link:births", 2.0),
                stage("estimate:births", 0.25),
                stage("looking_for_namesakes", 0.125),
                stage("decide", 0.5),
                stage("write", 0.75),
                stage("write:links.parquet", 0.7),
            ],
            threads: 2,
            rows,
            pairs: 8_000_000,
            peak: None,
            quality: Quality { list_recall: Some(0.99), recall: None, false_links: 3 },
            floor: Floor { read: 0.5, sort: 1.0, look_up: 0.5 },
        }
    }

    #[test]
    fn a_size_is_two_lines_and_growth_one() {
        let size = |children, seconds| Size {
            children,
            whole: measured(children * 2, seconds),
            pair: measured(children, seconds),
        };
        let text = table(&[size(1_000_000, 40.0), size(1_000, 0.02)]);
        let cells: Vec<&str> = text.lines().nth(2).unwrap().split('|').map(str::trim).collect();
        assert_eq!(
            cells[1..19],
            [
                "1000000",
                "all registers",
                "2000000",
                "40.00",
                "1.00",
                "2.62",
                "0.25",
                "0.50",
                "0.75",
                "50.0 k",
                "8.00 M",
                "2.00 M",
                "–",
                "0.9900",
                "–",
                "3",
                "2.00: 0.50 + 1.00 + 0.50",
                "20.0"
            ]
        );
        let columns: Vec<usize> =
            text.lines().take(6).map(|line| line.matches('|').count()).collect();
        assert_eq!(columns, [19; 6]);
        // 2000 times the time for 1000 times the rows, whose logarithm is twice as large or less.
        assert!(text.contains("From 1000 to 1000000 children: 1.05 times n log n"), "{text}");
        assert!(text.contains("(all registers), 1.00 (aikom × births)"), "{text}");
        assert!(text.contains("write:links.parquet"), "{text}");
    }
}
