//! The languages of the page.

/// A language of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Locale {
    /// English.
    #[default]
    English,
    /// Chinese in simplified characters.
    Chinese,
}

impl Locale {
    /// All languages, in the order of the choice.
    pub const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// Its tag by BCP 47, as `<html lang>` has it and as the choice is stored.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }

    /// Its name in itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Chinese => "中文",
        }
    }

    /// The language of a tag such as `en-GB` or `zh-Hant-TW`, or `None` where the page has no such.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let language = tag.split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|locale| {
            locale.tag().split('-').next().is_some_and(|own| own.eq_ignore_ascii_case(language))
        })
    }

    /// The language to begin with: the one that was chosen before, else the browser's, else English.
    pub fn first(stored_tag: Option<&str>, browser_tag: Option<&str>) -> Self {
        let known = |tag: Option<&str>| tag.and_then(Self::from_tag);
        known(stored_tag).or_else(|| known(browser_tag)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_comes_before_the_browsers_language_and_english_before_one_that_is_not_there() {
        assert_eq!(Locale::first(None, Some("zh-TW")), Locale::Chinese);
        assert_eq!(Locale::first(Some("en"), Some("zh-CN")), Locale::English);
        assert_eq!(Locale::first(Some("zh-CN"), Some("en-US")), Locale::Chinese);
        assert_eq!(Locale::first(Some("tlh"), Some("ZH")), Locale::Chinese);
        assert_eq!(Locale::first(None, Some("de-CH")), Locale::English);
        assert_eq!(Locale::first(Some(""), None), Locale::English);
    }
}
