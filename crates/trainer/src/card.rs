//! The model card: a template whose figures come from files that other commands wrote.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

/// Fills `template`. A line of the form `{{name}}` is replaced by the file
/// `name.md` of `folder`; everything else stays.
///
/// # Errors
/// Where a file is missing, with all that are.
pub fn fill(template: &str, folder: &Path) -> Result<String> {
    let mut parts: BTreeMap<&str, String> = BTreeMap::new();
    let mut missing = Vec::new();
    for name in template.lines().filter_map(placeholder) {
        let file = folder.join(format!("{name}.md"));
        match std::fs::read_to_string(&file) {
            Ok(text) => _ = parts.insert(name, text),
            Err(error) => missing.push(format!("{} ({error})", file.display())),
        }
    }
    ensure!(
        missing.is_empty(),
        "the card needs {}, which `trainer card --help` says how to make",
        missing.join(", ")
    );
    if let Some(line) = template.lines().find(|line| line.contains("{{") && placeholder(line).is_none()) {
        bail!("the template holds `{line}`: a table stands on a line of its own");
    }
    let line = |line: &str| match placeholder(line) {
        Some(name) => parts[name].trim_end().to_owned(),
        None => line.to_owned(),
    };
    let mut card = template.lines().map(line).collect::<Vec<_>>().join("\n");
    card.push('\n');
    Ok(card)
}

fn placeholder(line: &str) -> Option<&str> {
    line.trim().strip_prefix("{{")?.strip_suffix("}}")
}

/// Writes one part of a card.
///
/// # Errors
/// Where the folder cannot be written.
pub fn write_part(folder: &Path, name: &str, text: &str) -> Result<()> {
    crate::durable::replace_file(&folder.join(format!("{name}.md")), text.as_bytes())
        .context("a part of the model card")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_takes_its_figures_from_files_and_names_those_that_are_missing() {
        let folder = tempfile::tempdir().unwrap();
        write_part(folder.path(), "test", "| 0.7 |\n").unwrap();
        assert_eq!(fill("# Card\n{{test}}\nend", folder.path()).unwrap(), "# Card\n| 0.7 |\nend\n");
        let error = fill("{{test}}\n{{ablation}}", folder.path()).unwrap_err().to_string();
        assert!(error.contains("ablation.md") && !error.contains("test.md"), "{error}");
        assert!(fill("a {{test}} b", folder.path()).is_err());
    }
}
