//! Records of CSV after RFC 4180, safe to open in a spreadsheet.

/// A number in its shortest exact form, never with an exponent; empty where it is not known.
pub fn or_empty(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// Text without control characters that no spreadsheet takes for a formula:
/// the starts that OWASP lists under "CSV injection" (`=`, `+`, `-`, `@`, tab,
/// CR, and the full-width forms), also behind blanks, get an apostrophe.
pub fn safe_text(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let starts_formula =
        clean.trim_start().starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    if starts_formula { format!("'{clean}") } else { clean }
}

/// Appends one record; a field with a comma, quote or line break is quoted and
/// its quotes doubled (RFC 4180, section 2).
pub fn push_record(csv: &mut String, fields: &[impl AsRef<str>]) {
    for (index, field) in fields.iter().map(AsRef::as_ref).enumerate() {
        if index > 0 {
            csv.push(',');
        }
        if field.contains([',', '"', '\r', '\n']) {
            csv.push('"');
            csv.push_str(&field.replace('"', "\"\""));
            csv.push('"');
        } else {
            csv.push_str(field);
        }
    }
    csv.push_str("\r\n");
}

#[cfg(test)]
pub(crate) mod tests {
    /// Reads RFC 4180 back, so that writing is tested against reading.
    pub(crate) fn parse(csv: &str) -> Vec<Vec<String>> {
        let (mut records, mut record, mut field, mut quoted) = (vec![], vec![], String::new(), false);
        let mut chars = csv.chars().peekable();
        while let Some(c) = chars.next() {
            match (c, quoted) {
                ('"', true) if chars.peek() == Some(&'"') => field.push(chars.next().unwrap()),
                ('"', _) => quoted = !quoted,
                (',', false) => record.push(std::mem::take(&mut field)),
                ('\r', false) => {}
                ('\n', false) => {
                    record.push(std::mem::take(&mut field));
                    records.push(std::mem::take(&mut record));
                }
                _ => field.push(c),
            }
        }
        assert!(!quoted && field.is_empty() && record.is_empty(), "the last line ends in CR LF");
        records
    }

    pub(crate) fn cell<'a>(table: &'a [Vec<String>], row: usize, column: &str) -> &'a str {
        let index = table[0].iter().position(|name| name == column).unwrap();
        &table[row][index]
    }
}
