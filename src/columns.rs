//! Text in columns for a terminal.

use unicode_normalization::char::is_combining_mark;

/// Rows of cells as columns: the first to the left, the others to the right.
pub(crate) fn aligned(rows: &[Vec<String>]) -> String {
    columns(rows, true)
}

/// Rows of cells as columns, all to the left.
pub(crate) fn left(rows: &[Vec<String>]) -> String {
    columns(rows, false)
}

/// How many places a text takes; a mark over a letter takes none.
pub(crate) fn width(text: &str) -> usize {
    text.chars().filter(|&c| !is_combining_mark(c)).count()
}

/// Foreign text fit for a terminal: what would move the cursor, colour the screen or turn
/// the direction of writing is shown as `�`, line ends and tabs as spaces.
pub(crate) fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' => {
                '\u{fffd}'
            }
            c if c.is_control() => '\u{fffd}',
            c => c,
        })
        .collect()
}

fn columns(rows: &[Vec<String>], numbers: bool) -> String {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        widths.resize(widths.len().max(row.len()), 0);
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = (*widest).max(width(cell));
        }
    }
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (i, (cell, widest)) in row.iter().zip(&widths).enumerate() {
            line.push_str("  ");
            let pad = " ".repeat(widest - width(cell));
            if numbers && i > 0 {
                line.push_str(&pad);
                line.push_str(cell);
            } else {
                line.push_str(cell);
                line.push_str(&pad);
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other() {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let rows = [row(["реєстр", "n"]), row(["a", "100"])];
        assert_eq!(aligned(&rows), "  реєстр    n\n  a       100\n");
        assert_eq!(left(&rows), "  реєстр  n\n  a       100\n");
        // й of two characters takes one place.
        assert_eq!(left(&[row(["и\u{306}", "x"]), row(["ab", "x"])]), "  и\u{306}   x\n  ab  x\n");
    }

    #[test]
    fn foreign_text_cannot_command_the_terminal() {
        assert_eq!(harmless("а\u{1b}[2J\nб\u{202e}в"), "а\u{fffd}[2J б\u{fffd}в");
    }
}
