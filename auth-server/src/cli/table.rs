//! Columns for people.

/// Rows under a heading, each column as wide as its widest cell; the last one is as long as it is.
///
/// The last column is the one for what may hold characters of other widths, such as names.
#[derive(Debug)]
pub(super) struct Table<const N: usize> {
    widths: [usize; N],
    heading: Option<[&'static str; N]>,
}

impl<const N: usize> Table<N> {
    pub(super) fn new(heading: [&'static str; N]) -> Self {
        Self { widths: heading.map(str::len), heading: Some(heading) }
    }

    /// The lines of these rows. A long table may be written in parts: the heading comes once, and
    /// no column becomes narrower.
    pub(super) fn lines(&mut self, rows: &[[String; N]]) -> String {
        for row in rows {
            for (width, cell) in self.widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut lines = String::new();
        if let Some(heading) = self.heading.take() {
            self.line(&mut lines, &heading);
        }
        for row in rows {
            self.line(&mut lines, &row.each_ref().map(String::as_str));
        }
        lines
    }

    fn line(&self, lines: &mut String, cells: &[&str; N]) {
        let begun = lines.len();
        for (cell, width) in cells.iter().zip(self.widths) {
            lines.push_str(cell);
            let filled = cell.chars().count();
            lines.extend(std::iter::repeat_n(' ', width.saturating_sub(filled) + 2));
        }
        lines.truncate(begun + lines[begun..].trim_end().len());
        lines.push('\n');
    }
}

/// Names and values under each other.
pub(super) fn pairs(rows: &[(&str, String)]) -> String {
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let lines: Vec<_> = rows.iter().map(|(name, value)| format!("{name:<width$}  {value}")).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other_and_never_become_narrower() {
        let mut table = Table::new(["ID", "NAME"]);
        let row = |id: &str, name: &str| [id.to_owned(), name.to_owned()];
        assert_eq!(table.lines(&[row("1000", "Ann"), row("é", "")]), "ID    NAME\n1000  Ann\né\n");
        assert_eq!(table.lines(&[row("2", "Zoë 🦊")]), "2     Zoë 🦊\n");
    }

    #[test]
    fn values_stand_under_each_other() {
        assert_eq!(pairs(&[("a", "1".to_owned()), ("long", "2".to_owned())]), "a     1\nlong  2");
    }
}
