//! Columns that stand below each other.

use std::fmt;

/// Rows of cells. Words stand to the left of their column, and numbers to the right.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
    /// Which columns hold words.
    words: &'static [usize],
}

const BETWEEN: &str = "  ";

impl Table {
    /// A table in which these columns hold words, and the others numbers.
    pub(crate) fn new(heads: &[&str], words: &'static [usize]) -> Self {
        Self { rows: vec![heads.iter().map(|head| (*head).to_owned()).collect()], words }
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows[0].len();
        let widths: Vec<usize> = (0..columns).map(|column| self.width(column)).collect();
        for (index, row) in self.rows.iter().enumerate() {
            let aligned = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
                let is_word = self.words.contains(&column);
                if is_word { format!("{cell:width$}") } else { format!("{cell:>width$}") }
            });
            let line = aligned.collect::<Vec<String>>().join(BETWEEN);
            write!(f, "{}{}", if index > 0 { "\n" } else { "" }, line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_left_and_numbers_right() {
        let mut table = Table::new(&["name", "n", "key"], &[0, 2]);
        table.row(["a", "10", "k"].map(str::to_owned).into());
        table.row(["longer", "7", "kk"].map(str::to_owned).into());
        assert_eq!(table.to_string(), "name     n  key\na       10  k\nlonger   7  kk");
    }
}
