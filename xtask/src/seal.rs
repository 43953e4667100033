//! Seals a built bundle: a content security policy that names every inline
//! script by its hash, and addresses that change with the content.
//!
//! Trunk hashes the names of the page's own files, not those of the worker and
//! the weights; a browser that keeps an old worker for a new page would break
//! it. So they move into folders named by their content.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

const POLICY_PLACE: &str = r#"<meta http-equiv="Content-Security-Policy" content=""#;
const ENGINE_PLACE: &str = r#"<meta name="lacuna-engine" content=""#;
const SCENE_PLACE: &str = r#"<meta name="lacuna-scene" content=""#;
const WEIGHTS_PLACE: &str = r#"<meta name="lacuna-weights" content=""#;

/// Seals the bundle in `folder`.
///
/// # Errors
/// Where trunk left something else than we expect: better no bundle than an open one.
pub fn seal(folder: &Path) -> Result<()> {
    let engine =
        moved(folder, "engine", |name| name.starts_with("engine-worker") || name.starts_with("cpu-worker"))?;
    let scene = moved(folder, "scene", |name| name.starts_with("scene-worker"))?;
    let weights = moved(folder, "weights", |name| name.ends_with(".safetensors"))?;
    let loader = named(&engine, "engine-worker_loader.js").context("trunk left no engine worker")?;
    // The engine's worker starts it from the folder that both lie in.
    named(&engine, "cpu-worker_loader.js").context("trunk left no CPU worker")?;
    let scene = named(&scene, "scene-worker_loader.js").context("trunk left no scene worker")?;
    let weights = weights.first().context("trunk left no weights")?.clone();
    let index = folder.join("index.html");
    let html = fs::read_to_string(&index)?;
    let html = join_styles(folder, &html)?;
    let html = set(&html, ENGINE_PLACE, &loader)?;
    let html = set(&html, SCENE_PLACE, &scene)?;
    let html = set(&html, WEIGHTS_PLACE, &weights)?;
    let html = set(&html, POLICY_PLACE, &policy(&inline_scripts(&html)))?;
    fs::write(index, html)?;
    Ok(())
}

/// Puts the style sheets that `html` links into one, in their order: a visitor
/// asks for one file, and the page paints after one answer.
fn join_styles(folder: &Path, html: &str) -> Result<String> {
    const LINK: &str = r#"<link rel="stylesheet" href="./"#;
    let (mut joined, mut left) = (String::new(), String::new());
    let mut place = None;
    let mut rest = html;
    while let Some(start) = rest.find(LINK) {
        let name_at = start + LINK.len();
        let name = rest[name_at..].split('"').next().context("a link without end")?;
        let end = start + rest[start..].find('>').context("a link without end")? + 1;
        let file = folder.join(name);
        joined.push_str(&fs::read_to_string(&file).with_context(|| format!("no {}", file.display()))?);
        fs::remove_file(file)?;
        left.push_str(&rest[..start]);
        place.get_or_insert(left.len());
        rest = &rest[end..];
    }
    left.push_str(rest);
    let place = place.context("index.html links no style sheet")?;
    let name = format!("style-{}.css", short_hash(joined.as_bytes()));
    fs::write(folder.join(&name), joined)?;
    left.insert_str(place, &format!("{LINK}{name}\">"));
    Ok(left)
}

fn short_hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

fn named(paths: &[String], name: &str) -> Option<String> {
    paths.iter().find(|path| path.ends_with(name)).cloned()
}

/// Moves the files that `wanted` picks by name from `folder` into one named
/// after `kind` and their content; returns their addresses.
fn moved(folder: &Path, kind: &str, wanted: impl Fn(&str) -> bool) -> Result<Vec<String>> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.is_file())
        .filter(|path| path.file_name().is_some_and(|name| wanted(&name.to_string_lossy())))
        .collect();
    files.sort();
    let mut hasher = Sha256::new();
    for file in &files {
        hasher.update(fs::read(file)?);
    }
    let hash: String = hasher.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let into = format!("{kind}-{hash}");
    fs::create_dir_all(folder.join(&into))?;
    files
        .iter()
        .map(|file| {
            let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            fs::rename(file, folder.join(&into).join(&name))?;
            Ok(format!("./{into}/{name}"))
        })
        .collect()
}

/// Replaces the `content` of the meta element that starts with `place`.
fn set(html: &str, place: &str, content: &str) -> Result<String> {
    let start = html.find(place).with_context(|| format!("index.html lacks {place}"))? + place.len();
    let end = start + html[start..].find('"').context("an attribute without end")?;
    ensure!(!content.contains('"'), "a quote in {content}");
    Ok(format!("{}{content}{}", &html[..start], &html[end..]))
}

/// Contents of the inline scripts of `html`.
fn inline_scripts(html: &str) -> Vec<&str> {
    let mut scripts = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find("<script") {
        let Some(open_end) = rest[start..].find('>').map(|end| start + end) else { break };
        let Some(close) = rest[open_end..].find("</script>").map(|end| open_end + end) else { break };
        let content = &rest[open_end + 1..close];
        if !rest[start..open_end].contains(" src=") && !content.is_empty() {
            scripts.push(content);
        }
        rest = &rest[close..];
    }
    scripts
}

/// The policy: nothing but our own files, no inline script without its hash.
fn policy(scripts: &[&str]) -> String {
    let hashes: String = scripts
        .iter()
        .map(|script| format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(script.as_bytes()))))
        .collect();
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{hashes}; worker-src 'self' blob:; \
         connect-src 'self'; style-src 'self'; img-src 'self' blob: data:; base-uri 'none'; form-action 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_inline_script_is_in_the_policy_by_its_hash_and_nothing_else_is_allowed() {
        let html = r#"<script type="module">alert(1)</script><script src="a.js"></script>"#;
        let scripts = inline_scripts(html);
        assert_eq!(scripts, ["alert(1)"]);
        let policy = policy(&scripts);
        // printf 'alert(1)' | openssl dgst -sha256 -binary | base64
        assert!(policy.contains("'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"), "{policy}");
        assert!(policy.starts_with("default-src 'none'"));
        assert!(!policy.contains("unsafe-inline") && !policy.contains("http"));
    }

    #[test]
    fn style_sheets_become_one_in_their_order_and_where_the_first_stood() {
        let folder = std::env::temp_dir().join(format!("lacuna-seal-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("a.css"), "a{}\n").unwrap();
        fs::write(folder.join("b.css"), "b{}\n").unwrap();
        let link = |name: &str| format!(r#"<link rel="stylesheet" href="./{name}"/>"#);
        let html = format!("<head>{}\n{}<script></script>", link("a.css"), link("b.css"));
        let joined = join_styles(&folder, &html).unwrap();
        let name = format!("style-{}.css", short_hash(b"a{}\nb{}\n"));
        let one = format!(r#"<head><link rel="stylesheet" href="./{name}">"#);
        assert!(joined.starts_with(&one) && joined.ends_with("\n<script></script>"), "{joined}");
        assert_eq!(fs::read_to_string(folder.join(&name)).unwrap(), "a{}\nb{}\n");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        assert!(join_styles(&folder, "<head></head>").is_err());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_page_without_the_places_is_not_sealed() {
        assert!(set("<html></html>", POLICY_PLACE, "x").is_err());
        let html = set(r#"<meta name="lacuna-engine" content="old">"#, ENGINE_PLACE, "new").unwrap();
        assert_eq!(html, r#"<meta name="lacuna-engine" content="new">"#);
    }

    #[test]
    fn the_page_in_this_repository_has_every_place() {
        let html = include_str!("../../index.html");
        for place in [POLICY_PLACE, ENGINE_PLACE, SCENE_PLACE, WEIGHTS_PLACE] {
            assert!(html.contains(place), "{place}");
        }
    }
}
