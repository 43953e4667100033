//! Who was scanned. Kept apart from everything that is shown or saved: only a
//! writer that the user asked for an identified file gets to see it.

use std::fmt;

/// Who was scanned, as far as the file says.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Patient {
    /// Name as DICOM writes it: family, given, middle, prefix, suffix between `^`.
    pub name: Option<String>,
    /// The clinic's number for the patient.
    pub id: Option<String>,
    /// Date of birth, `YYYY-MM-DD`.
    pub birth_date: Option<String>,
    /// `F`, `M` or `O`.
    pub sex: Option<String>,
}

impl fmt::Debug for Patient {
    /// Says nothing of the person: debug texts end up in logs and bug reports.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Patient { .. }")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_debug_text_names_nobody() {
        let patient = Patient { name: Some("Doe^John".to_owned()), ..Patient::default() };
        assert!(!format!("{patient:?}").contains("Doe"));
    }
}
