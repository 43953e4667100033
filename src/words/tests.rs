//! Every entry has both languages and is used, and no words stand elsewhere in `src/`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use engine_protocol::SaveKind;
use oct::{Axis, AxisSpacing, BScanOrder, FluidClass, FundusKind, SpacingSource};

use super::*;

/// Entries that are the same in both languages: names of formats and methods.
const SAME: [&str; 7] = [
    "names::SLO",
    "saving::METAIMAGE",
    "saving::NIFTI",
    "saving::DICOM",
    "saving::JSON",
    "saving::CSV",
    "teaching::DICE",
];

/// Literals outside of this folder that look like words and are none to read on the page.
const NO_WORDS: &[&str] = &[
    // The name of the page, units, abbreviations and legends of keys, as every language has them.
    "Lacuna",
    "mm",
    "nl",
    "µm",
    "GPU",
    "SHA-256",
    "Esc",
    "Home",
    "End",
    // A font, as canvases name it.
    "600 13px system-ui, sans-serif",
    // What the browser calls keys.
    "Escape",
    "Enter",
    // Causes of a failure, for a bug report in English.
    "the page does not name the engine's script (meta lacuna-engine)",
    "the worker's script could not be loaded",
    "a message from the worker could not be read",
    "there is no document",
    "the page does not name the scene's script (meta lacuna-scene)",
    // A question to the browser.
    "(prefers-reduced-motion: reduce)",
    // The time, as all know it.
    " UTC",
];

/// Attributes that are read or spoken.
const SPOKEN_ATTRIBUTES: [&str; 9] = [
    "title",
    "alt",
    "label",
    "placeholder",
    "aria-label",
    "aria-description",
    "aria-placeholder",
    "aria-roledescription",
    "aria-valuetext",
];

/// All entries as `module::NAME`.
fn entries() -> Vec<(String, Text)> {
    macro_rules! of {
        ($($module:ident),*) => { [$((stringify!($module), $module::ALL)),*] };
    }
    let modules = of!(
        engine,
        help,
        keys,
        looking,
        measurements,
        names,
        notices,
        opening,
        questions,
        regions,
        report,
        run,
        saving,
        scene,
        shell,
        spacing,
        teaching,
        tour,
        viewer,
        volume,
        correcting,
        compare,
        worklist
    );
    let named = |(module, all): (&str, &[(&str, Text)])| {
        all.iter().map(|(name, text)| (format!("{module}::{name}"), *text)).collect::<Vec<_>>()
    };
    modules.into_iter().flat_map(named).collect()
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

#[test]
fn every_entry_has_both_languages() {
    for (name, Text { en, zh }) in entries() {
        assert!(!en.trim().is_empty() && !zh.trim().is_empty(), "{name} is empty");
        assert!(!is_chinese(en), "{name} is Chinese in English");
        assert_eq!(en == zh, SAME.contains(&name.as_str()), "{name}: {en} / {zh}");
        let ends = |text: &str| text.trim_end().ends_with(['.', '。']);
        assert_eq!(ends(en), ends(zh), "{name} is a sentence in both languages or in none: {en} / {zh}");
    }
}

#[test]
fn every_sentence_with_values_has_both_languages() {
    macro_rules! said {
        ($($($path:ident)::+ ($($value:expr),*);)*) => {
            [$((stringify!($($path)::+), Said::new(|locale| $($path)::+(locale, $($value),*)))),*]
        };
    }
    let assumed =
        AxisSpacing::new(Axis::Axial, 0.004, SpacingSource::VendorDefault { why: "usual".to_owned() })
            .unwrap();
    let lost = [(SaveKind::Nifti, "eye".to_owned()), (SaveKind::Json, "eye".to_owned())];
    let said = said! {
        figures::bscans(3);
        figures::duration(65_400.0);
        figures::parameters(1_940_000);
        figures::time_left(21_000.0);
        shell::opening("eye");
        opening::files(2);
        opening::may_be_dropped();
        opening::too_many_files(4);
        opening::unreadable("eye");
        notices::could_not_be_saved("mask.dcm");
        notices::lost_with_engine(&lost);
        questions::there_are_volumes(2);
        questions::volumes_to_choose_from(2);
        viewer::bscan_of(1, 49, "eye");
        viewer::class_title(FluidClass::Irf);
        viewer::depth(2);
        viewer::level(0);
        teaching::eye(7);
        teaching::score(3, Some(0.71));
        tour::step(1, 5);
        viewer::enlarged(1.5);
        viewer::layers_title("ILM, BM");
        viewer::reading(7);
        viewer::scale_bars(1.0, 0.5);
        viewer::strip_title(1);
        viewer::column_and_row(1, 2);
        viewer::grey(7);
        viewer::pixels(9.0);
        looking::window(crate::model::Window { level: 1.0, width: 9.0 });
        looking::mean_of(3);
        looking::thickness_of(FluidClass::Srf);
        looking::front(crate::model::Front::Retina);
        looking::bscan(1);
        measurements::threshold(0.5);
        measurements::back_to(0.5);
        measurements::called_from(0.5);
        measurements::between([1.0, 2.0]);
        regions::central("300 µm");
        regions::disc(3.0);
        regions::subfield(&fluid::Subfield::all(&oct::Sides::default())[3]);
        report::made_by("0.1.0", "2026-11-23");
        report::page(1, 2);
        report::most_of(FluidClass::Irf);
        report::bars("1 mm", "0.2 mm");
        scene::size([6.0, 2.0, 6.0]);
        scene::alternative(&scene::Seen {
            bscans_with: [0, 12, 1],
            visible: [true; 3],
            measured: 49,
            bscans: 49,
            marked: 25,
            camera: Default::default(),
        });
        run::done_of(1, 49);
        run::failed("");
        run::finds(49);
        run::finished(true, 48, 1000.0);
        run::stopped("");
        run::what_stays(3, true);
        measurements::coverage(48, 49, 1);
        measurements::no_volume_because("");
        measurements::no_volume_while("");
        measurements::not_measured_while("");
        measurements::spacing_unknown(&[Axis::Axial]);
        measurements::volume_of(FluidClass::Irf);
        measurements::volumes_follow(1, 49);
        measurements::with_fluid(2);
        spacing::is_missing(Axis::Axial);
        spacing::is_no_number(Axis::Axial, "?");
        spacing::is_out_of_bounds(Axis::Axial, 0.1);
        spacing::source(&assumed);
        spacing::use_proposal(&[(Axis::Axial, 0.0039)]);
        volume::columns_and_rows(49);
        volume::format_and_bits("DICOM", 8);
        volume::fundus_title(FundusKind::Slo);
        volume::stored(BScanOrder::LeftFirst);
        engine::network_size(1_940_000);
        engine::own_weights("x.safetensors");
        correcting::drawn(3, 1);
        correcting::draw_class(FluidClass::Srf);
        measurements::corrected(false, Some((25.0, -3.5)));
        compare::days(58);
        compare::laid(&engine_protocol::Laid {
            transform: engine_protocol::EnFaceTransform::identity(),
            by: engine_protocol::RegisteredBy::Vessels,
            agreement: Some([0.5, 0.1]),
            both_mm2: 30.0,
            seen_mm2: [35.0, 36.0],
        });
        worklist::several(6);
        worklist::as_list(6);
        worklist::progress(4, 6, [1, 1]);
    };
    for (name, said) in &said {
        let [en, zh] = Locale::ALL.map(|locale| said.say(locale));
        assert!(!en.is_empty() && !is_chinese(en), "{name}: {en}");
        assert!(is_chinese(zh), "{name}: {zh}");
    }
    let tested: BTreeSet<&str> =
        said.iter().filter_map(|(name, _)| name.rsplit(':').next()).map(str::trim).collect();
    let sources = Source::all();
    assert!(sources.iter().any(Source::is_words) && !sources.iter().all(Source::is_words));
    let functions = sources.iter().filter(|source| source.is_words()).flat_map(|source| {
        source.text.split("pub fn ").skip(1).filter(|rest| rest.contains("locale: Locale")).filter_map(
            |rest| {
                let (name, rest) = rest.split_once('(')?;
                rest.trim_start().starts_with("locale: Locale").then_some(name)
            },
        )
    });
    let untested: Vec<&str> = functions.filter(|name| !tested.contains(name)).collect();
    assert!(untested.is_empty(), "say these in both languages above: {untested:?}");
}

#[test]
fn the_title_is_that_of_the_document_before_the_page_runs() {
    let document = include_str!("../../index.html");
    assert!(document.contains(&format!("<title>{}</title>", shell::TITLE.en)));
    assert!(document.contains(&format!("<html lang=\"{}\">", Locale::English.tag())));
}

#[test]
fn a_sentence_follows_another_in_every_language() {
    let lost = Said::new(|locale| notices::lost_with_engine(locale, &[(SaveKind::Json, "eye".to_owned())]));
    let both = Said::from(notices::ENGINE_STOPPED).then(&lost);
    assert!(both.say(Locale::English).contains("to go on. JSON report of eye was not saved"));
    assert!(both.say(Locale::Chinese).contains("即可继续。eye 的 JSON 报告未保存"));
    let both = Said::verbatim("The driver failed.").then(&lost);
    assert!(both.say(Locale::Chinese).starts_with("The driver failed. eye"));
}

#[test]
fn no_entry_is_left_unused() {
    let sources = Source::all();
    let mut unused = Vec::new();
    for (path, _) in entries() {
        let (module, name) = path.split_once("::").unwrap();
        let is_home = |source: &&Source| source.path.ends_with(format!("words/{module}.rs"));
        let at_home = sources.iter().find(is_home).map_or(0, |home| occurrences(&home.text, name));
        // Its definition is the first at home.
        if at_home < 2 && !sources.iter().any(|source| occurrences(&source.text, &path) > 0) {
            unused.push(path);
        }
    }
    for source in sources.iter().filter(|source| source.is_words()) {
        for rest in source.text.split("pub fn ").skip(1) {
            let name = rest.split(['(', '<']).next().unwrap_or_default();
            if sources.iter().map(|source| occurrences(&source.text, name)).sum::<usize>() < 2 {
                unused.push(format!("{}: {name}", source.path.display()));
            }
        }
    }
    assert!(unused.is_empty(), "{unused:#?}");
}

#[test]
fn no_words_stand_outside_of_this_folder() {
    let mut found = Vec::new();
    for source in Source::all().iter().filter(|source| !source.is_words()) {
        for words in source.words() {
            found.push(format!("{}: {words:?}", source.path.display()));
        }
    }
    assert!(found.is_empty(), "words belong into src/words, in both languages: {found:#?}");
}

#[test]
fn words_are_found_in_text_in_attributes_and_in_code_and_names_are_not() {
    let found = |code: &str| Source::read(PathBuf::new(), code).words();
    let view = |view: &str| found(&format!("fn a() {{ view! {{ {view} }} }}"));
    assert_eq!(view(r#"<b class="a b" data-testid="c d">"Fluid"</b>"#), ["Fluid"]);
    assert_eq!(
        view(r#"<b title="fluid" aria-label=format!("Of {}", x)>{x} "now"</b>"#),
        ["fluid", "Of {}", "now"]
    );
    assert_eq!(view(r#"<b on:click=move |_| go()>"on show"</b>"#), ["on show"]);
    assert_eq!(
        view(r#"<b class=move || format!("chip chip-{}", x)>{move || if x { "Wait" } else { "—" }}</b>"#),
        ["Wait"]
    );
    assert_eq!(
        view(
            r#"<p d="M2 12 C9 12" style:width=format!("{x:.0}px")>"mm" // "a comment"
        </p>"#
        ),
        [""; 0]
    );
    assert_eq!(found(r#"fn a() -> &'static str { "No volume" }"#), ["No volume"]);
    assert_eq!(found(r#"fn a() -> char { let _b = "Stop"; '"' } // "It is""#), ["Stop"]);
    assert_eq!(found("const A: &str = \"irf\"; #[cfg(test)]\nmod tests { \"In a test\" }"), [""; 0]);
}

/// Occurrences of `name` as a whole word.
fn occurrences(text: &str, name: &str) -> usize {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let is_whole = |(at, _): &(usize, &str)| {
        !is_part(text[..*at].chars().next_back()) && !is_part(text[at + name.len()..].chars().next())
    };
    text.match_indices(name).filter(is_whole).count()
}

/// A source file without its tests.
struct Source {
    path: PathBuf,
    text: String,
    /// The text with comments and the insides of literals blanked, as long as the text.
    code: String,
    /// Where literals begin and end, without their quotes.
    literals: Vec<(usize, usize)>,
}

impl Source {
    /// Every file of the page but those of tests.
    fn all() -> Vec<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut folders = vec![root.clone()];
        let mut sources = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.ends_with("update/tests") {
                    continue;
                }
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs") {
                    let text = std::fs::read_to_string(&path).unwrap();
                    // Within `src/`: what lies above may be called anything.
                    let path = path.strip_prefix(&root).unwrap().to_owned();
                    sources.push(Self::read(path, &text));
                }
            }
        }
        sources
    }

    fn read(path: PathBuf, text: &str) -> Self {
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned();
        let mut code: Vec<u8> = text.bytes().collect();
        let mut literals = Vec::new();
        let mut at = 0;
        while at < code.len() {
            let rest = &text.as_bytes()[at..];
            let end = match rest {
                [b'/', b'/', ..] => at + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len()),
                // A quote or a backslash as a character.
                [b'\'', b'"', b'\'', ..] => at + 3,
                [b'\'', b'\\', _, b'\'', ..] => at + 4,
                [b'r', b'"' | b'#', ..] => match raw_literal(&text[at..]) {
                    Some((begin, end)) => {
                        literals.push((at + begin, at + end));
                        code[at + begin..at + end].fill(b' ');
                        // Its quote and as many marks as it began with.
                        at += end + begin - 1;
                        continue;
                    }
                    None => at + 1,
                },
                [b'"', ..] => {
                    let mut end = at + 1;
                    while end < code.len() && code[end] != b'"' {
                        end += if code[end] == b'\\' { 2 } else { 1 };
                    }
                    literals.push((at + 1, end.min(code.len())));
                    code[at + 1..end.min(text.len())].fill(b' ');
                    at = end + 1;
                    continue;
                }
                _ => {
                    at += 1;
                    continue;
                }
            };
            code[at..end].fill(b' ');
            at = end;
        }
        let code = String::from_utf8(code).unwrap();
        Self { path, text, code, literals }
    }

    /// Whether its words are where they belong.
    fn is_words(&self) -> bool {
        self.path.starts_with("words")
    }

    /// Whether `at` lies in a `view!`.
    fn is_in_view(&self, at: usize) -> bool {
        self.code[..at].match_indices("view! {").any(|(begin, macro_name)| {
            let inside = &self.code[begin + macro_name.len()..at];
            let mut depth = 1;
            for byte in inside.bytes() {
                depth += i32::from(byte == b'{') - i32::from(byte == b'}');
                if depth == 0 {
                    return false;
                }
            }
            true
        })
    }

    /// The attribute whose value `at` lies in, where it lies in a tag.
    fn attribute(&self, at: usize) -> Option<&str> {
        let tag = self.code[..at].rfind('<').map_or(&self.code[..at], |tag| &self.code[tag..at]);
        if is_closed(tag) {
            return None;
        }
        let is_name = |c: char| c.is_ascii_alphabetic() || c == '-' || c == ':';
        let (equals, _) = tag.match_indices('=').rfind(|(equals, _)| {
            let (before, after) = (&tag[..*equals], &tag[equals + 1..]);
            before.ends_with(is_name) && !after.starts_with(['=', '>'])
        })?;
        tag[..equals].rsplit(|c| !is_name(c)).next()
    }

    /// Literals that are read or spoken.
    fn words(&self) -> Vec<String> {
        let literals = self.literals.iter();
        literals
            .filter(|literal| self.is_read(literal))
            .map(|(begin, end)| self.text[*begin..*end].to_owned())
            .collect()
    }

    fn is_read(&self, (begin, end): &(usize, usize)) -> bool {
        let literal = &self.text[*begin..*end];
        let plain = without_values(literal);
        let has_word = plain.split(|c: char| !c.is_alphabetic()).any(|word| word.chars().count() > 1);
        if !has_word || NO_WORDS.contains(&literal) {
            return false;
        }
        let has_space = plain.contains(' ');
        let is_name = plain.starts_with(char::is_uppercase) && plain.chars().skip(1).all(char::is_lowercase);
        if !self.is_in_view(*begin) {
            return has_space || is_name;
        }
        let before = self.code[..begin - 1].trim_end();
        let is_text = before.ends_with(['}', '"']) || before.ends_with('>') && !before.ends_with("=>");
        if is_text && !before.ends_with("->") {
            return true;
        }
        match self.attribute(*begin) {
            Some(name) if SPOKEN_ATTRIBUTES.contains(&name) => true,
            // Events are answered by code, and so is what stands between tags.
            Some(name) if !name.starts_with("on:") => false,
            _ => has_space || is_name,
        }
    }
}

/// Whether a tag is over: its `>` stands in no expression and is no part of an arrow.
fn is_closed(tag: &str) -> bool {
    let mut depth = 0;
    let mut before = b' ';
    tag.bytes().any(|byte| {
        depth += i32::from(b"({[".contains(&byte)) - i32::from(b")}]".contains(&byte));
        let is_closed = byte == b'>' && depth == 0 && !b"=-".contains(&before);
        before = byte;
        is_closed
    })
}

/// Where the inside of a raw literal begins and ends that `text` begins with.
fn raw_literal(text: &str) -> Option<(usize, usize)> {
    let marks = text[1..].bytes().take_while(|byte| *byte == b'#').count();
    let inside = text[1 + marks..].strip_prefix('"')?;
    let length = inside.find(&format!("\"{}", "#".repeat(marks)))?;
    Some((marks + 2, marks + 2 + length))
}

/// A format string without what it fills in.
fn without_values(literal: &str) -> String {
    let mut depth = 0;
    let is_plain = |c: &char| {
        depth += i32::from(*c == '{');
        let is_plain = depth == 0;
        depth -= i32::from(*c == '}');
        is_plain
    };
    literal.chars().filter(is_plain).collect()
}
