//! Documents whose figures are filled in: the model card, its evidence, the README.
//!
//! A document is its own template. What stands between two marks, which a reader of the
//! rendered page does not see, is replaced:
//!
//! | mark | becomes |
//! |---|---|
//! | `<!-- =score PATH --> <!-- / -->` | the figure at a path of [`Scores`], three digits after the point, or as many as `PATH:2` says |
//! | `<!-- =scores NAME --> <!-- / -->` | the table of the evaluation `NAME` |
//! | `<!-- =graders NAME --> <!-- / -->` | its table of the network and several graders |
//! | `<!-- =images NAME --> <!-- / -->` | its table of whole images |
//! | `<!-- =bars --> <!-- / -->` | the table of bars |
//! | `<!-- =table NAME --> <!-- / -->` | the table that another command wrote; where it wrote none, what stands there stays |

use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::bars;
use super::scores::Scores;
use crate::judge::{grader_table, image_table, markdown};
use crate::run::replace_file;

const OPENS: &str = "<!-- =";
const CLOSES: &str = "<!-- / -->";
const DIGITS: usize = 3;

/// A document that was filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// All of it.
    pub text: String,
    /// How many marks were replaced.
    pub replaced: usize,
    /// Tables for which the folder holds no file, so that they stand as they stood.
    pub left: Vec<String>,
}

/// Fills `document` with `scores` and with the tables that other commands wrote to `folder`.
///
/// # Errors
/// Where a mark is not closed or not known, a figure is missing, or a table cannot be read.
pub fn fill(document: &str, scores: &Scores, folder: &Path) -> Result<Filled> {
    let mut filled = Filled { text: String::new(), replaced: 0, left: Vec::new() };
    let mut rest = document;
    while let Some((before, behind)) = rest.split_once(OPENS) {
        let (mark, behind) = behind.split_once(" -->").context("a mark has no end")?;
        let (old, behind) = behind
            .split_once(CLOSES)
            .filter(|(old, _)| !old.contains(OPENS))
            .with_context(|| format!("the mark `{mark}` is not closed by {CLOSES}"))?;
        let new = match mark.split_once(' ').unwrap_or((mark, "")) {
            ("score", path) => Some(figure(scores, path)?),
            ("scores", name) => Some(lines(&markdown(&scores.evaluation(name)?.groups))),
            ("graders", name) => Some(lines(&grader_table(&scores.evaluation(name)?.graders))),
            ("images", name) => Some(lines(&image_table(&scores.evaluation(name)?.images))),
            ("bars", "") => Some(lines(&bars::table(scores)?)),
            ("table", name) => table_of(folder, name)?.map(|table| lines(&table)),
            _ => bail!("`{mark}` is no mark: there are score, scores, graders, images, bars and table"),
        };
        match &new {
            Some(_) => filled.replaced += 1,
            None => filled.left.push(mark.trim_start_matches("table ").to_owned()),
        }
        for part in [before, OPENS, mark, " -->", new.as_deref().unwrap_or(old), CLOSES] {
            filled.text.push_str(part);
        }
        rest = behind;
    }
    filled.text.push_str(rest);
    Ok(filled)
}

fn figure(scores: &Scores, path: &str) -> Result<String> {
    let (path, digits) = match path.split_once(':') {
        Some((path, digits)) => {
            (path, digits.parse().with_context(|| format!("`{digits}` is no number of digits"))?)
        }
        None => (path, DIGITS),
    };
    Ok(format!("{:.digits$}", scores.figure(path)?))
}

/// A table on lines of its own. Markdown wants a blank line behind an HTML comment.
fn lines(table: &str) -> String {
    format!("\n\n{}\n\n", table.trim_end())
}

fn table_of(folder: &Path, name: &str) -> Result<Option<String>> {
    let file = folder.join(format!("{name}.md"));
    match std::fs::read_to_string(&file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}

/// Writes one table.
///
/// # Errors
/// Where the folder cannot be written.
pub fn write_part(folder: &Path, name: &str, text: &str) -> Result<()> {
    replace_file(&folder.join(format!("{name}.md")), text.as_bytes()).context("a part of the model card")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(folder: &Path) -> Scores {
        let text = r#"{"schema":"lacuna.scores/1","evaluations":{},"stated":{"unet":{"value":0.6738,"origin":"x"}}}"#;
        std::fs::write(folder.join("scores.json"), text).unwrap();
        Scores::read(folder).unwrap()
    }

    #[test]
    fn a_document_takes_its_figures_and_tables_and_stays_what_it_is_when_filled_again() {
        let folder = tempfile::tempdir().unwrap();
        let scores = scores(folder.path());
        write_part(folder.path(), "data", "| 0.7 |\n").unwrap();
        let document = "reaches <!-- =score stated/unet:2 --><!-- / -->, <!-- =score stated/unet -->9<!-- / -->.\n\
            <!-- =table data -->old<!-- / -->\nend";
        let filled = fill(document, &scores, folder.path()).unwrap();
        assert_eq!(
            filled.text,
            "reaches <!-- =score stated/unet:2 -->0.67<!-- / -->, <!-- =score stated/unet -->0.674<!-- / -->.\n\
             <!-- =table data -->\n\n| 0.7 |\n\n<!-- / -->\nend"
        );
        assert_eq!((filled.replaced, &filled.left), (3, &Vec::new()));
        assert_eq!(fill(&filled.text, &scores, folder.path()).unwrap(), filled);
    }

    #[test]
    fn a_table_that_no_command_wrote_stays_and_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let document = "<!-- =table fusion -->| 1 |<!-- / -->";
        let filled = fill(document, &scores(folder.path()), folder.path()).unwrap();
        assert_eq!(
            filled,
            Filled { text: document.to_owned(), replaced: 0, left: vec!["fusion".to_owned()] }
        );
    }

    #[test]
    fn a_mark_that_cannot_be_filled_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let scores = scores(folder.path());
        for (document, cause) in [
            ("<!-- =scores test --><!-- / -->", "no evaluation test"),
            ("<!-- =score stated/other --><!-- / -->", "stated/other"),
            ("<!-- =score stated/unet:x --><!-- / -->", "`x`"),
            ("<!-- =bars --><!-- / -->", "both/duke"),
            ("<!-- =picture x --><!-- / -->", "no mark"),
            ("<!-- =score stated/unet -->0.7", "not closed"),
            ("<!-- =score stated/unet -->0.7 <!-- =bars --><!-- / -->", "not closed"),
            ("<!-- =score", "no end"),
        ] {
            let error = format!("{:#}", fill(document, &scores, folder.path()).unwrap_err());
            assert!(error.contains(cause), "{document}: {error}");
        }
    }
}
