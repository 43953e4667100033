//! Everything that a person reads on the page or a screen reader speaks, in every language.
//!
//! A [`Text`] holds both languages side by side; what has values in it is a function that
//! takes the [`Locale`] first. A component takes `let t = use_words();` and writes
//! `{t(saving::TITLE)}`: such a text changes at once when another language is chosen. What
//! the model keeps with its values until somebody reads it is a [`Said`].
//!
//! What the engine and the crates say (errors and warnings as sentences, the names that they
//! give to devices and scans) stays English for now, in every language.
//!
//! Class names of the style sheet, ids and units are no words. Tests hold that every entry has
//! both languages and is used, and that no words stand elsewhere in `src/`.
//!
//! | module | whose words |
//! |---|---|
//! | [`locale`] | the languages |
//! | [`chosen`] | how components read words in the language that is chosen |
//! | [`figures`] | numbers, times, counts |
//! | [`names`] | fluids, axes, eyes, patterns, files |
//! | [`shell`] | title, header, footer |
//! | [`opening`] | drops, file pickers, what is being opened |
//! | [`notices`] | failures, and whether a run may be stopped |
//! | [`questions`] | what is asked before anything is measured |
//! | [`teaching`] | generated eyes and their truth |
//! | [`tour`] | a first way around |
//! | [`viewer`] | stage, toolbar, strip, map |
//! | [`looking`] | ways of looking: window, means, doubt, views |
//! | [`correcting`] | tools that correct masks |
//! | [`keys`] | what keys do |
//! | [`help`] | the fluids, what the network learnt from, where it fails |
//! | [`run`] | the Segment button and the run |
//! | [`measurements`] | figures of the fluids |
//! | [`regions`] | figures around the fovea |
//! | [`spacing`] | the form for the spacing, and where a spacing comes from |
//! | [`volume`] | what is known of the scan, its fundus image |
//! | [`scene`] | the view in space |
//! | [`compare`] | two visits |
//! | [`worklist`] | the list of scans |
//! | [`report`] | the report that is printed |
//! | [`saving`] | files to save |
//! | [`engine`] | device and network |

/// Entries of one language beside the other. The English text is the documentation, too.
macro_rules! texts {
    ($($name:ident = $en:literal, $zh:literal;)*) => {
        $(
            #[doc = $en]
            pub const $name: $crate::words::Text = $crate::words::Text { en: $en, zh: $zh };
        )*
        /// Every entry of the file by its name.
        #[cfg(test)]
        pub(super) const ALL: &[(&str, $crate::words::Text)] = &[$((stringify!($name), $name)),*];
    };
}

pub mod chosen;
pub mod compare;
pub mod correcting;
pub mod engine;
pub mod figures;
pub mod help;
pub mod keys;
pub mod locale;
pub mod looking;
pub mod measurements;
pub mod names;
pub mod notices;
pub mod opening;
pub mod questions;
pub mod regions;
pub mod report;
pub mod run;
pub mod saving;
pub mod scene;
pub mod shell;
pub mod spacing;
pub mod teaching;
pub mod tour;
pub mod viewer;
pub mod volume;
pub mod worklist;

#[cfg(test)]
mod tests;

pub use chosen::use_words;
pub use figures::{
    at_least, bscans, duration, micrometres, millimetres, nanolitres, parameters, square_millimetres,
    time_left,
};
pub use locale::Locale;
pub use names::slug;

/// A text in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// English.
    pub en: &'static str,
    /// Chinese in simplified characters.
    pub zh: &'static str,
}

impl Text {
    /// The legend of a key, or whatever else is the same in every language.
    pub const fn same(text: &'static str) -> Self {
        Self { en: text, zh: text }
    }

    /// The text in one language.
    pub const fn say(self, locale: Locale) -> &'static str {
        match locale {
            Locale::English => self.en,
            Locale::Chinese => self.zh,
        }
    }
}

/// Words with their values, in every language: what is kept until somebody reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    en: String,
    zh: String,
}

impl Said {
    /// What `say` says in each language.
    pub fn new(say: impl Fn(Locale) -> String) -> Self {
        Self { en: say(Locale::English), zh: say(Locale::Chinese) }
    }

    /// A sentence of the engine, or a name: the same in every language.
    pub fn verbatim(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { zh: text.clone(), en: text }
    }

    /// The words in one language.
    pub fn say(&self, locale: Locale) -> &str {
        match locale {
            Locale::English => &self.en,
            Locale::Chinese => &self.zh,
        }
    }

    /// The tag of the language that [`Self::say`] speaks: what is the same in every language
    /// is the engine's English, and a screen reader reads it as such.
    pub fn tag(&self, locale: Locale) -> &'static str {
        if self.en == self.zh { Locale::English.tag() } else { locale.tag() }
    }

    /// Another sentence after this one.
    #[must_use]
    pub fn then(self, next: &Self) -> Self {
        // A Chinese sentence ends in a full-width stop, that of the engine in a point.
        let gap = if self.zh.is_ascii() { " " } else { "" };
        Self { en: format!("{} {}", self.en, next.en), zh: format!("{}{gap}{}", self.zh, next.zh) }
    }
}

impl From<Text> for Said {
    fn from(text: Text) -> Self {
        Self { en: text.en.to_owned(), zh: text.zh.to_owned() }
    }
}
